"""Advisory locks are told apart by their numbers."""

from __future__ import annotations

from shared.kernel.locks import Lock


def test_no_number_stands_for_two_locks() -> None:
    # A second name for a number would be an alias of the first: a member that is not listed.
    assert list(Lock.__members__) == [lock.name for lock in Lock]
