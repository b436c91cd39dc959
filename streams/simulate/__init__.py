"""A seeded generator of believable life at Custom Connect, with its own ground truth.

It shares no rule with the engine: what it says is broken comes from what its people did, never from judging.
"""
