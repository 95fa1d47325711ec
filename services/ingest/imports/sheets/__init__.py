"""Files as physical rows of typed cells: nothing here knows what a column means."""
