-- What is known at T from stored times; the state of an obligation at T is told by 0011_state_of_many.sql.
CREATE MACRO obligation_outcome(state, outcome) AS CASE state
    WHEN 'cancelled' THEN 'not_applicable'
    WHEN 'indeterminate' THEN 'indeterminate'
    WHEN 'met' THEN outcome
    WHEN 'met_late' THEN outcome
    WHEN 'overdue' THEN outcome
END;

-- Whether a row is what was believed at the instant k; null: what is believed now.
CREATE MACRO believed_at(believed_from, believed_to, k) AS
    (k IS NULL AND believed_to IS NULL) OR (believed_from <= k AND (believed_to IS NULL OR k < believed_to));
