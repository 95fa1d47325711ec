"""Facts as posted, good ones with as little as the doors need; a test says what matters to it.

Each is a fact of its own, unless `external_id` is said. `ABSENT` leaves a field out.
"""

from __future__ import annotations

from itertools import count
from typing import Any

Fact = dict[str, Any]

SOURCE = "tests"
# A commune of Bình Gia until the merger of 2025, and its neighbour.
COMMUNE, NEIGHBOUR = "06091", "06094"
NEAR_POOR: Fact = {"income_vnd": 1_200_000, "deprived": ["water"]}
RICH: Fact = {"income_vnd": 5_000_000, "deprived": []}
ABSENT = object()
_NUMBERS = count(1)


def changed(fact: Fact, changes: Fact) -> Fact:
    """Return the fact with these fields set, or left out."""
    return {name: value for name, value in (fact | changes).items() if value is not ABSENT}


def _fact(fields: Fact, changes: Fact) -> Fact:
    # Of two facts of one day the higher id counts: with leading zeros it is the later one.
    ids = {"source": SOURCE, "external_id": f"{next(_NUMBERS):06}"}
    return changed(ids | fields, changes)


def household_event(kind: str, household: str, on: str, /, **changes: Any) -> Fact:
    """Return an event of a household that takes effect on a day."""
    return _fact({"type": kind, "household_id": household, "effective_from": on}, changes)


def _rural(changes: Fact) -> Fact:
    """Return the country's line of income, with the reason that it needs in a town."""
    elsewhere = "area_code" in changes and "area_type" not in changes
    reason = {"area_type_reason": "a village in town"} if elsewhere else {}
    return {"area_code": COMMUNE, "area_type": "rural", **reason}


def assessed(household: str, on: str, /, **changes: Any) -> Fact:
    """Return a review that finds the household poor."""
    fields: Fact = {
        "assessed_on": on,
        **_rural(changes),
        "review": "annual",
        "income_vnd": 1_200_000,
        "deprived": ["health_insurance", "toilet", "water"],
    }
    return household_event("assessed", household, on, **(fields | changes))


def registered(household: str, on: str, /, **changes: Any) -> Fact:
    """Return a registration."""
    return household_event("registered", household, on, **(_rural(changes) | changes))


def moved(household: str, on: str, to: str = NEIGHBOUR, /, **changes: Any) -> Fact:
    """Return a move to a rural commune."""
    fields = _rural({"area_code": to}) | {"area_code": to}
    return household_event("moved", household, on, **(fields | changes))


def closed(household: str, on: str, /, **changes: Any) -> Fact:
    """Return the end of a household."""
    return household_event("closed", household, on, **({"reason": "dissolved"} | changes))


def corrected(fact: Fact, /, **changes: Any) -> Fact:
    """Return the next revision."""
    return changed(fact, changes | {"revision": fact.get("revision", 1) + 1})


def withdrawn(fact: Fact) -> Fact:
    """Return the withdrawal: type, ids, revision and nothing else."""
    ids = {name: fact[name] for name in ("type", "source", "external_id") if name in fact}
    return {**ids, "revision": fact.get("revision", 1) + 1, "withdrawn": True}


def area_fact(area: str, on: str, /, **changes: Any) -> Fact:
    """Return a fact about a unit; what it says are the changes."""
    return _fact({"area_code": area, "on": on}, changes)


def total(area: str, on: str, households: int, /, **changes: Any) -> Fact:
    """Return how many households a unit has."""
    return area_fact(area, on, **({"households_total": households} | changes))


def article(text: str, /, **changes: Any) -> Fact:
    """Return a Vietnamese article."""
    fields = {
        "url": "https://press.example/1",
        "language": "vi",
        "published_on": "2024-11-20",
        "title": "Bình Gia giảm nghèo",
        "text": text,
    }
    return _fact(fields, changes)


def fund(**changes: Any) -> Fact:
    """Return a fund of a province."""
    fields: Fact = {
        "fund_id": "LS-2026",
        "program": "NTP-MERGED-2026-2030",
        "year": 2026,
        "funding_source": "central",
        "area_code": "20",
        "amount_vnd": 1_000_000,
        "decided_on": "2026-05-15",
        "decision_no": "12/QĐ",
    }
    return _fact(fields, changes)


def payment(line: str, /, **changes: Any) -> Fact:
    """Return a payment of a line of run R1."""
    fields: Fact = {
        "run_id": "R1",
        "line": line,
        "amount_vnd": 1000,
        "paid_on": "2026-06-01",
        "kind": "paid",
    }
    return _fact(fields, changes)


def support_record(**changes: Any) -> Fact:
    """Return houses that were built with help."""
    fields: Fact = {
        "program": "FOR-THE-POOR",
        "kind": "houses_new",
        "quantity": 697,
        "unit": "house",
        "amount_vnd": 40_000_000_000,
        "area_code": "51",
        "on": "2023-08-31",
    }
    return _fact(fields, changes)


def member(household: str, on: str, /, **changes: Any) -> Fact:
    """Return a member of a household."""
    fields = {"household_id": household, "effective_from": on, "member_id": "1"}
    return _fact(fields | {"name": "Lý Thị Mẩy"}, changes)


def same_person(first: str, second: str, /, **changes: Any) -> Fact:
    """Return the decision that two persons are one."""
    fields = {"person_id": first, "other_person_id": second, "same": True}
    return _fact(fields | {"decided_on": "2026-10-05"}, changes)


def move_request(household: str, on: str, to: str = NEIGHBOUR, /, **changes: Any) -> Fact:
    """Return the request of a commune for a household that has come to it."""
    return _fact({"household_id": household, "area_code": to, "effective_from": on}, changes)


def move_refusal(request: str, /, **changes: Any) -> Fact:
    """Return the refusal of a request, for the household never left."""
    fields = {"request_id": request, "refused_on": "2026-10-05", "reason": "lives_here"}
    return _fact(fields, changes)
