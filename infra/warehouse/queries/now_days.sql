-- Open obligations by day of their due instant, $now to seven days on, as believed at $known (null: now).
SELECT floor(seconds_between($now::TIMESTAMPTZ, due_at) / 86400)::INTEGER AS day, count(*) AS n
FROM obligations_as_of($now::TIMESTAMPTZ, known := $known)
WHERE state = 'open' AND due_at <= $now::TIMESTAMPTZ + INTERVAL 7 DAY
GROUP BY day
ORDER BY day;
