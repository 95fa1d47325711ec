"""Small flows are withheld from who may not read households, whatever is subtracted from what."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from shared.access.caller import FUNDS_READ, HOUSEHOLDS_READ, STATISTICS_READ
from shared.http.auth import OFF
from tests.access.conftest import as_known, caller
from tests.access.letting_in import bearer
from tests.facts import RICH, Fact, assessed
from tests.harness import Registry

# Communes of one district: three leave a list in one, seven in another, nobody in the third.
FEW, MORE, NONE = "06091", "06094", "06097"
FLOWS = ("left", "relapsed", "newly_arisen", "moved_in", "moved_out", "closed", "renumbered")


@pytest.fixture
def known(app: Registry) -> Iterator[Registry]:
    callers = (
        caller("counting", scopes=frozenset({STATISTICS_READ})),
        caller("reading", scopes=frozenset({STATISTICS_READ, HOUSEHOLDS_READ})),
        caller("money", scopes=frozenset({STATISTICS_READ, FUNDS_READ})),
    )
    with as_known(app, *callers):
        yield app


def story(area: str, poor: int, leaving: int) -> list[Fact]:
    """Return reviews of households that are all poor in 2022; some leave the list in 2023."""
    ids = [f"W-{area}-{n}" for n in range(poor)]
    first = [assessed(each, "2022-12-14", area_code=area) for each in ids]
    later = [assessed(each, "2023-12-14", area_code=area, **RICH) for each in ids[:leaving]]
    return first + later


async def movement(app: Registry, who: str, code: str, **asked: str) -> dict[str, Any]:
    params = {"list": "poor", "from_date": "2022-12-31", "to_date": "2023-12-31", **asked}
    path = f"/v1/areas/{code}/movement"
    answer = await app.client.get(path, params=params, headers=bearer(who))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_small_flow_and_what_gives_it_back_are_withheld(known: Registry) -> None:
    tokens, known.tokens = known.tokens, OFF
    for area, poor, leaving in ((FEW, 20, 3), (MORE, 30, 7), (NONE, 40, 0)):
        await known.send(story(area, poor, leaving))
    known.tokens = tokens
    whole = {code: await movement(known, "reading", code) for code in (FEW, MORE, NONE, "181")}
    assert [whole[code]["left"] for code in (FEW, MORE, NONE, "181")] == [3, 7, 0, 10]
    assert not any("withheld" in each for each in whole.values())
    told = {code: await movement(known, "counting", code) for code in (FEW, MORE, NONE, "181")}
    # The few, and the others that the district less the few would give.
    for code in (FEW, MORE):
        assert told[code]["withheld"] is True
        assert [told[code][name] for name in FLOWS] == [None] * len(FLOWS)
        assert told[code]["by_standard_change"] is None
    # Who is not on a list and what is large enough is told as it is.
    assert told[NONE] == whole[NONE]
    assert {n: v for n, v in told["181"].items() if n != "settled_at"} == {
        n: v for n, v in whole["181"].items() if n != "settled_at"
    }
    assert (told[FEW]["start"], told[FEW]["end"]) == (20, 17)
    # The page is made of the same answers.
    page = await known.client.get(
        f"/places/{FEW}/movement?from_date=2022-12-31&to_date=2023-12-31",
        headers=bearer("counting"),
    )
    assert page.status_code in {200, 403}, page.text[:300]


async def test_entitlements_of_an_area_are_for_who_may_read_households(known: Registry) -> None:
    path = f"/v1/areas/{FEW}/entitlements?as_of=2024-01-01"
    for who in ("counting", "money"):
        answer = await known.client.get(path, headers=bearer(who))
        assert (answer.status_code, answer.json()["missing_scope"]) == (403, HOUSEHOLDS_READ)
