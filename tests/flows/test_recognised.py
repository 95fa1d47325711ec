"""By what was recognised: counts, flows and households against the second implementation."""

from __future__ import annotations

import io
from collections import Counter
from typing import Any

import pytest
from rich.console import Console

from services.commands.rebuild import verify
from tests.facts import RICH, assessed, registered
from tests.harness import Registry
from tests.simulation import model
from tests.simulation.histories import disorder, history

COMMUNES = "06163", "06166", "06172"
DAYS = "2016-06-30", "2022-06-30", "2024-06-30"
PERIODS = (("2012-12-31", "2020-06-30"), ("2019-12-31", "2020-12-31"), ("2021-12-31", "2024-06-30"))
_BY_FIGURES = model.classify


def by_decision(event: model.Event) -> tuple[str, str | None, str]:
    """Classify as the chairman decided; where nothing is decided, by the figures."""
    status, living_standard, standard = _BY_FIGURES(event)
    decided = event.get("recognised")
    if decided in (None, status):
        return status, living_standard, standard
    return decided, None, standard


async def flows(app: Registry, code: str, basis: str, **asked: Any) -> dict[str, int]:
    answer = await app.get(f"/v1/areas/{code}/movement", basis=basis, **asked)
    assert answer["basis"] == basis
    by_standard = {f"by_standard_{k}": n for k, n in answer["by_standard_change"].items()}
    shown = ("area", "list", "from_date", "to_date", "basis", "by_standard_change")
    rest = {name: n for name, n in answer.items() if isinstance(n, int) and name not in shown}
    return rest | by_standard


def classes(events: list[model.Event], code: str, day: str) -> dict[str, tuple[str, str]]:
    """Return status and area of each household on a day, as the model has them."""
    world = model.world_of(events)
    answer = {}
    for household in world:
        status = model.status_on(events, household, day)["status"]
        if status not in (None, "closed") and model.area_on(events, household, day) == code:
            answer[household] = "non_poor" if status == "recently_exited" else status
    return answer


async def test_counts_flows_and_households_equal_the_models(
    app: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = [
        event
        for seed in range(7000, 7030)
        for event in history(seed, 3, area_codes=COMMUNES, new_area_codes=())
    ]
    await app.send(disorder(events, 1))
    for code in COMMUNES:
        for day in DAYS:
            computed = classes(events, code, day)
            counts = model.statistics(events, {code}, day)
            with monkeypatch.context() as patch:
                patch.setattr(model, "classify", by_decision)
                decided = classes(events, code, day)
                recognised = model.statistics(events, {code}, day)
            both = await app.get(f"/v1/areas/{code}/statistics", as_of=day, basis="both")
            assert (both["counts"], both["recognised"]["counts"]) == (counts, recognised)
            one = await app.get(f"/v1/areas/{code}/statistics", as_of=day, basis="recognised")
            assert one["counts"] == recognised
            assert one["decision_differs"] == both["decision_differs"]
            differ = Counter(
                (computed[h], decided[h]) for h in computed if computed[h] != decided[h]
            )
            said = {
                (d["computed"], d["recognised"]): d["households"] for d in one["decision_differs"]
            }
            assert said == differ
            listed = await app.get(
                "/v1/households",
                area=code,
                as_of=day,
                basis="recognised",
                status="poor",
                limit=1000,
            )
            poor = sorted(h for h, status in decided.items() if status == "poor")
            assert [item["household_id"] for item in listed["items"]] == poor
        for start, end in PERIODS:
            for name in ("poor", "near_poor"):
                asked = {"list": name, "from_date": start, "to_date": end}
                expected = model.movement(events, {code}, name, start, end)
                assert await flows(app, code, "computed", **asked) == expected
                with monkeypatch.context() as patch:
                    patch.setattr(model, "classify", by_decision)
                    expected = model.movement(events, {code}, name, start, end)
                assert await flows(app, code, "recognised", **asked) == expected


async def test_later_reviews_and_decisions_end_as_a_rebuild_says(app: Registry, dsn: str) -> None:
    events = [event for seed in range(8) for event in history(seed, households=3)]
    for event in sorted(events, key=lambda e: (e.get("effective_from", ""), e.get("revision", 1))):
        await app.send([event])
    text = io.StringIO()
    assert await verify(dsn, Console(file=text, width=300)) == 0, text.getvalue()
    async with app.context.database.statement() as snapshot:
        assert await snapshot.fetchval("SELECT count(*) FROM recognised_episodes") > 0
        await snapshot.fetchval("SELECT 1")
    async with app.context.database.transaction() as tx:
        await tx.execute("DELETE FROM recognised_episodes WHERE known_to IS NULL")
    assert await verify(dsn, Console(file=text, width=300)) == 1
    assert "recognised_episodes: rebuilt but not stored" in text.getvalue()


async def test_a_decision_that_is_taken_back_was_once_known(app: Registry) -> None:
    review = assessed("H", "2023-12-14", recognised="non_poor")
    await app.send([review])
    path = "/v1/households/H"
    decided = await app.get(path, as_of="2024-01-01", basis="recognised")
    assert (decided["status"], decided["basis"]) == ("non_poor", "recognised")
    assert decided["reasons"] == [
        {
            "code": "recognised",
            "parameters": {"recognised": "non_poor"},
            "text_en": "The decision on its review recognised it as a non-poor household.",
            "text_vi": "Quyết định về kết quả rà soát công nhận là hộ không nghèo.",
        }
    ]
    assert (await app.get(path, as_of="2024-01-01"))["status"] == "poor"
    await app.send([review | {"revision": 2, "recognised": "poor"}])
    asked = {"as_of": "2024-01-01", "basis": "recognised"}
    assert (await app.get(path, **asked))["status"] == "poor"
    before = await app.get(path, **asked, known_at=decided["settled_at"])
    assert before["status"] == "non_poor"
    statistics = "/v1/areas/06091/statistics"
    now = await app.get(statistics, **asked)
    then = await app.get(statistics, **asked, known_at=decided["settled_at"])
    assert (now["counts"]["poor"], then["counts"]["poor"]) == (1, 0)
    assert (now["decision_differs"], len(then["decision_differs"])) == ([], 1)


async def test_a_family_is_folded_with_what_its_older_household_was_recognised_as(
    app: Registry,
) -> None:
    await app.send(
        [
            assessed("OLD", "2022-12-14", recognised="poor", **RICH),
            registered("NEW", "2023-06-01", continues="OLD"),
            assessed("NEW", "2023-12-14", **RICH),
        ]
    )
    asked = {"as_of": "2024-06-30"}
    assert (await app.get("/v1/households/NEW", **asked))["status"] == "non_poor"
    decided = await app.get("/v1/households/NEW", **asked, basis="recognised")
    assert decided["status"] == "recently_exited"
    assert decided["reasons"][-2]["code"] == "no_decision"
