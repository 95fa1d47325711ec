"""Who calls, and what is written down of it."""
