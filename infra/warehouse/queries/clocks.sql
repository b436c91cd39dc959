-- Obligations at $now by the filters of the page Obligations, the one that is due first before the others: a page of
-- them after a key, each row with the sums of all that match. Optional: $state (waiting by default: open, overdue or
-- suspended; week: open ones that fall due within seven days; open, overdue, suspended, late, met), $known (as believed
-- then), $clause, $system, $law (popia: of people in South Africa, or with a limit of POPIA; gdpr: all others), $q (a
-- whole pseudonym, the beginning of an id), $since and $until (of the due instant), $after_due (microseconds),
-- $after_finding, $rows (40). `gdpr_due`, `popia_due`: the law's own limits; `term_since`: when the promise's clock
-- began.
WITH found AS MATERIALIZED (
    SELECT finding, clause, id, key, severity, system, type, subject, opened_at, due_at, met_at, state, outcome, evidence,
        list_max(list_transform(list_filter(clocks, lambda c: c.clock = 'gdpr'), lambda c: c.due_at)) AS gdpr_due,
        list_max(list_transform(list_filter(clocks, lambda c: c.clock = 'popia'), lambda c: c.due_at)) AS popia_due,
        coalesce(epoch_us(due_at), 9223372036854775807) AS place
    FROM obligations_as_of($now::TIMESTAMPTZ, known := $known)
    WHERE CASE coalesce($state, 'waiting')
            WHEN 'waiting' THEN state IN ('open', 'overdue', 'suspended')
            WHEN 'week' THEN state = 'open' AND due_at < $now::TIMESTAMPTZ + INTERVAL 7 DAY
            WHEN 'late' THEN state = 'met_late' OR (state = 'met' AND outcome = 'breach')
            WHEN 'met' THEN state = 'met' AND outcome = 'pass'
            ELSE state = $state END
        AND ($clause IS NULL OR clause = $clause)
        AND ($system IS NULL OR system = $system)
        AND ($q IS NULL OR subject = $q OR starts_with(id, $q) OR starts_with(finding, $q) OR key = $q)
        AND ($law IS NULL OR ($law = 'popia') = (
            coalesce(evidence ->> '$.jurisdiction' = 'ZA', FALSE)
            OR len(list_filter(clocks, lambda c: c.clock = 'popia')) > 0))
        AND ($since IS NULL OR due_at >= $since::TIMESTAMPTZ)
        AND ($until IS NULL OR due_at < $until::TIMESTAMPTZ)
),
sums AS (
    SELECT count(*) AS total, count(*) FILTER (state = 'overdue') AS overdue, count(*) FILTER (state = 'open') AS open,
        count(*) FILTER (state = 'suspended') AS suspended,
        count(*) FILTER (state = 'open' AND due_at < $now::TIMESTAMPTZ + INTERVAL 3 DAY) AS soon,
        min(due_at) FILTER (state = 'open') AS next_due
    FROM found
)
SELECT found.*, sums.*
FROM found, sums
WHERE $after_finding IS NULL OR (place, finding) > ($after_due::BIGINT, $after_finding)
ORDER BY place, finding
LIMIT coalesce($rows, 40)
