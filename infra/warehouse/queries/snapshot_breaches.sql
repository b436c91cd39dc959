-- Breaches from $since to before $now by clause, severity, system and local day; an obligation's is at its due instant.
-- `people`: distinct subjects of that clause and severity. `seen_p50`: seconds from an event to the first verdict, half of them sooner.
WITH found AS (
    SELECT finding, clause, severity, coalesce(system, '') AS system, subject, key, time, state, coalesce(due_at, time) AS "at"
    FROM findings_as_of($now::TIMESTAMPTZ)
    WHERE outcome = 'breach' AND "at" >= $since::TIMESTAMPTZ AND "at" < $now::TIMESTAMPTZ
),
first AS (
    SELECT finding, min(believed_from) AS seen_at FROM verdicts 
    WHERE outcome = 'breach' AND time >= $since::TIMESTAMPTZ AND time < $now::TIMESTAMPTZ GROUP BY finding
),
grouped AS (
    SELECT clause, severity, count(DISTINCT subject) AS people,
        quantile_disc(CASE WHEN seen_at > time THEN seconds_between(time, seen_at) ELSE 0 END, 0.5) FILTER (seen_at IS NOT NULL)::BIGINT AS seen_p50
    FROM found LEFT JOIN first USING (finding)
    GROUP BY ALL
)
SELECT f.clause, f.severity, f.system, g.people, g.seen_p50, count(*) AS n,
    date_diff('day', ($since::TIMESTAMPTZ AT TIME ZONE $zone)::DATE, (f."at" AT TIME ZONE $zone)::DATE)::INTEGER AS day
FROM found f JOIN grouped g ON g.clause = f.clause AND g.severity IS NOT DISTINCT FROM f.severity
GROUP BY ALL
ORDER BY f.clause, f.severity, f.system, day
