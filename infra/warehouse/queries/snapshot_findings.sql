-- The breaches from $since to before $now, whole, in the order of their names after $after; at most $rows.
SELECT finding, clause, outcome, severity, source, id, subject, time, key, due_at, state, evidence, missing, policy_version
FROM findings_as_of($now::TIMESTAMPTZ)
WHERE outcome = 'breach' AND coalesce(due_at, time) >= $since::TIMESTAMPTZ AND coalesce(due_at, time) < $now::TIMESTAMPTZ
    AND ($after IS NULL OR finding > $after)
ORDER BY finding
LIMIT coalesce($rows, 20000)
