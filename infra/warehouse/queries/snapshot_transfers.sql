-- Disclosures from $since to before $now by the recipient's country: how many, to how many recipients, on which safeguards.
SELECT coalesce(json_extract_string(data, '$.recipient_country'), '') AS country, count(*) AS n,
    count(DISTINCT recipient) AS recipients,
    coalesce((SELECT string_agg(DISTINCT s, ' ' ORDER BY s) FROM (
        SELECT unnest(flatten(list(from_json(coalesce(json_extract(data, '$.safeguards'), '[]'), '["VARCHAR"]')))) AS s)), '') AS safeguards
FROM events
WHERE type = 'data.disclosed' AND time >= $since::TIMESTAMPTZ AND time < $now::TIMESTAMPTZ
GROUP BY country
ORDER BY country
