-- Every signing and ending of an agreement that was told up to $now.
SELECT source, id, type, time, data
FROM registers
WHERE type IN ('agreement.signed', 'agreement.ended') AND time <= $now
ORDER BY time, source, id
