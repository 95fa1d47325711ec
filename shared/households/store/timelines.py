"""Episodes and transitions: the results, on two clocks; closed in system time, not overwritten."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY

from shared.kernel.database import Snapshot, Transaction
from shared.kernel.ids import content_id
from shared.kernel.metadata import METADATA, Key

EPISODES = Table(
    "episodes",
    METADATA,
    Column("household_id", Key, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    Column("known_from", DateTime(timezone=True), nullable=False),
    Column("known_to", DateTime(timezone=True)),
    Column("status", Text),
    Column("living_standard", Text),
    Column("standard", Text),
    Column("spell_from", Date),
    Column("spell_to", Date),
    Column("spell_event", Uuid),
    Column("assessment", Uuid),
    Column("area_id", Integer),
    Column("area_type", Text),
    Column("ethnic_group", Text),
    Column("deprived", ARRAY(Text)),
    Column("entry", Text),
    # Set while a change of status waits for its day to be announced.
    Column("due_on", Date),
    CheckConstraint("valid_to > valid_from", name="valid_period"),
    CheckConstraint("known_to > known_from", name="known_period"),
)
_CURRENT = EPISODES.c.known_to.is_(None)
Index(
    "uq_episodes_current",
    EPISODES.c.household_id,
    EPISODES.c.valid_from,
    unique=True,
    postgresql_where=_CURRENT,
)
Index("ix_episodes_area", EPISODES.c.area_id, postgresql_where=_CURRENT)
Index(
    "ix_episodes_history",
    EPISODES.c.household_id,
    EPISODES.c.known_to,
    postgresql_where=EPISODES.c.known_to.is_not(None),
)
Index(
    "ix_episodes_area_history",
    EPISODES.c.area_id,
    postgresql_where=EPISODES.c.known_to.is_not(None),
)
Index(
    "ix_episodes_due",
    EPISODES.c.due_on,
    postgresql_where=_CURRENT & EPISODES.c.due_on.is_not(None),
)

TRANSITIONS = Table(
    "transitions",
    METADATA,
    Column("seq", BigInteger, Identity(always=True), primary_key=True),
    Column("transition_id", Uuid, nullable=False),
    Column("household_id", Key, nullable=False),
    Column("area_id", Integer),
    Column("area_code", Text),
    Column("on_date", Date, nullable=False),
    Column("from_status", Text),
    Column("to_status", Text, nullable=False),
    # "list:kind" each, in the order they happen: a leaving before an entering.
    Column("movements", ARRAY(Text), nullable=False),
    Column("standard_changed", Boolean, nullable=False),
    Column("cause_event", Uuid),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("retracts", Uuid),
    Column("retracted_at", DateTime(timezone=True)),
)
Index("ix_transitions_household", TRANSITIONS.c.household_id)


class EpisodeRow(NamedTuple):
    """One episode as stored, without its system time."""

    household_id: str
    valid_from: date
    valid_to: date | None
    status: str | None
    living_standard: str | None
    standard: str | None
    spell_from: date | None
    spell_to: date | None
    spell_event: UUID | None
    assessment: UUID | None
    area_id: int | None
    area_type: str | None
    ethnic_group: str | None
    deprived: tuple[str, ...] | None
    entry: str | None
    due_on: date | None


class TransitionRow(NamedTuple):
    """One published transition, without its id and system time."""

    household_id: str
    area_id: int | None
    area_code: str | None
    on_date: date
    from_status: str | None
    to_status: str
    movements: tuple[str, ...]
    standard_changed: bool
    cause_event: UUID | None

    def identity(self, at: datetime) -> UUID:
        """Return the id of this assertion: asserted again after a retraction, it gets another."""
        what = f"{self.household_id}|{self.on_date}|{self.from_status}|{self.to_status}"
        return content_id(f"urn:poverty-registry:transition:{what}|{at.isoformat()}")


_EPISODE = (
    "household_id, valid_from, valid_to, status, living_standard, standard, spell_from, spell_to, "
    "spell_event, assessment, area_id, area_type, ethnic_group, deprived, entry, due_on"
)
_TRANSITION = (
    "household_id, area_id, area_code, on_date, from_status, to_status, movements, "
    "standard_changed, cause_event"
)


async def current_episodes(tx: Snapshot, household_ids: Sequence[str]) -> set[EpisodeRow]:
    """Return the episodes now held true of these households."""
    rows = await tx.fetch(
        f"SELECT {_EPISODE} FROM episodes "
        "WHERE household_id = ANY($1::text[]) AND known_to IS NULL",
        household_ids,
    )
    found: Iterable[tuple[Any, ...]] = (
        (*row[:13], _tuple(row[13]), row[14], row[15]) for row in rows
    )
    return {EpisodeRow(*row) for row in found}


async def published(tx: Snapshot, household_ids: Sequence[str]) -> dict[TransitionRow, UUID]:
    """Return the transitions of these households that stand published, with their ids."""
    rows = await tx.fetch(
        f"SELECT {_TRANSITION}, transition_id FROM transitions "
        "WHERE household_id = ANY($1::text[]) AND retracts IS NULL AND retracted_at IS NULL",
        household_ids,
    )
    found: Iterable[tuple[UUID, tuple[Any, ...]]] = (
        (row[9], (*row[:6], tuple(row[6]), row[7], row[8])) for row in rows
    )
    return {TransitionRow(*row): transition_id for transition_id, row in found}


def _tuple(value: list[str] | None) -> tuple[str, ...] | None:
    return None if value is None else tuple(value)


async def close_episodes(tx: Transaction, rows: Sequence[EpisodeRow], at: datetime) -> None:
    """End these episodes in system time."""
    await tx.execute(
        """
        UPDATE episodes e SET known_to = $3
        FROM unnest($1::text[], $2::date[]) AS u (household_id, valid_from)
        WHERE e.household_id = u.household_id AND e.valid_from = u.valid_from
            AND e.known_to IS NULL
        """,
        [r.household_id for r in rows],
        [r.valid_from for r in rows],
        at,
    )


async def open_episodes(tx: Transaction, rows: Sequence[EpisodeRow], at: datetime) -> None:
    """Store episodes as known from `at` on."""
    await tx.execute(
        f"""
        INSERT INTO episodes (known_from, {_EPISODE})
        SELECT $1, h, f, t, s, l, p, sf, st, se, a, ar, ty, g,
            CASE WHEN d IS NULL THEN NULL ELSE string_to_array(d, ',') END, en, du
        FROM unnest($2::text[], $3::date[], $4::date[], $5::text[], $6::text[], $7::text[],
            $8::date[], $9::date[], $10::uuid[], $11::uuid[], $12::int[], $13::text[],
            $14::text[], $15::text[], $16::text[], $17::date[])
            AS e (h, f, t, s, l, p, sf, st, se, a, ar, ty, g, d, en, du)
        """,
        at,
        [r.household_id for r in rows],
        [r.valid_from for r in rows],
        [r.valid_to for r in rows],
        [r.status for r in rows],
        [r.living_standard for r in rows],
        [r.standard for r in rows],
        [r.spell_from for r in rows],
        [r.spell_to for r in rows],
        [r.spell_event for r in rows],
        [r.assessment for r in rows],
        [r.area_id for r in rows],
        [r.area_type for r in rows],
        [r.ethnic_group for r in rows],
        [None if r.deprived is None else ",".join(r.deprived) for r in rows],
        [r.entry for r in rows],
        [r.due_on for r in rows],
    )


async def publish(tx: Transaction, rows: Sequence[TransitionRow], at: datetime) -> list[UUID]:
    """Append transitions to the feed in their order; return their ids."""
    ids = [row.identity(at) for row in rows]
    await _append(tx, rows, ids, at, [None] * len(rows))
    return ids


async def retract(
    tx: Transaction, standing: Sequence[tuple[TransitionRow, UUID]], at: datetime
) -> list[UUID]:
    """Take published transitions back: marked, and said again in the feed as retractions."""
    ids = [transition_id for _, transition_id in standing]
    await tx.execute(
        "UPDATE transitions SET retracted_at = $2 "
        "WHERE transition_id = ANY($1::uuid[]) AND retracts IS NULL",
        ids,
        at,
    )
    marks = [content_id("retraction", transition_id) for transition_id in ids]
    await _append(tx, [row for row, _ in standing], marks, at, ids)
    return ids


async def _append(
    tx: Transaction,
    rows: Sequence[TransitionRow],
    ids: Sequence[UUID],
    at: datetime,
    retracts: Sequence[UUID | None],
) -> None:
    await tx.execute(
        f"""
        INSERT INTO transitions (transition_id, retracts, recorded_at, {_TRANSITION})
        SELECT i, x, $1, h, a, c, o, f, t, string_to_array(m, ','), s, e
        FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::int[], $6::text[], $7::date[],
            $8::text[], $9::text[], $10::text[], $11::bool[], $12::uuid[])
            WITH ORDINALITY AS n (i, x, h, a, c, o, f, t, m, s, e, position)
        ORDER BY position
        """,
        at,
        ids,
        retracts,
        [r.household_id for r in rows],
        [r.area_id for r in rows],
        [r.area_code for r in rows],
        [r.on_date for r in rows],
        [r.from_status for r in rows],
        [r.to_status for r in rows],
        [",".join(r.movements) for r in rows],
        [r.standard_changed for r in rows],
        [r.cause_event for r in rows],
    )
