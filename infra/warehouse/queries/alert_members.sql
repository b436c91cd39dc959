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
)
SELECT *, count(*) OVER (PARTITION BY stands) AS n,
    count(*) FILTER (turned_at > $upto::TIMESTAMPTZ) OVER (PARTITION BY stands) AS fresh,
    min(starts_at) OVER (PARTITION BY stands) AS since
FROM wanted
QUALIFY row_number() OVER (PARTITION BY stands ORDER BY turned_at DESC, alert) <= $rows
ORDER BY stands, turned_at DESC, alert
