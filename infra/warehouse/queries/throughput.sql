-- What went through each stage in the $seconds (600) before $now, by steps of $step (10) seconds; `back`: 0 is the newest.
-- `decoded`: records read that were new, known already or set aside; `judged`: events, for the first time or again;
-- `applied`: rows that transactions added, changed or took out.
SELECT floor(seconds_between(recorded_at, $now::TIMESTAMPTZ) / coalesce($step, 10))::INTEGER AS back,
    coalesce(sum(stored + duplicates + quarantined) FILTER (kind = 'apply'), 0)::BIGINT AS decoded,
    coalesce(sum(stored + revised) FILTER (kind IN ('apply', 'revise')), 0)::BIGINT AS judged,
    coalesce(sum(list_sum((changes -> '$[*][2]')::BIGINT[])), 0)::BIGINT AS applied
FROM batches
WHERE recorded_at <= $now::TIMESTAMPTZ
    AND recorded_at > $now::TIMESTAMPTZ - to_seconds(coalesce($seconds, 600)::DOUBLE)
GROUP BY back
ORDER BY back
