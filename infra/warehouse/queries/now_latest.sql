-- The latest breaches by events that stand at $now, newest first, at most $most.
SELECT finding, clause, source, id, severity, system, type, subject, time, policy_version, evidence, believed_from
FROM verdicts
WHERE believed_to IS NULL AND outcome = 'breach' AND time <= $now::TIMESTAMPTZ
    AND finding NOT IN (FROM findings_resolved($now::TIMESTAMPTZ))
ORDER BY time DESC, finding
LIMIT $most;
