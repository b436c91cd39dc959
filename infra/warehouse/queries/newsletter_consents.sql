-- Consents for the newsletter from $since to $now, as known at $known (null: now), by week (its Monday in $zone), `kind` and `evidence`: subscribed
-- (confirmed by double opt-in, unconfirmed, untold), consented (given elsewhere), unsubscribed, withdrew; preticked
-- sign-ups, which count as none. Reads facts of four kinds, and of events the sign-ups of these weeks alone.
WITH told AS (
    SELECT time, kind,
        CASE WHEN kind = 'subscribed'
            THEN CASE flag WHEN TRUE THEN 'confirmed' WHEN FALSE THEN 'unconfirmed' ELSE 'untold' END END AS evidence
    FROM facts
    WHERE time >= $since::TIMESTAMPTZ AND time <= $now::TIMESTAMPTZ
        AND ($known IS NULL OR batch <= (SELECT max(batch) FROM batches WHERE recorded_at <= $known::TIMESTAMPTZ))
        AND kind IN ('subscribed', 'consented', 'unsubscribed', 'withdrew')
        AND (about IS NULL OR about IN ('newsletter', '*'))
    UNION ALL
    SELECT time, 'preticked', NULL
    FROM events
    WHERE time >= $since::TIMESTAMPTZ AND time <= $now::TIMESTAMPTZ AND type = 'newsletter.subscribed' AND NOT held
        AND ($known IS NULL OR recorded_at <= $known::TIMESTAMPTZ)
        AND data ->> '$.prechecked' = 'true' AND coalesce(data ->> '$.role', 'controller') <> 'processor'
)
SELECT date_trunc('week', time AT TIME ZONE $zone)::DATE AS week, kind, evidence, count(*) AS n
FROM told
GROUP BY week, kind, evidence
ORDER BY week, kind, evidence
