"""Accepted, duplicate, or refused: the pure decision about what is new in a request.

The same revision with the same content is a duplicate, with other content a conflict; a revision
may change anything but the type. Whatever order revisions arrive in, all are kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from shared.http.problems import Fault

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Candidate:
    """What a posted revision is, as far as repeats and conflicts go; revision 0: no number yet."""

    key: Key
    revision: int
    type: str
    household_id: str | None
    digest: bytes
    event_id: UUID
    pointer: str
    article_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """The answer to one item."""

    external_id: str
    revision: int
    event_id: UUID
    outcome: Literal["accepted", "duplicate"]
    article_id: UUID | None = None

    def document(self) -> dict[str, object]:
        """Return the receipt as callers see it."""
        shown: dict[str, object] = {
            "external_id": self.external_id,
            "revision": self.revision,
            "event_id": str(self.event_id),
            "outcome": self.outcome,
        }
        if self.article_id is not None:
            shown["article_id"] = str(self.article_id)
        return shown


@dataclass
class Known:
    """The revisions known of each key: stored ones, and those accepted a moment ago."""

    revisions: dict[Key, dict[int, tuple[str, bytes]]] = field(default_factory=dict)
    households: dict[Key, set[str]] = field(default_factory=dict)

    def add(
        self, key: Key, revision: int, kind: str, digest: bytes, household_id: str | None
    ) -> None:
        """Remember one revision."""
        self.revisions.setdefault(key, {})[revision] = (kind, digest)
        if household_id is not None:
            self.households.setdefault(key, set()).add(household_id)

    def has(self, candidate: Candidate) -> bool:
        """Say whether a revision of this number is known."""
        return candidate.revision in self.revisions.get(candidate.key, {})

    def judge(self, candidate: Candidate) -> Fault | Literal["accepted", "duplicate"]:
        """Tell what a posted revision is, and remember it if it is new."""
        known = self.revisions.get(candidate.key)
        if known is not None:
            if candidate.revision in known:
                if known[candidate.revision][1] == candidate.digest:
                    return "duplicate"
                return _conflict(candidate)
            earlier = next(iter(known.values()))[0]
            if earlier != candidate.type:
                return _type_changed(candidate, earlier)
        self.add(
            candidate.key,
            candidate.revision,
            candidate.type,
            candidate.digest,
            candidate.household_id,
        )
        return "accepted"

    def forget(self, candidates: Iterable[Candidate]) -> None:
        """Undo what `judge` remembered of a request that is refused as a whole."""
        for candidate in candidates:
            known = self.revisions.get(candidate.key, {})
            known.pop(candidate.revision, None)
            if not known:
                self.revisions.pop(candidate.key, None)


def _conflict(candidate: Candidate) -> Fault:
    return Fault(
        candidate.pointer,
        "event_conflict",
        f"revision {candidate.revision} of {candidate.key[1]!r} from {candidate.key[0]!r} is "
        "already stored with other content; send a correction as a higher revision",
        409,
    )


def _type_changed(candidate: Candidate, earlier: str) -> Fault:
    return Fault(
        f"{candidate.pointer}/type",
        "type_changed",
        f"{candidate.key[1]!r} from {candidate.key[0]!r} is a {earlier!r}; a revision cannot "
        "change the type: withdraw it and send the new fact under another external_id",
        409,
    )


Number = Callable[[Candidate, Known], Candidate]
Admit = Callable[[int], Fault | None]


@dataclass(frozen=True)
class Judged:
    """The decision on one request: receipts in order, what is new by position, faults."""

    receipts: tuple[Receipt, ...]
    new: tuple[tuple[int, Candidate], ...]
    faults: tuple[tuple[int, Fault], ...]


def judge(
    candidates: Sequence[Candidate],
    known: Known,
    number: Number,
    admit: Admit = lambda _: None,
    *,
    keep_good: bool,
) -> Judged:
    """Decide a request: all or nothing, or (streams) every good item on its own.

    Each candidate is numbered by what is known when its turn comes, so two new texts of one article
    in one request become two revisions. `admit` refuses what is new but at odds with other facts; a
    repeat of what is stored is not asked about again.
    """
    receipts, new, faults = [], [], []
    for position, posted in enumerate(candidates):
        candidate = number(posted, known)
        verdict = known.judge(candidate)
        if verdict == "accepted" and (refusal := admit(position)) is not None:
            known.forget([candidate])
            verdict = refusal
        if isinstance(verdict, Fault):
            faults.append((position, verdict))
            continue
        if verdict == "accepted":
            new.append((position, candidate))
        receipts.append(
            Receipt(
                candidate.key[1],
                candidate.revision,
                candidate.event_id,
                verdict,
                candidate.article_id,
            )
        )
    if faults and not keep_good:
        known.forget(candidate for _, candidate in new)
        return Judged((), (), tuple(faults))
    return Judged(tuple(receipts), tuple(new), tuple(faults))
