"""Households over HTTP: status and list, on both clocks."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared.kernel.clock import SystemClock
from shared.kernel.locks import Lock
from tests.api.paging import pages
from tests.facts import NEAR_POOR, RICH, assessed, closed, household_event, moved
from tests.harness import Registry

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_the_status_of_a_day_says_since_when_where_and_why(world: Registry) -> None:
    await world.send([assessed("S-1", "2023-12-14", ethnic_group="Tày")])
    found = await world.get("/v1/households/S-1", as_of="2024-06-30")
    assert (found["status"], found["since"], found["until"]) == ("poor", "2023-12-14", None)
    assert (found["area"]["code"], found["area"]["level"]) == ("06091", "commune")
    assert (found["standard"], found["ethnic_group"]) == ("VN-2022-2025", "Tày")
    codes = [reason["code"] for reason in found["reasons"]]
    assert codes == ["income_at_most", "deprived_at_least"]
    assert "1.200.000 đồng" in found["reasons"][0]["text_vi"]
    assert (found["as_of"], found["known_at"]) == ("2024-06-30", None)


async def test_before_the_first_event_status_and_area_are_null(world: Registry) -> None:
    await world.send([assessed("S-2", "2023-12-14")])
    found = await world.get("/v1/households/S-2", as_of="2023-12-13")
    assert (found["status"], found["area"], found["since"]) == (None, None, None)
    assert [reason["code"] for reason in found["reasons"]] == ["not_assessed"]


async def test_the_area_is_the_unit_in_force_on_the_day(world: Registry) -> None:
    await world.send([assessed("S-3", "2023-12-14", area_code="06094")])
    tree = await world.context.areas.current()
    old = tree.on("06094", SystemClock().today().replace(year=2024))
    today = (await world.get("/v1/households/S-3"))["area"]
    assert today["code"] == tree.current(old, world.clock.today()).code
    assert today["valid_from"] == "2025-07-01"


async def test_a_closed_household_is_closed_since_its_closure(world: Registry) -> None:
    await world.send([assessed("S-4", "2022-12-14"), closed("S-4", "2023-05-01")])
    found = await world.get("/v1/households/S-4", as_of="2023-05-01")
    assert (found["status"], found["since"], found["standard"]) == ("closed", "2023-05-01", None)
    before = await world.get("/v1/households/S-4", as_of="2023-04-30")
    assert (before["status"], before["until"]) == ("poor", "2023-05-01")


@pytest.mark.parametrize("household", ["nobody", "x" * 65, "%00", "a%20b", "%F0%9F%8F%A0"])
@pytest.mark.parametrize("part", ["", "/timeline", "/events", "/explanation"])
async def test_an_unknown_household_is_404(world: Registry, household: str, part: str) -> None:
    response = await world.client.get(f"/v1/households/{household}{part}")
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["code"] == "unknown_household"


async def test_an_answer_for_a_settled_instant_never_changes(world: Registry) -> None:
    await world.send([assessed("S-5", "2023-12-14")])
    first = await world.get("/v1/households/S-5", as_of="2024-01-01")
    known = {"as_of": "2024-01-01", "known_at": first["settled_at"]}
    before = await world.client.get("/v1/households/S-5", params=known)
    correction = assessed("S-5", "2023-12-14", assessed_on="2023-12-13", **RICH)
    await world.send([correction, closed("S-5", "2024-01-01")])
    after = await world.client.get("/v1/households/S-5", params=known)
    assert after.json() | {"settled_at": 0} == before.json() | {"settled_at": 0}
    assert after.headers["etag"] == before.headers["etag"]
    assert (await world.get("/v1/households/S-5", as_of="2024-01-01"))["status"] == "closed"
    for part in ("timeline", "events", "explanation"):
        path = f"/v1/households/S-5/{part}"
        then = await world.get(path, known_at=first["settled_at"])
        assert then != await world.get(path)
        assert "closed" not in str(then.get("spells"))


async def test_a_household_not_yet_known_then_is_404_then(world: Registry) -> None:
    await world.send([assessed("S-6", "2023-12-14")])
    early = (await world.get("/v1/households/S-6"))["settled_at"]
    await world.send([assessed("S-7", "2023-12-14")])
    for part in ("", "/timeline", "/events", "/explanation"):
        response = await world.client.get(f"/v1/households/S-7{part}", params={"known_at": early})
        assert (response.status_code, response.json()["code"]) == (404, "unknown_household")


async def test_a_future_instant_is_refused(world: Registry) -> None:
    later = (SystemClock().now() + timedelta(hours=1)).isoformat()
    for path in ("/v1/households/S-1", "/v1/households", "/v1/areas/20/statistics"):
        response = await world.client.get(path, params={"known_at": later})
        assert (response.status_code, response.json()["code"]) == (422, "in_future")


async def test_an_instant_below_an_open_write_is_not_settled(world: Registry) -> None:
    async with world.context.database.transaction() as tx:
        await tx.fetchval("SELECT pg_advisory_xact_lock($1)", Lock.CLOCK)
        now = (SystemClock().now() - timedelta(milliseconds=1)).isoformat()
        response = await world.client.get("/v1/households/S-1", params={"known_at": now})
    assert (response.status_code, response.json()["code"]) == (422, "not_settled")


async def test_etags_ignore_the_clock_and_answer_304(world: Registry) -> None:
    await world.send([assessed("S-8", "2023-12-14")])
    first = await world.client.get("/v1/households/S-8")
    await world.send([assessed("S-9", "2023-12-14")])
    tag = first.headers["etag"]
    assert first.headers["cache-control"] == "no-store"
    for asked in (tag, f"W/{tag}", f'"x", {tag}', "*"):
        again = await world.client.get("/v1/households/S-8", headers={"If-None-Match": asked})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    other = await world.client.get("/v1/households/S-8", headers={"If-None-Match": '"x"'})
    assert other.status_code == 200


async def test_the_list_filters_by_area_status_and_review_and_pages_in_byte_order(
    world: Registry,
) -> None:
    area = "06097"
    ids = ["L-b", "L-B", "L-a", "L-_", "L-1"]
    poor = [assessed(i, "2023-12-14", area_code=area) for i in ids]
    others = [
        assessed("L-near", "2022-12-14", area_code=area, **NEAR_POOR),
        household_event(
            "registered",
            "L-new",
            "2023-01-01",
            area_code=area,
            area_type="rural",
            ethnic_group="Kinh",
            members=[],
        ),
        assessed("L-gone", "2022-12-14", area_code=area),
        closed("L-gone", "2023-01-01"),
        assessed("L-moved", "2022-12-14", area_code=area),
        moved("L-moved", "2023-01-01", "06091"),
    ]
    await world.send([*poor, *others])
    asked = {"area": area, "as_of": "2024-06-30"}
    found = await pages(world, "/v1/households", **asked, status="poor", limit=2)
    assert [item["household_id"] for item in found] == sorted(ids)
    stale = await pages(world, "/v1/households", **asked, not_reviewed_since="2023-06-01")
    assert [item["household_id"] for item in stale] == ["L-near", "L-new"]
    everyone = await pages(world, "/v1/households", **asked, limit=3)
    assert len(everyone) == len(ids) + 3
    province = await pages(world, "/v1/households", area="20", as_of="2024-06-30")
    assert {item["household_id"] for item in everyone} < {i["household_id"] for i in province}
    early = await pages(world, "/v1/households", area=area, as_of="2022-12-31")
    assert [item["household_id"] for item in early] == ["L-gone", "L-moved", "L-near"]


async def test_a_list_of_the_past_is_what_was_known_then(world: Registry) -> None:
    await world.send([assessed("K-1", "2023-12-14", area_code="06103")])
    settled = (await world.get("/v1/households"))["settled_at"]
    await world.send(
        [moved("K-1", "2023-12-15", "06091"), assessed("K-2", "2023-12-14", area_code="06103")]
    )
    asked = {"area": "06103", "as_of": "2024-06-30"}
    then = await world.get("/v1/households", **asked, known_at=settled)
    now = await world.get("/v1/households", **asked)
    assert [i["household_id"] for i in then["items"]] == ["K-1"]
    assert [i["household_id"] for i in now["items"]] == ["K-2"]


async def test_unknown_areas_are_404_and_ended_ones_422_with_successors(world: Registry) -> None:
    for path in ("/v1/households?area=99999", "/v1/areas/99999", "/v1/areas/99999/statistics"):
        response = await world.client.get(path)
        assert (response.status_code, response.json()["code"]) == (404, "unknown_area")
    for path in ("/v1/households?area=185", "/v1/areas/00001", "/v1/areas/00001/statistics"):
        response = await world.client.get(path)
        assert (response.status_code, response.json()["code"]) == (422, "area_not_in_force")
        assert isinstance(response.json()["successors"], list)


async def test_households_are_searched_by_the_beginning_of_their_id(world: Registry) -> None:
    await world.send([assessed(f"Q_{name}", "2023-12-14") for name in ("A", "AB", "B", "a")])
    found = await pages(world, "/v1/households", as_of="2024-01-01", q="Q_A", limit=1)
    assert [row["household_id"] for row in found] == ["Q_A", "Q_AB"]
    assert await pages(world, "/v1/households", as_of="2024-01-01", q="%") == []


@pytest.mark.parametrize(
    ("code", "asked", "nearest"),
    [("181", "2026-11-21", "2025-06-30"), ("11948", "2025-06-30", "2025-07-01")],
)
async def test_a_unit_out_of_force_says_which_day_to_ask_with(
    world: Registry, code: str, asked: str, nearest: str
) -> None:
    path = f"/v1/areas/{code}/statistics"
    response = await world.client.get(path, params={"as_of": asked})
    problem = response.json()
    assert (problem["code"], problem["nearest_day"]) == ("area_not_in_force", nearest)
    assert f"{nearest}: ask with that day" in problem["detail"]
    assert (await world.client.get(path, params={"as_of": nearest})).status_code == 200


@pytest.mark.parametrize("basis", ["computed", "recognised"])
@pytest.mark.parametrize("limit", [1, 2, 3, 5])
async def test_pages_of_what_was_known_are_cut_from_one_list(
    world: Registry, basis: str, limit: int
) -> None:
    """What is history by now lies between what still stands, in front of it and behind it."""
    tag = f"H-{basis}-{limit}"
    facts = [
        assessed(
            f"{tag}-{number}", "2023-12-14", **({"recognised": "near_poor"} if number % 3 else {})
        )
        for number in range(9)
    ]
    await world.send(facts)
    asked = {"as_of": "2024-01-01", "q": tag, "basis": basis}
    before = await world.get("/v1/households", **asked, limit=1000)
    for number in (0, 2, 3, 7, 8):
        facts[number] |= RICH | {"revision": 2, "recognised": "non_poor"}
    await world.send(
        [*(facts[number] for number in (0, 2, 3, 7, 8)), assessed(f"{tag}-x", "2023-12-14")]
    )
    then = before["settled_at"]
    listed = await pages(world, "/v1/households", **asked, known_at=then, limit=str(limit))
    assert listed == before["items"] and len(listed) == len(facts)
    now = await pages(world, "/v1/households", **asked, limit=str(limit))
    assert len(now) == len(facts) + 1 and now != listed
