-- Alerts at $now with these $labels that matter to one who was told up to $upto: those that fire, and those that ended
-- since and began before. The newest first, at most $rows, each with how many there are of its standing (`n`), how many
-- of these turned since (`fresh`) and the first of their instants.
WITH members AS (
    SELECT *, alert_standing(state, standing, until, $now::TIMESTAMPTZ) AS stands FROM alerts WHERE labels = $labels
),
wanted AS (
    SELECT * FROM members
    WHERE stands = 'firing'
        OR (stands IN ('resolved', 'withdrawn') AND turned_at > $upto::TIMESTAMPTZ AND raised_at <= $upto::TIMESTAMPTZ)
),
-- One pass over what may be a hundred thousand: windows would sort all of it.
counted AS (
    SELECT stands, count(*) AS n, count(*) FILTER (turned_at > $upto::TIMESTAMPTZ) AS fresh, min(starts_at) AS since,
        max_by(alert, turned_at, $rows) AS newest
    FROM wanted
    GROUP BY stands
)
SELECT w.*, c.n, c.fresh, c.since
FROM wanted w JOIN counted c ON c.stands = w.stands AND list_contains(c.newest, w.alert)
ORDER BY w.stands, w.turned_at DESC, w.alert
