"""Articles, their figures, and findings."""
