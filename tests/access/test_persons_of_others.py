"""Who decides whether two persons are one: whoever has both of their households, nobody else."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from shared.households.store import persons
from tests.access.conftest import as_known, caller
from tests.access.letting_in import bearer
from tests.facts import Fact, corrected, moved, registered, same_person, withdrawn
from tests.harness import Registry

pytestmark = pytest.mark.asyncio(loop_scope="module")

HERE, THERE = "06091", "06094"
NOBODY = "00000000-0000-8000-8000-000000000000"


@pytest.fixture
def guarded(world: Registry) -> Iterator[Registry]:
    names = (("here", HERE), ("there", THERE), ("district", "181"), ("country", "VN"))
    with as_known(world, *(caller(name, area) for name, area in names)):
        yield world


async def person(world: Registry, household: str, area: str) -> str:
    """Return the id of a person in a new household."""
    members = [{"member_id": "1", "name": "Lý Thị Mẩy"}]
    fact = registered(household, "2022-01-01", area_code=area, members=members)
    answer = await world.post("/v1/household-events", {"events": [fact]}, headers=bearer("country"))
    assert answer.status_code == 202, answer.text
    await world.drain()
    async with world.context.database.snapshot() as snapshot:
        (one,) = await persons.of_household(snapshot, household)
    return str(one)


async def decide(world: Registry, who: str, decision: Fact) -> httpx.Response:
    return await world.post("/v1/person-decisions", {"decisions": [decision]}, headers=bearer(who))


async def test_both_households_must_be_one_s_own(guarded: Registry) -> None:
    first, second = [await person(guarded, f"Q-{n}", HERE) for n in (1, 2)]
    other = await person(guarded, "Q-3", THERE)
    for who, pair, status in (
        ("here", (first, second), 202),
        ("here", (first, other), 404),
        ("there", (first, other), 404),
        ("there", (first, second), 404),
        ("district", (first, other), 202),
        ("country", (first, other), 202),
    ):
        answer = await decide(guarded, who, same_person(*pair, decided_on="2024-01-01"))
        assert answer.status_code == status, (who, answer.text)
    nothing = await decide(guarded, "here", same_person(first, NOBODY, decided_on="2024-01-01"))
    foreign = await decide(guarded, "here", same_person(first, other, decided_on="2024-01-01"))
    assert (nothing.status_code, nothing.json()["code"]) == (404, "unknown_person")
    texts = {
        answer.text.replace(one, "X").replace("other_person_id", "person_id")
        for answer, one in ((nothing, NOBODY), (foreign, other))
    }
    assert len(texts) == 1


async def test_a_household_that_has_left_takes_its_persons_along(guarded: Registry) -> None:
    first, second = [await person(guarded, f"W-{n}", HERE) for n in (1, 2)]
    leaving = {"events": [moved("W-2", "2023-06-01", THERE)]}
    answer = await guarded.post("/v1/household-events", leaving, headers=bearer("here"))
    assert answer.status_code == 202, answer.text
    await guarded.drain()
    before, after = [
        await decide(guarded, "here", same_person(first, second, decided_on=day))
        for day in ("2023-01-01", "2024-01-01")
    ]
    assert (before.status_code, after.status_code) == (202, 404)


async def test_nobody_ends_another_s_decision_or_learns_of_it(guarded: Registry) -> None:
    first, second = [await person(guarded, f"Z-{n}", THERE) for n in (1, 2)]
    mine, others = [await person(guarded, f"Z-{n}", HERE) for n in (3, 4)]
    sent = same_person(first, second, decided_on="2024-01-01")
    assert (await decide(guarded, "there", sent)).status_code == 202
    unknown = withdrawn({**sent, "external_id": "no-such-fact"})
    nothing = await decide(guarded, "here", unknown)
    assert (nothing.status_code, nothing.json()["code"]) == (404, "unknown_fact")
    stolen = {**corrected(sent), "person_id": mine, "other_person_id": others}
    for attempt in (withdrawn(sent), stolen, {**sent, "same": False, "decided_on": "2024-02-01"}):
        answer = await decide(guarded, "here", attempt)
        assert answer.status_code == 404
        assert answer.text.replace(sent["external_id"], "no-such-fact") == nothing.text
    assert (await decide(guarded, "there", withdrawn(sent))).status_code == 202
