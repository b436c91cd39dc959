-- Findings on events that stand since $since or later, of events up to $settled, and have no alert yet, or one that was
-- withdrawn before. The oldest belief first, at most $rows; `waiting`: how many are not settled yet.
WITH found AS (
    SELECT v.finding, v.clause, v.severity, v.system, v.type, v.outcome, v.time, v.believed_from
    FROM verdicts v
    WHERE v.believed_to IS NULL AND v.outcome IN ('breach', 'indeterminate') AND v.believed_from >= $since::TIMESTAMPTZ
        AND v.time <= $now::TIMESTAMPTZ
)
SELECT f.*, f.time <= $settled::TIMESTAMPTZ AS settled
FROM found f LEFT JOIN alerts a ON a.alert = f.finding
WHERE a.alert IS NULL OR (a.state = 'withdrawn' AND f.believed_from >= a.ended_at)
    OR (a.kind <> f.outcome AND f.believed_from > a.turned_at)
ORDER BY f.believed_from, f.finding
LIMIT $rows
