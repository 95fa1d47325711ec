"""Tables and statements of law: every SQL statement about them stands here."""
