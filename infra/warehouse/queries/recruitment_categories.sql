-- Categories of data among $special (by spaces) that recruitment processed from $since to $now, as known at $known (null: now): events, applications,
-- events where the applicant offered them unasked, the last one. `everywhere`: applications with any of them, on every
-- row. Reads the events of recruitment in this time alone.
WITH seen AS (
    SELECT time, coalesce(data ->> '$.application', subject) AS application,
        unnest((data -> '$.data_categories')::VARCHAR[]) AS category,
        coalesce((data -> '$.other_categories')::VARCHAR[], []) AS offered
    FROM events
    WHERE time >= $since::TIMESTAMPTZ AND time <= $now::TIMESTAMPTZ AND system = 'recruitment' AND NOT held
        AND ($known IS NULL OR recorded_at <= $known::TIMESTAMPTZ)
        AND coalesce(data ->> '$.role', 'controller') <> 'processor'
),
found AS (FROM seen WHERE list_contains(string_split($special, ' '), category))
SELECT category, count(*) AS n, count(DISTINCT application) AS applications,
    count(*) FILTER (list_contains(offered, category)) AS offered, max(time) AS last_at,
    (SELECT count(DISTINCT application) FROM found) AS everywhere
FROM found
GROUP BY category
ORDER BY n DESC, category
