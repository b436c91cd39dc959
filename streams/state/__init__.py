"""State: what was true of each event's subject, and of the registers, at the event's own time."""
