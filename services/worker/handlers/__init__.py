"""One file per kind of work; handlers do not know each other, they meet through messages."""
