"""The messages by which workers hear of new facts: ids only, at most 500 of a field in one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import zip_longest

from services.ingest.guards import Guard
from services.ingest.receipts import Known
from shared.kernel.facts import FactKind
from shared.kernel.revisions import Revision
from shared.messages import HOUSEHOLD_IDS_MAX
from shared.messaging.message import Message


def messages(
    kind: FactKind, new: Sequence[Revision], known: Known, guard: Guard, now: datetime
) -> list[Message]:
    """Return the messages of new revisions of a kind; none where nobody waits for it."""
    if kind.wakes is None:
        return []
    named: dict[str, set[str]] = {}
    for revision in new:
        for field, ids in _woken(revision, known, guard).items():
            named.setdefault(field, set()).update(ids)
    chunks = [[(field, chunk) for chunk in _chunks(ids)] for field, ids in named.items()]
    empty: dict[str, list[str]] = {field: [] for field in named}
    return [
        Message.new(kind.wakes.message, now, {**empty, **dict(filter(None, together))})
        for together in zip_longest(*chunks)
    ]


def _woken(revision: Revision, known: Known, guard: Guard) -> Mapping[str, set[str]]:
    wakes = revision.kind.wakes
    if wakes is None or not wakes.column:
        return guard.subjects(revision)
    if wakes.ever:
        return {wakes.field: known.subjects.get(revision.key, set())}
    if wakes.column == "event_id":
        return {wakes.field: {str(revision.event_id)}}
    return {wakes.field: {str(revision.value(wakes.column))}}


def _chunks(ids: set[str]) -> list[list[str]]:
    ordered = sorted(ids)
    starts = range(0, len(ordered), HOUSEHOLD_IDS_MAX)
    return [ordered[start : start + HOUSEHOLD_IDS_MAX] for start in starts]
