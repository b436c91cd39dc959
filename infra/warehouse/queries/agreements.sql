-- Every signing and ending of an agreement that was told up to $now, as known at $known (null: now).
SELECT source, id, type, time, data
FROM agreements_as_of($now::TIMESTAMPTZ, known := $known)
ORDER BY time, source, id
