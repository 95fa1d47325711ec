"""The units below a place, its years, and the official form of movement: the api's numbers."""

from __future__ import annotations

import csv
import os
from contextlib import AsyncExitStack
from io import StringIO
from typing import Any

import pytest

from shared.http import heavy
from tests.facts import assessed, moved
from tests.harness import Registry
from tests.page.reading import read
from tests.page.settlement import DISTRICT, YEAR_END

pytestmark = pytest.mark.asyncio(loop_scope="module")

FLOWS = ("start", "left", "relapsed", "newly_arisen", "moved_in", "moved_out", "closed", "end")


async def _csv(world: Registry, path: str) -> list[dict[str, str]]:
    answer = await world.client.get(path)
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"))))


async def test_the_units_below_are_ranked_by_rate_with_the_numbers_of_the_api(
    world: Registry,
) -> None:
    rows = await _csv(world, f"/places/{DISTRICT}/below?as_of={YEAR_END}&csv=below")
    answer = await world.get(
        f"/v1/areas/{DISTRICT}/statistics/children", by="commune", as_of=YEAR_END, limit=1000
    )
    expected = {each["area"]["code"]: each["statistics"] for each in answer["items"]}
    assert len(rows) == len(expected) >= 10
    for row in rows:
        counted = expected[row["code"]]
        assert row["poor"] == str(counted["counts"]["poor"])
        rate = counted["rates"]["poor"]
        assert row["poor_percent"] == ("" if rate is None else str(rate["percent"]))
    rates = [float(row["poor_percent"] or 0) for row in rows]
    assert rates == sorted(rates, reverse=True)
    assert rates[0] > 0


async def test_who_finds_no_turn_is_shown_the_page_a_moment_later(
    world: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heavy, "WAIT_SECONDS", 0.01)
    turns = world.app.state.context.heavy
    async with AsyncExitStack() as held:
        for _ in range(os.cpu_count() or 1):
            await held.enter_async_context(turns.turn())
        # A day that nobody has asked about: what was answered before needs no turn.
        busy = await world.client.get(f"/places/{DISTRICT}/below?as_of=2023-02-03&lang=en")
    assert (busy.status_code, busy.headers["refresh"]) == (503, busy.headers["retry-after"])
    assert f"by itself in {heavy.RETRY_SECONDS} seconds" in busy.text


async def test_the_map_leads_to_every_unit_that_has_coordinates(world: Registry) -> None:
    page = await read(world, f"/places/{DISTRICT}/below?as_of={YEAR_END}")
    drawing = await world.client.get(f"/places/{DISTRICT}/below?as_of={YEAR_END}&svg=map")
    assert drawing.text.count("<circle") >= 10
    assert f"/places/06091?as_of={YEAR_END}" in page.links


async def test_years_are_those_of_the_api_and_lead_to_their_day(world: Registry) -> None:
    path = f"/places/{DISTRICT}?as_of={YEAR_END}"
    rows = await _csv(world, f"{path}&csv=series")
    assert [row["as_of"] for row in rows][:2] == ["2022-12-31", "2023-12-31"]
    for row in rows:
        counted = await world.get(f"/v1/areas/{DISTRICT}/statistics", as_of=row["as_of"])
        assert row["poor"] == str(counted["counts"]["poor"])
        assert row["poor_percent"] == str(counted["rates"]["poor"]["percent"])
    assert f"/places/{DISTRICT}?as_of=2022-12-31" in (await read(world, path)).links


def _sum(row: dict[str, Any]) -> int:
    signs = (1, -1, 1, 1, 1, -1, -1)
    return sum(sign * int(row[name]) for sign, name in zip(signs, FLOWS, strict=False))


async def test_the_form_of_movement_adds_up_and_is_the_api_s(world: Registry) -> None:
    path = f"/places/{DISTRICT}/movement?as_of={YEAR_END}"
    rows = await _csv(world, f"{path}&csv=movement")
    assert [row["list"] for row in rows] == ["poor", "near_poor"]
    for row in rows:
        answer = await world.get(
            f"/v1/areas/{DISTRICT}/movement",
            list=row["list"],
            from_date="2022-12-31",
            to_date=YEAR_END,
        )
        assert {name: int(row[name]) for name in FLOWS} == {n: answer[n] for n in FLOWS}
        assert _sum(row) == int(row["end"])
    page = await read(world, path)
    assert page.numbers["end_poor"] == rows[0]["end"]
    assert int(rows[0]["relapsed"]) > 0


async def test_units_below_are_shown_with_the_most_relapses_first(world: Registry) -> None:
    path = f"/places/{DISTRICT}/movement?as_of={YEAR_END}"
    rows = await _csv(world, f"{path}&csv=below")
    relapses = [int(row["relapsed"]) for row in rows]
    assert relapses[0] == max(relapses) > 0
    whole = await _csv(world, f"{path}&csv=movement")
    assert sum(int(row["end"]) for row in rows) == int(whole[0]["end"])
    other = await _csv(world, f"{path}&list=near_poor&csv=below")
    assert sum(int(row["end"]) for row in other) == int(whole[1]["end"])


@pytest.mark.parametrize(("day", "number"), [("2024-12-31", 63), ("2026-01-01", 34)])
async def test_the_country_is_drawn_by_the_provinces_of_the_day(
    world: Registry, day: str, number: int
) -> None:
    path = f"/places/VN/below?as_of={day}"
    answer = await world.client.get(f"{path}&svg=map")
    assert answer.text.count('class="shape') == number
    page = await read(world, path)
    assert f"/places/20?as_of={day}" in page.links
    assert "Natural Earth" in (await world.client.get(path)).text


async def test_the_reader_ranks_units_by_relapses_or_by_their_rate(world: Registry) -> None:
    path = f"/places/{DISTRICT}/movement?as_of={YEAR_END}"
    rows = await _csv(world, f"{path}&csv=below")
    for row in rows:
        total, relapsed = int(row["households_total"] or 0), int(row["relapsed"])
        expected = f"{100 * relapsed / total + 1e-9:.2f}" if total else ""
        assert row["relapsed_percent"] == (str(float(expected)) if expected else "")
    by_rate = await _csv(world, f"{path}&rank=rate&csv=below")
    rates = [float(row["relapsed_percent"] or 0) for row in by_rate]
    assert rates == sorted(rates, reverse=True)
    assert rates[0] > 0
    text = (await world.client.get(path)).text
    assert f"/places/{DISTRICT}/movement?as_of={YEAR_END}&amp;rank=rate" in text
    for first in (rows[0], by_rate[0]):
        assert first["area"] in text


async def test_a_period_that_ends_before_it_begins_is_refused_in_words(world: Registry) -> None:
    await read(world, f"/places/{DISTRICT}/movement?from_date={YEAR_END}&to_date=2022-12-31", 422)


async def test_ways_between_statuses_make_both_ends(world: Registry) -> None:
    period = {"from_date": "2022-12-31", "to_date": YEAR_END}
    ways = (await world.get(f"/v1/areas/{DISTRICT}/status-flows", **period))["items"]
    for side, day in (("before", "2022-12-31"), ("after", YEAR_END)):
        counts = (await world.get(f"/v1/areas/{DISTRICT}/statistics", as_of=day))["counts"]
        for status, households in counts.items():
            if status in ("poor", "near_poor", "recently_exited", "non_poor"):
                assert sum(w["households"] for w in ways if w[side] == status) == households
    ended = [way for way in ways if way["after"] == "closed"]
    assert sum(way["households"] for way in ended) == 1
    assert any(way["before"] != way["after"] for way in ways)
    path = f"/places/{DISTRICT}/movement?as_of={YEAR_END}"
    rows = {row["before"]: row for row in await _csv(world, f"{path}&csv=status_flows")}
    for way in ways:
        assert rows[way["before"]][way["after"]] == str(way["households"])
    assert (await world.client.get(f"{path}&svg=status_flows")).text.count("<path") == len(ways)


async def test_who_moved_away_is_elsewhere_afterwards(world: Registry) -> None:
    one, other = "06163", "06166"
    await world.send([assessed("WAY-1", "2022-12-10", area_code=one)])
    await world.send([moved("WAY-1", "2023-05-01", other)])
    period = {"from_date": "2022-12-31", "to_date": YEAR_END}
    ways = {
        code: [
            (way["before"], way["after"])
            for way in (await world.get(f"/v1/areas/{code}/status-flows", **period))["items"]
        ]
        for code in (one, other)
    }
    assert ways == {one: [("poor", "elsewhere")], other: [("elsewhere", "poor")]}
    backwards = {"from_date": YEAR_END, "to_date": "2022-12-31"}
    answer = await world.client.get(f"/v1/areas/{one}/status-flows", params=backwards)
    assert answer.json()["code"] == "period_reversed"
