-- Visits in the $minutes (60) before $now, as known at $known (null: now), by `what` and `word`: visits; address (of those kept for analysis: full,
-- truncated, none, untold); asked not to be followed (followed, left); cookie (kind, and personal or not: visits that
-- set it). Reads the visits of these minutes alone.
WITH views AS (
    SELECT source || id AS visit, data ->> '$.ip' AS ip, coalesce(data ->> '$.tracked' = 'true', FALSE) AS tracked,
        coalesce(data ->> '$.dnt' = 'true', FALSE) OR coalesce(data ->> '$.gpc' = 'true', FALSE) AS asked,
        coalesce((data -> '$.cookies')::JSON[], []) AS cookies
    FROM events
    WHERE time > $now::TIMESTAMPTZ - to_minutes(coalesce($minutes, 60)::INTEGER) AND time <= $now::TIMESTAMPTZ
        AND type = 'website.page_viewed' AND NOT held AND ($known IS NULL OR recorded_at <= $known::TIMESTAMPTZ)
        AND coalesce(data ->> '$.role', 'controller') <> 'processor'
),
set_ AS (SELECT visit, unnest(cookies) AS cookie FROM views)
SELECT 'visits' AS what, NULL AS word, count(*) AS n FROM views
UNION ALL
SELECT 'address', coalesce(ip, 'untold'), count(*) FROM views WHERE tracked GROUP BY ALL
UNION ALL
SELECT 'asked', CASE WHEN tracked THEN 'followed' ELSE 'left' END, count(*) FROM views WHERE asked GROUP BY ALL
UNION ALL
SELECT 'cookie',
    concat_ws(' ', cookie ->> '$.kind', CASE WHEN cookie ->> '$.personal' = 'true' THEN 'personal' END),
    count(DISTINCT visit)
FROM set_ GROUP BY ALL
ORDER BY what, n DESC, word
