-- Records set aside, the last first, by $reason where given: a page of them after a key ($after_place and
-- $after_name of the last row), each row with how many there are; $rows (40). Never the bytes: a keyed digest.
WITH found AS (
    SELECT reason, detail, digest, system, topic, "partition", "offset", recorded_at,
        -epoch_us(recorded_at) AS place, concat_ws('-', topic, "partition", "offset", digest) AS name
    FROM quarantine
    WHERE $reason IS NULL OR reason = $reason
)
SELECT *, (SELECT count(*) FROM found) AS total
FROM found
WHERE $after_name IS NULL OR (place, name) > ($after_place::BIGINT, $after_name)
ORDER BY place, name
LIMIT coalesce($rows, 40)
