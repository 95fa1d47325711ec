"""Persons over the whole registry: sealed when stored, opened for who may, erased for good."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

from services.commands.persons import seal_persons
from shared.households.store import persons
from shared.kernel.key_file import KeyFile
from shared.kernel.revisions import content_hash
from tests import servers
from tests.facts import assessed, registered
from tests.harness import KEYS, Registry, registry

NUMBER = "020180000001"
MEMBER = {
    "member_id": "1",
    "name": "Lý Thị Mẩy",
    "sex": "female",
    "birth_date": "1980-02-29",
    "relation": "head",
    "identifiers": [{"type": "cccd", "value": NUMBER}],
}
CHILD = {"member_id": "2", "name": "Lý A Pao", "birth_date": "2015-07-01", "identifiers": []}
TABLES = (
    "household_events",
    "household_members",
    "persons",
    "person_parts",
    "person_identifiers",
    "outbox",
)


def family(household: str = "P-1", **changes: Any) -> dict[str, Any]:
    return registered(household, "2022-01-01", members=[MEMBER, CHILD], **changes)


async def stored_text(app: Registry) -> str:
    """Return all rows of the tables that a registration goes into, as text."""
    texts: list[str] = []
    async with app.context.database.snapshot() as snapshot:
        for table in TABLES:
            texts += [row[0] for row in await snapshot.fetch(f"SELECT t::text FROM {table} t")]
    return "\n".join(texts)


async def members(app: Registry, household: str = "P-1") -> list[dict[str, Any]]:
    events = (await app.get(f"/v1/households/{household}/events"))["items"]
    return list(next(event for event in events if event["type"] == "registered")["members"])


async def test_names_and_numbers_are_nowhere_in_the_store_and_whole_in_the_answer(
    app: Registry,
) -> None:
    await app.send([family()])
    text = await stored_text(app)
    assert "P-1" in text
    for word in ("Mẩy", "Pao", NUMBER, NUMBER.encode().hex()):
        assert word not in text
    mother, child = await members(app)
    assert {**mother, "person_id": ""} == {**MEMBER, "person_id": ""}
    assert child["name"] == CHILD["name"]
    assert mother["person_id"] != child["person_id"]


async def test_a_repeat_is_a_duplicate_and_another_name_a_conflict(app: Registry) -> None:
    fact = family(external_id="one")
    await app.send([fact])
    assert (await app.send([fact]))["duplicates"] == 1
    other = {**fact, "members": [{**MEMBER, "name": "Lý Thị Hoa"}, CHILD]}
    answer = await app.post("/v1/household-events", {"events": [other]})
    assert (answer.status_code, answer.json()["code"]) == (409, "event_conflict")


async def test_the_digest_of_what_names_persons_cannot_be_made_without_the_key(
    app: Registry,
) -> None:
    fact = family(external_id="one")
    await app.send([fact])
    async with app.context.database.statement() as snapshot:
        stored = await snapshot.fetchval("SELECT content_hash FROM household_events")
    plain = content_hash({**fact, "revision": 1})
    assert stored != plain
    assert stored == persons.content_digest(KEYS.ring(), plain)


async def test_an_erased_household_has_no_names_and_the_same_statistics(app: Registry) -> None:
    fact = family(external_id="one")
    await app.send([fact, assessed("P-1", "2023-12-14"), family("P-2")])
    path = "/v1/areas/06091/statistics"
    before = await app.get(path, as_of="2024-01-01")
    async with app.context.database.transaction() as tx:
        assert len(await persons.erase(tx, "P-1")) == 2
        assert await persons.erase(tx, "P-1") == []
        assert await persons.exists(tx, "P-1")
        assert not await persons.exists(tx, "P-9")
    after = await app.get(path, as_of="2024-01-01")
    assert {**after, "settled_at": ""} == {**before, "settled_at": ""}
    assert [sorted(one) for one in await members(app)] == [["erased", "person_id"]] * 2
    assert (await members(app, "P-2"))[0]["name"] == MEMBER["name"]
    async with app.context.database.statement() as snapshot:
        left = await snapshot.fetch(
            "SELECT p.wrapped_key, t.sealed, t.likeness FROM persons p "
            "JOIN person_parts t USING (person_id) WHERE p.household_id = 'P-1'"
        )
        numbers = await snapshot.fetchval(
            "SELECT count(*) FROM person_identifiers i JOIN persons p USING (person_id) "
            "WHERE p.household_id = 'P-1'"
        )
    assert [tuple(row) for row in left] == [(None, None, None)] * 2
    assert await counts(app, "P-1") == [("head", MEMBER["birth_date"]), (None, CHILD["birth_date"])]
    assert numbers == 0


async def counts(app: Registry, household: str) -> list[tuple[str | None, str]]:
    """Return what is counted of the persons of a household, which erasure leaves."""
    async with app.context.database.snapshot() as snapshot:
        ids = [
            row[0]
            for row in await snapshot.fetch(
                "SELECT DISTINCT event_id FROM person_parts WHERE household_id = $1", household
            )
        ]
        persons_of = await persons.counted(snapshot, ids)
    return [(one.relation, str(one.birth_date)) for each in persons_of.values() for one in each]


async def test_a_list_that_is_sent_again_brings_nobody_back(app: Registry) -> None:
    fact = family(external_id="one")
    await app.send([fact])
    first = (await members(app))[0]["person_id"]
    async with app.context.database.transaction() as tx:
        assert [str(one) for one in await persons.erase(tx, first)] == [first]
    assert (await app.send([fact]))["duplicates"] == 1
    await app.send([{**fact, "revision": 2}])
    for event in (await app.get("/v1/households/P-1/events"))["items"]:
        mother, child = event["members"]
        assert mother == {"person_id": first, "erased": True}
        assert child["name"] == CHILD["name"]


async def test_keys_are_rotated_under_way_and_every_person_still_opens(app: Registry) -> None:
    await app.send([family("P-1"), family("P-2")])
    before = KEYS.ring()
    try:
        KEYS.write(before.rotated())
        await app.send([family("P-3")])
        async with app.context.database.transaction() as tx:
            assert await persons.wrapped_by_others(tx, KEYS.ring().current)
            assert await persons.wrap_anew(tx, KEYS.ring(), 3) == 3
        async with app.context.database.transaction() as tx:
            assert await persons.wrap_anew(tx, KEYS.ring(), 3) == 1
            assert await persons.wrap_anew(tx, KEYS.ring(), 3) == 0
            assert not await persons.wrapped_by_others(tx, KEYS.ring().current)
        KEYS.write(KEYS.ring().without_old())
        for household in ("P-1", "P-2", "P-3"):
            assert (await members(app, household))[0]["name"] == MEMBER["name"]
    finally:
        KEYS.write(before)


async def test_two_writers_of_one_person_agree_on_its_key(app: Registry) -> None:
    parts = persons.parts_of
    ids = [uuid4(), uuid4()]
    database, ring = app.context.database, KEYS.ring()
    async with database.transaction() as one:
        await persons.store(one, ring, parts(ids[0], "s", "P-1", [MEMBER]))

        async def second() -> None:
            async with database.transaction() as other:
                await persons.store(other, ring, parts(ids[1], "s", "P-1", [MEMBER]))

        waiting = asyncio.create_task(second())
        await asyncio.sleep(0)
    await waiting
    async with database.snapshot() as snapshot:
        opened = await persons.of_events(snapshot, KEYS.ring, ids)
    assert [opened[one][0].member for one in ids] == [MEMBER, MEMBER]


async def test_what_an_older_release_stored_is_sealed_and_stays_a_duplicate(
    server: servers.Server,
) -> None:
    dsn = await server.create()
    facts = [family(f"P-{n}", external_id=f"old/{n}") for n in range(7)]
    try:
        async with registry(dsn) as app:
            await app.send(facts)
            await _unseal(app, facts)
            assert "Mẩy" in await stored_text(app)
            # Broken off after some, and gone on with.
            async with app.context.database.transaction() as tx:
                assert await persons.seal_some(tx, KEYS.ring(), 3) == 3
            await seal_persons(dsn, KeyFile(KEYS.path))
            assert "Mẩy" not in await stored_text(app)
            assert (await app.send(facts))["duplicates"] == 7
            for number in range(7):
                assert (await members(app, f"P-{number}"))[0]["name"] == MEMBER["name"]
    finally:
        await server.drop(dsn)


async def _unseal(app: Registry, facts: list[dict[str, Any]]) -> None:
    """Store the persons of facts as releases before 0.3 did."""
    async with app.context.database.transaction() as tx:
        for table in ("person_identifiers", "person_parts", "persons"):
            await tx.execute(f"DELETE FROM {table}")
        for fact in facts:
            plain = content_hash({**fact, "revision": 1})
            event_id = await tx.fetchval(
                "UPDATE household_events SET content_hash = $1 WHERE external_id = $2 "
                "RETURNING event_id",
                plain,
                fact["external_id"],
            )
            for position, member in enumerate(fact["members"]):
                await tx.execute(
                    "INSERT INTO household_members VALUES ($1, $2, $3, $4)",
                    event_id,
                    position,
                    fact["household_id"],
                    member,
                )
