-- How many events of the 24 hours before $now were judged, and records set aside in them, as known at $known (null:
-- now).
SELECT
    (SELECT count(*) FROM events
     WHERE time > $now::TIMESTAMPTZ - INTERVAL 24 HOUR AND time <= $now::TIMESTAMPTZ AND NOT held
         AND ($known IS NULL OR recorded_at <= $known::TIMESTAMPTZ)) AS events_24h,
    (SELECT count(*) FROM quarantine
     WHERE recorded_at > $now::TIMESTAMPTZ - INTERVAL 24 HOUR
         AND recorded_at <= least($now::TIMESTAMPTZ, coalesce($known::TIMESTAMPTZ, $now))) AS quarantined_24h;
