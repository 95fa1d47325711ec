"""The slots of a figure: what it measures, of which kind, when and where; chosen by evidence."""
