"""Invented people: "Mẫu" is Vietnamese for specimen, and no name here is anyone's."""

from __future__ import annotations

from random import Random
from typing import Any

_GIVEN = ("Suối", "Đồi", "Mây", "Rừng", "Gió", "Nắng", "Sương", "Đá", "Lúa", "Hồi", "Thác", "Sim")
_RELATIONS = ("head", "spouse", "child", "child", "parent", "child", "grandchild")
_AGES = {"head": (28, 66), "spouse": (26, 64), "child": (1, 26), "parent": (68, 92)}
_WITH_NUMBER_FROM = 14  # years: who has a citizen's number


def members(household_id: str, size: int, year: int, rng: Random) -> list[dict[str, Any]]:
    """Return `size` people; citizen numbers begin with 000, which no province has."""
    return [_member(household_id, position, year, rng) for position in range(size)]


def _member(household_id: str, position: int, year: int, rng: Random) -> dict[str, Any]:
    relation = _RELATIONS[min(position, len(_RELATIONS) - 1)]
    age = rng.randrange(*_AGES.get(relation, (1, 12)))
    sex = rng.choice(("female", "male"))
    made: dict[str, Any] = {
        "member_id": f"{household_id}-{position + 1}",
        "name": f"Mẫu {'Thị' if sex == 'female' else 'Văn'} {rng.choice(_GIVEN)}",
        "sex": sex,
        "birth_date": f"{year - age}-{rng.randrange(1, 13):02}-{rng.randrange(1, 29):02}",
        "relation": relation,
    }
    if age >= _WITH_NUMBER_FROM:
        made["identifiers"] = [{"type": "sample", "value": f"000{rng.randrange(10**9):09}"}]
    return made
