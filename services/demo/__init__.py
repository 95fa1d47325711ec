"""The demo of embedded mode: what it sends through the public doors, and what it shows of it."""
