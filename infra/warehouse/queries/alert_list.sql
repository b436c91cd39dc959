-- Alerts at $now by the filters of the page Alerts: the worst first, then the oldest; each row with the sums of all that
-- match. Optional: $stands and $severity (words by spaces), $system, $clause, $owner (a name; `-`: nobody), $q (the
-- beginning of an id of an alert or finding), $after_rank, $after_us, $after_alert (of the last row of the page before),
-- $rows.
WITH every AS (
    SELECT * EXCLUDE (salt), alert_standing(state, standing, until, $now::TIMESTAMPTZ) AS stands,
        coalesce(list_position(['critical', 'high', 'medium', 'low'], severity), 5) AS rank, epoch_us(starts_at) AS us
    FROM alerts
),
found AS MATERIALIZED (
    SELECT * FROM every
    WHERE ($stands IS NULL OR list_contains(string_split($stands, ' '), stands))
        AND ($severity IS NULL OR list_contains(string_split($severity, ' '), severity))
        AND ($system IS NULL OR system = $system)
        AND ($clause IS NULL OR clause = $clause)
        AND ($owner IS NULL OR ($owner = '-' AND assignee IS NULL) OR assignee = $owner)
        AND ($q IS NULL OR starts_with(alert, $q) OR starts_with(finding, $q))
),
sums AS (
    SELECT count(*) AS total, count(*) FILTER (severity = 'critical') AS critical,
        count(*) FILTER (assignee IS NULL) AS unassigned, min(starts_at) AS oldest
    FROM found
)
SELECT found.*, sums.*
FROM found, sums
WHERE $after_alert IS NULL OR (rank, us, alert) > ($after_rank::BIGINT, $after_us::BIGINT, $after_alert)
ORDER BY rank, us, alert
LIMIT coalesce($rows, 100)
