"""A whole registry in minutes: a thousand households through the doors, then copies of them in SQL.

Copies have their own ids, communes, digests and commits; all else of a row follows from the review,
and every thousandth household is reviewed alike. A test holds the rows against those of the doors.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from hashlib import sha256

import asyncpg
import orjson

from shared.areas.store import units
from shared.areas.tree import AreaTree
from shared.households.store import tally_recount, tally_runs
from shared.kernel.database import Database, Transaction, connect
from shared.kernel.revisions import content_id
from shared.law.store.seeds import SeedCache
from tests.bench import measures, processes, reviews

TEMPLATES = reviews.KINDS
COPIES_TOGETHER = 20
OLD, NEW = date(2025, 6, 30), date(2025, 7, 1)

_TABLES = """
CREATE UNLOGGED TABLE copied_households (template text, household text, area_id int,
    area_code text, later_id int, later_code text, batch int);
CREATE UNLOGGED TABLE copied_events (template uuid, household text, event_id uuid,
    external_id text, content_hash bytea);
"""
# What differs from the template's row; `m` is its instant moved by the batch that it came in.
_EVENTS = {
    "event_id": "v.event_id",
    "external_id": "v.external_id",
    "household_id": "v.household",
    "content_hash": "v.content_hash",
    "payload": "t.payload || jsonb_build_object('household_id', v.household, 'external_id', "
    "v.external_id, 'area_code', h.area_code)",
}
_EPISODES = {
    "household_id": "h.household",
    "area_id": "h.area_id",
    "spell_event": "s.event_id",
    "assessment": "a.event_id",
    "known_from": "t.known_from + h.batch * interval '1 microsecond'",
    "known_to": "t.known_to + h.batch * interval '1 microsecond'",
}
_TRANSITIONS = {
    "household_id": "h.household",
    "transition_id": "md5(h.household || t.transition_id)::uuid",
    "retracts": "md5(h.household || t.retracts)::uuid",
    "cause_event": "c.event_id",
    "area_id": "CASE WHEN t.on_date < '2025-07-01' THEN h.area_id ELSE h.later_id END",
    "area_code": "CASE WHEN t.on_date < '2025-07-01' THEN h.area_code ELSE h.later_code END",
    "recorded_at": "t.recorded_at + h.batch * interval '1 microsecond'",
    "retracted_at": "t.retracted_at + h.batch * interval '1 microsecond'",
}


async def fill(dsn: str, households: int, tag: str = "load", province: str = "") -> None:
    """Fill an empty database with so many households of five yearly reviews each.

    With a province all but the first thousand, which come through the doors, live in it. One that
    has as many already (`--loaded`) stays as it is.
    """
    if await _has(dsn, households):
        return
    with processes.registry("embedded", dsn) as (address, _):
        templates = min(households, TEMPLATES)
        await measures.bulk(address, dsn, tag, templates, reviews.YEARS)
    database = await connect(dsn, name="loader", pool_max=2, statement_seconds=3600)
    try:
        await _copy(database, tag, households, province)
        await _count(database)
    finally:
        await database.close()
    connection = await asyncpg.connect(dsn)
    await connection.execute("VACUUM ANALYZE")
    await connection.close()


async def _has(dsn: str, households: int) -> bool:
    connection = await asyncpg.connect(dsn)
    try:
        number = await connection.fetchval(
            "SELECT count(*) FROM (SELECT FROM households LIMIT $1) AS h", households
        )
    finally:
        await connection.close()
    return bool(number == households)


async def _copy(database: Database, tag: str, households: int, province: str) -> None:
    async with database.transaction() as tx:
        await tx.execute(_TABLES)
        tree = await units.tree(tx)
    for batch, first in enumerate(range(TEMPLATES, households, TEMPLATES * COPIES_TOGETHER), 1):
        numbers = range(first, min(households, first + TEMPLATES * COPIES_TOGETHER))
        async with database.transaction() as tx:
            await _without_hints(tx)
            await _describe(tx, tree, (tag, province), numbers, batch)
            await _insert(tx, "household_events", _EVENTS, _FROM_EVENTS)
            await _insert(tx, "episodes", _EPISODES, _FROM_EPISODES)
            await tx.execute(
                "INSERT INTO households SELECT h.household, t.folded_through "
                "FROM copied_households h JOIN households t ON t.household_id = h.template"
            )
            await tx.execute(
                "CREATE UNLOGGED TABLE IF NOT EXISTS copied_transitions (LIKE transitions)"
            )
            await _insert(
                tx, "transitions", _TRANSITIONS, _FROM_TRANSITIONS, into="copied_transitions"
            )
            await tx.execute("TRUNCATE copied_households, copied_events")
    async with database.transaction() as tx:
        await _without_hints(tx)
        await _feed(tx)


_FROM_EVENTS = """copied_events v JOIN copied_households h USING (household)
JOIN household_events t ON t.event_id = v.template"""
_FROM_EPISODES = """copied_households h JOIN episodes t ON t.household_id = h.template
LEFT JOIN copied_events s ON s.household = h.household AND s.template = t.spell_event
LEFT JOIN copied_events a ON a.household = h.household AND a.template = t.assessment"""
_FROM_TRANSITIONS = """copied_households h JOIN transitions t ON t.household_id = h.template
LEFT JOIN copied_events c ON c.household = h.household AND c.template = t.cause_event"""


async def _without_hints(tx: Transaction) -> None:
    """Let the planner scan and hash: a batch of the registry looks up by key, a copy does not."""
    await tx.execute(
        "SET LOCAL enable_seqscan = on; SET LOCAL enable_hashjoin = on; "
        "SET LOCAL enable_mergejoin = on; SET LOCAL work_mem = '256MB'"
    )


async def _insert(
    tx: Transaction, table: str, changes: Mapping[str, str], source: str, into: str = ""
) -> None:
    columns = await tx.fetch(
        "SELECT attname FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 "
        "AND NOT attisdropped AND (attidentity = '' OR $2)",
        table,
        bool(into),
    )
    names = [row[0] for row in columns]
    values = ", ".join(changes.get(name, f"t.{name}") for name in names)
    await tx.execute(
        f"INSERT INTO {into or table} ({', '.join(names)}) SELECT {values} FROM {source}"
    )


async def _feed(tx: Transaction) -> None:
    """Write the feed anew in the order of its instants, the templates' items among the copies'."""
    exists = await tx.fetchval("SELECT to_regclass('copied_transitions') IS NOT NULL")
    if exists:
        columns = ", ".join(
            row[0]
            for row in await tx.fetch(
                "SELECT attname FROM pg_attribute WHERE attrelid = 'transitions'::regclass "
                "AND attnum > 0 AND NOT attisdropped AND attidentity = ''"
            )
        )
        await tx.execute("INSERT INTO copied_transitions SELECT * FROM transitions")
        await tx.execute("TRUNCATE transitions RESTART IDENTITY")
        await tx.execute(
            f"INSERT INTO transitions ({columns}) SELECT {columns} FROM copied_transitions "
            "ORDER BY recorded_at, seq"
        )
        await tx.execute("DROP TABLE copied_transitions")
    await tx.execute("DROP TABLE copied_households, copied_events")
    await tx.execute(
        "UPDATE knowledge_clock SET at = greatest(at, (SELECT max(known_from) FROM episodes))"
    )


async def _describe(
    tx: Transaction, tree: AreaTree, of: tuple[str, str], numbers: range, batch: int
) -> None:
    tag, province = of
    households, events = [], []
    for number in numbers:
        template = number % TEMPLATES
        for year in reviews.YEARS:
            item = reviews.review(tag, number, year, province) | {"revision": 1}
            name = f"{tag}/{year}/{template}"
            body = orjson.dumps(item, option=orjson.OPT_SORT_KEYS)
            external_id = item["external_id"]
            ids = _event_id(name), item["household_id"], _event_id(external_id)
            events.append((*ids, external_id, sha256(body).digest()))
        unit = tree.on(item["area_code"], OLD)
        later = tree.current(unit, NEW)
        places = unit.area_id, unit.code, later.area_id, later.code
        households.append((f"{tag}-{template}", item["household_id"], *places, batch))
    await tx.copy_records_to_table("copied_households", records=households)
    await tx.copy_records_to_table("copied_events", records=events)
    await tx.execute("ANALYZE copied_households; ANALYZE copied_events")


def _event_id(external_id: str) -> object:
    return content_id(f"urn:poverty-registry:household-events:bench:{external_id}:1")


async def _count(database: Database) -> None:
    async with database.transaction() as tx:
        await _without_hints(tx)
        await tally_recount.refill(tx)
    areas = SeedCache().areas
    while True:
        async with database.transaction() as tx:
            if not await tally_runs.compact(tx, areas):
                return
