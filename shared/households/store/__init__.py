"""Tables and statements of households: every SQL statement about them stands here."""
