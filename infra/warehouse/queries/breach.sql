-- One finding, $finding, as it stands at $now and was believed at $known (null: now; also when it is no breach any
-- more), with the event that it is about.
WITH one AS (
    SELECT finding, clause, source, id, '' AS key, outcome, severity, system, type, subject, subject AS entity, time,
        policy_version, evidence, missing, CAST(NULL AS VARCHAR) AS state, CAST(NULL AS TIMESTAMPTZ) AS due_at,
        CAST(NULL AS TIMESTAMPTZ) AS met_at, FALSE AS owed, believed_from
    FROM verdicts
    WHERE finding = $finding AND time <= $now::TIMESTAMPTZ
        AND believed_at(believed_from, believed_to, $known::TIMESTAMPTZ)
    UNION ALL
    SELECT finding, clause, source, id, key, outcome, severity, system, type, subject, entity, opened_at,
        policy_version, evidence, undecided, state, due_at, met_at, TRUE, believed_from
    FROM obligations_as_of($now::TIMESTAMPTZ, known := $known)
    WHERE finding = $finding
)
SELECT one.*, one.outcome = 'breach'
        AND one.finding IN (FROM findings_resolved($now::TIMESTAMPTZ, known := $known)) AS resolved,
    e.data, e.agreement, e.recipient, e.recorded_at
FROM one LEFT JOIN events e ON e.time = one.time AND e.source = one.source AND e.id = one.id
LIMIT 1
