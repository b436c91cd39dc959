-- The workers alive, one row each, with the rules that they judge by (digest; empty: unknown).
SELECT worker, partitions, behind, rules, seen_at
FROM live.beats
WHERE seen_at >= $now - INTERVAL 15 SECOND
ORDER BY worker
