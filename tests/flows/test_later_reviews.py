"""Next year's reviews are added to what stands; whatever else is new has the whole folded."""

from __future__ import annotations

import io
from collections.abc import Sequence
from random import Random
from typing import Any

import pytest
from rich.console import Console

from services.commands.rebuild import verify
from services.worker import folding
from shared.kernel.database import Snapshot
from tests.facts import NEAR_POOR, RICH, assessed, closed, corrected, moved, registered, withdrawn
from tests.harness import Registry
from tests.simulation.histories import history

Event = dict[str, Any]
KEPT = ("type", "source", "external_id", "revision", "withdrawn")


@pytest.fixture
def whole(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Say which households were folded from all of their events."""
    names: list[str] = []
    load = folding.households.list_counting

    async def noted(tx: Snapshot, household_ids: Sequence[str]) -> Any:
        names.extend(household_ids)
        return await load(tx, household_ids)

    monkeypatch.setattr(folding.households, "list_counting", noted)
    return names


async def check_rebuild(dsn: str) -> None:
    out = io.StringIO()
    assert await verify(dsn, Console(file=out, width=200), processes=1) == 0, out.getvalue()


async def test_five_yearly_reviews_are_folded_whole_once(
    app: Registry, dsn: str, whole: list[str]
) -> None:
    measures: list[Event] = [{}, {}, NEAR_POOR, RICH, RICH]
    for year, measure in enumerate(measures, 2022):
        await app.send([assessed(name, f"{year}-12-14", **measure) for name in ("A", "B")])
    assert sorted(whole) == ["A", "B"]
    spells = (await app.get("/v1/households/A/timeline"))["spells"]
    assert [spell["status"] for spell in spells] == [
        *("poor", "near_poor", "recently_exited", "non_poor")
    ]
    await check_rebuild(dsn)


@pytest.mark.parametrize(
    "event",
    [
        assessed("H", "2022-06-01"),
        moved("H", "2024-06-01"),
        registered("H", "2024-06-01"),
        closed("H", "2024-06-01"),
        registered("H", "2024-06-01", continues="K"),
    ],
    ids=["before", "moved", "registered", "closed", "continues"],
)
async def test_anything_else_is_folded_whole(
    app: Registry, dsn: str, whole: list[str], event: Event
) -> None:
    await app.send([assessed("H", "2022-12-14"), assessed("H", "2023-12-14")])
    whole.clear()
    await app.send([event, assessed("H", "2024-12-14", **RICH)])
    assert "H" in whole
    await check_rebuild(dsn)


@pytest.mark.parametrize("way", ["withdrawn", "unnamed", "elsewhere", "corrected"])
async def test_what_is_taken_back_beside_a_new_review_is_taken_back(
    app: Registry, dsn: str, way: str
) -> None:
    first = assessed("H", "2022-12-14")
    await app.send([first, assessed("H", "2023-12-14", **NEAR_POOR)])
    gone = {
        "withdrawn": withdrawn(first) | {"household_id": "H"},
        "unnamed": {name: value for name, value in withdrawn(first).items() if name in KEPT},
        "elsewhere": corrected(first, household_id="K"),
        "corrected": corrected(first, **RICH),
    }
    await app.send([assessed("H", "2024-12-14"), gone[way]])
    timeline = await app.get("/v1/households/H/timeline")
    last = timeline["transitions"][-1]["movements"][-1]
    assert last == {"list": "poor", "kind": "newly_arisen"}
    await check_rebuild(dsn)


async def test_a_household_that_is_due_without_news_is_folded_whole(
    app: Registry, whole: list[str]
) -> None:
    event = assessed("H", "2022-12-14")
    await app.send([event])
    whole.clear()
    async with app.context.database.transaction() as tx:
        await folding.households.lock(tx, ["H"])
        assert await folding.households.later_reviews(tx, ["H"]) == {}
        # A law that was loaded since is no reason to trust what was folded by the one before.
        await tx.execute("UPDATE seed_versions SET recorded_at = recorded_at + interval '1 day'")
    await app.send([assessed("H", "2023-12-14")])
    assert whole == ["H"]


async def test_findings_about_earlier_reviews_stay(app: Registry, whole: list[str]) -> None:
    await app.send([assessed("H", "2022-12-14", recognised="non_poor")])
    found = await app.get("/v1/findings", kind="decision_differs")
    assert len(found["items"]) == 1
    await app.send([assessed("H", "2023-12-14", recognised="non_poor")])
    found = await app.get("/v1/findings", kind="decision_differs")
    assert len(found["items"]) == 2
    await app.send([assessed("H", "2024-12-14")])
    assert (await app.get("/v1/findings", kind="decision_differs"))["items"] == found["items"]


async def test_random_histories_in_order_end_as_the_whole_fold(
    app: Registry, dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    extend, extended = folding.extended_rows_of, []

    def noted(*arguments: Any) -> Any:
        extended.append(arguments)
        return extend(*arguments)

    monkeypatch.setattr(folding, "extended_rows_of", noted)
    rng = Random(21)
    events = [event for seed in range(700, 725) for event in history(seed, 2)]
    # Mostly in the order of days, so that much can be extended; corrections come where they come.
    events.sort(key=lambda e: (e.get("effective_from") or "2024-01-01", rng.random()))
    while events:
        size = rng.randint(1, 12)
        await app.send(events[:size])
        events = events[size:]
    assert extended
    await check_rebuild(dsn)
