"""What a caller must hold, beside the scope for findings, to see those about some subjects.

Law: none (who sees what is the owner's decision).
"""

from __future__ import annotations

from collections.abc import Collection

from shared.access.caller import FUNDS_READ, HOUSEHOLDS_READ

NEEDED = {"fund": FUNDS_READ, "household": HOUSEHOLDS_READ}


def hidden(scopes: Collection[str]) -> list[str]:
    """Return the kinds of subject that a caller with these scopes sees no findings about."""
    return [subject for subject, scope in NEEDED.items() if scope not in scopes]


def scope_of(subject: str) -> str | None:
    """Return the scope that a subject needs, None if none.

    >>> scope_of("household:A"), scope_of("area:20")
    ('households:read', None)
    """
    return NEEDED.get(subject.partition(":")[0])
