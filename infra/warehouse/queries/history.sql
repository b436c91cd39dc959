-- What was believed of the finding $finding, from when to when, and why it changed: the causes of the work that was
-- done again, and the events that came with it. A state is the one at the end of a belief, of
-- the last one at $now. Optional: $known (as it was told then).
WITH beliefs AS (
    SELECT clause, source, id, '' AS key, subject AS entity, time, outcome, CAST(NULL AS VARCHAR) AS state,
        CAST(NULL AS TIMESTAMPTZ) AS due_at, CAST(NULL AS TIMESTAMPTZ) AS met_at, missing, policy_version,
        believed_from, believed_to
    FROM verdicts
    WHERE finding = $finding AND time <= $now::TIMESTAMPTZ
    UNION ALL
    SELECT clause, source, id, key, entity, opened_at, outcome,
        obligation_state(opened_at, due_at, met_at, cancelled_at, suspensions, undecided, until) AS state,
        due_at, met_at, undecided, policy_version, believed_from, believed_to
    FROM (
        SELECT *, least(believed_to, $now::TIMESTAMPTZ) AS until, promised_due(clocks, until) AS due_at
        FROM obligations
        WHERE finding = $finding AND opened_at <= $now::TIMESTAMPTZ
    )
),
-- The transaction that made the belief, and those that asked for it.
asked AS (
    SELECT b.believed_from, r.cause, r.entity IS NULL AS of_all, r.opened_at
    FROM beliefs b JOIN batches s ON s.recorded_at = b.believed_from
    JOIN rejudge r ON list_contains(from_json(s.revises, '["BIGINT"]'), r.rejudge)
        AND (r.entity = b.entity OR r.entity IS NULL)
    UNION ALL
    SELECT believed_from, NULL, FALSE, believed_from FROM beliefs
),
moments AS (
    SELECT a.*, s.batch FROM asked a JOIN batches s ON s.recorded_at = a.opened_at
),
came AS (
    SELECT m.believed_from, e.type, e.source, e.id, e.time
    FROM moments m JOIN events e ON e.batch = m.batch
    JOIN (SELECT DISTINCT believed_from, entity FROM beliefs) b ON b.believed_from = m.believed_from
    WHERE e.subject = b.entity OR e.entity = b.entity OR (m.of_all AND e.subject IS NULL)
)
SELECT b.clause, b.source, b.id, b.key, b.time, b.believed_from,
    CASE WHEN $known IS NULL OR b.believed_to <= $known::TIMESTAMPTZ THEN b.believed_to END AS believed_to,
    CASE WHEN b.state IN ('open', 'suspended', 'cancelled') THEN NULL ELSE b.outcome END AS outcome,
    b.state, b.due_at, b.met_at, b.missing, b.policy_version,
    coalesce((SELECT list_sort(list(DISTINCT cause)) FROM asked a WHERE a.believed_from = b.believed_from
        AND cause IS NOT NULL), []) AS causes,
    coalesce((SELECT list(DISTINCT {'time': c.time, 'type': c.type, 'source': c.source, 'id': c.id}) FROM came c
        WHERE c.believed_from = b.believed_from), []) AS came
FROM beliefs b
WHERE $known IS NULL OR b.believed_from <= $known::TIMESTAMPTZ
ORDER BY b.believed_from
