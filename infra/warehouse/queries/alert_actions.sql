-- What officers did with alerts up to $now, in order: of those whose ids $alerts lists (JSON).
SELECT json_extract_string(data, '$.alert') AS alert, type, time, source, id,
    json_extract_string(data, '$.actor') AS actor, json_extract_string(data, '$.assignee') AS assignee,
    json_extract_string(data, '$.reason') AS reason, try_cast(json_extract_string(data, '$.until') AS TIMESTAMPTZ) AS until
FROM events
WHERE starts_with(type, 'alert.') AND time <= $now::TIMESTAMPTZ
    AND list_contains(from_json($alerts, '["VARCHAR"]'), json_extract_string(data, '$.alert'))
ORDER BY time, source, id
