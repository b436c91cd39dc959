-- Every signing and ending of an agreement that was told up to $now, as known at $known (null: now).
SELECT source, id, type, time, data
FROM registers
WHERE type IN ('agreement.signed', 'agreement.ended') AND time <= $now
    AND ($known IS NULL OR NOT EXISTS (
        FROM events e
        WHERE e.time = registers.time AND e.source = registers.source AND e.id = registers.id
            AND e.recorded_at > $known::TIMESTAMPTZ))
ORDER BY time, source, id
