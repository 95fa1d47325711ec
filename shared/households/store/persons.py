"""Persons in the store: their keys, their sealed parts per fact, keyed digests for look-up.

Nothing in these tables says who somebody is without the keys of the installation. The row of an
erased person stays without a key, so that a list that is sent again does not bring it back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import orjson
from msgspec import Struct
from sqlalchemy import Column, Date, DateTime, Integer, LargeBinary, SmallInteger, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from shared.households.persons import identities, identity, likeness
from shared.kernel.database import Snapshot, Transaction
from shared.kernel.metadata import METADATA, Key
from shared.kernel.sealing import Keyring, Wrapped, new_key, seal, unseal

PERSONS = Table(
    "persons",
    METADATA,
    Column("person_id", Uuid, primary_key=True),
    Column("household_id", Key, nullable=False, index=True),
    # Null once the person is erased.
    Column("key_id", Text, index=True),
    Column("wrapped_key", LargeBinary),
    Column("erased_at", DateTime(timezone=True)),
)

# What a fact says of a person.
PERSON_PARTS = Table(
    "person_parts",
    METADATA,
    Column("event_id", Uuid, primary_key=True),
    Column("position", SmallInteger, primary_key=True),
    Column("person_id", Uuid, nullable=False, index=True),
    Column("household_id", Key, nullable=False, index=True),
    Column("sealed", LargeBinary),
    Column("likeness", LargeBinary, index=True),
    # Counted: ages by norms, heads by findings. They stay when names and numbers are erased.
    Column("birth_date", Date),
    Column("relation", Text),
)

PERSON_IDENTIFIERS = Table(
    "person_identifiers",
    METADATA,
    Column("event_id", Uuid, primary_key=True),
    Column("position", SmallInteger, primary_key=True),
    Column("number", SmallInteger, primary_key=True),
    Column("person_id", Uuid, nullable=False, index=True),
    Column("digest", LargeBinary, nullable=False, index=True),
)

# What releases before 0.3 kept unencrypted; `registry migrate` seals it and leaves nothing here.
UNSEALED_MEMBERS = Table(
    "household_members",
    METADATA,
    Column("event_id", Uuid, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("household_id", Key, nullable=False, index=True),
    Column("member", JSONB, nullable=False),
)


class Part(Struct, frozen=True):
    """What a fact says of one person, on its way into the store."""

    event_id: UUID
    position: int
    source: str
    household_id: str
    member: Mapping[str, Any]


def person_id(ring: Keyring, source: str, household_id: str, member: Mapping[str, Any]) -> UUID:
    """Return the id of a person: keyed, for what a source calls a member may be a citizen's number.

    A member that has no id of its own is told apart by all that is said of it.
    """
    called = member.get("member_id") or orjson.dumps(member, option=orjson.OPT_SORT_KEYS).decode()
    named = "\0".join((source, household_id, str(called)))
    digest = bytearray(ring.digest("person", named.encode())[:16])
    # UUID version 8 (RFC 9562), which Python makes from 3.14 on.
    digest[6] = digest[6] & 0x0F | 0x80
    digest[8] = digest[8] & 0x3F | 0x80
    return UUID(bytes=bytes(digest))


async def store(tx: Transaction, ring: Keyring, parts: Sequence[Part]) -> None:
    """Seal and store what facts say of persons; of an erased person nothing is kept."""
    if not parts:
        return
    ids = [person_id(ring, each.source, each.household_id, each.member) for each in parts]
    households = dict(zip(ids, (each.household_id for each in parts), strict=True))
    keys = await _keys(tx, ring, households)
    rows, numbers = [], []
    for one, each in zip(ids, parts, strict=True):
        place, key = (each.event_id, each.position, one), keys[one]
        content = orjson.dumps(each.member)
        sealed = None if key is None else seal(key, content, _bound(each.event_id, one))
        alike = None if key is None else _digest(ring, "likeness", likeness(each.member))
        born = each.member.get("birth_date")
        kept = None if born is None else date.fromisoformat(str(born)), each.member.get("relation")
        rows.append((*place, each.household_id, sealed, alike, *kept))
        if key is not None:
            numbers += [(*place, n, digest) for n, digest in enumerate(_digests(ring, each.member))]
    await tx.executemany(
        "INSERT INTO person_parts (event_id, position, person_id, household_id, sealed, likeness, "
        "birth_date, relation) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
        rows,
    )
    await tx.executemany(
        "INSERT INTO person_identifiers (event_id, position, person_id, number, digest) "
        "VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
        numbers,
    )


async def _keys(
    tx: Transaction, ring: Keyring, households: Mapping[UUID, str]
) -> dict[UUID, bytes | None]:
    """Return the persons' keys, new ones for new persons, None for erased ones; all are locked."""
    ordered = sorted(households)
    fresh = [ring.wrap(new_key(), one.bytes) for one in ordered]
    await tx.execute(
        "INSERT INTO persons (person_id, household_id, key_id, wrapped_key) "
        "SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bytea[]) "
        "ON CONFLICT DO NOTHING",
        ordered,
        [households[one] for one in ordered],
        [wrapped.key_id for wrapped in fresh],
        [wrapped.content for wrapped in fresh],
    )
    # Whoever erases one of them waits, or has erased it before.
    rows = await tx.fetch(
        "SELECT person_id, key_id, wrapped_key FROM persons WHERE person_id = ANY($1::uuid[]) "
        "ORDER BY person_id FOR SHARE",
        ordered,
    )
    return {row[0]: _key(ring, row[0], row[1], row[2]) for row in rows}


def _key(ring: Keyring, one: UUID, key_id: str | None, wrapped: bytes | None) -> bytes | None:
    if key_id is None or wrapped is None:
        return None
    return ring.unwrap(Wrapped(key_id, wrapped), one.bytes)


def _bound(event_id: UUID, one: UUID) -> bytes:
    return event_id.bytes + one.bytes


def _digest(ring: Keyring, use: str, text: str | None) -> bytes | None:
    return None if text is None else ring.digest(use, text.encode())


def identifier_digest(ring: Keyring, kind: str, value: str) -> bytes:
    """Return what an identifier is looked up by."""
    return ring.digest("identifier", identity(kind, value).encode())


def _digests(ring: Keyring, member: Mapping[str, Any]) -> list[bytes]:
    return [ring.digest("identifier", each.encode()) for each in identities(member)]


class Opened(Struct, frozen=True):
    """What a fact says of a person; `member` is None of one that is erased."""

    person_id: UUID
    member: dict[str, Any] | None


async def of_events(
    snapshot: Snapshot, ring: Callable[[], Keyring], event_ids: Sequence[UUID]
) -> dict[UUID, list[Opened]]:
    """Return the persons that facts name, opened, in the order in which they were sent.

    The keys are asked for after the rows: a rotation puts a key into the file before it uses it.
    """
    rows = await snapshot.fetch(
        """
        SELECT t.event_id, t.person_id, p.key_id, p.wrapped_key, t.sealed
        FROM person_parts t JOIN persons p USING (person_id)
        WHERE t.event_id = ANY($1::uuid[]) ORDER BY t.event_id, t.position
        """,
        event_ids,
    )
    opened: dict[UUID, list[Opened]] = {}
    for row in rows:
        opened.setdefault(row[0], []).append(Opened(row[1], open_part(ring(), tuple(row))))
    return opened


def open_part(ring: Keyring, row: Sequence[Any]) -> dict[str, Any] | None:
    """Open (event_id, person_id, key_id, wrapped_key, sealed); None of an erased person."""
    event_id, one, key_id, wrapped, sealed = row
    key = _key(ring, one, key_id, wrapped)
    if key is None or sealed is None:
        return None
    member: dict[str, Any] = orjson.loads(unseal(key, sealed, _bound(event_id, one)))
    return member


class CountedPerson(Struct, frozen=True):
    """What is counted of a person, without a key: `numbers` are keyed digests."""

    position: int
    person_id: UUID
    relation: str | None
    birth_date: date | None
    numbers: frozenset[bytes]


async def counted(snapshot: Snapshot, event_ids: Sequence[UUID]) -> dict[UUID, list[CountedPerson]]:
    """Return what is counted of the persons that facts name, in the order they were sent."""
    rows = await snapshot.fetch(
        """
        SELECT t.event_id, t.position, t.person_id, t.relation, t.birth_date,
            ARRAY(SELECT i.digest FROM person_identifiers i
                WHERE i.event_id = t.event_id AND i.position = t.position)
        FROM person_parts t WHERE t.event_id = ANY($1::uuid[]) ORDER BY t.event_id, t.position
        """,
        event_ids,
    )
    persons: dict[UUID, list[CountedPerson]] = {}
    for row in rows:
        one = CountedPerson(row[1], row[2], row[3], row[4], frozenset(row[5]))
        persons.setdefault(row[0], []).append(one)
    return persons


# --- erasure and rotation -------------------------------------------------------------------------


async def erase(tx: Transaction, name: str) -> list[UUID]:
    """Erase a person, or all persons of a household; return whom. Erasing again changes nothing."""
    rows = await tx.fetch(
        "UPDATE persons SET key_id = NULL, wrapped_key = NULL, erased_at = now() "
        "WHERE (household_id = $1 OR person_id::text = $1) AND erased_at IS NULL "
        "RETURNING person_id",
        name,
    )
    erased = [row[0] for row in rows]
    await tx.execute(
        "UPDATE person_parts SET sealed = NULL, likeness = NULL WHERE person_id = ANY($1::uuid[])",
        erased,
    )
    await tx.execute("DELETE FROM person_identifiers WHERE person_id = ANY($1::uuid[])", erased)
    return erased


async def exists(snapshot: Snapshot, name: str) -> bool:
    """Say whether a person or a household with persons is known by this name, erased or not."""
    known: bool = await snapshot.fetchval(
        "SELECT EXISTS (SELECT 1 FROM persons WHERE household_id = $1 OR person_id::text = $1)",
        name,
    )
    return known


async def wrapped_by_others(snapshot: Snapshot, current: str) -> bool:
    """Say whether the key of some person is wrapped by another key than the current one."""
    left: bool = await snapshot.fetchval(
        "SELECT EXISTS (SELECT 1 FROM persons WHERE key_id <> $1)", current
    )
    return left


async def wrap_anew(tx: Transaction, ring: Keyring, at_most: int) -> int:
    """Wrap keys by the current key that another one wraps; return how many were left to do so."""
    rows = await tx.fetch(
        "SELECT person_id, key_id, wrapped_key FROM persons WHERE key_id <> $1 "
        "ORDER BY person_id LIMIT $2 FOR UPDATE",
        ring.current,
        at_most,
    )
    wrapped = [
        ring.wrap(ring.unwrap(Wrapped(key_id, content), one.bytes), one.bytes)
        for one, key_id, content in rows
    ]
    await tx.execute(
        "UPDATE persons p SET key_id = n.key_id, wrapped_key = n.wrapped_key "
        "FROM unnest($1::uuid[], $2::text[], $3::bytea[]) AS n (person_id, key_id, wrapped_key) "
        "WHERE p.person_id = n.person_id",
        [row[0] for row in rows],
        [each.key_id for each in wrapped],
        [each.content for each in wrapped],
    )
    return len(rows)


# --- what older releases kept ---------------------------------------------------------------------


async def unsealed(snapshot: Snapshot) -> bool:
    """Say whether persons are stored as releases before 0.3 stored them."""
    left: bool = await snapshot.fetchval("SELECT EXISTS (SELECT 1 FROM household_members)")
    return left


async def seal_some(tx: Transaction, ring: Keyring, at_most: int) -> int:
    """Seal what some facts say of persons as older releases kept it; return of how many facts.

    With them the digests of their content become keyed: names could be tried out on plain ones.
    """
    rows = await tx.fetch(
        """
        WITH oldest AS (
            SELECT DISTINCT event_id FROM household_members ORDER BY event_id LIMIT $1),
        taken AS (DELETE FROM household_members m USING oldest WHERE m.event_id = oldest.event_id
            RETURNING m.event_id, m.position, m.household_id, m.member)
        SELECT t.event_id, t.position, e.source, t.household_id, t.member, e.content_hash
        FROM taken t JOIN household_events e USING (event_id) ORDER BY t.event_id, t.position
        """,
        at_most,
    )
    await store(tx, ring, [Part(*row[:5]) for row in rows])
    digests: dict[UUID, bytes] = {row[0]: row[5] for row in rows}
    await tx.execute(
        "UPDATE household_events e SET content_hash = n.content_hash "
        "FROM unnest($1::uuid[], $2::bytea[]) AS n (event_id, content_hash) "
        "WHERE e.event_id = n.event_id",
        list(digests),
        [content_digest(ring, digest) for digest in digests.values()],
    )
    return len(digests)


def content_digest(ring: Keyring, digest: bytes) -> bytes:
    """Return the digest of a content that names persons: without the key nobody can try names."""
    return ring.digest("content", digest)


def parts_of(
    event_id: UUID, source: str, household_id: str, members: Iterable[Mapping[str, Any]]
) -> list[Part]:
    """Return what one fact says of its persons."""
    return [Part(event_id, n, source, household_id, each) for n, each in enumerate(members)]


async def households_of(snapshot: Snapshot, person_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the household of each of these persons, erased ones too."""
    rows = await snapshot.fetch(
        "SELECT person_id, household_id FROM persons WHERE person_id = ANY($1::uuid[])",
        list(person_ids),
    )
    return {row[0]: row[1] for row in rows}


async def of_household(snapshot: Snapshot, household_id: str) -> list[UUID]:
    """Return the ids of all persons that any fact ever named of a household."""
    rows = await snapshot.fetch(
        "SELECT person_id FROM persons WHERE household_id = $1 ORDER BY person_id", household_id
    )
    return [row[0] for row in rows]
