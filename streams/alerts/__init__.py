"""Alerts: who is told of what, through which channel, once, and what became of it."""
