-- How many obligations fall due on each day from $now's to $until, in the zone $zone: those that are open.
SELECT (due_at AT TIME ZONE $zone)::DATE AS day, count(*) AS n
FROM obligations_as_of($now::TIMESTAMPTZ)
WHERE state = 'open' AND due_at < $until::TIMESTAMPTZ
GROUP BY day
ORDER BY day
