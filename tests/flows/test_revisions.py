"""Corrections in any order: other households, withdrawals, and chains of continued households."""

from __future__ import annotations

from typing import Any

import pytest

from services.worker.handlers import assess_households
from shared.households.facts import FAMILY_MAX
from tests.facts import ABSENT, assessed, corrected, registered, withdrawn
from tests.harness import Registry

AS_OF = "2024-06-01"


async def _status(app: Registry, household: str) -> str | None:
    found = await app.get(f"/v1/households/{household}", as_of=AS_OF)
    status: str | None = found["status"]
    return status


async def test_a_revision_that_names_another_household_recomputes_both(app: Registry) -> None:
    event = assessed("H1", "2023-12-14")
    await app.send([event])
    await app.send([corrected(event, household_id="H2")])
    assert await _status(app, "H1") is None
    assert await _status(app, "H2") == "poor"


async def test_revisions_in_reverse_order_end_the_same(app: Registry) -> None:
    event = assessed("H1", "2023-12-14")
    second = corrected(event, household_id="H2")
    third = corrected(second, household_id="H3", income_vnd=5_000_000)
    await app.send([third])
    await app.send([second])
    await app.send([event])
    assert await _status(app, "H1") is None
    assert await _status(app, "H2") is None
    assert await _status(app, "H3") == "non_poor"


async def test_a_withdrawal_before_the_revision_that_it_withdraws(app: Registry) -> None:
    event = assessed("H1", "2023-12-14")
    answer = await app.send([withdrawn(event)])
    gone = answer["receipts"][0]["event_id"]
    assert (await app.get(f"/v1/receipts/{gone}"))["state"] == "processed"
    answer = await app.send([event])
    late = answer["receipts"][0]["event_id"]
    assert (await app.get(f"/v1/receipts/{late}"))["state"] == "processed"
    assert await _status(app, "H1") is None


async def test_a_continued_household_relapses_by_the_older_ones_history(app: Registry) -> None:
    old = assessed("OLD", "2022-12-10")
    await app.send(
        [assessed("NEW", "2023-12-14"), registered("NEW", "2023-06-01", continues="OLD")]
    )
    assert await _entry(app, "NEW") == "newly_arisen"
    await app.send([old])
    assert await _entry(app, "NEW") == "relapsed"
    await app.send([withdrawn(old)])
    assert await _entry(app, "NEW") == "newly_arisen"


async def test_a_chain_of_continued_households_is_followed(app: Registry) -> None:
    await app.send(
        [
            assessed("A", "2022-03-01"),
            registered("B", "2022-06-01", continues="A"),
            registered("C", "2023-06-01", continues="B"),
            assessed("C", "2023-12-14"),
        ]
    )
    assert await _entry(app, "C") == "relapsed"


async def _faults(app: Registry, *events: dict[str, Any]) -> list[tuple[str, str]]:
    response = await app.client.post("/v1/household-events", json={"events": events})
    if response.status_code == 202:
        return []
    assert response.status_code == 409, response.text
    return [(fault["code"], fault["pointer"]) for fault in response.json()["errors"]]


async def test_a_ring_is_refused_in_one_request_and_over_several(app: Registry) -> None:
    one = registered("A", "2022-01-05", continues="C")
    chain = [
        registered("B", "2022-06-01", continues="A"),
        registered("C", "2023-06-01", continues="B"),
    ]
    assert await _faults(app, *chain, one) == [("continues_ring", "/events/2/continues")]
    # What was refused as a whole has joined nobody.
    assert await _faults(app, one) == []
    assert await _faults(app, *chain) == [("continues_ring", "/events/1/continues")]
    assert await _faults(app, chain[0]) == []
    assert await _faults(app, chain[1]) == [("continues_ring", "/events/0/continues")]


async def test_a_link_that_was_corrected_makes_no_ring(app: Registry) -> None:
    wrong = registered("A", "2022-01-05", continues="B")
    right = registered("B", "2022-06-01", continues="A")
    await app.send([wrong])
    assert await _faults(app, right) == [("continues_ring", "/events/0/continues")]
    assert await _faults(app, corrected(wrong, continues=ABSENT), right) == []
    # A revision that is superseded already counts for nothing.
    other = registered("D", "2022-01-05", continues="E")
    await app.send([withdrawn(other), registered("E", "2022-06-01", continues="D")])
    assert await _faults(app, other) == []


async def _entry(app: Registry, household: str) -> str:
    found = await app.get(f"/v1/households/{household}/timeline")
    kinds = [m["kind"] for t in found["transitions"] for m in t["movements"] if m["kind"] != "left"]
    return str(kinds[-1])


async def test_families_that_are_many_together_are_folded_in_several_transactions(
    app: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assess_households, "TOGETHER_MAX", 5)
    elders = [assessed(f"{name}0", "2022-12-10") for name in "PQR"]
    heirs = [
        registered(f"{name}{n}", "2023-06-01", continues=f"{name}0")
        for name in "PQR"
        for n in (1, 2, 3)
    ]
    await app.send([*elders, *heirs])
    now = [corrected(elder, income_vnd=5_000_000, deprived=[]) for elder in elders]
    answer = await app.send(now)
    for receipt in answer["receipts"]:
        found = await app.get(f"/v1/receipts/{receipt['event_id']}")
        assert found["state"] == "processed"
    assert [await _status(app, f"{name}0") for name in "PQR"] == ["non_poor"] * 3
    async with app.context.database.statement() as snapshot:
        rows = await snapshot.fetch(
            "SELECT folded_through, count(*) FROM households GROUP BY folded_through"
        )
    # One family at a time, and none in part.
    assert sorted(row[1] for row in rows) == [4, 4, 4]


async def test_a_family_has_a_bound_that_the_door_names(app: Registry) -> None:
    chain = [
        registered(f"K{n:03}", "2022-01-05", continues=f"K{n - 1:03}") for n in range(1, FAMILY_MAX)
    ]
    await app.send(chain)
    await app.send([assessed("K000", "2021-12-14")])
    too_many = registered("K999", "2022-01-05", continues="K050")
    response = await app.client.post("/v1/household-events", json={"events": [too_many]})
    fault = response.json()["errors"][0]
    assert response.status_code == 409
    assert (fault["code"], fault["pointer"]) == ("family_too_large", "/events/0/continues")
    others = [registered(f"J{n}", "2022-01-05", continues="J0") for n in range(1, FAMILY_MAX + 1)]
    response = await app.client.post("/v1/household-events", json={"events": others})
    assert [e["pointer"] for e in response.json()["errors"]] == [
        f"/events/{FAMILY_MAX - 1}/continues"
    ]
    # What was refused as a whole has joined nobody.
    await app.send(others[:-1])
    assert (await app.get("/v1/households/K000", as_of="2022-06-01"))["status"] is not None
