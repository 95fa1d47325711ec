"""The feed: commit order, filters, retractions, and cursors that never end."""

from __future__ import annotations

from typing import Any

import pytest

from shared.kernel import knowledge
from tests.facts import NEAR_POOR, RICH, assessed, closed
from tests.harness import Registry

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def follow(world: Registry, **asked: Any) -> tuple[list[dict[str, Any]], str]:
    """Return all items from a place on, and the place after them."""
    items: list[dict[str, Any]] = []
    while True:
        page = await world.get("/v1/transitions", **asked)
        assert page["next_cursor"]
        items += page["items"]
        asked["cursor"] = page["next_cursor"]
        if not page["items"]:
            return items, page["next_cursor"]


async def test_following_the_feed_misses_and_repeats_nothing(world: Registry) -> None:
    _, cursor = await follow(world)
    seen = []
    for number in range(7):
        await world.send([assessed(f"F-{number}", "2023-12-14")])
        items, cursor = await follow(world, cursor=cursor, limit=1)
        seen += [item["household_id"] for item in items]
    assert seen == [f"F-{number}" for number in range(7)]
    everything, _ = await follow(world, limit=3)
    numbers = [item["seq"] for item in everything]
    assert numbers == sorted(set(numbers))


async def test_a_correction_retracts_under_the_filters_of_its_original(world: Registry) -> None:
    _, cursor = await follow(world)
    review = assessed("R-1", "2023-12-14")
    await world.send([review])
    (first,), after = await follow(world, cursor=cursor)
    await world.send([{**review, "revision": 2, **RICH}])
    filters = {"list": "poor", "kind": "newly_arisen", "area": "20", "to_date": "2023-12-31"}
    items, _ = await follow(world, cursor=after, **filters)
    assert items == [{"seq": items[0]["seq"], "retracts": first["transition_id"]}]
    await world.send([{**review, "revision": 3}])
    items, _ = await follow(world, cursor=after)
    assert items[-1]["transition_id"] != first["transition_id"]
    assert items[-1] | {"seq": 0, "transition_id": 0, "recorded_at": 0, "cause": 0} == first | {
        "seq": 0,
        "transition_id": 0,
        "recorded_at": 0,
        "cause": 0,
    }


async def test_filters_select_by_movement_area_and_day(world: Registry) -> None:
    _, cursor = await follow(world)
    await world.send(
        [
            assessed("G-1", "2022-03-01", area_code="06103"),
            assessed("G-1", "2022-12-14", area_code="06103", **NEAR_POOR),
            assessed("G-1", "2023-12-14", area_code="06103"),
            closed("G-1", "2024-05-01"),
        ]
    )

    async def days(**asked: Any) -> list[str]:
        items, _ = await follow(world, cursor=cursor, **asked)
        return [item["on"] for item in items]

    assert await days() == ["2022-03-01", "2022-12-14", "2023-12-14", "2024-05-01"]
    assert await days(kind="relapsed") == ["2023-12-14"]
    assert await days(kind="left", list="poor") == ["2022-12-14", "2024-05-01"]
    assert await days(list="near_poor") == ["2022-12-14", "2023-12-14"]
    assert await days(from_date="2022-12-14", to_date="2023-12-14") == ["2022-12-14", "2023-12-14"]
    assert len(await days(area="VN")) == len(await days(area="181")) == 4
    assert await days(area="01") == []
    tree = await world.context.areas.current()
    today = world.clock.today()
    old = tree.on("06103", today.replace(year=2024))
    assert len(await days(area=tree.current(old, today).code)) == 4


async def test_feed_takes_no_clock_and_no_foreign_cursor(world: Registry) -> None:
    asked = {"as_of": "2024-01-01", "known_at": "x", "cursor": "WyJ4Il0", "limit": "0"}
    response = await world.client.get("/v1/transitions", params=asked)
    faults = {(f["pointer"], f["code"]) for f in response.json()["errors"]}
    assert faults == {
        ("/query/as_of", "unknown_parameter"),
        ("/query/known_at", "unknown_parameter"),
        ("/query/cursor", "invalid_cursor"),
        ("/query/limit", "out_of_range"),
    }


async def test_a_restore_expires_the_cursors_given_out_before_it(world: Registry) -> None:
    await world.send([assessed("X-1", "2023-12-14")])
    for _ in range(2):
        everything, cursor = await follow(world)
        async with world.context.database.transaction() as tx:
            await knowledge.begin_epoch(tx)
        response = await world.client.get("/v1/transitions", params={"cursor": cursor})
        assert (response.status_code, response.json()["code"]) == (410, "cursor_expired")
    again, cursor = await follow(world)
    assert again == everything
    assert await follow(world, cursor=cursor) == ([], cursor)
