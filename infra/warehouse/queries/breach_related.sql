-- Other findings that $finding belongs with at $now, as believed at $known (null: now): of the same event ($source,
-- $id), of the same $subject, and of events within 30 days of $time under the same $agreement. At most $rows (20) of
-- each, nearest in time first.
WITH others AS (
    SELECT f.finding, f.clause, f.severity, f.outcome, f.state, f.time, f.source, f.id, f.subject
    FROM findings_as_of($now::TIMESTAMPTZ, known := $known) f
    WHERE f.finding <> $finding
),
under AS (
    SELECT source, id, time FROM events
    WHERE agreement = $agreement
        AND time BETWEEN $time::TIMESTAMPTZ - INTERVAL 30 DAY AND $time::TIMESTAMPTZ + INTERVAL 30 DAY
),
tied AS (
    SELECT 'event' AS tie, * FROM others WHERE source = $source AND id = $id
    UNION ALL
    SELECT 'subject', * FROM others WHERE subject = $subject AND NOT (source = $source AND id = $id)
    UNION ALL
    SELECT 'agreement', o.* FROM others o SEMI JOIN under u ON o.time = u.time AND o.source = u.source AND o.id = u.id
    WHERE NOT (o.source = $source AND o.id = $id) AND o.subject IS DISTINCT FROM $subject
)
SELECT tie, finding, clause, severity, outcome, state, time, count(*) OVER (PARTITION BY tie) AS n
FROM tied
QUALIFY row_number() OVER (PARTITION BY tie ORDER BY abs(epoch_us(time) - epoch_us($time::TIMESTAMPTZ)), finding)
    <= coalesce($rows, 20)
ORDER BY tie, abs(epoch_us(time) - epoch_us($time::TIMESTAMPTZ)), finding
