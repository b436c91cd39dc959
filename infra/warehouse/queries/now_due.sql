-- Obligations that wait for somebody at $now, as believed at $known (null: now): overdue (not those resolved) and open,
-- by due instant; at most $most of each.
SELECT finding, clause, source, id, key, severity, system, type, subject, opened_at, due_at, met_at, state, outcome,
    policy_version, evidence
FROM obligations_as_of($now::TIMESTAMPTZ, known := $known)
WHERE state IN ('open', 'overdue') AND due_at IS NOT NULL
    AND (state = 'open' OR finding NOT IN (FROM findings_resolved($now::TIMESTAMPTZ, known := $known)))
QUALIFY row_number() OVER (PARTITION BY state ORDER BY due_at, finding) <= $most
ORDER BY due_at, finding;
