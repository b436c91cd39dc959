"""Room: streams."""
