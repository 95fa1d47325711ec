"""Accepted, duplicate, or refused: the pure decision about what is new in a request.

The same revision with the same content is a duplicate, with other content a conflict; a revision
may change anything but the type. Whatever order revisions arrive in, all are kept.
Of what is new workers hear by messages: ids only, at most 500 of a field in one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import zip_longest
from typing import Literal
from uuid import UUID

from services.ingest.guards import Guard
from shared.kernel.errors import Fault
from shared.kernel.facts import FactKind
from shared.kernel.revisions import FactKey, Revision
from shared.messages import chunks
from shared.messaging.message import Message

# Revisions may overtake each other, but one that is far ahead could never be corrected again.
REVISIONS_AHEAD = 5_000


@dataclass(frozen=True, slots=True)
class Receipt:
    """The answer to one fact; `identity` is the column that names it over all revisions, if any."""

    external_id: str
    revision: int
    event_id: UUID
    outcome: Literal["accepted", "duplicate"]
    identity: tuple[str, UUID] | None = None

    @classmethod
    def of(cls, revision: Revision, outcome: Literal["accepted", "duplicate"]) -> Receipt:
        """Return the receipt of a revision."""
        named = revision.kind.identity
        identity = None if named is None else (named.column, revision.value(named.column))
        number, event_id = revision.revision, revision.event_id
        return cls(revision.key[1], number, event_id, outcome, identity)

    def document(self) -> dict[str, object]:
        """Return the receipt as callers see it."""
        shown: dict[str, object] = {
            "external_id": self.external_id,
            "revision": self.revision,
            "event_id": str(self.event_id),
            "outcome": self.outcome,
        }
        if self.identity is not None:
            shown[self.identity[0]] = str(self.identity[1])
        return shown


@dataclass
class Known:
    """The revisions known of each fact: stored ones, and those accepted a moment ago.

    `subjects` are the ids that any of them named, where all of these are woken.
    """

    revisions: dict[FactKey, dict[int, tuple[str, bytes]]] = field(default_factory=dict)
    subjects: dict[FactKey, set[str]] = field(default_factory=dict)

    def add(
        self, key: FactKey, revision: int, kind: str, digest: bytes, subject: str | None
    ) -> None:
        """Remember one revision."""
        self.revisions.setdefault(key, {})[revision] = (kind, digest)
        if subject is not None:
            self.subjects.setdefault(key, set()).add(subject)

    def has(self, revision: Revision) -> bool:
        """Say whether a revision of this number is known."""
        return revision.revision in self.revisions.get(revision.key, {})

    def numbered(self, revision: Revision) -> Revision:
        """Give a revision without a number the latest one if it is unchanged, else the next."""
        if revision.revision != 0:
            return revision
        stored = self.revisions.get(revision.key, {})
        latest = max(stored, default=0)
        same = latest and stored[latest][1] == revision.content_hash
        return revision.numbered(latest if same else latest + 1)

    def judge(self, revision: Revision) -> Fault | Literal["accepted", "duplicate"]:
        """Tell what a posted revision is, and remember it if it is new."""
        known = self.revisions.get(revision.key)
        if known is not None:
            if revision.revision in known:
                if known[revision.revision][1] == revision.content_hash:
                    return "duplicate"
                return conflict(revision.key, revision.revision, revision.pointer)
            earlier = next(iter(known.values()))[0]
            if earlier != revision.type:
                return _type_changed(revision, earlier)
        if revision.revision > max(known or (), default=0) + REVISIONS_AHEAD:
            return _gap(revision, max(known or (), default=0))
        self.add(
            revision.key,
            revision.revision,
            revision.type,
            revision.content_hash,
            _subject(revision),
        )
        return "accepted"

    def forget(self, revisions: Iterable[Revision]) -> None:
        """Undo what `judge` remembered of a request that is refused as a whole."""
        for revision in revisions:
            known = self.revisions.get(revision.key, {})
            known.pop(revision.revision, None)
            if not known:
                self.revisions.pop(revision.key, None)


def _subject(revision: Revision) -> str | None:
    wakes = revision.kind.wakes
    return revision.value(wakes.column) if wakes is not None and wakes.ever else None


def conflict(key: FactKey, revision: int, pointer: str) -> Fault:
    """Return the fault of a revision that is stored already with other content."""
    return Fault(
        pointer,
        "event_conflict",
        f"revision {revision} of {key[1]!r} from {key[0]!r} is already stored with other content; "
        "send a correction as a higher revision",
        409,
    )


def _gap(revision: Revision, latest: int) -> Fault:
    return Fault(
        f"{revision.pointer}/revision",
        "revision_gap",
        f"the latest revision of {revision.key[1]!r} is {latest}; the next may be at most "
        f"{latest + REVISIONS_AHEAD}",
    )


def _type_changed(revision: Revision, earlier: str) -> Fault:
    return Fault(
        f"{revision.pointer}/type",
        "type_changed",
        f"{revision.key[1]!r} from {revision.key[0]!r} is a {earlier!r}; a revision cannot "
        "change the type: withdraw it and send the new fact under another external_id",
        409,
    )


@dataclass(frozen=True)
class Judged:
    """The decision on one request: receipts in order, what is new, faults by position."""

    receipts: tuple[Receipt, ...]
    new: tuple[Revision, ...]
    faults: tuple[tuple[int, Fault], ...]


def judge(
    revisions: Sequence[Revision],
    known: Known,
    admit: Callable[[Revision], Fault | None] = lambda _: None,
    outside: Callable[[Revision], Fault | None] = lambda _: None,
    *,
    keep_good: bool,
) -> Judged:
    """Decide a request: all or nothing, or (streams) every good fact on its own.

    Each revision is numbered by what is known when its turn comes, so two new texts of one article
    in one request become two revisions. `outside` refuses what is not the caller's, `admit` what is
    new but at odds with other facts; a repeat of what is stored is not asked about again.
    """
    receipts, new, faults = [], [], []
    for position, posted in enumerate(revisions):
        revision = known.numbered(posted)
        # First of all: what is another's must not be told from what is not there by a conflict.
        verdict = outside(revision) or known.judge(revision)
        if verdict == "accepted" and (refusal := admit(revision)) is not None:
            known.forget([revision])
            verdict = refusal
        if isinstance(verdict, Fault):
            faults.append((position, verdict))
            continue
        if verdict == "accepted":
            new.append(revision)
        receipts.append(Receipt.of(revision, verdict))
    if faults and not keep_good:
        known.forget(new)
        return Judged((), (), tuple(faults))
    return Judged(tuple(receipts), tuple(new), tuple(faults))


def messages(
    kind: FactKind,
    new: Sequence[Revision],
    known: Known,
    guard: Guard,
    now: datetime,
    trace: str | None = None,
) -> list[Message]:
    """Return the messages of new revisions of a kind, of one trace; none where nobody waits."""
    if kind.wakes is None:
        return []
    named: dict[str, set[str]] = {}
    for revision in new:
        for name, ids in _woken(revision, known, guard).items():
            named.setdefault(name, set()).update(ids)
    parts = [[(name, part) for part in chunks(sorted(ids))] for name, ids in named.items()]
    empty: dict[str, list[str]] = {name: [] for name in named}
    return [
        Message.new(kind.wakes.message, now, {**empty, **dict(filter(None, together))}, trace)
        for together in zip_longest(*parts)
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
