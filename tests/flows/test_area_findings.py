"""More households in the register than in the area: found when either of them changes."""

from __future__ import annotations

from tests.facts import NEAR_POOR, RICH, assessed, closed, corrected, moved, total, withdrawn
from tests.flows.test_findings import findings
from tests.harness import Registry


async def kinds(app: Registry) -> list[tuple[str, str, int, int, str | None]]:
    every = [f for f in await findings(app) if f["subject"].startswith("area:")]
    return sorted(
        (f["kind"], f["about"]["population"], f["stated"], f["expected"], f["about"]["counted_on"])
        for f in every
    )


async def test_more_households_than_there_are_is_found_until_the_fact_is_corrected(
    app: Registry,
) -> None:
    fact = total("06091", "2023-12-31", 2, minority_households_total=1)
    await app.send([fact], "area-facts")
    assert await kinds(app) == []
    reviews = [assessed("H-1", "2023-12-14"), assessed("H-2", "2023-12-14", **NEAR_POOR)]
    await app.send([*reviews, assessed("H-3", "2023-12-14", **RICH)])
    assert await kinds(app) == [("unregistered_negative", "all", -1, 0, "2023-12-31")]
    [found] = await findings(app, kind="unregistered_negative")
    assert (found["subject"], found["area"]["code"]) == ("area:06091", "06091")
    statistics = await app.get("/v1/areas/06091/statistics", as_of="2023-12-31")
    assert statistics["unregistered"] == found["stated"]
    assert "1" in found["explanation"]["vi"] and found["legal_basis"] == ["17/2016/TT-BLĐTBXH"]
    await app.send([assessed("H-4", "2023-12-14")])
    assert [kind for kind, *_ in await kinds(app)] == ["rate_over_100", "unregistered_negative"]
    await app.send([corrected(fact, households_total=4)], "area-facts")
    assert await kinds(app) == []


async def test_minorities_and_what_comes_later_are_counted_too(app: Registry) -> None:
    await app.send([total("20", "2026-01-01", 100, minority_households_total=1)], "area-facts")
    commune = {"area_code": "06112", "area_type": "rural", "ethnic_group": "Tày"}
    events = [assessed(f"H-{n}", "2026-02-20", review="regular", **commune) for n in range(2)]
    await app.send(events)
    assert await kinds(app) == [
        ("rate_over_100", "minority", 2, 1, None),
        ("unregistered_negative", "minority", -1, 0, None),
    ]
    end = closed("H-1", "2026-03-01")
    await app.send([end])
    assert await kinds(app) == []
    await app.send([withdrawn(end)])
    assert len(await kinds(app)) == 2


async def test_a_household_that_moves_away_leaves_its_area_in_order(app: Registry) -> None:
    fact = total("06091", "2023-12-31", 0)
    await app.send([fact], "area-facts")
    away = moved("H-1", "2023-12-20")
    await app.send([assessed("H-1", "2023-12-14")])
    assert len(await kinds(app)) == 2
    await app.send([away])
    assert await kinds(app) == []
    await app.send([withdrawn(away)])
    assert len(await kinds(app)) == 2
    await app.send([withdrawn(fact)], "area-facts")
    assert await kinds(app) == []
