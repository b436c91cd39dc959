"""Room: infra."""
