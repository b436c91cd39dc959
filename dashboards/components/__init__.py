"""The pieces that pages are made of: each takes figures and words, and gives escaped HTML or a component."""
