-- Alerts of the findings that $findings lists (JSON), and what officers did with them up to $now, in order.
WITH mine AS (
    SELECT alert, finding, clause, kind, severity, state, raised_at FROM alerts
    WHERE raised_at <= $now::TIMESTAMPTZ AND list_contains(from_json($findings, '["VARCHAR"]'), finding)
)
SELECT raised_at AS time, alert, finding, clause, 'raised' AS type, severity, NULL AS actor, kind AS reason FROM mine
UNION ALL
SELECT e.time, m.alert, m.finding, m.clause, e.type, m.severity, e.data ->> '$.actor', e.data ->> '$.reason'
FROM mine m JOIN events e ON e.data ->> '$.alert' = m.alert AND starts_with(e.type, 'alert.') AND e.time <= $now::TIMESTAMPTZ
ORDER BY time, alert, type
