"""One file per door: what may be posted, how it is checked, and the row that it becomes."""
