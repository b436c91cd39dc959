-- Notices whose time has come at $now, or that are being sent, the oldest first; some of each way only, so that a receiver
-- that fails for long holds back nobody else's.
SELECT * EXCLUDE (salt) FROM notices
WHERE state = 'trying' OR (state = 'waiting' AND (due_at IS NULL OR due_at <= $now::TIMESTAMPTZ))
QUALIFY row_number() OVER (PARTITION BY receiver, way ORDER BY made_at, notice) <= 20
ORDER BY made_at, notice
