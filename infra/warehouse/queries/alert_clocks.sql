-- Obligations at $settled that come near their due instant ($share per cent of the term, or $before seconds, left), are
-- overdue or were met late, and whose alert is missing or may have ended: with the crossings that were recorded for this
-- due instant, and the alerts that fire.
WITH recorded AS (
    SELECT finding, due_at, list(crossing) AS crossings
    FROM alerts WHERE crossing IS NOT NULL GROUP BY finding, due_at
),
firing AS (
    SELECT finding, list({'alert': alert, 'crossing': crossing, 'due_at': due_at}) AS alerts
    FROM alerts WHERE crossing IS NOT NULL AND state = 'firing' GROUP BY finding
),
owed AS (
    SELECT finding, clause, severity, system, type, opened_at, due_at, state, outcome, met_at, believed_from
    FROM obligations_as_of($settled::TIMESTAMPTZ)
)
SELECT o.*, coalesce(r.crossings, []) AS crossings, coalesce(f.alerts, []) AS firing
FROM owed o LEFT JOIN recorded r ON r.finding = o.finding AND r.due_at = o.due_at
LEFT JOIN firing f ON f.finding = o.finding
WHERE CASE o.state
    WHEN 'open' THEN f.alerts IS NOT NULL
        OR seconds_between($settled::TIMESTAMPTZ, o.due_at)
            <= greatest($share / 100.0 * seconds_between(o.opened_at, o.due_at), $before)
    WHEN 'overdue' THEN o.outcome = 'breach' AND NOT coalesce(list_contains(r.crossings, 'overdue'), FALSE)
        OR len(list_filter(f.alerts, lambda a: a.crossing <> 'overdue' OR a.due_at <> o.due_at)) > 0
    WHEN 'met_late' THEN f.alerts IS NOT NULL AND len(list_filter(f.alerts, lambda a: a.crossing <> 'late')) > 0
        OR (o.outcome = 'breach' AND NOT coalesce(list_has_any(r.crossings, ['overdue', 'late']), FALSE))
    ELSE f.alerts IS NOT NULL
END
UNION ALL
-- Obligations that are no more: their alerts have nothing to stand on.
SELECT f.finding, NULL, NULL, NULL, NULL, NULL, NULL, 'gone', NULL, NULL, NULL, [], f.alerts
FROM firing f
WHERE f.finding NOT IN (SELECT finding FROM owed)
