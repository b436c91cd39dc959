-- Who got data of the website from $since to $now, as known at $known (null: now) (trackers, processors), by recipient and country: disclosures, people
-- (about), breaches of the promises on sharing and transfers; those with breaches first. Reads of events the website's
-- disclosures of this time alone.
WITH told AS (
    SELECT time, source, id, subject, recipient, data ->> '$.recipient_country' AS country
    FROM events
    WHERE time >= $since::TIMESTAMPTZ AND time <= $now::TIMESTAMPTZ AND type = 'data.disclosed' AND system = 'website'
        AND NOT held AND ($known IS NULL OR recorded_at <= $known::TIMESTAMPTZ)
),
broken AS (
    SELECT time, source, id, count(*) AS breaches
    FROM verdicts
    WHERE time >= $since::TIMESTAMPTZ AND time <= $now::TIMESTAMPTZ AND type = 'data.disclosed' AND system = 'website'
        AND outcome = 'breach' AND believed_at(believed_from, believed_to, $known::TIMESTAMPTZ)
        AND (starts_with(clause, 'XFER-') OR starts_with(clause, 'SHARE-'))
    GROUP BY time, source, id
)
SELECT recipient, country, count(*) AS n, approx_count_distinct(subject) AS people,
    coalesce(sum(breaches), 0)::BIGINT AS breaches
FROM told LEFT JOIN broken USING (time, source, id)
GROUP BY recipient, country
ORDER BY breaches DESC, n DESC, recipient, country
