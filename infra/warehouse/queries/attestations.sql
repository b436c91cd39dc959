-- What was vouched for, and what was taken back, up to $now, as known at $known (null: now).
SELECT type, time, data, source, id
FROM events
WHERE type IN ('attestation.given', 'attestation.ended') AND time <= $now AND NOT held
    AND ($known IS NULL OR recorded_at <= $known::TIMESTAMPTZ)
ORDER BY time, source, id
