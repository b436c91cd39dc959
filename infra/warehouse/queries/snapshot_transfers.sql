-- Disclosures from $since to before $now by the recipient's country: how many, to how many recipients, on which safeguards.
WITH told AS (
    SELECT json_extract_string(data, ['$.recipient_country', '$.safeguards']) AS said, recipient, count(*) AS n
    FROM events
    WHERE type = 'data.disclosed' AND time >= $since::TIMESTAMPTZ AND time < $now::TIMESTAMPTZ
    GROUP BY ALL
)
SELECT coalesce(said[1], '') AS country, sum(n)::BIGINT AS n, count(DISTINCT recipient) AS recipients,
    coalesce((SELECT string_agg(DISTINCT s, ' ' ORDER BY s) FROM (
        SELECT unnest(flatten(list(DISTINCT from_json(coalesce(said[2], '[]'), '["VARCHAR"]')))) AS s)), '') AS safeguards
FROM told
GROUP BY country
ORDER BY country
