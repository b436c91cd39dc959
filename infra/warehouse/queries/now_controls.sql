-- Security measures at $now, as known at $known (null: now): the last report of each by control and system, since
-- $since.
SELECT about AS control, coalesce(link, '') AS system, max(time) AS reported_at
FROM facts
WHERE kind = 'control_reported' AND about IS NOT NULL
    AND time BETWEEN $since::TIMESTAMPTZ AND $now::TIMESTAMPTZ
    AND known_by(batch, $known::TIMESTAMPTZ)
GROUP BY ALL
ORDER BY control, system;
