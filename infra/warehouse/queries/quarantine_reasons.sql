-- Why records were set aside: by reason how many, and the last one.
SELECT reason, count(*) AS n, max(recorded_at) AS last_at FROM quarantine GROUP BY reason ORDER BY n DESC, reason
