-- The latest breaches by events that stand at $now, as believed at $known (null: now), newest first, at most $most.
-- What is resolved is looked up for the newest alone (by the rule of `findings_resolved`): asked of every breach each
-- second it was the pages' dearest question. Only where so many of these may be resolved that too few would be left, all are.
WITH breaches AS NOT MATERIALIZED (
    SELECT finding, clause, source, id, severity, system, type, subject, time, policy_version, evidence, believed_from
    FROM verdicts
    WHERE believed_at(believed_from, believed_to, $known::TIMESTAMPTZ) AND outcome = 'breach'
        AND time <= $now::TIMESTAMPTZ
),
newest AS MATERIALIZED (FROM breaches ORDER BY time DESC, finding LIMIT 4 * $most),
few AS MATERIALIZED ( -- one row, or none: then nothing more is read
    SELECT count(DISTINCT finding) AS n
    FROM alerts SEMI JOIN newest USING (finding)
    WHERE state = 'resolved' OR standing = 'resolved'
    HAVING count(DISTINCT finding) > 3 * $most
),
every AS NOT MATERIALIZED (SELECT breaches.* FROM breaches, few),
told AS MATERIALIZED (FROM newest UNION ALL (FROM every ANTI JOIN newest USING (finding))),
resolved AS (
    SELECT finding
    FROM (
        SELECT finding, turned_at,
            alert_standing(state, standing, until, least($now::TIMESTAMPTZ, $known::TIMESTAMPTZ)) AS stands
        FROM (FROM alerts SEMI JOIN told USING (finding))
        WHERE kind IN ('breach', 'overdue', 'late')
    )
    GROUP BY finding
    HAVING bool_or(stands = 'resolved' AND turned_at <= least($now::TIMESTAMPTZ, $known::TIMESTAMPTZ))
        AND NOT bool_or(stands IN ('firing', 'acknowledged', 'waived'))
)
FROM told ANTI JOIN resolved USING (finding)
ORDER BY time DESC, finding
LIMIT $most;
