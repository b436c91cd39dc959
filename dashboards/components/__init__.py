"""The pieces that pages are made of: each takes figures and words, and gives HTML (escaped) or a small component."""
