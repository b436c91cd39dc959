-- Events a minute of each system in the half hour before $now.
SELECT system, minute, sum(n)::BIGINT AS n
FROM minutes
WHERE minute > $now::TIMESTAMPTZ - INTERVAL 31 MINUTE AND minute <= $now::TIMESTAMPTZ
GROUP BY system, minute
HAVING sum(n) > 0
ORDER BY system, minute;
