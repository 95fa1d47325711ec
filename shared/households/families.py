"""Families: households that go on under another id, or out of which another one came.

Law: 28/2015/QĐ-TTg Art. 2 ("đã từng là hộ nghèo": what was once granted belongs to the people, not
to the number under which a register keeps them).
"""

from __future__ import annotations

from collections.abc import Iterable

# The younger household, and the older one that it continues.
Link = tuple[str, str]


def leads_to(links: Iterable[Link], household: str, ancestor: str) -> bool:
    """Say whether a household continues another, itself or through others."""
    older: dict[str, list[str]] = {}
    for younger, elder in links:
        older.setdefault(younger, []).append(elder)
    seen, waiting = set[str](), [household]
    while waiting:
        one = waiting.pop()
        if one == ancestor:
            return True
        if one not in seen:
            seen.add(one)
            waiting += older.get(one, ())
    return False
