-- What was judged up to $now of the events of a matter: of those that name the request or incident $name, or of the finding $finding; every outcome.
WITH concerned AS (
    SELECT source, id FROM events
    WHERE time <= $now::TIMESTAMPTZ AND NOT held AND contains(coalesce(data, ''), $name)
        AND $name IN (data ->> '$.request', data ->> '$.incident', data ->> '$.application')
),
every AS (
    SELECT finding, clause, outcome, severity, source, id, subject, time, '' AS key, CAST(NULL AS TIMESTAMPTZ) AS due_at,
        CAST(NULL AS VARCHAR) AS state, CAST(NULL AS TIMESTAMPTZ) AS met_at, evidence, missing, policy_version
    FROM verdicts
    WHERE believed_to IS NULL AND time <= $now::TIMESTAMPTZ
    UNION ALL
    SELECT finding, clause, outcome, severity, source, id, subject, opened_at, key, due_at, state, met_at, evidence,
        undecided, policy_version
    FROM obligations_as_of($now::TIMESTAMPTZ)
)
SELECT *
FROM every e
WHERE finding = $finding OR EXISTS (FROM concerned c WHERE c.source = e.source AND c.id = e.id) OR key = $name
ORDER BY time, clause, finding
