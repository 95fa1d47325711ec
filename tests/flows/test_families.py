"""One family, one history: new ids, splits and what a new standard has a part in, over HTTP."""

from __future__ import annotations

import io
from typing import Any

import pytest
from rich.console import Console

from services.commands.rebuild import verify
from tests.facts import NEAR_POOR, RICH, assessed, closed, corrected, registered, withdrawn
from tests.harness import Registry

Event = dict[str, Any]
DAY = "2025-07-01"
# A commune of Bình Gia until 2025-06-30, the one that took it in, and one of another province.
OLD, NEW, FAR = "06094", "06079", "07681"
YEAR = {"list": "poor", "from_date": "2024-12-31", "to_date": "2025-12-31"}
NOTHING = dict.fromkeys(
    ("start", "left", "relapsed", "newly_arisen", "moved_in", "moved_out", "closed", "end"), 0
)


def renumbered(number: int, to: str = NEW, **changes: Any) -> list[Event]:
    """Return a poor household whose id is another one from the day on."""
    old, new = f"OLD-{number}", f"NEW-{number}"
    place = {"area_code": to, "area_type": "rural"}
    return [
        assessed(old, "2023-12-14", area_code=OLD, **changes),
        closed(old, DAY, reason="merged", into=new),
        registered(new, DAY, continues=old, area_code=to),
        assessed(new, DAY, **place, area_type_reason="a village in town", **changes),
    ]


async def movement(app: Registry, code: str, **asked: str) -> dict[str, int]:
    found = await app.get(f"/v1/areas/{code}/movement", **(YEAR | asked))
    return {name: found[name] for name in (*NOTHING, "renumbered")}


async def check_rebuild(dsn: str) -> None:
    out = io.StringIO()
    assert await verify(dsn, Console(file=out), processes=1) == 0, out.getvalue()


@pytest.mark.parametrize("one_by_one", [False, True])
async def test_ten_households_under_new_ids_are_no_movement(
    app: Registry, dsn: str, *, one_by_one: bool
) -> None:
    events = [event for number in range(10) for event in renumbered(number)]
    for part in [[event] for event in reversed(events)] if one_by_one else [events]:
        await app.send(part)
    tree = await app.context.areas.current()
    here = tree.on(NEW, app.clock.today())
    for code in (here.code, "20", "VN"):
        found = await movement(app, code)
        assert found == NOTHING | {"start": 10, "end": 10, "renumbered": 10}, code
        assert (await movement(app, code, list="near_poor"))["renumbered"] == 0
    await check_rebuild(dsn)


async def test_a_new_id_elsewhere_is_a_move(app: Registry, dsn: str) -> None:
    await app.send([event for number in range(3) for event in renumbered(number, FAR)])
    out = NOTHING | {"start": 3, "moved_out": 3, "renumbered": 0}
    into = NOTHING | {"moved_in": 3, "end": 3, "renumbered": 0}
    tree = await app.context.areas.current()
    far = tree.on(FAR, app.clock.today())
    assert [await movement(app, code) for code in (NEW, "20")] == [out, out]
    assert [await movement(app, c) for c in (FAR, tree.province(far).code)] == [into, into]
    assert await movement(app, "VN") == NOTHING | {"start": 3, "end": 3, "renumbered": 3}
    await check_rebuild(dsn)


async def test_whoever_takes_the_link_back_has_both_told_anew(app: Registry, dsn: str) -> None:
    events = renumbered(1)
    await app.send(events)
    await app.send([withdrawn(events[2])])
    apart = NOTHING | {"start": 1, "closed": 1, "newly_arisen": 1, "end": 1, "renumbered": 0}
    assert await movement(app, "VN") == apart
    told = await app.get("/v1/households/OLD-1/timeline")
    assert told["transitions"][-1]["movements"] == [{"list": "poor", "kind": "left"}]
    await app.send([events[2] | {"revision": 3}])
    assert (await movement(app, "VN"))["renumbered"] == 1
    await app.send([corrected(events[3], **NEAR_POOR)])
    assert await movement(app, "VN") == NOTHING | {"start": 1, "closed": 1, "renumbered": 0}
    await check_rebuild(dsn)


async def test_a_window_goes_on_under_the_new_id_and_is_explained(app: Registry) -> None:
    events = [*renumbered(1), assessed("OLD-1", "2024-12-14", **RICH)]
    events[3] = corrected(events[3], **RICH)
    await app.send(events)
    path = "/v1/households/NEW-1"
    assert (await app.get(path, as_of="2026-06-01"))["status"] == "recently_exited"
    assert (await app.get(path, as_of="2027-12-14"))["status"] == "non_poor"
    window = (await app.get(f"{path}/explanation", as_of="2026-06-01"))["exit_window"]
    assert (window["start"], window["end"]) == (None, "2027-12-14")


async def test_movement_says_what_a_new_standard_has_a_part_in(app: Registry, dsn: str) -> None:
    poor_then: Event = {"income_vnd": 600_000, "deprived": []}
    await app.send(
        [
            # On the list by 59/2015, off it by 07/2021, and the other way round.
            assessed("A", "2021-12-14", **poor_then),
            assessed("A", "2022-12-14", **NEAR_POOR),
            assessed("B", "2021-12-14", income_vnd=1_400_000, deprived=[]),
            assessed("B", "2022-12-14"),
            # On the list and off it by one standard.
            assessed("C", "2022-03-01"),
            assessed("C", "2022-12-14", **RICH),
        ]
    )
    asked = {"list": "poor", "from_date": "2021-12-31", "to_date": "2022-12-31"}
    for code in ("06091", "20", "VN"):
        found = await app.get(f"/v1/areas/{code}/movement", **asked)
        assert (found["left"], found["newly_arisen"], found["relapsed"]) == (2, 2, 0)
        assert found["by_standard_change"] == {"left": 1, "relapsed": 0, "newly_arisen": 1}
    await check_rebuild(dsn)
