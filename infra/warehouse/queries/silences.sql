-- Silences that have not ended at $now, the one that ends next first.
SELECT * EXCLUDE (salt) FROM silences WHERE ends_at > $now::TIMESTAMPTZ ORDER BY ends_at, silence
