"""Funds, runs, payments and support for the tests, all through the public doors."""

from __future__ import annotations

from typing import Any

import httpx
import orjson

from tests import facts
from tests.facts import Fact, changed
from tests.harness import PLURALS, Registry
from tests.ingest.items import assessed, fact, fetch

TABLES = (
    "funds",
    "fund_balances",
    "disbursements",
    "support_records",
    "allocation_runs",
    "allocation_lines",
    "outbox",
    "recordings",
)
AREAS = ("06073", "06076", "06112")
WAIVED = [
    "household.separate_since",
    "household.social_protection_member",
    "household.special_difficulty",
    "household.disaster_area",
]


def fund(**changes: Any) -> Fact:
    return facts.fund(**({"source": "langson", "external_id": "fund/1"} | changes))


def gone(fact: Fact, revision: int) -> Fact:
    """The withdrawal of a fact."""
    ids = {name: fact[name] for name in ("source", "external_id")}
    return {**ids, "revision": revision, "withdrawn": True}


def run(**changes: Any) -> Fact:
    return changed(
        {
            "run_id": "R1",
            "fund_id": "LS-2026",
            "rule": "qd16_2026",
            "as_of": "2026-05-15",
            "areas": list(AREAS),
        },
        changes,
    )


def payment(**changes: Any) -> Fact:
    return facts.payment(AREAS[0], **({"source": "langson", "external_id": "pay/1"} | changes))


def support(**changes: Any) -> Fact:
    ids = {"source": "quangngai", "external_id": "support/1"}
    return facts.support_record(**(ids | changes))


async def post(app: Registry, door: str, *items: Fact) -> httpx.Response:
    return await app.post(f"/v1/{door}", {PLURALS[door]: list(items)})


async def request(app: Registry, **changes: Any) -> httpx.Response:
    return await app.post("/v1/allocation-runs", run(**changes))


async def kept(app: Registry, door: str, *items: Fact) -> dict[str, Any]:
    answer = await post(app, door, *items)
    assert answer.status_code == 202, answer.text
    return answer.json()


def refused(answer: httpx.Response, status: int, code: str, pointer: str | None = None) -> None:
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (status, code), problem
    assert answer.headers["content-type"] == "application/problem+json"
    if pointer is not None:
        faults = [(each["pointer"], each["code"]) for each in problem["errors"]]
        assert (pointer, code) in faults, problem


async def divided(app: Registry, **changes: Any) -> dict[str, int]:
    """Post what a run needs and the run; return the amounts of its lines."""
    facts = [
        fact(external_id=f"f/{code}", area_code=code, on="2026-01-01", attributes=[], zone="III")
        for code in AREAS
    ]
    await kept(app, "area-facts", *facts)
    await kept(app, "funds", fund())
    return await ran(app, **changes)


async def ran(app: Registry, **changes: Any) -> dict[str, int]:
    answer = await request(app, **changes)
    assert answer.status_code == 202, answer.text
    await app.drain()
    run_id = answer.json()["run_id"]
    (row,) = await fetch(
        app, "SELECT state, refusals FROM allocation_runs WHERE run_id = $1", run_id
    )
    assert row["state"] == "completed", row
    found = await fetch(
        app, "SELECT line, amount_vnd FROM allocation_lines WHERE run_id = $1", run_id
    )
    return {each["line"]: each["amount_vnd"] for each in found}


async def housed(app: Registry) -> dict[str, int]:
    """Post a poor household without a proper house, and the run that gives it one."""
    poor = assessed(
        household_id="LS-1",
        deprived=["housing_quality", "housing_area", "water"],
        ethnic_group="Tày",
    )
    await kept(app, "household-events", poor)
    await kept(app, "area-facts", fact(area_code="181", attributes=["poor_district"]))
    await kept(app, "funds", house_fund())
    await app.drain()
    return await ran(
        app,
        run_id="H1",
        fund_id="BG-P5",
        rule="housing_p5_new",
        as_of="2023-12-31",
        areas=None,
        parameters={"waive": WAIVED},
    )


def house_fund(**changes: Any) -> Fact:
    return fund(
        external_id="fund/P5",
        fund_id="BG-P5",
        program="NTP-SPR-2021-2025",
        component="P5",
        year=2023,
        area_code="181",
        amount_vnd=50_000_000,
        decided_on="2023-03-01",
        **changes,
    )


async def balance(app: Registry, fund_id: str = "LS-2026") -> tuple[int, int]:
    """Return (amount, allocated) of a fund."""
    (row,) = await fetch(
        app, "SELECT amount_vnd, allocated_vnd FROM fund_balances WHERE fund_id = $1", fund_id
    )
    return row["amount_vnd"], row["allocated_vnd"]


async def stored(app: Registry) -> dict[str, int]:
    """Return how many rows each table about money holds."""
    counted = ", ".join(f"(SELECT count(*) FROM {table}) AS {table}" for table in TABLES)
    (row,) = await fetch(app, f"SELECT {counted}")
    return row


async def state(app: Registry, answer: dict[str, Any], position: int = 0) -> str:
    """Return what became of a receipt."""
    event_id = answer["receipts"][position]["event_id"]
    found = await app.get(f"/v1/receipts/{event_id}")
    return found["state"]


async def told(app: Registry, kind: str) -> list[dict[str, Any]]:
    """Return the data of the messages of a type that wait to be sent."""
    rows = await fetch(app, "SELECT payload FROM outbox WHERE type = $1 ORDER BY seq", kind)
    return [orjson.loads(row["payload"])["data"] for row in rows]
