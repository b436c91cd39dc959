-- What was processed, as known at $known (null: now), in the $days (30) before $now, by system, type and purpose:
-- events of the types $types (by spaces), people (about), bases, the sets of categories (JSON), recipients, countries,
-- first and last time.
SELECT system, type, purpose, count(*) AS n, approx_count_distinct(subject) AS people,
    min(time) AS first_at, max(time) AS last_at,
    coalesce(list_sort(list(DISTINCT basis) FILTER (basis IS NOT NULL)), []) AS bases,
    coalesce(list_sort(list(DISTINCT categories) FILTER (categories IS NOT NULL)), []) AS category_sets,
    coalesce(list_sort(list(DISTINCT recipient) FILTER (recipient IS NOT NULL))[:100], []) AS recipients,
    coalesce(list_sort(list(DISTINCT country) FILTER (country IS NOT NULL)), []) AS countries
FROM (
    SELECT system, type, subject, time, recipient, data ->> '$.purpose' AS purpose, data ->> '$.legal_basis' AS basis,
        data ->> '$.data_categories' AS categories, data ->> '$.recipient_country' AS country
    FROM events
    WHERE time > $now::TIMESTAMPTZ - to_days(coalesce($days, 30)::INTEGER) AND time <= $now::TIMESTAMPTZ AND NOT held
        AND ($known IS NULL OR recorded_at <= $known::TIMESTAMPTZ)
        AND list_contains(string_split($types, ' '), type)
)
GROUP BY system, type, purpose
ORDER BY system, type, purpose
