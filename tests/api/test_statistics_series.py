"""Statistics side by side: each item is, to the digit, what one request for it answers."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import pytest

from shared.access.caller import STATISTICS_READ, Caller
from shared.http.auth import Tokens
from tests.api.paging import pages
from tests.facts import NEAR_POOR, RICH, assessed, total
from tests.harness import Registry

pytestmark = pytest.mark.asyncio(loop_scope="module")

# Told of one answer only: its clocks, and that it is of the computed classes, as a series is.
ECHOES = "as_of", "known_at", "settled_at", "basis"


async def single(world: Registry, code: str, **asked: Any) -> dict[str, Any]:
    answer = await world.get(f"/v1/areas/{code}/statistics", **asked)
    return {name: value for name, value in answer.items() if name not in ECHOES}


async def series(world: Registry, code: str, **asked: Any) -> list[tuple[str, Any]]:
    answer = await world.get(f"/v1/areas/{code}/statistics/series", **asked)
    return [(item["as_of"], item["statistics"]) for item in answer["items"]]


async def counted(world: Registry, name: str) -> str:
    """Send some history; return the instant before its last fact."""
    await world.send(
        [
            assessed(f"{name}-1", "2022-12-14", area_code="06091", ethnic_group="Tày"),
            assessed(f"{name}-1", "2023-12-14", area_code="06091", **RICH),
            assessed(f"{name}-2", "2023-06-14", area_code="06091", **NEAR_POOR),
            assessed(f"{name}-3", "2024-02-29", area_code="06112", ethnic_group="Kinh"),
        ]
    )
    await world.send([total("06091", "2022-12-31", 7)], "area-facts")
    before = (await world.get("/v1/areas/VN/statistics"))["settled_at"]
    await world.send([assessed(f"{name}-4", "2022-12-14", area_code="06091")])
    return str(before)


@pytest.mark.parametrize("code", ["06091", "181", "20", "VN"])
async def test_a_series_is_what_single_requests_answer(world: Registry, code: str) -> None:
    before = await counted(world, code)
    asked = {"from_date": "2022-10-01", "to_date": "2024-04-15", "every": "quarter"}
    for known in ({}, {"known_at": before}):
        answer = await series(world, code, **asked, **known)
        assert [day for day, _ in answer] == [
            *("2022-12-31", "2023-03-31", "2023-06-30"),
            *("2023-09-30", "2023-12-31", "2024-03-31"),
        ]
        for day, statistics in answer:
            assert statistics == await single(world, code, as_of=day, **known)
    (_, now), *_ = await series(world, code, **asked)
    (_, then), *_ = await series(world, code, **asked, known_at=before)
    assert now["registered"] > then["registered"] > 0


async def test_each_day_counts_the_unit_that_has_the_code_on_it(world: Registry) -> None:
    asked = {"from_date": "2024-12-31", "to_date": "2025-12-31"}
    answer = await series(world, "24", **asked)
    assert [s["area"]["name"] for _, s in answer] == ["Bắc Giang", "Bắc Ninh"]
    for day, statistics in answer:
        assert statistics == await single(world, "24", as_of=day)
    (_, district), (_, nothing) = await series(world, "181", **asked)
    assert (district["area"]["level"], nothing) == ("district", None)


@pytest.mark.parametrize(
    ("code", "asked", "status", "refusal"),
    [
        ("99999", {}, 404, "unknown_area"),
        ("99999", {"to_date": "2024-01-01"}, 404, "unknown_area"),
        ("181", {"from_date": "2025-07-01"}, 422, "area_not_in_force"),
        ("VN", {"to_date": "2023-12-31"}, 422, "period_reversed"),
        ("VN", {"to_date": "2029-01-31", "every": "month"}, 422, "too_many_periods"),
        ("VN", {"every": "week"}, 422, "unknown_value"),
    ],
)
async def test_what_a_series_refuses(
    world: Registry, code: str, asked: dict[str, str], status: int, refusal: str
) -> None:
    params = {"from_date": "2024-01-01", "to_date": "2025-12-31"} | asked
    response = await world.client.get(f"/v1/areas/{code}/statistics/series", params=params)
    assert (response.status_code, response.json()["code"]) == (status, refusal)


@pytest.mark.parametrize(
    ("code", "by", "as_of"),
    [
        ("181", "commune", "2023-12-31"),
        ("20", "district", "2023-12-31"),
        ("20", "commune", "2026-01-01"),
        ("VN", "province", "2026-01-01"),
    ],
)
async def test_children_are_what_single_requests_answer(
    world: Registry, code: str, by: str, as_of: str
) -> None:
    await counted(world, f"{code}-{by}-{as_of}")
    path = f"/v1/areas/{code}/statistics/children"
    asked = {"by": by, "as_of": as_of}
    items = (await world.get(path, **asked))["items"]
    assert await pages(world, path, **asked, limit="40") == items
    codes = [item["area"]["code"] for item in items]
    assert codes == sorted(set(codes))
    assert {item["area"]["level"] for item in items} == {by}
    for item in [each for each in items if each["statistics"]["registered"]] + items[:3]:
        assert item["statistics"] == await single(world, item["area"]["code"], as_of=as_of)
    whole = await single(world, code, as_of=as_of)
    assert sum(item["statistics"]["registered"] for item in items) == whole["registered"] > 0


async def test_no_level_lies_below_itself(world: Registry) -> None:
    path = "/v1/areas/181/statistics/children"
    assert (await world.get(path, by="province", as_of="2024-06-30"))["items"] == []


async def test_a_caller_sees_what_is_in_its_area(world: Registry) -> None:
    digest = sha256(b"district").digest()
    caller = Caller("district", frozenset({STATISTICS_READ}), "181")
    held, world.tokens = world.tokens, Tokens(((digest, caller),))
    lists = "series?from_date=2023-01-01&to_date=2024-12-31", "children?by=commune&as_of=2024-06-30"
    try:
        for code, status in (("181", 200), ("20", 404), ("183", 404)):
            for rest in lists:
                response = await world.client.get(
                    f"/v1/areas/{code}/statistics/{rest}",
                    headers={"Authorization": "Bearer district"},
                )
                assert response.status_code == status
    finally:
        world.tokens = held
