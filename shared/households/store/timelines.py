"""Episodes and transitions: the results, on two clocks; closed in system time, not overwritten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
from sqlalchemy.schema import SchemaItem

from shared.households.store import tallies
from shared.households.store.rows import Difference, EpisodeRow, Tail, TransitionRow
from shared.kernel.database import Snapshot, Transaction, insert_rows
from shared.kernel.metadata import METADATA, Key
from shared.kernel.revisions import content_id
from shared.law.standards import LISTS


def _columns() -> Sequence[SchemaItem]:
    """Return the columns of a table of episodes."""
    return (
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
        # If all that changed on the first day is the household's id: where it lived under the old
        # one, or (on its closure) where it lives under the new one.
        Column("renumbered_area", Integer),
        # Set while a change of status waits for its day to be announced.
        Column("due_on", Date),
        CheckConstraint("valid_to > valid_from", name="valid_period"),
        CheckConstraint("known_to > known_from", name="known_period"),
    )


EPISODES = Table("episodes", METADATA, *_columns())
# Whole second timelines, by what was decided, of those households alone in which they differ.
RECOGNISED = Table("recognised_episodes", METADATA, *_columns())
_CURRENT = EPISODES.c.known_to.is_(None)
Index(
    "uq_episodes_current",
    EPISODES.c.household_id,
    EPISODES.c.valid_from,
    unique=True,
    postgresql_where=_CURRENT,
)
# What stood in a place on a day: most episodes ended before the days that are asked for.
Index("ix_episodes_area_day", EPISODES.c.area_id, EPISODES.c.valid_to, postgresql_where=_CURRENT)
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
# Lists of one status go by the household's id.
Index(
    "ix_episodes_status",
    EPISODES.c.status,
    EPISODES.c.household_id,
    EPISODES.c.valid_from,
    postgresql_where=_CURRENT,
)
# Exit windows go by the day on which they run out.
Index(
    "ix_episodes_exit_windows",
    EPISODES.c.valid_to,
    postgresql_where=_CURRENT & (EPISODES.c.status == "recently_exited"),
)
Index(
    "ix_episodes_due",
    EPISODES.c.due_on,
    postgresql_where=_CURRENT & EPISODES.c.due_on.is_not(None),
)

Index(
    "uq_recognised_episodes_current",
    RECOGNISED.c.household_id,
    RECOGNISED.c.valid_from,
    unique=True,
    postgresql_where=RECOGNISED.c.known_to.is_(None),
)
Index("ix_recognised_episodes_household", RECOGNISED.c.household_id, RECOGNISED.c.known_from)
Index("ix_recognised_episodes_area", RECOGNISED.c.area_id)

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
Index("ix_transitions_area", TRANSITIONS.c.area_id, TRANSITIONS.c.seq)
Index(
    "ix_transitions_recorded_at",
    TRANSITIONS.c.recorded_at,
    postgresql_using="brin",
    postgresql_with={"autosummarize": "true"},
)


class Change(NamedTuple):
    """The ids of the transitions of one household that were published, and of those retracted."""

    published: list[UUID]
    retracted: list[UUID]


Changes = dict[str, Change]
_EPISODE, _TRANSITION = ", ".join(EpisodeRow._fields), ", ".join(TransitionRow._fields)
_DEPRIVED = EpisodeRow._fields.index("deprived")


async def current_episodes(
    tx: Snapshot, household_ids: Sequence[str], table: Table = EPISODES
) -> dict[str, list[EpisodeRow]]:
    """Return the episodes now held true of these households, of each in order of days."""
    rows = await tx.fetch(
        f"SELECT {_EPISODE} FROM {table.name} "
        "WHERE household_id = ANY($1::text[]) AND known_to IS NULL "
        "ORDER BY household_id, valid_from",
        household_ids,
    )
    episodes: dict[str, list[EpisodeRow]] = {}
    for row in rows:
        values = list(row)
        values[_DEPRIVED] = _hashable(values[_DEPRIVED])
        episodes.setdefault(values[0], []).append(EpisodeRow._make(values))
    return episodes


async def published(tx: Snapshot, household_ids: Sequence[str]) -> dict[TransitionRow, UUID]:
    """Return the transitions of these households that stand published, with their ids."""
    rows = await tx.fetch(
        f"SELECT transition_id, {_TRANSITION} FROM transitions "
        "WHERE household_id = ANY($1::text[]) AND retracts IS NULL AND retracted_at IS NULL",
        household_ids,
    )
    return _by_row(rows)


# $1 and $2: households, and the day of each from which on reviews are added.
_TAILS = f"""
SELECT {_EPISODE}, poor, near_poor, reached FROM (
    SELECT e.*, u.first, bool_or(status = 'poor' AND valid_from < u.first) OVER own AS poor,
        bool_or(status = 'near_poor' AND valid_from < u.first) OVER own AS near_poor,
        bool_or(due_on IS NOT NULL AND valid_from < u.first) OVER own AS waits,
        valid_to IS NULL OR valid_to > u.first
            OR spell_from IS NOT NULL AND (spell_to IS NULL OR spell_to > u.first) AS reached
    FROM unnest($1::text[], $2::date[]) AS u (household_id, first) CROSS JOIN LATERAL (
        SELECT * FROM episodes c WHERE c.household_id = u.household_id AND c.known_to IS NULL
        OFFSET 0) e
    WINDOW own AS (PARTITION BY e.household_id)) t
WHERE NOT waits AND (reached
    OR valid_from < date_trunc('year', first)::date
        AND valid_to >= date_trunc('year', first)::date)
ORDER BY household_id, valid_from
"""


async def tails(tx: Snapshot, firsts: Mapping[str, date]) -> dict[str, Tail]:
    """Return what stands from a day on, of the households that can be extended from that day on.

    Not of those of which a change before that day still waits to be announced: the feed is in order
    of days.
    """
    rows = await tx.fetch(_TAILS, list(firsts), list(firsts.values()))
    tails: dict[str, Tail] = {}
    for *values, poor, near_poor, reached in rows:
        values[_DEPRIVED] = _hashable(values[_DEPRIVED])
        tail = tails.get(values[0])
        if tail is None:
            lists = frozenset(name for name, on in zip(LISTS, (poor, near_poor), strict=True) if on)
            tail = tails[values[0]] = Tail([], lists, [])
        (tail.rows if reached else tail.stood).append(EpisodeRow._make(values))
    return {name: tail for name, tail in tails.items() if tail.extensible(firsts[name])}


async def published_from(tx: Snapshot, firsts: Mapping[str, date]) -> dict[TransitionRow, UUID]:
    """Return the same as `published` of transitions from a day on, which each household has."""
    rows = await tx.fetch(
        f"SELECT transition_id, {', '.join(f't.{name}' for name in TransitionRow._fields)} "
        "FROM unnest($1::text[], $2::date[]) AS u (household_id, first) CROSS JOIN LATERAL ("
        "SELECT * FROM transitions o WHERE o.household_id = u.household_id AND o.on_date >= first "
        "AND o.retracts IS NULL AND o.retracted_at IS NULL OFFSET 0) t",
        list(firsts),
        list(firsts.values()),
    )
    return _by_row(rows)


def _by_row(rows: Sequence[Any]) -> dict[TransitionRow, UUID]:
    return {
        TransitionRow(*(_hashable(value) for value in values)): transition_id
        for transition_id, *values in rows
    }


def _hashable(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


async def save(tx: Transaction, difference: Difference, at: datetime) -> Changes:
    """Write a difference; return, per household, what was published and what was retracted."""
    if difference.closed:
        await close_episodes(tx, difference.closed, at)
    await open_episodes(tx, difference.opened, at)
    changes: Changes = {}
    if difference.retracted:
        ids = await retract(tx, difference.retracted, at)
        for (row, _), transition_id in zip(difference.retracted, ids, strict=True):
            changes.setdefault(row.household_id, Change([], [])).retracted.append(transition_id)
    for row, transition_id in zip(
        difference.published, await publish(tx, difference.published, at), strict=True
    ):
        changes.setdefault(row.household_id, Change([], [])).published.append(transition_id)
    await tallies.append(tx, difference.amounts, at)
    return changes


async def replace_recognised(
    tx: Transaction, closed: Sequence[EpisodeRow], opened: Sequence[EpisodeRow], at: datetime
) -> None:
    """Write how recognised timelines differ from those stored."""
    if closed:
        await close_episodes(tx, closed, at, RECOGNISED)
    if opened:
        await open_episodes(tx, opened, at, RECOGNISED)


async def close_episodes(
    tx: Transaction, rows: Sequence[EpisodeRow], at: datetime, table: Table = EPISODES
) -> None:
    """End these episodes in system time; their households are locked.

    Looked up each by its key, and changed where they lie: joined, before anything is known of the
    table, each of a batch was compared with all that stand.
    """
    await tx.execute(
        f"""
        UPDATE {table.name} SET known_to = $3
        WHERE household_id = ANY($1::text[]) AND ctid = ANY(ARRAY(
            SELECT e.at FROM unnest($1::text[], $2::date[]) AS u (household_id, valid_from)
            CROSS JOIN LATERAL (
                SELECT c.ctid AS at FROM {table.name} c WHERE c.household_id = u.household_id
                    AND c.valid_from = u.valid_from AND c.known_to IS NULL OFFSET 0) e))
        """,
        [r.household_id for r in rows],
        [r.valid_from for r in rows],
        at,
    )


async def open_episodes(
    tx: Transaction, rows: Sequence[EpisodeRow], at: datetime, table: Table = EPISODES
) -> None:
    """Store episodes as known from `at` on."""
    await insert_rows(tx, table, EpisodeRow._fields, rows, known_from=at)


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
    # Looked up by household: of all that is the feed, no index tells the ids.
    await tx.execute(
        "UPDATE transitions SET retracted_at = $3 WHERE household_id = ANY($1::text[]) "
        "AND transition_id = ANY($2::uuid[]) AND retracts IS NULL",
        sorted({row.household_id for row, _ in standing}),
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
    names = ("transition_id", "retracts", *TransitionRow._fields)
    numbered = [(*each, *row) for *each, row in zip(ids, retracts, rows, strict=True)]
    await insert_rows(tx, TRANSITIONS, names, numbered, recorded_at=at)
