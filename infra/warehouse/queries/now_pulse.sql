-- The live strip of Now: one row. $now, $since: instants; $since: up to where the reader has timed events already.
-- Sums of `minutes` and recent rows only: costs the same whatever is stored.
SELECT
    (SELECT coalesce(sum(n), 0)::BIGINT FROM minutes
     WHERE minute > $now::TIMESTAMPTZ - INTERVAL 24 HOUR AND minute <= $now::TIMESTAMPTZ) AS events_24h,
    (SELECT coalesce(sum(n), 0)::BIGINT FROM counts WHERE outcome = 'breach') AS breaches,
    (SELECT max(last_recorded_at) FROM sources) AS recorded_at,
    (SELECT max(last_time) FROM sources WHERE last_time <= $now::TIMESTAMPTZ) AS data_to,
    (SELECT max(seen_at) FROM live.beats) AS heard_at,
    (SELECT coalesce(sum(behind), 0)::BIGINT FROM live.beats
     WHERE seen_at > $now::TIMESTAMPTZ - INTERVAL 1 MINUTE) AS behind,
    (SELECT count(*) FROM rejudge
     WHERE closed_at IS NULL AND (not_before IS NULL OR not_before <= $now::TIMESTAMPTZ)) AS revising,
    (SELECT count(*) FROM gaps WHERE accepted_at IS NULL) AS holes,
    (SELECT count(*) FROM quarantine WHERE recorded_at > $now::TIMESTAMPTZ - INTERVAL 24 HOUR) AS quarantined_24h,
    (SELECT quantile_cont(seconds_between(time, $now::TIMESTAMPTZ), 0.95) FROM events
     WHERE recorded_at > $since::TIMESTAMPTZ AND time > $now::TIMESTAMPTZ - INTERVAL 1 HOUR
         AND time <= $now::TIMESTAMPTZ AND NOT held) AS p95;
