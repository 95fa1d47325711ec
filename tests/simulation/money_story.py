"""A short story about money in which everything happens once, for a crash at each of its steps."""

from __future__ import annotations

from collections import Counter
from typing import Any

from tests.simulation.budgets import DISTRICT, HOUSE, MERGED, MILLION, PROVINCE, SPR, withdrawal
from tests.simulation.histories import NEW_WORLD
from tests.simulation.spending import RUNS, WAIVABLE

Item = dict[str, Any]

PAY, FUNDS, FACTS, EVENTS_DOOR = "disbursements", "funds", "area-facts", "household-events"
HOUSEHOLDS = ("SIM11-m0", "SIM11-m1", "SIM11-m2")


def _named(name: str, item: Item, revision: int = 1) -> Item:
    return {"source": "story", "external_id": f"11/story/{name}", "revision": revision, **item}


def _needy(household: str, deprived: list[str], revision: int = 1) -> Item:
    day = "2023-06-01"
    return _named(
        household,
        {
            "type": "assessed",
            "household_id": household,
            "assessed_on": day,
            "effective_from": day,
            "area_code": "06091",
            "area_type": "rural",
            "review": "annual",
            "income_vnd": 1_200_000,
            "deprived": ["water", *deprived],
            "ethnic_group": "Tày",
        },
        revision,
    )


def _fact(code: str, on: str, **said: Any) -> Item:
    return _named(f"fact/{code}", {"area_code": code, "on": on, "households_total": 9, **said})


def _fund(name: str, amount: int, **said: Any) -> Item:
    shared = {"fund_id": name, "funding_source": "central", "amount_vnd": amount}
    return _named(f"fund/{name}", {**shared, **said})


def _pay(run: str, line: str, amount: int, kind: str = "paid", revision: int = 1) -> Item:
    said = {"run_id": run, "line": line, "amount_vnd": amount, "paid_on": "2026-06-01"}
    return _named(f"{run}/{line}/{kind}", {**said, "kind": kind}, revision)


def _house(run: str, **said: Any) -> Item:
    asked = {"fund_id": "A", "rule": "housing_p5_new", "as_of": "2023-12-31"}
    return {"run_id": run, **asked, "parameters": {"waive": WAIVABLE}, **said}


def _share(run: str, **said: Any) -> Item:
    asked = {"fund_id": "B", "rule": "qd16_2026", "as_of": "2026-05-01"}
    return {"run_id": run, **asked, "areas": list(NEW_WORLD), **said}


EVENTS = [
    *(_needy(household, HOUSE) for household in HOUSEHOLDS),
    _needy(HOUSEHOLDS[1], [], 2),
]
_A = _fund(
    "A", 100 * MILLION, program=SPR, component="P5", year=2023, area_code=DISTRICT,
    decided_on="2023-01-20",
)  # fmt: skip
_B = _fund(
    "B", 1_000_000_007, program=MERGED, year=2026, area_code=PROVINCE, decided_on="2026-05-01"
)
_CHILD = _fund(
    "C", 1000, program=MERGED, year=2026, area_code="06103", decided_on="2026-05-01",
    parent={"run_id": "B1", "area_code": "06103"},
)  # fmt: skip
_HELP = {
    "kind": "houses_new",
    "quantity": 1,
    "unit": "house",
    "amount_vnd": 300 * MILLION,
    "fund_id": "A",
    "household_id": HOUSEHOLDS[2],
    "on": "2023-12-01",
}
STORY: list[tuple[str, Item]] = [
    *((EVENTS_DOOR, event) for event in EVENTS[:3]),
    (FACTS, _fact(DISTRICT, "2023-01-01", attributes=["poor_district"])),
    *((FACTS, _fact(code, "2025-07-01", zone="II")) for code in NEW_WORLD),
    (FUNDS, _A),
    (FUNDS, _B),
    (RUNS, _house("A1")),
    (RUNS, _share("B0", mode="preview")),
    (RUNS, _share("B1")),
    (PAY, _pay("A1", HOUSEHOLDS[0], 15 * MILLION)),
    (PAY, _pay("A1", HOUSEHOLDS[1], 40 * MILLION)),
    (PAY, _pay("B1", "06091", 1000)),
    (PAY, _pay("B1", "06091", 900, revision=3)),
    (PAY, _pay("B1", "06112", 10**9)),  # more than the line has
    (EVENTS_DOOR, EVENTS[3]),
    (RUNS, _house("A2", supersedes="A1")),
    (PAY, _pay("A1", HOUSEHOLDS[0], 5 * MILLION, "returned")),
    ("support-records", _named("help", _HELP)),
    (FUNDS, _CHILD),
    (RUNS, _share("B2", supersedes="B1")),
    (FUNDS, {**_A, "revision": 2, "amount_vnd": 110 * MILLION}),
    (FUNDS, withdrawal(_B, 2)),  # of which something is allocated
]
# The least that must have come of it, so that each step is one of something that happened.
SEEN = Counter(
    {
        "run commit": 3,
        "run preview": 1,
        "run line_passed_on": 1,
        "superseded": 1,
        "begun": 1,
        "returned": 1,
        "child funds": 1,
        "paid_not_eligible": 1,
        "uses_exceed_fund": 1,
    }
)
