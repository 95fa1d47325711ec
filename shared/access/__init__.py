"""Who calls, and what a caller may read and write."""
