-- Agreements signed and ended before $now, oldest first.
SELECT time, type, source, id, json_extract_string(data, '$.agreement') AS agreement, json_extract_string(data, '$.party') AS party,
    json_extract_string(data, '$.kind') AS kind, json_extract_string(data, '$.scc_version') AS scc_version,
    json_extract_string(data, '$.country') AS country, json_extract_string(data, '$.valid_to') AS valid_to
FROM registers
WHERE type IN ('agreement.signed', 'agreement.ended') AND time < $now::TIMESTAMPTZ
ORDER BY time, source, id
