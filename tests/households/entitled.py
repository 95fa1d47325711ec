"""Entitlements anew, the second, naive way: straight from the document, norm by norm."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from shared.households.entitlements import Circumstances

Document = Mapping[str, Any]


def full_years(born: date, day: date) -> int:
    """Count birthdays; of 29 February the one of a common year is the 28th."""
    count = -1
    for year in range(born.year, day.year + 1):
        leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
        on_28th = (born.month, born.day) == (2, 29) and not leap
        birthday = date(year, 2, 28) if on_28th else date(year, born.month, born.day)
        count += birthday <= day
    return count


def in_force(entry: Document, day: date) -> set[str] | None:
    """Return the unknown days of a norm that may be in force, None if it is not."""
    first, last = entry["in_force_from"], entry.get("in_force_to")
    if (first and day < first) or (last and day > last):
        return None
    unknown = set() if first else {"norm.in_force_from"}
    return unknown | (set() if last or entry.get("open_ended") else {"norm.in_force_to"})


def told(name: str, asked: Any, known: Circumstances, years: int | None) -> bool | None:
    """Say whether what is asked of one input is so."""
    values = {
        "household.status": known.status,
        "household.living_standard": known.living_standard,
        "household.ethnic_group": known.ethnic_group,
        "household.area_type": known.area_type,
        "area.attributes": known.attributes,
        "area.extremely_difficult": known.extremely_difficult,
        "person.age": years,
    }
    value = values[name]
    if name == "household.living_standard" and known.status in {"near_poor", "poor"}:
        return False
    if value is None:
        return None
    if name == "person.age":
        return asked.get("from", 0) <= years < asked.get("below", 1000)
    if asked is True:
        return bool(value)
    if isinstance(asked, dict):
        return asked["contains"] in value if "contains" in asked else value not in asked["not"]
    return value in asked


def lacking(entry: Document, known: Circumstances, years: int | None) -> set[str] | None:
    """Return what must be known for the entry to hold, None if it does not."""
    missing = set(entry.get("needs", ()))
    for name, asked in entry.get("where", {}).items():
        answer = told(name, asked, known, years)
        if answer is False:
            return None
        if answer is None:
            missing.add(name)
    return missing


def ages_asked(norm: Document, document: Document) -> bool:
    parts = [norm, *(document["beneficiaries"][b] for b in norm["beneficiaries"])]
    return any("person.age" in part.get("where", {}) for part in parts)


def amount(norm: Document, document: Document, day: date) -> float | None:
    """Return by what the norm is compared with others of its content."""
    if "percent_a_year" in norm:
        return -float(norm["percent_a_year"])
    for key in ("percent", "at_least_percent", "package_percent", "amount_vnd"):
        if key in norm:
            return float(norm[key])
    for key in ("at_least_vnd", "at_most_vnd"):
        if key in norm:
            return float(norm[key])
    for entry in document["norms"]:
        if entry.get("series") == norm["of"] and in_force(entry, day) == set():
            return float(norm.get("coefficient", 1)) * entry["amount_vnd"]
    return 0.0


def entitled(
    document: Document, known: Circumstances, day: date
) -> dict[str, tuple[set[str], dict[str | None, bool | None]]]:
    """Return, by norm, what is missing for anybody, and by member whether it counts."""
    held: dict[str, dict[str | None, set[str]]] = {}
    for norm in document["norms"]:
        if "content" not in norm or (unknown := in_force(norm, day)) is None:
            continue
        apart = ages_asked(norm, document) and known.persons is not None
        for person in (known.persons or ()) if apart else (None,):
            born = None if person is None else person.born
            years = None if born is None else full_years(born, day)
            own = lacking(norm, known, years)
            ways = [
                lacking(document["beneficiaries"][b], known, years) for b in norm["beneficiaries"]
            ]
            possible = [way for way in ways if way is not None]
            if own is None or not possible:
                continue
            missing = own | unknown
            if set() not in possible:
                missing = missing.union(*possible)
            held.setdefault(norm["id"], {})[person and person.person_id] = missing
    norms = {norm["id"]: norm for norm in document["norms"]}
    answer: dict[str, tuple[set[str], dict[str | None, bool | None]]] = {}
    for name, members in held.items():
        counts: dict[str | None, bool | None] = {}
        for member, missing in members.items():
            counts[member] = (
                None if missing else counted(name, member, held, norms, known, document, day)
            )
        answer[name] = (set().union(*members.values()), counts)
    return answer


def counted(
    name: str,
    member: str | None,
    held: Mapping[str, Mapping[str | None, set[str]]],
    norms: Mapping[str, Document],
    known: Circumstances,
    document: Document,
    day: date,
) -> bool:
    """Say whether nothing of the same content is higher for this member, or for any of all."""
    content = norms[name]["content"]
    rivals = [n for n in held if norms[n]["content"] == content]
    apart = any(m is not None and not w for n in rivals for m, w in held[n].items())
    people: list[str | None] = [p.person_id for p in known.persons or ()] if apart else [None]

    def best_for(person: str | None) -> str | None:
        can = [n for n in rivals if any(m in {None, person} and not w for m, w in held[n].items())]
        return min(can, key=lambda n: (-(amount(norms[n], document, day) or 0), n), default=None)

    if member is not None:
        return best_for(member) == name
    return any(best_for(person) == name for person in people)
