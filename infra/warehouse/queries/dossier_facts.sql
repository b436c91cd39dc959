-- Facts up to $now of a matter: those linked to the request or incident $name, and those that $entity had by $until; oldest first, at most $rows (500).
SELECT time, kind, about, link, word, flag, "at", source, id
FROM facts
WHERE time <= $now::TIMESTAMPTZ
    AND (link = $name OR (entity = $entity AND kind <> 'processed' AND time <= $until::TIMESTAMPTZ))
ORDER BY time, kind, source, id
LIMIT coalesce($rows, 500)
