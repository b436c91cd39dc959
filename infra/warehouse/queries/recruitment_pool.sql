-- Consents to keep an application from $since to $now, as known at $known (null: now), by week (its Monday in $zone) and `kind`: retention_consented,
-- retention_withdrew. Reads facts of two kinds.
SELECT date_trunc('week', time AT TIME ZONE $zone)::DATE AS week, kind, count(*) AS n
FROM facts
WHERE time >= $since::TIMESTAMPTZ AND time <= $now::TIMESTAMPTZ
    AND ($known IS NULL OR batch <= (SELECT max(batch) FROM batches WHERE recorded_at <= $known::TIMESTAMPTZ))
    AND kind IN ('retention_consented', 'retention_withdrew')
GROUP BY week, kind
ORDER BY week, kind
