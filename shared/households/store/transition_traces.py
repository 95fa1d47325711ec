"""The traces in which transitions were published: webhooks read the feed, not messages.

A row only for what is traced, and for as long as somebody may still have to be told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, DateTime, Index, Table, Text, Uuid

from shared.kernel.database import Snapshot, Transaction
from shared.kernel.metadata import METADATA

TRANSITION_TRACES = Table(
    "transition_traces",
    METADATA,
    Column("transition_id", Uuid, primary_key=True),
    Column("traceparent", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Index(None, "recorded_at"),
)


async def keep(tx: Transaction, traces: Mapping[UUID, str], at: datetime) -> None:
    """Note the `traceparent` under which each of these was published or, later, retracted."""
    if traces:
        await tx.execute(
            "INSERT INTO transition_traces (transition_id, traceparent, recorded_at) "
            "SELECT *, $3 FROM unnest($1::uuid[], $2::text[]) "
            "ON CONFLICT (transition_id) DO UPDATE "
            "SET traceparent = excluded.traceparent, recorded_at = excluded.recorded_at",
            *([*traces], [*traces.values()], at),
        )


async def of(snapshot: Snapshot, transition_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Return the `traceparent` of those that are traced."""
    rows = await snapshot.fetch(
        "SELECT transition_id, traceparent FROM transition_traces "
        "WHERE transition_id = ANY($1::uuid[])",
        transition_ids,
    )
    return {row[0]: row[1] for row in rows}


async def forget(tx: Transaction, before: datetime) -> None:
    """Remove what nobody is told of any more."""
    await tx.execute("DELETE FROM transition_traces WHERE recorded_at < $1", before)
