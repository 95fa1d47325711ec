"""Facts in the store: a table per kind, its insert, what is stored already, and what counts.

A revision that was stored is never changed. Its id, its digest and its payload follow from what was
posted, so that a repeat is known from a conflict for as long as there are rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from hashlib import sha1, sha256
from typing import Any
from unicodedata import is_normalized, normalize
from uuid import NAMESPACE_URL, UUID

import orjson
from asyncpg import Record

# The driver's own UUID is a `uuid.UUID` that is built in C: every event and transition needs one.
from asyncpg.pgproto.pgproto import UUID as DRIVER_UUID
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Index,
    Integer,
    LargeBinary,
    Numeric,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from shared.kernel.database import Transaction
from shared.kernel.facts import ColumnType, Fact, FactKind
from shared.kernel.metadata import METADATA, Key

FactKey = tuple[str, str]
# Asked for once, for `bytes` is computed every time.
_URL = NAMESPACE_URL.bytes


def content_id(name: str, namespace: UUID = NAMESPACE_URL) -> UUID:
    """Return the UUID version 5 (RFC 9562) of a name: the same fact, the same id.

    Equal to `uuid.uuid5(namespace, name)`.
    """
    space = _URL if namespace is NAMESPACE_URL else namespace.bytes
    digest = bytearray(sha1(space + name.encode(), usedforsecurity=False).digest()[:16])
    digest[6] = digest[6] & 0x0F | 0x50
    digest[8] = digest[8] & 0x3F | 0x80
    made: UUID = DRIVER_UUID(bytes(digest))
    return made


_COLUMNS: Mapping[ColumnType, Any] = {
    "key": Key,
    "text": Text,
    "int": Integer,
    "bigint": BigInteger,
    "numeric": Numeric,
    "date": Date,
    "bool": Boolean,
    "uuid": Uuid,
}


class Revision(Struct, frozen=True, kw_only=True):
    """One revision of a fact, ready to be stored; number 0: the next, if anything has changed.

    `fact` is None of a withdrawal, `apart` is what it says of persons, `values` are those of the
    kind's own columns, in their order.
    """

    kind: FactKind
    key: FactKey
    revision: int
    type: str
    withdrawn: bool
    event_id: UUID
    content_hash: bytes
    payload: bytes
    values: tuple[Any, ...]
    fact: Any
    apart: Sequence[Any] = ()
    pointer: str = ""

    def value(self, column: str) -> Any:
        """Return the value of one of the kind's own columns."""
        return self.values[_places(self.kind)[column]]

    def numbered(self, revision: int) -> Revision:
        """Return it under the number that it was given."""
        event_id = event_id_of(self.kind.name, *self.key, revision)
        return replace(self, revision=revision, event_id=event_id)


@cache
def _places(kind: FactKind) -> Mapping[str, int]:
    return {name: place for place, name in enumerate(kind.columns)}


def event_id_of(door: str, source: str, external_id: str, revision: int) -> UUID:
    """Return the id of a revision: a retry after a lost answer gets the same one."""
    return content_id(f"urn:poverty-registry:{door}:{source}:{external_id}:{revision}")


def content_hash(content: Mapping[str, Any]) -> bytes:
    """Return the digest by which a repeat is told from a conflict."""
    return sha256(_sorted(content)).digest()


def _sorted(content: Mapping[str, Any]) -> bytes:
    return orjson.dumps(content, option=orjson.OPT_SORT_KEYS)


def composed(value: Any) -> Any:
    """Return a value with all of its text in NFC: "Tày" is one group, however it was typed."""
    if isinstance(value, str):
        return value if value.isascii() else normalize("NFC", value)
    if isinstance(value, list):
        return [composed(part) for part in value]
    if isinstance(value, dict):
        return {name: composed(part) for name, part in value.items()}
    return value


def revision_of(
    kind: FactKind, fact: Any, posted: Mapping[str, Any], world: Any, pointer: str = ""
) -> Revision:
    """Return the revision that a fact or a withdrawal becomes once it has passed its checks."""
    kept = isinstance(fact, Fact)
    content = _content(kind, fact, posted, world) if kept else _withdrawal(kind, fact)
    number, key = fact.revision or 0, (fact.source, fact.external_id)
    payload = _sorted(content)
    if kind.composed and not is_normalized("NFC", payload.decode()):
        content = composed(content)
        payload = _sorted(content)
    digest = sha256(payload).digest()
    apart = kind.apart.take(content) if kind.apart else []
    if kind.apart:
        payload = _sorted(content)
    return Revision(
        kind=kind,
        key=key,
        revision=number,
        type=fact.type,
        withdrawn=not kept,
        event_id=event_id_of(kind.name, *key, number),
        content_hash=digest,
        payload=payload if kind.payload else b"",
        values=_values(kind, fact, key, world),
        fact=fact if kept else None,
        apart=apart,
        pointer=pointer,
    )


def _content(kind: FactKind, fact: Fact, posted: Mapping[str, Any], world: Any) -> dict[str, Any]:
    """Return what a fact says, its defaults spelled out, so that equal facts have equal bytes."""
    content = {name: value for name, value in posted.items() if value is not None}
    content.update(fact.as_kept(world))
    content.pop("withdrawn", None)
    return _named(kind, content)


def _withdrawal(kind: FactKind, fact: Any) -> dict[str, Any]:
    """Return all that a withdrawal says; what else was sent along with it says nothing."""
    names = ("type", "source", "external_id", "revision", *kind.kept_when_withdrawn)
    content = {name: value for name in names if (value := getattr(fact, name)) is not None}
    return _named(kind, {**content, "withdrawn": True})


def _named(kind: FactKind, content: dict[str, Any]) -> dict[str, Any]:
    if not kind.typed:
        content.pop("type", None)
    if kind.numbered:
        content.pop("revision", None)  # one text, one digest, whatever number it gets
    else:
        content.setdefault("revision", 1)
    return content


def _values(kind: FactKind, fact: Any, key: FactKey, world: Any) -> tuple[Any, ...]:
    columns = kind.columns
    if isinstance(fact, Fact):
        values = {name: getattr(fact, name) for name in _as_posted(kind, type(fact))}
        values.update(fact.columns(world))
    else:
        values = {name: getattr(fact, name) for name in ("type", *kind.kept_when_withdrawn)}
    if kind.identity:
        word = kind.identity.word
        values[kind.identity.column] = content_id(f"urn:poverty-registry:{word}:{':'.join(key)}")
    return tuple([values.get(name) for name in columns])


@cache
def _as_posted(kind: FactKind, fact: type[Fact]) -> tuple[str, ...]:
    """Return the columns that are fields of the type."""
    return tuple(name for name in kind.columns if name in fact.__struct_fields__)


# --- the table ------------------------------------------------------------------------------------

# What every table of facts has before its own columns, and the array types of both.
_COMMON = {
    "event_id": "uuid",
    "source": "text",
    "external_id": "text",
    "revision": "int",
    "withdrawn": "bool",
    "content_hash": "bytea",
}


def table_of(kind: FactKind) -> Table:
    """Return the kind's table, put into the one metadata; ask once per kind."""
    own = [
        Column(name, _COLUMNS[column], nullable=name not in kind.needed)
        for name, column in kind.columns.items()
    ]
    payload = [Column("payload", JSONB, nullable=False)] if kind.payload else []
    table = Table(
        kind.table,
        METADATA,
        Column("event_id", Uuid, primary_key=True),
        Column("recording_id", BigInteger, nullable=False),
        Column("source", Key, nullable=False),
        Column("external_id", Key, nullable=False),
        Column("revision", Integer, nullable=False),
        Column("withdrawn", Boolean, nullable=False),
        *own,
        *payload,
        Column("content_hash", LargeBinary, nullable=False),
        UniqueConstraint("source", "external_id", "revision"),
        *(CheckConstraint(text, name=name) for name, text in kind.constraints.items()),
    )
    for name, columns in kind.indexes.items():
        where = table.c[kind.sparse[name]].is_not(None) if name in kind.sparse else None
        columns_of = (table.c[column] for column in columns)
        Index(f"ix_{kind.table}_{name}", *columns_of, postgresql_where=where)
    # Facts lie in the order in which they came: what a look for work left over reads is a stretch.
    Index(
        f"ix_{kind.table}_recording",
        table.c.recording_id,
        postgresql_using="brin",
        postgresql_with={"autosummarize": "true"},
    )
    return table


async def insert(
    tx: Transaction, kind: FactKind, recording_id: int, revisions: Sequence[Revision]
) -> int:
    """Insert new revisions in the order given; return how many were new."""
    count: int = await tx.fetchval(
        _insertion(kind),
        recording_id,
        [each.event_id for each in revisions],
        [each.key[0] for each in revisions],
        [each.key[1] for each in revisions],
        [each.revision for each in revisions],
        [each.withdrawn for each in revisions],
        [each.content_hash for each in revisions],
        *map(list, zip(*(each.values for each in revisions), strict=True)),
        *([[each.payload.decode() for each in revisions]] if kind.payload else []),
    )
    return count


@cache
def _insertion(kind: FactKind) -> str:
    types = {**_COMMON, **{name: _array_type(column) for name, column in kind.columns.items()}}
    arrays = [f"${number}::{name}[]" for number, name in enumerate(types.values(), 2)]
    names = list(types)
    values = list(names)
    if kind.payload:
        arrays.append(f"${len(arrays) + 2}::text[]")
        names.append("payload")
        values.append("payload::jsonb")
    return f"""
        WITH stored AS (
            INSERT INTO {kind.table} (recording_id, {", ".join(names)})
            SELECT $1, {", ".join(values)}
            FROM unnest({", ".join(arrays)}) AS r ({", ".join(names)})
            ON CONFLICT DO NOTHING RETURNING 1)
        SELECT count(*) FROM stored
    """


def _array_type(column: ColumnType) -> str:
    return "text" if column == "key" else column


# --- what is stored, and what counts --------------------------------------------------------------


async def of_keys(
    tx: Transaction, kind: FactKind, fields: str, keys: Iterable[FactKey]
) -> list[Record]:
    """Return these fields, behind source and external_id, of every stored revision of the keys."""
    wanted = list(keys)
    rows: list[Record] = await tx.fetch(
        f"""
        SELECT e.source, e.external_id, {fields}
        FROM unnest($1::text[], $2::text[]) AS k (source, external_id)
        JOIN {kind.table} e USING (source, external_id)
        """,
        [key[0] for key in wanted],
        [key[1] for key in wanted],
    )
    return rows


def counting(kind: FactKind, at: str | None = None) -> str:
    """Return the SQL of the facts that count: highest revisions, withdrawn ones out.

    `at` is the placeholder of an instant: what was known by then, all if it is null; the rows then
    have their `recorded_at`. Without it the facts count that this transaction has stored so far.
    """
    if at is None:
        return f"""
            SELECT e.* FROM {kind.table} e WHERE NOT e.withdrawn AND NOT {superseded(kind)}
        """
    known = f"({at}::timestamptz IS NULL OR %s.recorded_at <= {at})"
    return f"""
        SELECT e.*, er.recorded_at FROM {kind.table} e JOIN recordings er USING (recording_id)
        WHERE NOT e.withdrawn AND {known % "er"} AND NOT EXISTS (
            SELECT 1 FROM {kind.table} n JOIN recordings nr USING (recording_id)
            WHERE {_LATER} AND {known % "nr"})
    """


def said(kind: FactKind, *columns: str) -> str:
    """Return the SQL of what a stored revision `d` says in these columns, a row.

    A withdrawal says nothing: what was withdrawn is what the revision before it said.
    """
    return f"""
        SELECT {", ".join(columns)} FROM {kind.table} e
        WHERE e.source = d.source AND e.external_id = d.external_id AND NOT e.withdrawn
            AND e.revision <= d.revision ORDER BY e.revision DESC LIMIT 1
    """


def superseded(kind: FactKind) -> str:
    """Return the SQL that says whether a stored revision `e` is not the highest of its fact."""
    return f"EXISTS (SELECT 1 FROM {kind.table} n WHERE {_LATER})"


_LATER = "n.source = e.source AND n.external_id = e.external_id AND n.revision > e.revision"
