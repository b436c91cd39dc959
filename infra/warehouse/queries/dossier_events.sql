-- Events up to $now that concern a matter: those that name the request or incident $name, and the one of $source and $id; oldest first, at most $rows (1,000).
SELECT time, type, source, id, system, subject, data, policy_version, recorded_at
FROM events
WHERE time <= $now::TIMESTAMPTZ AND NOT held
    AND ((source = $source AND id = $id)
        OR (contains(coalesce(data, ''), $name)
            AND $name IN (data ->> '$.request', data ->> '$.incident', data ->> '$.application')))
ORDER BY time, source, id
LIMIT coalesce($rows, 1000)
