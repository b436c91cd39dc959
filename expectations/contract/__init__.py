"""The event contract: bytes of source systems in, columns of typed events out (see `decode`)."""
