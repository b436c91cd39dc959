-- How many obligations fall due on each day from $now's to $until, in the zone $zone: those that are open, as believed
-- at $known (null: now).
SELECT (due_at AT TIME ZONE $zone)::DATE AS day, count(*) AS n
FROM obligations_as_of($now::TIMESTAMPTZ, known := $known)
WHERE state = 'open' AND due_at < $until::TIMESTAMPTZ
GROUP BY day
ORDER BY day
