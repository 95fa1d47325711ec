"""What older releases stored of ethnic groups, folded: one group, one spelling, one duplicate."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import orjson
from sqlalchemy import Connection
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from shared.households.store import persons
from tests.harness import KEYS, Registry
from tests.ingest.items import assessed, fetch, registered

FOLDING = import_module("shared.migrations.versions.0010_ethnic_groups")


async def spell(app: Registry, fact: dict[str, Any], text: str) -> None:
    """Store a spelling as an older release did: in the payload and the digest, persons plain."""
    (row,) = await fetch(
        app,
        "SELECT event_id, payload FROM household_events "
        f"WHERE external_id = '{fact['external_id']}'",
    )
    payload, members = row["payload"] | {"ethnic_group": text}, fact.get("members", [])
    digest = FOLDING._digest(payload | ({"members": members} if members else {}))
    async with app.context.database.transaction() as tx:
        for table in ("person_identifiers", "person_parts"):
            await tx.execute(f"DELETE FROM {table} WHERE event_id = $1", row["event_id"])
        for position, member in enumerate(members):
            await tx.execute(
                "INSERT INTO household_members VALUES ($1, $2, $3, $4)",
                row["event_id"],
                position,
                fact["household_id"],
                member,
            )
        await tx.execute(
            "UPDATE household_events SET payload = $2, content_hash = $3 WHERE event_id = $1",
            row["event_id"],
            payload,
            digest,
        )


async def fold(app: Registry, dsn: str) -> None:
    engine = create_async_engine(make_url(dsn).set(drivername="postgresql+asyncpg"))

    def run(connection: Connection) -> None:
        FOLDING.fold(connection)

    async with engine.begin() as connection:
        await connection.run_sync(run)
    await engine.dispose()


async def post(app: Registry, *events: dict[str, Any]) -> dict[str, Any]:
    answer = await app.client.post(
        "/v1/household-events",
        content=orjson.dumps({"events": events}),
        headers={"content-type": "application/json"},
    )
    assert answer.status_code == 202, answer.text
    return answer.json()


async def test_stored_spellings_are_folded_and_their_households_due(
    app: Registry, dsn: str
) -> None:
    events = [
        assessed(external_id="g/1", household_id="G-1", ethnic_group="Kinh"),
        registered(external_id="g/2", household_id="G-2", ethnic_group="Mông"),
        assessed(external_id="g/3", household_id="G-3", ethnic_group="Dao"),
        assessed(external_id="g/4", household_id="G-4", ethnic_group="Tày"),
    ]
    await post(app, *events)
    for number, text in ((0, "kinh"), (1, "H'Mông"), (3, "không rõ")):
        await spell(app, events[number], text)
    await fold(app, dsn)
    # As the upgrade goes on: persons are sealed once the schema is there.
    async with app.context.database.transaction() as tx:
        assert await persons.seal_some(tx, KEYS.ring(), 10) == 1
    rows = await fetch(app, "SELECT external_id, payload FROM household_events ORDER BY 1")
    groups = [row["payload"]["ethnic_group"] for row in rows]
    assert groups == ["Kinh", "Mông", "Dao", "không rõ"]
    again = await post(app, *events[:3])
    assert (again["accepted"], again["duplicates"]) == (0, 3)


async def test_a_group_is_kept_by_its_name_however_it_is_spelt(app: Registry) -> None:
    await post(app, assessed(external_id="g/1", household_id="G-1", ethnic_group=" người KINH"))
    (row,) = await fetch(app, "SELECT payload FROM household_events")
    assert row["payload"]["ethnic_group"] == "Kinh"
    same = assessed(external_id="g/1", household_id="G-1", ethnic_group="Việt")
    assert (await post(app, same))["duplicates"] == 1
