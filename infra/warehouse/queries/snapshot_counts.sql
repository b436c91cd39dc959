-- Verdicts on events by clause, day and outcome from $since to before $now. `day`: local days after that of $since, by the clocks of $zone. Reads sums, not events.
SELECT clause, date_diff('day', ($since::TIMESTAMPTZ AT TIME ZONE $zone)::DATE, (hour AT TIME ZONE $zone)::DATE)::INTEGER AS day,
    outcome, sum(n)::BIGINT AS n
FROM counts
WHERE hour >= $since::TIMESTAMPTZ AND hour < $now::TIMESTAMPTZ
GROUP BY ALL
HAVING sum(n) > 0
ORDER BY clause, day, outcome
