-- What was known of $entity up to $until, newest first, and of the agreement $agreement and those with the party
-- $recipient: facts other than processing. Optional: $known (as known then), $rows of each at most (100).
SELECT time, kind, about, link, word, flag, "at" AS until, source
FROM facts
WHERE entity = $entity AND kind <> 'processed' AND time <= $until::TIMESTAMPTZ
    AND known_by(batch, $known::TIMESTAMPTZ)
QUALIFY row_number() OVER (ORDER BY time DESC, kind, about) <= coalesce($rows, 100)
UNION ALL
SELECT time, type, data ->> '$.kind', data ->> '$.agreement', data ->> '$.party', NULL,
    try_cast(data ->> '$.valid_to' AS TIMESTAMPTZ), source
FROM agreements_as_of($until::TIMESTAMPTZ, known := $known)
WHERE (data ->> '$.agreement' = $agreement OR data ->> '$.party' = $recipient)
QUALIFY row_number() OVER (ORDER BY time DESC, id) <= coalesce($rows, 100)
ORDER BY time DESC, kind
