-- Findings that stand at $now, newest first: verdicts on events and obligations with an outcome.
-- Optional: $known (what was believed at that instant), $clause, $system, $outcome, $subject, $finding, $since (their instant), $before (key of the page before), $rows.
SELECT *
FROM findings_as_of($now, known := $known)
WHERE ($clause IS NULL OR clause = $clause)
    AND ($system IS NULL OR system = $system)
    AND ($outcome IS NULL OR outcome = $outcome)
    AND ($subject IS NULL OR subject = $subject)
    AND ($finding IS NULL OR finding = $finding)
    AND ($since IS NULL OR time >= $since)
    AND ($before IS NULL OR time < $before)
ORDER BY time DESC, finding
LIMIT coalesce($rows, 200)
