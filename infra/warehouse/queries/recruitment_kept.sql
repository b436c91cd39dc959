-- Applications that are kept at $now, as believed at $known (null: now), by the promise whose clock runs (REC-1: four weeks or, by consent, a year; REC-2:
-- consent withdrawn; REC-3: asked for): how many run, of these `pool` by consent (due later than $within days after the
-- end) and `ending` within 30 days, how many are overdue, next and oldest due instant; `passed`: applications past any
-- term. Reads obligations of three clauses.
WITH owed AS (
    SELECT clause, entity, key, state, due_at,
        clause = 'REC-1' AND seconds_between(opened_at, due_at) > 86400 * $within::INTEGER AS pool
    FROM obligations_as_of($now::TIMESTAMPTZ, known := $known)
    WHERE clause IN ('REC-1', 'REC-2', 'REC-3') AND state IN ('open', 'overdue')
)
SELECT clause, count(*) FILTER (state = 'open') AS running, count(*) FILTER (state = 'open' AND pool) AS pool,
    count(*) FILTER (state = 'open' AND pool AND seconds_between($now::TIMESTAMPTZ, due_at) < 30 * 86400) AS ending,
    count(*) FILTER (state = 'overdue') AS overdue, min(due_at) FILTER (state = 'open') AS next_due,
    min(due_at) FILTER (state = 'overdue') AS oldest_due,
    (SELECT count(DISTINCT (entity, key)) FROM owed WHERE state = 'overdue') AS passed
FROM owed
GROUP BY clause
ORDER BY clause
