-- What was vouched for, and what was taken back, up to $now.
SELECT type, time, data, source, id
FROM events
WHERE type IN ('attestation.given', 'attestation.ended') AND time <= $now AND NOT held
ORDER BY time, source, id
