-- The latest breaches by events that stand at $now, as believed at $known (null: now), newest first, at most $most.
SELECT finding, clause, source, id, severity, system, type, subject, time, policy_version, evidence, believed_from
FROM verdicts
WHERE believed_at(believed_from, believed_to, $known::TIMESTAMPTZ) AND outcome = 'breach' AND time <= $now::TIMESTAMPTZ
    AND finding NOT IN (FROM findings_resolved(least($now::TIMESTAMPTZ, $known::TIMESTAMPTZ)))
ORDER BY time DESC, finding
LIMIT $most;
