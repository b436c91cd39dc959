-- What was known of $entity up to $until, newest first, and of the agreement $agreement and those with the party
-- $recipient: facts other than processing. Optional: $known (as known then), $rows of each at most (100).
SELECT time, kind, about, link, word, flag, "at" AS until, source
FROM facts
WHERE entity = $entity AND kind <> 'processed' AND time <= $until::TIMESTAMPTZ
    AND ($known IS NULL OR batch <= (SELECT max(batch) FROM batches WHERE recorded_at <= $known::TIMESTAMPTZ))
QUALIFY row_number() OVER (ORDER BY time DESC, kind, about) <= coalesce($rows, 100)
UNION ALL
SELECT time, type, data ->> '$.kind', data ->> '$.agreement', data ->> '$.party', NULL,
    try_cast(data ->> '$.valid_to' AS TIMESTAMPTZ), source
FROM registers
WHERE type IN ('agreement.signed', 'agreement.ended') AND time <= $until::TIMESTAMPTZ
    AND (data ->> '$.agreement' = $agreement OR data ->> '$.party' = $recipient)
    AND ($known IS NULL OR NOT EXISTS (
        FROM events e
        WHERE e.time = registers.time AND e.source = registers.source AND e.id = registers.id
            AND e.recorded_at > $known::TIMESTAMPTZ))
QUALIFY row_number() OVER (ORDER BY time DESC, id) <= coalesce($rows, 100)
ORDER BY time DESC, kind
