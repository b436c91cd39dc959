"""The core, pure: events and known facts in; verdicts, obligations and facts out."""
