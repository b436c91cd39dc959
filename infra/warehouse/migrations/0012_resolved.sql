-- Findings that are resolved at T, by an officer or by evidence: an alert of the breach is, and none of it waits.
-- Waived and silenced ones are breaches still.
CREATE MACRO findings_resolved(t) AS TABLE
    SELECT finding
    FROM (
        SELECT finding, turned_at, alert_standing(state, standing, until, t) AS stands
        FROM alerts
        WHERE finding IS NOT NULL AND kind IN ('breach', 'overdue', 'late')
    )
    GROUP BY finding
    HAVING bool_or(stands = 'resolved' AND turned_at <= t)
        AND NOT bool_or(stands IN ('firing', 'acknowledged', 'waived'));

-- Breaches by events that are resolved at T, by clause and hour: what `counts` has too many.
CREATE MACRO breaches_resolved(t) AS TABLE
    SELECT clause, to_timestamp(floor(epoch(time) / 3600) * 3600) AS hour, count(*) AS n
    FROM verdicts
    WHERE believed_to IS NULL AND outcome = 'breach' AND time <= t AND finding IN (FROM findings_resolved(t))
    GROUP BY ALL;
