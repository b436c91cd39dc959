-- The ledger of deliveries, the newest first. Optional: $state (waiting, trying, delivered, dead), $receiver, $rows.
SELECT * EXCLUDE (salt) FROM notices
WHERE ($state IS NULL OR state = $state) AND ($receiver IS NULL OR receiver = $receiver)
ORDER BY made_at DESC, notice
LIMIT coalesce($rows, 200)
