-- What was resolved, signed or stored, as known at another instant: each told once for the queries that ask it.

-- Findings that are resolved at T, by an officer or by evidence: an alert of the breach is, and none of it waits; as
-- known at `known` (null: now). Waived and silenced ones are breaches still.
CREATE OR REPLACE MACRO findings_resolved(t, known := NULL) AS TABLE
    SELECT finding
    FROM (
        SELECT finding, turned_at, least(t, known::TIMESTAMPTZ) AS then_,
            alert_standing(state, standing, until, least(t, known::TIMESTAMPTZ)) AS stands
        FROM alerts
        WHERE finding IS NOT NULL AND kind IN ('breach', 'overdue', 'late')
    )
    GROUP BY finding
    HAVING bool_or(stands = 'resolved' AND turned_at <= then_)
        AND NOT bool_or(stands IN ('firing', 'acknowledged', 'waived'));

-- Breaches by events that are resolved at T, as believed at `known` (null: now), by clause and hour: what `counts` has
-- too many.
CREATE OR REPLACE MACRO breaches_resolved(t, known := NULL) AS TABLE
    SELECT clause, time_bucket(INTERVAL 1 HOUR, time) AS hour, count(*) AS n
    FROM verdicts
    WHERE believed_at(believed_from, believed_to, known::TIMESTAMPTZ) AND outcome = 'breach' AND time <= t
        AND finding IN (FROM findings_resolved(t, known := known))
    GROUP BY ALL;

-- Signings and endings of agreements that were told up to T, as known at `known` (null: now).
CREATE MACRO agreements_as_of(t, known := NULL) AS TABLE
    SELECT source, id, type, time, data
    FROM registers r
    WHERE type IN ('agreement.signed', 'agreement.ended') AND time <= t
        AND (known IS NULL OR NOT EXISTS (
            FROM events e
            WHERE e.time = r.time AND e.source = r.source AND e.id = r.id AND e.recorded_at > known::TIMESTAMPTZ));

-- Whether a row that this transaction stored was known at the instant k; null: now.
CREATE MACRO known_by(transaction_, k) AS
    k IS NULL OR transaction_ <= (SELECT max(batch) FROM batches WHERE recorded_at <= k);

-- Obligations of which T says something, as known at `known` (null: now), and the instant at which they were kept or
-- broken; those that cannot be told by when they began.
CREATE MACRO obligations_settled(t, known := NULL) AS TABLE
    SELECT clause, outcome,
        CASE WHEN outcome = 'indeterminate' THEN opened_at WHEN state = 'met' THEN met_at
            ELSE coalesce(due_at, opened_at) END AS settled_at
    FROM obligations_as_of(t, known := known)
    WHERE outcome IN ('pass', 'breach', 'indeterminate');
