-- Exceptions that two officers granted and that count at $now: which alert, its clause, by whom, why, until when.
WITH said AS (
    SELECT json_extract_string(data, '$.alert') AS alert, type, time, json_extract_string(data, '$.actor') AS actor,
        json_extract_string(data, '$.reason') AS reason, TRY_CAST(json_extract_string(data, '$.until') AS TIMESTAMPTZ) AS until
    FROM events
    WHERE type IN ('alert.waived', 'alert.reopened') AND time < $now::TIMESTAMPTZ AND NOT held
),
reopened AS (SELECT alert, max(time) AS "at" FROM said WHERE type = 'alert.reopened' GROUP BY alert)
SELECT s.alert, any_value(a.clause) AS clause, string_agg(DISTINCT s.actor, ', ' ORDER BY s.actor) AS actors,
    arg_max(s.reason, s.time) AS reason, max(s.time) AS "at", min(s.until) AS until
FROM said s LEFT JOIN reopened r USING (alert) LEFT JOIN alerts a USING (alert)
WHERE s.type = 'alert.waived' AND s.until > $now::TIMESTAMPTZ AND (r."at" IS NULL OR s.time > r."at")
GROUP BY s.alert
HAVING count(DISTINCT s.actor) >= 2
ORDER BY until, s.alert
