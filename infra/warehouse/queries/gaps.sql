-- Holes in the log: where it was read up to, where it goes on (0: in another log), when the worker met it; accepted
-- ones with their reason.
SELECT topic, "partition", expected, got, refused_at, reason, accepted_at
FROM gaps
ORDER BY accepted_at IS NOT NULL, topic, "partition", expected
