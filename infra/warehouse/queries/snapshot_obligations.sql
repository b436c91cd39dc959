-- Obligations as they stand at $now, in numbers: those that were met in time or fell due from $since on, and those that are not ended.
-- `day`: local days from that of $since to the instant they were met in time, else to the due instant, by the clocks of $zone; null: without one, or more than $most on.
WITH owed AS (
    SELECT clause, state, outcome,
        date_diff('day', ($since::TIMESTAMPTZ AT TIME ZONE $zone)::DATE, (CASE WHEN state = 'met' THEN met_at ELSE due_at END AT TIME ZONE $zone)::DATE)::INTEGER AS day
    FROM obligations_as_of($now::TIMESTAMPTZ)
    WHERE opened_at < $now::TIMESTAMPTZ AND state <> 'cancelled'
        AND CASE state WHEN 'met' THEN met_at >= $since::TIMESTAMPTZ WHEN 'met_late' THEN due_at >= $since::TIMESTAMPTZ ELSE TRUE END
)
SELECT clause, state, outcome, CASE WHEN day <= $most THEN day END AS day, count(*) AS n
FROM owed
GROUP BY ALL
ORDER BY clause, state, outcome, day
