-- The state of an obligation at T from its stored times; everything that shows one reads it here.
-- Most have one clock and were never suspended: the CASEs keep their lists out of the lambdas, and instants are
-- subtracted as microseconds, not as intervals of a calendar. Five million are told in a second so, in sixteen otherwise.
CREATE OR REPLACE MACRO seconds_between(since, until) AS (epoch_us(until) - epoch_us(since)) / 1e6;

CREATE OR REPLACE MACRO promised_due(clocks, t) AS CASE
    WHEN len(clocks) = 1 THEN CASE WHEN clocks[1].clock = 'promise' AND clocks[1].since <= t THEN clocks[1].due_at END
    ELSE list_last(list_sort(list_filter(clocks, lambda c: c.clock = 'promise' AND c.since <= t))).due_at
END;

CREATE OR REPLACE MACRO obligation_state(opened_at, due_at, met_at, cancelled_at, suspensions, undecided, t) AS CASE
    WHEN opened_at > t THEN NULL
    WHEN cancelled_at <= t THEN 'cancelled'
    WHEN met_at <= t AND (due_at IS NULL OR met_at <= due_at) THEN 'met'
    WHEN undecided IS NOT NULL THEN 'indeterminate'
    WHEN met_at <= t THEN 'met_late'
    WHEN len(suspensions) > 0
        AND len(list_filter(suspensions, lambda s: s.since <= t AND (s.until IS NULL OR t < s.until))) > 0
        THEN 'suspended'
    WHEN t > due_at THEN 'overdue'
    ELSE 'open'
END;

-- Obligations that exist at T, as believed at `known` (null: now), with `due_at`, `state` and `outcome` at T. What came
-- after T is unknown.
CREATE OR REPLACE MACRO obligations_as_of(t, known := NULL) AS TABLE
    WITH existing AS (
        SELECT * REPLACE (
            CASE
                WHEN len(clocks) = 1 AND clocks[1].since <= t THEN clocks
                ELSE list_filter(clocks, lambda c: c.since <= t)
            END AS clocks,
            CASE WHEN met_at <= t THEN met_at END AS met_at,
            CASE WHEN cancelled_at <= t THEN cancelled_at END AS cancelled_at,
            CASE
                WHEN len(suspensions) = 0 THEN suspensions
                ELSE list_transform(
                    list_filter(suspensions, lambda s: s.since <= t),
                    lambda s: {'since': s.since, 'until': CASE WHEN s.until <= t THEN s.until END}
                )
            END AS suspensions
        )
        FROM obligations
        WHERE believed_at(believed_from, believed_to, known::TIMESTAMPTZ) AND opened_at <= t
    ),
    timed AS (SELECT *, promised_due(clocks, t) AS due_at FROM existing),
    stated AS (
        SELECT *, obligation_state(opened_at, due_at, met_at, cancelled_at, suspensions, undecided, t) AS state
        FROM timed
    )
    SELECT * REPLACE (obligation_outcome(state, outcome) AS outcome) FROM stated;

-- Findings that stand at T, of events and of obligations alike, as believed at `known` (null: now).
CREATE OR REPLACE MACRO findings_as_of(t, known := NULL) AS TABLE
    SELECT finding, clause, source, id, '' AS key, outcome, severity, system, type, subject, time, policy_version,
        evidence, missing, CAST(NULL AS VARCHAR) AS state, CAST(NULL AS TIMESTAMPTZ) AS due_at, believed_from
    FROM verdicts
    WHERE believed_at(believed_from, believed_to, known::TIMESTAMPTZ) AND outcome IN ('breach', 'indeterminate')
        AND time <= t
    UNION ALL
    SELECT finding, clause, source, id, key, outcome, severity, system, type, subject, opened_at, policy_version,
        evidence, undecided, state, due_at, believed_from
    FROM obligations_as_of(t, known := known)
    WHERE outcome IS NOT NULL;
