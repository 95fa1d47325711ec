"""Tables and statements of press: every SQL statement about them stands here."""
