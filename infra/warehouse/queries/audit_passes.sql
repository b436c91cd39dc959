-- Clauses that events passed, one row each, up to $now.
SELECT unnest(string_split(passed, ' ')) AS clause, source, id, subject, time
FROM events
WHERE passed <> '' AND time <= $now
ORDER BY time, clause, source, id
