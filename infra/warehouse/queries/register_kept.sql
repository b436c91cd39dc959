-- How long data were kept, as known at $known (null: now), by clause of $clauses (by spaces) whose obligation is to erase:
-- seconds from where its term began to the erasure, of what was erased in the $days (30) before $now (`erased`, of these
-- the median `usual` and the `longest`), to $now of what is not (`held`, `oldest`; `paused` of them are held back); of
-- both, how many are beyond their own term (`beyond`). Reads obligations.
WITH kept AS (
    SELECT clause, state, met_at IS NOT NULL AS erased,
        seconds_between(opened_at, coalesce(met_at, $now::TIMESTAMPTZ))::DOUBLE AS took
    FROM obligations_as_of($now::TIMESTAMPTZ, known := $known)
    WHERE list_contains(string_split($clauses, ' '), clause) AND state <> 'cancelled'
        AND (met_at IS NULL OR met_at > $now::TIMESTAMPTZ - to_days(coalesce($days, 30)::INTEGER))
)
SELECT clause, count(*) FILTER (erased) AS erased, quantile_cont(took, 0.5) FILTER (erased) AS usual,
    max(took) FILTER (erased) AS longest, count(*) FILTER (NOT erased) AS held, max(took) FILTER (NOT erased) AS oldest,
    count(*) FILTER (state = 'suspended') AS paused, count(*) FILTER (state IN ('overdue', 'met_late')) AS beyond
FROM kept
GROUP BY clause
ORDER BY clause
