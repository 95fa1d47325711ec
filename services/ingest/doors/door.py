"""What a door is: a schema, checks, how its facts are stored, and how workers hear of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import zip_longest
from typing import Any

from pydantic import TypeAdapter

from services.ingest.doors.common import Law, event_id
from services.ingest.guards import Guard, Subjects
from services.ingest.receipts import Candidate, Key, Known
from shared.http.auth import INGEST_WRITE
from shared.http.problems import Fault
from shared.kernel.database import Transaction
from shared.messages import HOUSEHOLD_IDS_MAX
from shared.messaging.message import Message


@dataclass(frozen=True, slots=True)
class Prepared:
    """A checked item: what it is to the receipts, and the row that it becomes."""

    candidate: Candidate
    row: Any

    def numbered(self, candidate: Candidate) -> Prepared:
        """Return the item under the number that it was given."""
        if candidate is self.candidate:
            return self
        row = replace(self.row, revision=candidate.revision, event_id=candidate.event_id)
        return Prepared(candidate, row)


async def _unguarded(tx: Transaction, rows: Sequence[Any]) -> Guard:
    return Guard()


@dataclass(frozen=True, eq=False)
class Door:
    """One kind of fact.

    `known` loads the stored revisions of keys, `insert` stores rows and returns how many were new,
    `message` names the message type by which workers hear of it (None: nobody waits), and
    `subjects` the ids that go into it, by field. `guard` locks and judges what new rows may be at
    odds with. `exact`: a number with a point keeps the digits that were sent.
    """

    name: str
    plural: str
    adapter: TypeAdapter[Any]
    check: Callable[[Any, Law, str], list[Fault]]
    row: Callable[[Any, dict[str, Any], Law], Any]
    known: Callable[[Transaction, Sequence[Key]], Awaitable[Known]]
    insert: Callable[[Transaction, int, Sequence[Any]], Awaitable[int]]
    message: str | None
    subjects: Callable[[Prepared, Known, Guard], Subjects]
    guard: Callable[[Transaction, Sequence[Any]], Awaitable[Guard]] = _unguarded
    scope: str = INGEST_WRITE
    exact: bool = False

    @property
    def lane(self) -> str:
        """Return what is recorded together: doors that wait for locks keep no other one waiting."""
        return "" if self.guard is _unguarded else self.name

    def prepare(self, model: Any, posted: dict[str, Any], law: Law, prefix: str) -> Prepared:
        """Return a checked item ready to be recorded."""
        row = self.row(model, posted, law)
        candidate = Candidate(
            key=(row.source, row.external_id),
            revision=row.revision,
            type=getattr(row, "type", self.name),
            household_id=getattr(row, "household_id", None),
            digest=row.content_hash,
            event_id=row.event_id,
            pointer=prefix,
            article_id=getattr(row, "article_id", None),
        )
        return Prepared(candidate, row)

    def number(self, candidate: Candidate, known: Known) -> Candidate:
        """Give an article without a revision its number: the latest if unchanged, else the next."""
        if candidate.revision != 0:
            return candidate
        revisions = known.revisions.get(candidate.key, {})
        latest = max(revisions, default=0)
        same = latest and revisions[latest][1] == candidate.digest
        revision = latest if same else latest + 1
        made = event_id(self.name, *candidate.key, revision)
        return replace(candidate, revision=revision, event_id=made)

    def admit(self, guard: Guard, item: Prepared) -> Fault | None:
        """Let the guard judge an item; what is wrong with it is a fault of its field."""
        refusal = guard.admit(item.row)
        if refusal is None:
            return None
        prefix = item.candidate.pointer
        pointer = f"{prefix}/{refusal.field}" if refusal.field else prefix
        return Fault(pointer, refusal.code, refusal.detail, 409 if refusal.conflict else 422)

    def messages(
        self, new: Sequence[Prepared], known: Known, guard: Guard, now: datetime
    ) -> list[Message]:
        """Return the messages that wake the workers: ids only, at most 500 of a kind in one."""
        if self.message is None:
            return []
        named: dict[str, set[str]] = {}
        for item in new:
            for field, ids in self.subjects(item, known, guard).items():
                named.setdefault(field, set()).update(ids)
        chunks = [[(field, chunk) for chunk in _chunks(ids)] for field, ids in named.items()]
        empty: dict[str, list[str]] = {field: [] for field in named}
        return [
            Message.new(self.message, now, {**empty, **dict(filter(None, together))})
            for together in zip_longest(*chunks)
        ]


def _chunks(ids: set[str]) -> list[list[str]]:
    ordered = sorted(ids)
    starts = range(0, len(ordered), HOUSEHOLD_IDS_MAX)
    return [ordered[start : start + HOUSEHOLD_IDS_MAX] for start in starts]
