-- By clause what tells at which pace obligations are met, as believed at $known (null: now): `took`, seconds from
-- opening of the last $most (500) that were met within $days (180); `overdue`, ages in seconds of at most as many that
-- fell due within $days and are not met; `running`, of at most as many open ones due next, {age, term} in seconds.
WITH every AS (
    SELECT clause, state, opened_at, due_at, met_at, seconds_between(opened_at, met_at)::DOUBLE AS took
    FROM obligations_as_of($now::TIMESTAMPTZ, known := $known)
),
met AS (
    SELECT clause, list(took ORDER BY met_at DESC) AS took
    FROM (
        FROM every WHERE met_at > $now::TIMESTAMPTZ - to_days(coalesce($days, 180)::INTEGER)
        QUALIFY row_number() OVER (PARTITION BY clause ORDER BY met_at DESC) <= coalesce($most, 500)
    )
    GROUP BY clause
),
overdue AS (
    SELECT clause, list(seconds_between(opened_at, $now::TIMESTAMPTZ)::DOUBLE ORDER BY due_at DESC)
        [:coalesce($most, 500)::INTEGER] AS overdue
    FROM every WHERE state = 'overdue' AND due_at > $now::TIMESTAMPTZ - to_days(coalesce($days, 180)::INTEGER)
    GROUP BY clause
),
open AS (
    SELECT clause, count(*) AS open,
        list({
            'age': seconds_between(opened_at, $now::TIMESTAMPTZ)::DOUBLE,
            'term': seconds_between(opened_at, due_at)::DOUBLE
        }
            ORDER BY due_at)[:coalesce($most, 500)::INTEGER] AS running
    FROM every WHERE state = 'open' AND due_at IS NOT NULL
    GROUP BY clause
)
SELECT clause, open.open, open.running, coalesce(met.took, []) AS took,
    coalesce(overdue.overdue, []) AS overdue
FROM open LEFT JOIN met USING (clause) LEFT JOIN overdue USING (clause)
ORDER BY clause
