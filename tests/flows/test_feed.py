"""The feed of transitions: nothing missed, nothing repeated, and what is undone is said."""

from __future__ import annotations

from typing import Any

from tests.facts import RICH, assessed, closed, corrected, withdrawn
from tests.harness import Registry
from tests.simulation.histories import disorder, history


async def _follow(app: Registry, cursor: str | None, **filters: Any) -> tuple[list[Any], str]:
    """Read on from a cursor until a page is empty."""
    found: list[Any] = []
    while True:
        params = {"limit": 7, **filters, **({"cursor": cursor} if cursor else {})}
        page = await app.get("/v1/transitions", **params)
        cursor = page["next_cursor"]
        assert cursor is not None
        if not page["items"]:
            return found, cursor
        found += page["items"]


async def test_following_for_ever_gives_each_item_once(app: Registry) -> None:
    seen: list[Any] = []
    cursor = None
    for seed in range(12):
        await app.send(disorder(history(seed, households=3), seed))
        items, cursor = await _follow(app, cursor)
        seen += items
    whole, _ = await _follow(app, None)
    assert [i["seq"] for i in seen] == [i["seq"] for i in whole]
    assert len({i["seq"] for i in seen}) == len(seen)
    standing = {i["transition_id"] for i in seen if "transition_id" in i}
    standing -= {i["retracts"] for i in seen if "retracts" in i}
    async with app.context.database.statement() as snapshot:
        stored = await snapshot.fetch(
            "SELECT transition_id FROM transitions WHERE retracts IS NULL AND retracted_at IS NULL"
        )
    assert standing == {str(row[0]) for row in stored}


async def test_a_correction_retracts_and_asserts_anew_under_another_id(app: Registry) -> None:
    event = assessed("H1", "2023-12-14")
    await app.send([event])
    gone = corrected(event, income_vnd=9_000_000)
    await app.send([gone])
    await app.send([corrected(gone, income_vnd=1_000_000)])
    items, _ = await _follow(app, None)
    first, retraction, non_poor, undone, again = items
    assert retraction == {"seq": retraction["seq"], "retracts": first["transition_id"]}
    assert undone["retracts"] == non_poor["transition_id"]
    assert again["to"] == "poor"
    assert again["transition_id"] != first["transition_id"]


async def test_retractions_stand_under_the_filters_of_their_originals(app: Registry) -> None:
    event = assessed("H1", "2023-12-14")
    await app.send([event, assessed("H2", "2023-12-14", **RICH)])
    await app.send([withdrawn(event)])
    listed, _ = await _follow(app, None, list="poor")
    assert [("retracts" in i) for i in listed] == [False, True]
    none, _ = await _follow(app, None, list="near_poor")
    assert none == []
    other_area, _ = await _follow(app, None, area="01")
    assert other_area == []
    for area in ("06091", "181", "20", "VN"):
        found, _ = await _follow(app, None, area=area)
        assert len(found) == 3


async def test_leaving_by_closure_is_a_movement_and_a_transition(app: Registry) -> None:
    await app.send([assessed("H1", "2023-12-14"), closed("H1", "2024-05-02")])
    items, _ = await _follow(app, None)
    assert items[-1]["to"] == "closed"
    assert items[-1]["movements"] == [{"list": "poor", "kind": "left"}]
    assert (await app.get("/v1/households/H1", as_of="2024-06-01"))["status"] == "closed"
    assert (await app.get("/v1/households/H1", as_of="2024-05-01"))["status"] == "poor"
