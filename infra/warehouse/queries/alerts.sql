-- Alerts as they stand at $now, the newest first. Optional: $stands (firing, acknowledged, waived, resolved, withdrawn,
-- superseded), $kind, $clause, $system, $severity, $alert, $assignee, $before (turned before), $rows.
SELECT * EXCLUDE (salt), alert_standing(state, standing, until, $now::TIMESTAMPTZ) AS stands
FROM alerts
WHERE ($stands IS NULL OR alert_standing(state, standing, until, $now::TIMESTAMPTZ) = $stands)
    AND ($kind IS NULL OR kind = $kind)
    AND ($clause IS NULL OR clause = $clause)
    AND ($system IS NULL OR system = $system)
    AND ($severity IS NULL OR severity = $severity)
    AND ($alert IS NULL OR alert = $alert)
    AND ($assignee IS NULL OR assignee = $assignee)
    AND ($before IS NULL OR turned_at < $before)
ORDER BY turned_at DESC, alert
LIMIT coalesce($rows, 200)
