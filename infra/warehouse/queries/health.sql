-- One row about the store itself: what came in last, how long from an event to the store (its recording minus its
-- own time, over events recorded in the last minute), what waits, and which workers are alive.
WITH recent AS (
    SELECT epoch_ms(recorded_at) - epoch_ms(time) AS took
    FROM events
    WHERE recorded_at >= $now - INTERVAL 1 MINUTE AND NOT held
)
SELECT $now AS now,
    (SELECT max(recorded_at) FROM batches) AS last_batch_at,
    (SELECT max(last_time) FROM sources) AS last_event_at,
    (SELECT coalesce(sum(n), 0)::BIGINT FROM minutes) AS events,
    (SELECT coalesce(sum(n), 0)::BIGINT FROM minutes WHERE minute >= $now - INTERVAL 1 HOUR) AS events_last_hour,
    (SELECT count(*) FROM recent) AS recorded_last_minute,
    (SELECT quantile_cont(took, 0.5) FROM recent) AS took_p50_ms,
    (SELECT quantile_cont(took, 0.99) FROM recent) AS took_p99_ms,
    (SELECT count(*) FROM quarantine) AS quarantined,
    (SELECT count(*) FROM rejudge WHERE closed_at IS NULL AND coalesce(not_before <= $now, TRUE)) AS revising,
    (SELECT count(*) FROM gaps WHERE accepted_at IS NULL) AS gaps,
    (SELECT count(*) FROM live.beats WHERE seen_at >= $now - INTERVAL 15 SECOND) AS workers,
    (SELECT max(seen_at) FROM live.beats) AS last_beat_at,
    (SELECT coalesce(sum(behind), 0)::BIGINT FROM live.beats WHERE seen_at >= $now - INTERVAL 15 SECOND) AS behind
