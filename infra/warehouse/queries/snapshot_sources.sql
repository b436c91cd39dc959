-- Events from $since to before $now by system, and on how many local days (clocks of $zone) any came.
SELECT system, sum(n)::BIGINT AS n, count(DISTINCT (minute AT TIME ZONE $zone)::DATE) AS days
FROM minutes
WHERE minute >= $since::TIMESTAMPTZ AND minute < $now::TIMESTAMPTZ AND system IS NOT NULL
GROUP BY system
HAVING sum(n) > 0
ORDER BY system
