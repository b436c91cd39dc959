-- Everything that was judged, as of $now, as believed at $known (null: now): row findings, passes of events, and obligations in every state.
SELECT finding, clause, outcome, severity, source, id, subject, time, key, due_at, state, evidence, missing
FROM (
    SELECT finding, clause, outcome, severity, source, id, subject, time, '' AS key,
        CAST(NULL AS TIMESTAMPTZ) AS due_at, CAST(NULL AS VARCHAR) AS state, evidence, missing
    FROM verdicts
    WHERE believed_at(believed_from, believed_to, $known::TIMESTAMPTZ) AND outcome IN ('breach', 'indeterminate')
        AND time <= $now
    UNION ALL
    SELECT finding, clause, outcome, severity, source, id, subject, opened_at, key, due_at, state, evidence, undecided
    FROM obligations_as_of($now, known := $known)
)
ORDER BY time, clause, source, id, key
