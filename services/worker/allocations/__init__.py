"""What an allocation run comes to: computed once for its result, and again to prove it.

Everything read is as known at the run's `known_at`, and of money as recorded at its `ledger_at`, so
that the same run computed years later gives the same bytes.
"""
