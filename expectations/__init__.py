"""Room: expectations."""
