"""The quarterly snapshot: figures, report, bundle, and what verifies it."""
