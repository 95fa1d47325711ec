"""Entries of a policy document: the days they hold on, and what an entry must say of itself.

An entry names its first day, and its last day or that it has none (`open_ended`); both days are
included. A null is unknown, and `unknown` says why: whether an entry holds on a day that its known
days do not decide is unknown too.

Law: none (how any dated law is written down).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from shared.kernel.errors import PolicyError

Entry = Mapping[str, Any]

FIRST, LAST = "in_force_from", "in_force_to"
_MARKS = {"C", "P", "K", "not_found"}
_DAY = timedelta(days=1)


def holds(entry: Entry, day: date, first: str = FIRST, last: str = LAST) -> bool | None:
    """Say whether an entry is in force on a day; None where its known days do not tell."""
    begins, ends = entry.get(first), entry.get(last)
    if (begins is not None and day < begins) or (ends is not None and ends < day):
        return False
    if begins is None or (ends is None and entry.get("open_ended") is not True):
        return None
    return True


def check(entries: Sequence[Entry]) -> list[PolicyError]:
    """Return every fault of a document's entries: each alone, and those of a series together."""
    return [*_repeated(entries), *(f for e in entries for f in _faults(e)), *_series(entries)]


def _repeated(entries: Sequence[Entry]) -> Iterator[PolicyError]:
    seen: set[str] = set()
    for name in (str(entry.get("id")) for entry in entries):
        if name in seen:
            yield PolicyError("entry_repeated", f"two entries are called {name}")
        seen.add(name)


def _faults(entry: Entry) -> Iterator[PolicyError]:
    name = entry.get("id")
    for key in ("id", "vi", "en", "confidence"):
        if not entry.get(key):
            yield PolicyError("entry_incomplete", f"{name} has no {key}", key)
    if not entry.get("legal_basis") and "legal_basis" not in (entry.get("unknown") or {}):
        yield PolicyError("legal_basis_missing", f"{name} names no legal basis", "legal_basis")
    yield from _days(entry)
    for pointer, key, value, unknown in _leaves(entry, "", {}):
        yield from _value(f"{name}{pointer}", key, value, unknown)


def _days(entry: Entry) -> Iterator[PolicyError]:
    name, begins, ends = entry.get("id"), entry.get(FIRST), entry.get(LAST)
    if FIRST not in entry or (LAST in entry) is (entry.get("open_ended") is True):
        yield PolicyError("days_missing", f"{name} needs a first day, and a last one or open_ended")
    elif begins is not None and ends is not None and ends < begins:
        yield PolicyError("days_reversed", f"{name} ends on {ends}, before {begins}", LAST)


def _leaves(
    value: Any, pointer: str, unknown: Mapping[str, str]
) -> Iterator[tuple[str, str, Any, Mapping[str, str]]]:
    if isinstance(value, Mapping):
        unknown = {**unknown, **(value.get("unknown") or {})}
        for key, item in value.items():
            if key != "unknown":  # sentences, under the names of the nulls that they explain
                yield from _leaves(item, f"{pointer}/{key}", unknown)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _leaves(item, f"{pointer}/{number}", unknown)
    else:
        yield pointer, _key(pointer), value, unknown


def _key(pointer: str) -> str:
    keys = [part for part in pointer.split("/") if part and not part.isdecimal()]
    return keys[-2] if keys[-2:-1] == ["confidence"] else keys[-1]


def _value(pointer: str, key: str, value: Any, unknown: Mapping[str, str]) -> Iterator[PolicyError]:
    if value is None:
        if not unknown.get(key):
            yield PolicyError("unknown_unexplained", f"nothing says why {pointer} is null", pointer)
    elif isinstance(value, float):
        yield PolicyError("value_inexact", f"{pointer} is a float", pointer)
    elif key.endswith("_vnd") and not (type(value) is int and value >= 0):
        yield PolicyError("amount_not_whole", f"{pointer} is not whole đồng", pointer)
    elif key == "confidence" and value not in _MARKS:
        yield PolicyError("confidence_unknown", f"{pointer} is marked {value!r}", pointer)


def _series(entries: Sequence[Entry]) -> Iterator[PolicyError]:
    """Compare neighbours in a series; where a day between them is unknown, nothing can be said."""
    for name in sorted({entry["series"] for entry in entries if "series" in entry}):
        members = [entry for entry in entries if entry.get("series") == name]
        members.sort(key=lambda entry: entry.get(FIRST) or date.min)
        for one, other in pairwise(members):
            ends, begins = one.get(LAST), other.get(FIRST)
            both = f"{one.get('id')} and {other.get('id')}"
            if one.get("open_ended") is True or (ends and begins and begins <= ends):
                yield PolicyError("series_overlap", f"{both} overlap in series {name}")
            elif ends and begins and begins != ends + _DAY:
                yield PolicyError("series_gap", f"{both} leave a gap in series {name}")
