-- Forms sent from $since to $now, as known at $known (null: now), by form, purpose and basis: how many, how many of them over http, the last; at most
-- $most (40), the most frequent first. Reads of events the forms of this time alone.
SELECT data ->> '$.form' AS form, data ->> '$.purpose' AS purpose, data ->> '$.legal_basis' AS basis, count(*) AS n,
    count(*) FILTER (data ->> '$.transport' = 'http') AS http, max(time) AS last_at
FROM events
WHERE time >= $since::TIMESTAMPTZ AND time <= $now::TIMESTAMPTZ AND type = 'website.form_submitted' AND NOT held
    AND ($known IS NULL OR recorded_at <= $known::TIMESTAMPTZ)
    AND coalesce(data ->> '$.role', 'controller') <> 'processor'
GROUP BY form, purpose, basis
ORDER BY n DESC, form, purpose, basis
LIMIT coalesce($most, 40)
