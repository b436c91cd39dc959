-- Disclosures of the $days (30) before $now by country, recipient, ground, safeguards (JSON) and agreement: how many, of
-- how many people (about), how many broke a promise on sharing or transfers, the last one.
WITH told AS (
    SELECT time, source, id, subject, agreement, recipient, data ->> '$.recipient_country' AS country,
        data ->> '$.ground' AS ground, data ->> '$.safeguards' AS safeguards
    FROM events
    WHERE type = 'data.disclosed' AND NOT held AND time <= $now::TIMESTAMPTZ
        AND time > $now::TIMESTAMPTZ - to_days(coalesce($days, 30)::INTEGER)
),
broken AS (
    SELECT DISTINCT time, source, id FROM verdicts
    WHERE believed_to IS NULL AND outcome = 'breach' AND type = 'data.disclosed'
        AND time > $now::TIMESTAMPTZ - to_days(coalesce($days, 30)::INTEGER)
        AND (starts_with(clause, 'XFER-') OR starts_with(clause, 'SHARE-'))
)
SELECT country, recipient, ground, safeguards, agreement, count(*) AS n, approx_count_distinct(subject) AS people,
    count(b.id) AS breaches, max(time) AS last_at
FROM told LEFT JOIN broken b USING (time, source, id)
GROUP BY country, recipient, ground, safeguards, agreement
ORDER BY n DESC, country, recipient, ground, safeguards, agreement
