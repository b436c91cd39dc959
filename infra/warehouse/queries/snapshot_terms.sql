-- How long obligations took that were met from $since to before $now, in seconds, by clause; `term`: what was promised.
SELECT clause, count(*) AS n,
    quantile_disc(seconds_between(opened_at, met_at), 0.5)::BIGINT AS took_p50, max(seconds_between(opened_at, met_at))::BIGINT AS took_max,
    quantile_disc(seconds_between(opened_at, due_at), 0.5)::BIGINT AS term
FROM obligations_as_of($now::TIMESTAMPTZ)
WHERE met_at >= $since::TIMESTAMPTZ AND met_at < $now::TIMESTAMPTZ AND state IN ('met', 'met_late')
GROUP BY clause
ORDER BY clause
