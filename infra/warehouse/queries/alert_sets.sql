-- Alerts by their labels at $now: how many fire (nobody took, waived or resolved them), when the last of these turned,
-- when the first that was not told to everybody did (`news_at`), and when the last one ended.
WITH known AS (SELECT labels, min(upto) AS upto FROM told GROUP BY labels)
SELECT labels, count(*) FILTER (stands = 'firing') AS firing,
    min(turned_at) FILTER (stands = 'firing' AND (upto IS NULL OR turned_at > upto)) AS news_at,
    max(turned_at) FILTER (stands = 'firing') AS last_at,
    max(turned_at) FILTER (stands IN ('resolved', 'withdrawn')) AS ended_at
FROM (SELECT labels, turned_at, alert_standing(state, standing, until, $now::TIMESTAMPTZ) AS stands FROM alerts)
LEFT JOIN known USING (labels)
GROUP BY labels
