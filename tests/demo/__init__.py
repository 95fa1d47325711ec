"""The demo: patience with a busy registry, and what it shows meanwhile."""
