"""One file per kind of work: load, decide, save, announce. They meet through messages."""
