"""Deliveries in the store: what each subscription is to be sent, was sent, and what it answered.

What is due is read from here and from the feed behind a subscription's place, and from nowhere
else. Of each household the first that waits goes first; the others wait for it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from msgspec import Struct
from msgspec.structs import astuple
from sqlalchemy import BigInteger, Column, DateTime, Identity, Index, Integer, Table, Text, Uuid

from shared.households.store import feed
from shared.kernel.database import Snapshot, Transaction, insert_rows
from shared.kernel.metadata import METADATA, Key
from shared.subscriptions.patience import GIVEN_UP_AFTER
from shared.subscriptions.subscription import DeliveryState

DELIVERIES = Table(
    "deliveries",
    METADATA,
    Column("delivery_id", Uuid, primary_key=True),
    # The order in which deliveries were planned: of one household that of the feed.
    Column("number", BigInteger, Identity(always=True), nullable=False),
    Column("subscription_id", Uuid, nullable=False),
    Column("type", Text, nullable=False),
    # Its place in the feed; a trial and a restore have none, and concern no household.
    Column("seq", BigInteger),
    # What is told in order: a household, or `fund/ID`, `area/CODE` (no household's id has a slash).
    Column("household_id", Key, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("planned_at", DateTime(timezone=True), nullable=False),
    Column("due_at", DateTime(timezone=True), nullable=False),
    Column("sent_at", DateTime(timezone=True)),
    Column("status", Integer),
    Column("fault", Text),
    Column("milliseconds", Integer),
    # Of money and findings: the body, and who may be told, which is looked at again when it goes.
    Column("told", Text),
    Column("area_id", Integer),
    Column("holder_id", Integer),
    Column("scope", Text),
)
Index("ix_deliveries_subscription", DELIVERIES.c.subscription_id, DELIVERIES.c.number)
_WAITS = DELIVERIES.c.state == "waiting"
Index(
    "ix_deliveries_waiting",
    *(DELIVERIES.c.subscription_id, DELIVERIES.c.household_id, DELIVERIES.c.number),
    postgresql_where=_WAITS,
)
Index(
    "ix_deliveries_due",
    *(DELIVERIES.c.subscription_id, DELIVERIES.c.due_at),
    postgresql_where=_WAITS,
)
Index(
    "ix_deliveries_parked",
    DELIVERIES.c.subscription_id,
    postgresql_where=DELIVERIES.c.state == "parked",
)
Index("ix_deliveries_planned", DELIVERIES.c.planned_at, postgresql_where=_WAITS)
Index(
    "ix_deliveries_sent",
    DELIVERIES.c.sent_at,
    postgresql_where=DELIVERIES.c.state == "delivered",
)


class PlannedDelivery(Struct, frozen=True):
    """A delivery to be made; `seq` is None where it is about no transition.

    `chain` is what it waits in: the household, or else what holds a slash; "" is none. With `told`
    it is about money or a finding, for who may see its unit and its fund's holder's and holds the
    scope.
    """

    delivery_id: UUID
    type: str
    seq: int | None = None
    chain: str = ""
    told: str | None = None
    area_id: int | None = None
    holder_id: int | None = None
    scope: str | None = None


class DueDelivery(Struct, frozen=True):
    """A delivery whose turn it is, with the transition that it tells of, or what else is told."""

    delivery_id: UUID
    type: str
    chain: str
    attempts: int
    planned_at: datetime
    told: str | None
    area_id: int | None
    holder_id: int | None
    scope: str | None
    transition: feed.Transition | None


class Attempt(Struct, frozen=True):
    """What came of sending a delivery; `due_at` where it is to be tried again."""

    delivery_id: UUID
    state: DeliveryState
    due_at: datetime
    sent_at: datetime
    status: int | None
    fault: str | None
    milliseconds: int


class LoggedDelivery(Struct, frozen=True):
    """A delivery as its subscriber sees it."""

    number: int
    delivery_id: UUID
    type: str
    seq: int | None
    state: DeliveryState
    attempts: int
    planned_at: datetime
    due_at: datetime
    sent_at: datetime | None
    status: int | None
    fault: str | None
    milliseconds: int | None


class Backlog(Struct, frozen=True):
    """How much a subscription still has to be sent, and what was given up."""

    waiting: int
    parked: int
    oldest: datetime | None


_TOLD = ("told", "area_id", "holder_id", "scope")


async def plan(
    tx: Transaction, subscription_id: UUID, rows: Sequence[PlannedDelivery], now: datetime
) -> None:
    """Store deliveries to be made, in their order; what is planned already stays as it is."""
    known = await _known(tx, [row.delivery_id for row in rows])
    fresh = [row for row in rows if row.delivery_id not in known]
    await insert_rows(
        tx,
        DELIVERIES,
        ("delivery_id", "type", "seq", "household_id", *_TOLD),
        [astuple(row) for row in fresh],
        subscription_id=subscription_id,
        state="waiting",
        planned_at=now,
        due_at=now,
    )


async def _known(tx: Transaction, delivery_ids: Sequence[UUID]) -> set[UUID]:
    rows = await tx.fetch(
        "SELECT delivery_id FROM deliveries WHERE delivery_id = ANY($1::uuid[])", delivery_ids
    )
    return {delivery_id for (delivery_id,) in rows}


_DUE = f"""
SELECT d.delivery_id, d.type, d.household_id, d.attempts, d.planned_at, d.told, d.area_id,
    d.holder_id, d.scope,
    {", ".join(f"t.{name.strip()}" for name in feed.COLUMNS.split(","))}
FROM (
    SELECT delivery_id, type, seq, household_id, attempts, planned_at, number,
        told, area_id, holder_id, scope
    FROM deliveries w
    WHERE subscription_id = $1 AND state = 'waiting' AND due_at <= $2
      AND household_id <> ALL($3::text[])
      AND NOT EXISTS (
        SELECT FROM deliveries e WHERE e.subscription_id = $1 AND e.state = 'waiting'
          AND e.household_id = w.household_id AND e.number < w.number AND e.due_at > $2)
    ORDER BY number LIMIT $4) d
LEFT JOIN transitions t ON t.seq = d.seq
ORDER BY d.number
"""
# A receiver that failed is tried with what has failed least: one that is never taken must not
# stand for all the others.
_PROBE = _DUE.replace("ORDER BY number LIMIT", "ORDER BY attempts, number LIMIT")


async def due(
    tx: Transaction,
    subscription_id: UUID,
    now: datetime,
    excluded: Collection[str],
    limit: int,
    *,
    probe: bool = False,
) -> list[DueDelivery]:
    """Return what is to be sent now, in order, but nothing of the chains excluded."""
    statement = _PROBE if probe else _DUE
    rows = await tx.fetch(statement, subscription_id, now, list(excluded), limit)
    return [_due(tuple(row)) for row in rows]


def _due(row: tuple[Any, ...]) -> DueDelivery:
    transition = row[_OWN:]
    told = feed.Transition(*transition) if transition[0] is not None else None
    return DueDelivery(*row[:_OWN], told)  # type: ignore[call-arg]  # as many as there are


# Of the columns of `_DUE` those before the transition's.
_OWN = len(DueDelivery.__struct_fields__) - 1


async def settle(tx: Transaction, attempts: Sequence[Attempt]) -> None:
    """Store what came of attempts."""
    if not attempts:
        return
    columns = [[getattr(one, name) for one in attempts] for name in Attempt.__struct_fields__]
    await tx.execute(
        "UPDATE deliveries d SET state = a.state, due_at = a.due_at, sent_at = a.sent_at, "
        "status = a.status, fault = a.fault, milliseconds = a.milliseconds, "
        "attempts = attempts + 1 "
        "FROM unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::timestamptz[], $5::int[], "
        "$6::text[], $7::int[]) "
        "AS a (delivery_id, state, due_at, sent_at, status, fault, milliseconds) "
        "WHERE d.delivery_id = a.delivery_id AND (d.state = 'waiting' OR a.state = 'delivered')",
        *columns,
    )


async def withhold(tx: Transaction, delivery_ids: Sequence[UUID], now: datetime) -> None:
    """Never send what its subscriber may no longer be told."""
    await tx.execute(
        "UPDATE deliveries SET state = 'withheld', due_at = $2 WHERE delivery_id = ANY($1::uuid[])",
        *(list(delivery_ids), now),
    )


async def park_old(tx: Transaction, subscription_id: UUID, now: datetime) -> int:
    """Park what has waited for three days for a receiver that fails; return how much."""
    done: str = await tx.execute(
        "UPDATE deliveries SET state = 'parked' WHERE subscription_id = $1 AND state = 'waiting' "
        "AND planned_at <= $2",
        *(subscription_id, now - GIVEN_UP_AFTER),
    )
    return _number(done)


async def hurry(tx: Transaction, subscription_id: UUID, now: datetime) -> None:
    """Send at once what waits for its next attempt: the receiver is back."""
    await tx.execute(
        "UPDATE deliveries SET due_at = $2 WHERE subscription_id = $1 AND state = 'waiting' "
        "AND due_at > $2",
        *(subscription_id, now),
    )


async def waiting(tx: Snapshot, subscription_id: UUID, limit: int) -> int:
    """Return how many deliveries wait, counted up to a limit."""
    number: int = await tx.fetchval(
        "SELECT count(*) FROM (SELECT FROM deliveries WHERE subscription_id = $1 "
        "AND state = 'waiting' LIMIT $2) w",
        *(subscription_id, limit),
    )
    return number


async def waiting_of(tx: Snapshot, subscription_id: UUID, kind: str) -> int:
    """Return how many deliveries of a type that concerns no household wait."""
    number: int = await tx.fetchval(
        "SELECT count(*) FROM deliveries WHERE subscription_id = $1 AND state = 'waiting' "
        "AND household_id = '' AND type = $2",
        *(subscription_id, kind),
    )
    return number


_REPLAY = """
UPDATE deliveries SET state = 'waiting', attempts = 0, planned_at = $2, due_at = $2
WHERE subscription_id = $1 AND
"""


async def replay(
    tx: Transaction, subscription_id: UUID, since: datetime | None, now: datetime
) -> int:
    """Send again what was parked, and what was sent since an instant; return how much."""
    done = [await tx.execute(f"{_REPLAY} state = 'parked'", subscription_id, now)]
    if since is not None:
        condition = "state = 'delivered' AND sent_at >= $3"
        done.append(await tx.execute(f"{_REPLAY} {condition}", subscription_id, now, since))
    await hurry(tx, subscription_id, now)
    return sum(map(_number, done))


async def list_log(
    snapshot: Snapshot,
    subscription_id: UUID,
    state: DeliveryState | None,
    before: int | None,
    limit: int,
) -> list[LoggedDelivery]:
    """Return a subscription's deliveries, the newest first."""
    rows = await snapshot.fetch(
        f"SELECT {', '.join(LoggedDelivery.__struct_fields__)} FROM deliveries "
        "WHERE subscription_id = $1 AND ($2::text IS NULL OR state = $2) "
        "AND ($3::bigint IS NULL OR number < $3) ORDER BY number DESC LIMIT $4",
        *(subscription_id, state, before, limit),
    )
    return [LoggedDelivery(*row) for row in rows]


async def backlogs(snapshot: Snapshot, subscription_ids: Sequence[UUID]) -> dict[UUID, Backlog]:
    """Return what waits and what is parked, by subscription."""
    rows = await snapshot.fetch(
        """
        SELECT s.id, w.number, p.number, w.oldest
        FROM unnest($1::uuid[]) AS s (id)
        CROSS JOIN LATERAL (SELECT count(*) AS number, min(planned_at) AS oldest FROM deliveries
            WHERE subscription_id = s.id AND state = 'waiting') w
        CROSS JOIN LATERAL (SELECT count(*) AS number FROM deliveries
            WHERE subscription_id = s.id AND state = 'parked') p
        """,
        list(subscription_ids),
    )
    return {row[0]: Backlog(*row[1:]) for row in rows}


async def forget(tx: Transaction, before: datetime, limit: int) -> int:
    """Take old deliveries out of the log; return how many."""
    done: str = await tx.execute(
        "DELETE FROM deliveries WHERE delivery_id IN (SELECT delivery_id FROM deliveries "
        "WHERE state = 'delivered' AND sent_at < $1 LIMIT $2)",
        *(before, limit),
    )
    return _number(done)


_OLDEST = """
WITH served AS (
    SELECT subscription_id, place FROM subscriptions WHERE ended_at IS NULL AND paused_at IS NULL)
SELECT least(
    (SELECT min(planned_at) FROM deliveries d JOIN served USING (subscription_id)
     WHERE d.state = 'waiting'),
    (SELECT recorded_at FROM transitions WHERE seq > (SELECT min(place) FROM served)
     ORDER BY seq LIMIT 1))
"""


async def oldest(snapshot: Snapshot) -> datetime | None:
    """Return since when the oldest of what has still to be told waits; None: nothing does."""
    at: datetime | None = await snapshot.fetchval(_OLDEST)
    return at


def waited(at: datetime | None, now: datetime) -> timedelta:
    """Return for how long."""
    return max(timedelta(), now - at) if at is not None else timedelta()


def _number(done: str) -> int:
    return int(done.rpartition(" ")[2])
