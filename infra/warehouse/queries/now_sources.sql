-- When each system was last heard: one row a system.
SELECT system, max(last_time) AS last_time, max(last_recorded_at) AS recorded_at, sum(n)::BIGINT AS n
FROM sources
GROUP BY system
ORDER BY system;
