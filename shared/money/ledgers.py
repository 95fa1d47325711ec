"""What ledgers share: why a fact is not taken, and changes that can be taken back together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeVar

_ABSENT = object()
_K = TypeVar("_K")
_V = TypeVar("_V")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a fact is not taken.

    `conflict` says that the fact is at odds with what is stored; else it names what does not exist.
    """

    field: str
    code: str
    detail: str
    conflict: bool = True


@dataclass
class Journal:
    """Remembers what was overwritten, so that a request that is refused as a whole leaves nothing.

    >>> journal, sums = Journal(), {"a": 1}
    >>> mark = journal.mark()
    >>> journal.write(sums, "a", 2)
    >>> journal.write(sums, "b", 3)
    >>> journal.undo(mark)
    >>> sums
    {'a': 1}
    """

    _log: list[tuple[dict[Any, Any], Any, Any]] = field(default_factory=list)

    def write(self, into: dict[_K, _V], key: _K, value: _V) -> None:
        """Set `into[key]`, remembering what was there."""
        self._log.append((into, key, into.get(key, _ABSENT)))
        into[key] = value

    def mark(self) -> int:
        """Return the place to which `undo` goes back."""
        return len(self._log)

    def undo(self, mark: int) -> None:
        """Take back everything written since `mark`."""
        while len(self._log) > mark:
            into, key, before = self._log.pop()
            if before is _ABSENT:
                del into[key]
            else:
                into[key] = before
