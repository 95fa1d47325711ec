"""Tables and statements of money: every SQL statement about them stands here."""
