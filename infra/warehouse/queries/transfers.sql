-- Disclosures, as known at $known (null: now), of the $days (30) before $now by country, recipient, ground, safeguards
-- (JSON) and agreement: how many, of how many people (about), how many breaches of promises on sharing and transfers,
-- the last one.
WITH told AS (
    SELECT time, source, id, subject, agreement, recipient, data ->> '$.recipient_country' AS country,
        data ->> '$.ground' AS ground, data ->> '$.safeguards' AS safeguards
    FROM events
    WHERE type = 'data.disclosed' AND NOT held AND time <= $now::TIMESTAMPTZ
        AND ($known IS NULL OR recorded_at <= $known::TIMESTAMPTZ)
        AND time > $now::TIMESTAMPTZ - to_days(coalesce($days, 30)::INTEGER)
),
broken AS (
    SELECT time, source, id, count(*) AS breaches FROM verdicts
    WHERE believed_at(believed_from, believed_to, $known::TIMESTAMPTZ) AND outcome = 'breach'
        AND type = 'data.disclosed' AND time > $now::TIMESTAMPTZ - to_days(coalesce($days, 30)::INTEGER)
        AND (starts_with(clause, 'XFER-') OR starts_with(clause, 'SHARE-'))
    GROUP BY time, source, id
)
SELECT country, recipient, ground, safeguards, agreement, count(*) AS n, approx_count_distinct(subject) AS people,
    coalesce(sum(b.breaches), 0)::BIGINT AS breaches, max(time) AS last_at
FROM told LEFT JOIN broken b USING (time, source, id)
GROUP BY country, recipient, ground, safeguards, agreement
ORDER BY n DESC, country, recipient, ground, safeguards, agreement
