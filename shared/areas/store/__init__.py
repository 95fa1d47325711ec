"""Tables and statements of areas: every SQL statement about them stands here."""
