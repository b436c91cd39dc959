-- The head of the chain of transactions, and when it was recorded; no row: nothing is stored yet.
SELECT batch, chain, recorded_at FROM batches ORDER BY batch DESC LIMIT 1
