-- What was said of personal-data incidents from $since to before $now, oldest first. Optional: $incident.
SELECT time, type, source, id, json_extract_string(data, '$.incident') AS incident,
    TRY_CAST(json_extract_string(data, '$.subjects_affected') AS BIGINT) AS people,
    json_extract_string(data, '$.risk') AS risk, json_extract_string(data, '$.aware_at') AS aware_at,
    json_extract_string(data, '$.authority') AS authority
FROM events
WHERE type IN ('breach.detected', 'breach.team_assigned', 'breach.authority_notified', 'breach.subjects_notified', 'breach.controller_notified')
    AND ($since IS NULL OR time >= $since::TIMESTAMPTZ) AND time < $now::TIMESTAMPTZ AND NOT held
    AND ($incident IS NULL OR json_extract_string(data, '$.incident') = $incident)
ORDER BY time, source, id
