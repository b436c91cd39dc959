-- The latest breaches by obligations that stand at $now, as believed at $known (null: now): those whose due instant
-- passed last, at most $most.
SELECT finding, clause, source, id, key, severity, system, type, subject, opened_at, due_at, met_at, state,
    policy_version, evidence, believed_from
FROM obligations_as_of($now::TIMESTAMPTZ, known := $known)
WHERE outcome = 'breach' AND finding NOT IN (FROM findings_resolved($now::TIMESTAMPTZ, known := $known))
ORDER BY due_at DESC, finding
LIMIT $most;
