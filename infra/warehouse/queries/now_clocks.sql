-- Obligations at $now, as believed at $known (null: now), by clause: how many run, passed, were met; when the next
-- falls due.
-- `overdue` and `late` stand; those that are resolved do not.
-- `near`: open ones with less than a quarter of their term left. `met_24h`: met in time within a day.
SELECT clause,
    count(*) FILTER (state = 'open') AS open,
    count(*) FILTER (state = 'suspended') AS suspended,
    count(*) FILTER (state = 'overdue' AND outcome = 'breach' AND NOT resolved) AS overdue,
    count(*) FILTER (state IN ('met', 'met_late') AND outcome = 'breach' AND NOT resolved) AS late,
    count(*) FILTER (outcome = 'breach' AND resolved) AS resolved,
    count(*) FILTER (state = 'met' AND outcome = 'pass' AND met_at > $now::TIMESTAMPTZ - INTERVAL 24 HOUR) AS met_24h,
    count(*) FILTER (state = 'indeterminate') AS undecided,
    count(*) FILTER (
        state = 'open' AND seconds_between($now::TIMESTAMPTZ, due_at) < seconds_between(opened_at, due_at) / 4
    ) AS near,
    min(due_at) FILTER (state = 'open') AS next_due,
    max(due_at) FILTER (outcome = 'breach') AS last_breach,
    max(met_at) FILTER (state = 'met') AS last_met
FROM (
    SELECT *, finding IN (FROM findings_resolved($now::TIMESTAMPTZ, known := $known)) AS resolved
    FROM obligations_as_of($now::TIMESTAMPTZ, known := $known)
)
GROUP BY clause
ORDER BY clause;
