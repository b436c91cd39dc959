-- Visits from $since to $now, as believed at $known (null: now), that set a personal cookie without consent (WEB-2): by week (its Monday in $zone) and kind,
-- `name` null; and by kind and name, `week` null, at most $most (40) of these. The kinds are those of all personal
-- cookies of such a visit that are not necessary. Reads standing findings of WEB-2 with their evidence.
WITH broken AS (
    SELECT finding, date_trunc('week', time AT TIME ZONE $zone)::DATE AS week,
        unnest((evidence -> '$.cookies')::JSON[]) AS cookie
    FROM verdicts
    WHERE clause = 'WEB-2' AND outcome = 'breach' AND believed_at(believed_from, believed_to, $known::TIMESTAMPTZ)
        AND time >= $since::TIMESTAMPTZ AND time <= $now::TIMESTAMPTZ
),
found AS (
    SELECT finding, week, cookie ->> '$.kind' AS kind, coalesce(cookie ->> '$.name', '–') AS name
    FROM broken
    WHERE cookie ->> '$.kind' <> 'necessary' AND cookie ->> '$.personal' = 'true'
)
SELECT week, kind, NULL AS name, count(DISTINCT finding) AS n FROM found GROUP BY week, kind
UNION ALL
FROM (
    SELECT NULL AS week, kind, name, count(DISTINCT finding) AS n FROM found GROUP BY kind, name
    ORDER BY n DESC, kind, name LIMIT coalesce($most, 40)
)
ORDER BY week NULLS LAST, n DESC, kind, name
