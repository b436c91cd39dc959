-- Obligations as they stand at $now, the one due next first. Optional: $known (what was believed at that instant), $clause, $state, $subject, $rows.
SELECT finding, clause, source, id, key, severity, system, type, subject, entity, opened_at, policy_version, clocks,
    met_at, cancelled_at, suspensions, undecided, outcome, evidence, due_at, state, believed_from
FROM obligations_as_of($now, known := $known)
WHERE ($clause IS NULL OR clause = $clause)
    AND ($state IS NULL OR state = $state)
    AND ($subject IS NULL OR subject = $subject)
ORDER BY due_at, finding
LIMIT coalesce($rows, 200)
