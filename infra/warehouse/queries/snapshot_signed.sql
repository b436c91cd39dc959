-- Who signed off which snapshot up to $now, oldest first. `digest`: SHA-256 of the bundle's manifest.
SELECT time, id, data ->> '$.actor' AS actor, data ->> '$.snapshot' AS snapshot, data ->> '$.digest' AS digest
FROM events
WHERE type = 'snapshot.signed_off' AND time <= $now::TIMESTAMPTZ AND NOT held
ORDER BY time, id
