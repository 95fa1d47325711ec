"""kernel: what all else stands on: clock, errors, ids, database, the two clocks, revisions."""
