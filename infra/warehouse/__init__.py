"""The warehouse: one DuckDB file, owned by one process, served over Arrow Flight."""
