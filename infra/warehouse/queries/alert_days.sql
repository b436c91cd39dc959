-- How many alerts were raised, and how many ended (by evidence or by an officer, withdrawn ones too), from $since to $now,
-- by day of $zone; days without either are left out, and so are alerts that another followed.
WITH counted AS (
    SELECT raised_at AS at_, 1 AS raised, 0 AS ended FROM alerts WHERE state <> 'superseded'
    UNION ALL
    SELECT coalesce(ended_at, turned_at), 0, 1 FROM alerts
    WHERE alert_standing(state, standing, until, $now::TIMESTAMPTZ) IN ('resolved', 'withdrawn')
),
quarters AS ( -- a zone costs more than a sum, so quarters of an hour come first
    SELECT time_bucket(INTERVAL 15 MINUTE, at_) AS at_, sum(raised)::BIGINT AS raised, sum(ended)::BIGINT AS ended
    FROM counted WHERE at_ >= $since::TIMESTAMPTZ AND at_ <= $now::TIMESTAMPTZ GROUP BY ALL
)
SELECT (at_ AT TIME ZONE $zone)::DATE AS day, sum(raised)::BIGINT AS raised, sum(ended)::BIGINT AS ended
FROM quarters GROUP BY day ORDER BY day
