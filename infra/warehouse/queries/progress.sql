-- What is being revised: open rejudge rows whose time has come, per partition and cause.
SELECT "partition", cause, count(*)::BIGINT AS n, min(since) AS since, min(opened_at) AS opened_at
FROM rejudge
WHERE closed_at IS NULL AND coalesce(not_before <= $now, TRUE)
GROUP BY ALL
ORDER BY "partition", cause
