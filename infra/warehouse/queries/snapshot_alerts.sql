-- Alerts raised from $since to before $now by clause and severity, those told by another or withdrawn aside: how many, how many an officer took up, how many ended, and within how many seconds half of them did.
WITH acted AS (
    SELECT json_extract_string(data, '$.alert') AS alert, min(time) FILTER (type = 'alert.resolved') AS resolved_at, min(time) AS taken_at
    FROM events
    WHERE starts_with(type, 'alert.') AND time < $now::TIMESTAMPTZ AND NOT held
    GROUP BY ALL
),
raised AS (
    SELECT a.clause, a.severity, a.raised_at, c.taken_at,
        least(CASE WHEN a.ended_at < $now::TIMESTAMPTZ THEN a.ended_at END, c.resolved_at) AS over_at
    FROM alerts a LEFT JOIN acted c USING (alert)
    WHERE a.raised_at >= $since::TIMESTAMPTZ AND a.raised_at < $now::TIMESTAMPTZ AND a.state NOT IN ('withdrawn', 'superseded')
)
SELECT coalesce(clause, '') AS clause, severity, count(*) AS n, count(taken_at) AS taken, count(over_at) AS resolved,
    quantile_disc(seconds_between(raised_at, over_at), 0.5) FILTER (over_at >= raised_at)::BIGINT AS resolved_p50
FROM raised
GROUP BY ALL
ORDER BY clause, severity
