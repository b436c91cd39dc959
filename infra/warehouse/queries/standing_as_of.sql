-- Breaches by events that stand at any $now (those that are resolved do not), as believed at $known (null: now), by
-- clause, and the hour of the latest. `now_standing` tells the same of this moment from sums alone.
SELECT clause, count(*) AS n, time_bucket(INTERVAL 1 HOUR, max(time)) AS last_hour
FROM verdicts
WHERE believed_at(believed_from, believed_to, $known::TIMESTAMPTZ) AND outcome = 'breach' AND time <= $now::TIMESTAMPTZ
    AND finding NOT IN (FROM findings_resolved($now::TIMESTAMPTZ, known := $known))
GROUP BY clause
ORDER BY clause;
