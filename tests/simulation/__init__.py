"""Random histories, and a second, independent reading of the rules they must end in."""
