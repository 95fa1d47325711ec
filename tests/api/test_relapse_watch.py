"""The relapse watch over HTTP: who is on it, with what reasons, and how often it was right."""

from __future__ import annotations

from typing import Any

import pytest

from tests.facts import RICH, assessed, closed
from tests.harness import Registry

pytestmark = pytest.mark.asyncio(loop_scope="module")

HERE, DAY = "06163", "2024-06-30"
NEAR_LINE = {"income_vnd": 1_600_000, "deprived": ["water"]}
NEAR_POOR = {"income_vnd": 1_400_000, "deprived": ["water"]}


def history(name: str, *reviews: tuple[str, dict[str, Any]]) -> list[dict[str, Any]]:
    return [assessed(name, day, area_code=HERE, **review) for day, review in reviews]


async def _watch(world: Registry, **asked: Any) -> Any:
    return await world.get(f"/v1/areas/{HERE}/relapse-watch", as_of=DAY, **asked)


async def test_who_may_fall_back_is_listed_with_reasons_and_held_to_what_came(
    world: Registry,
) -> None:
    await world.send(
        [
            # Twice poor, just over the line, poor again: a hit.
            *history(
                "W-1",
                ("2022-01-10", {}),
                ("2022-06-20", RICH),
                ("2022-12-14", {}),
                ("2023-12-14", NEAR_LINE),
                ("2024-12-10", {}),
            ),
            # Near the line once, and never back.
            *history("W-2", ("2022-12-14", {}), ("2023-12-14", NEAR_LINE)),
            # Well off after the list; near-poor again, which is back on a list.
            *history("W-3", ("2022-12-14", {}), ("2023-12-14", RICH), ("2024-12-10", NEAR_POOR)),
            # Near-poor all along: near-poor again is not back.
            *history("W-4", ("2022-12-14", NEAR_POOR), ("2024-12-10", NEAR_POOR)),
            # Poor, never listed, and closed ones are not watched.
            *history("W-5", ("2022-12-14", {})),
            *history("W-6", ("2022-12-14", RICH)),
            *history("W-7", ("2022-12-14", NEAR_POOR)),
            closed("W-7", "2024-01-01"),
            # Back a day after the twelve months.
            *history("W-8", ("2022-12-14", {}), ("2023-12-14", NEAR_LINE)),
            assessed("W-8", "2025-07-01", area_code="06154"),
        ]
    )
    listed = await _watch(world, at_least=0)
    told = {item["household_id"]: item["points"] for item in listed["items"]}
    assert list(told) == ["W-1", "W-2", "W-8", "W-4", "W-3"]
    assert (told["W-1"], told["W-2"], told["W-4"], told["W-3"]) == (6, 4, 3, 1)
    first = listed["items"][0]
    codes = [reason["code"] for reason in first["reasons"]]
    assert codes == ["income_near_line", "income_close_to_line", "listed_twice", "left_lately"]
    assert first["missing"] == ["no_labour_capacity", "household_size"]
    assert all(reason["text_en"] and reason["text_vi"] for reason in first["reasons"])

    assert [item["points"] for item in (await _watch(world))["items"]] == [6, 4, 4, 3, 1]
    test = await world.get(f"/v1/areas/{HERE}/relapse-watch/backtest", as_of=DAY)
    assert (test["until"], test["all"]["households"], test["all"]["came_back"]) == (
        "2025-06-30",
        5,
        2,
    )
    hits = [(b["points"], b["households"], b["came_back"]) for b in test["bands"]]
    assert hits == [(1, 5, 2), (3, 4, 1), (4, 3, 1), (6, 1, 1)]
    assert test["bands"][-1]["hit_rate"]["percent"] == 100.0


async def test_pages_follow_one_another_and_only_enough_points_are_listed(world: Registry) -> None:
    names: list[str] = []
    cursor: str | None = None
    while True:
        asked = {"limit": 2, "at_least": 3} | ({"cursor": cursor} if cursor else {})
        page = await _watch(world, **asked)
        names += [item["household_id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert names == ["W-1", "W-2", "W-8", "W-4"]


async def test_what_is_not_over_cannot_be_tested(world: Registry) -> None:
    asked = {"as_of": "2025-12-31"}
    answer = await world.client.get("/v1/areas/06154/relapse-watch/backtest", params=asked)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_over_yet")
    merged = await world.get("/v1/areas/06154/relapse-watch", as_of="2025-12-31", at_least=0)
    assert "W-2" in {item["household_id"] for item in merged["items"]}
