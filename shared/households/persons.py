"""Persons: what tells that two of them may be one, and what of them is shown to whom.

A person is a member of a household as one source calls it. Whether two of them are one human being
is said by an identifier, or by a person who decides: never by likeness alone.

Law: 13/2023/NĐ-CP (personal data: no more is shown than the purpose needs).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from unicodedata import combining, normalize

from shared.households.personal_numbers import PERSONAL_NUMBERS

# What all names of a citizen's number are looked up under.
CITIZEN = "citizen"
CITIZEN_NUMBER = "personal_number"
_SHOWN_DIGITS = 3


def identity(kind: str, value: str) -> str:
    """Return what an identifier is looked up by: one number, however it is called and written.

    >>> identity("CCCD", "020 158 000001") == identity("personal_number", "020158000001")
    True
    """
    written = "".join(value.split()).casefold()
    name = kind.strip().casefold()
    return f"{CITIZEN if name in PERSONAL_NUMBERS else name}:{written}"


def identities(member: Mapping[str, Any]) -> list[str]:
    """Return what a person is looked up by; a number that is named twice counts once."""
    numbers = [(each["type"], each["value"]) for each in member.get("identifiers") or ()]
    if member.get("personal_number"):
        numbers.append((CITIZEN_NUMBER, member["personal_number"]))
    return sorted({identity(kind, value) for kind, value in numbers})


def plain_name(name: str) -> str:
    """Return a name without accents, case and double blanks.

    >>> plain_name("  Đặng  Thị Hoà ")
    'dang thi hoa'
    """
    marked = normalize("NFKD", name.casefold().replace("đ", "d"))
    return " ".join("".join(c for c in marked if not combining(c)).split())


def likeness(member: Mapping[str, Any]) -> str | None:
    """Return what likely same persons share, None where too little is known to say so."""
    name, born = member.get("name"), member.get("birth_date")
    if not name or not born:
        return None
    return f"{plain_name(name)}|{born}|{member.get('sex') or ''}"


def masked(member: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of a person anybody may see who may see the household.

    >>> number = {"type": "cccd", "value": "020180000001"}
    >>> masked({"name": "Lý Mẩy", "birth_date": "1980-02-29", "identifiers": [number]})
    {'name': 'L** M**', 'birth_year': 1980, 'identifiers': [{'type': 'cccd', 'value': '***001'}]}
    """
    parts: dict[str, Any] = {}
    if member.get("name"):
        parts["name"] = " ".join(f"{part[0]}**" for part in member["name"].split())
    if member.get("birth_date"):
        parts["birth_year"] = int(str(member["birth_date"])[:4])
    if member.get("personal_number"):
        parts["personal_number"] = _tail(member["personal_number"])
    if member.get("identifiers"):
        parts["identifiers"] = [
            {"type": each["type"], "value": _tail(each["value"])} for each in member["identifiers"]
        ]
    return parts


def _tail(value: str) -> str:
    """Return the last digits of a number that is long enough to have others."""
    return "***" + (value[-_SHOWN_DIGITS:] if len(value) > 2 * _SHOWN_DIGITS else "")
