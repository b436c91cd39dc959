-- Notices that are not delivered and not dead, the oldest first, at most 500.
SELECT * FROM notices WHERE state IN ('waiting', 'trying') ORDER BY made_at, notice LIMIT 500
