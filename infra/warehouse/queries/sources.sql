-- Per source: how many events, the time of its last one and when that arrived.
SELECT source, system, n, last_time, last_recorded_at FROM sources ORDER BY system, source
