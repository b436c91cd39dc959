"""Room: dashboards."""
