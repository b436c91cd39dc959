-- What was taken in from $since to before $now: records that could not be read by reason, and holes of the log.
SELECT 'quarantine' AS what, reason, count(*) AS n
FROM quarantine
WHERE recorded_at >= $since::TIMESTAMPTZ AND recorded_at < $now::TIMESTAMPTZ
GROUP BY reason
UNION ALL
SELECT 'gap', coalesce(reason, ''), count(*)
FROM gaps
WHERE refused_at < $now::TIMESTAMPTZ AND (accepted_at IS NULL OR accepted_at >= $since::TIMESTAMPTZ)
GROUP BY ALL
ORDER BY what, reason
