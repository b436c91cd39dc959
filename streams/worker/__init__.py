"""The worker: records of the topics in, batches for the warehouse out."""
