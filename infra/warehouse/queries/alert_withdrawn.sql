-- Alerts of findings that are believed no longer, of beliefs that ended at $since or later: what is believed now (null:
-- nothing, its event is gone), and why that changed.
WITH closed AS (SELECT DISTINCT finding FROM verdicts WHERE believed_to >= $since::TIMESTAMPTZ),
current AS (
    SELECT v.finding, v.outcome, v.believed_from
    FROM verdicts v JOIN closed USING (finding)
    WHERE v.believed_to IS NULL
)
SELECT a.*, c.outcome,
    (SELECT min(r.cause) FROM batches b JOIN rejudge r ON list_contains(from_json(b.revises, '["BIGINT"]'), r.rejudge)
        WHERE b.recorded_at = c.believed_from) AS why
FROM alerts a JOIN closed USING (finding) LEFT JOIN current c USING (finding)
WHERE a.state = 'firing' AND a.kind IN ('breach', 'indeterminate')
    AND coalesce(c.outcome, '') NOT IN ('breach', 'indeterminate')
