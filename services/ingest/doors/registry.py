"""The doors as a table: for each, its schema, its checks, and how its facts are stored."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from services.ingest.doors import area_facts, articles, household_events
from services.ingest.doors.common import Law, event_id
from services.ingest.receipts import Candidate, Key, Known
from shared.http.problems import Fault
from shared.messages import ARTICLE_RECORDED, HOUSEHOLD_EVENT_RECORDED, HOUSEHOLD_IDS_MAX
from shared.messaging.message import Message
from shared.store import area_facts as area_fact_store
from shared.store import articles as article_store
from shared.store import household_events as household_event_store
from shared.store.database import Transaction
from shared.store.revisions import content_hashes


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


@dataclass(frozen=True, eq=False)
class Door:
    """One kind of fact.

    `known` loads the stored revisions of keys, `insert` stores rows and returns how many were new,
    `message` names the message type and field by which workers hear of it (None: nobody waits),
    and `subjects` the ids that go into it.
    """

    name: str
    plural: str
    adapter: TypeAdapter[Any]
    check: Callable[[Any, Law, str], list[Fault]]
    row: Callable[[Any, dict[str, Any], Law], Any]
    known: Callable[[Transaction, Sequence[Key]], Awaitable[Known]]
    insert: Callable[[Transaction, int, Sequence[Any]], Awaitable[int]]
    message: tuple[str, str] | None
    subjects: Callable[[Prepared, Known], set[str]]

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

    def messages(self, new: Sequence[Prepared], known: Known, now: datetime) -> list[Message]:
        """Return the messages that wake the workers: ids only, at most 500 in one."""
        if self.message is None:
            return []
        kind, field = self.message
        ids = sorted({subject for item in new for subject in self.subjects(item, known)})
        chunks = [ids[n : n + HOUSEHOLD_IDS_MAX] for n in range(0, len(ids), HOUSEHOLD_IDS_MAX)]
        return [Message.new(kind, now, {field: chunk}) for chunk in chunks]


async def _known_households(tx: Transaction, keys: Sequence[Key]) -> Known:
    known = Known()
    for key, revisions in (await household_event_store.stored_revisions(tx, keys)).items():
        for r in revisions:
            known.add(key, r.revision, r.type, r.content_hash, r.household_id)
    return known


async def _known_area_facts(tx: Transaction, keys: Sequence[Key]) -> Known:
    return _untyped(area_facts.NAME, await content_hashes(tx, "area_facts", keys))


async def _known_articles(tx: Transaction, keys: Sequence[Key]) -> Known:
    return _untyped(articles.NAME, await content_hashes(tx, "articles", keys))


def _untyped(kind: str, stored: dict[Key, dict[int, bytes]]) -> Known:
    known = Known()
    for key, digests in stored.items():
        for revision, digest in digests.items():
            known.add(key, revision, kind, digest, None)
    return known


def _households(item: Prepared, known: Known) -> set[str]:
    """Return every household that a revision of this fact ever named: all are recomputed."""
    return known.households.get(item.candidate.key, set())


HOUSEHOLD_EVENTS = Door(
    name=household_events.NAME,
    plural=household_events.PLURAL,
    adapter=household_events.ADAPTER,
    check=household_events.check,
    row=lambda model, posted, _: household_events.row(model, posted),
    known=_known_households,
    insert=household_event_store.insert,
    message=(HOUSEHOLD_EVENT_RECORDED, "household_ids"),
    subjects=_households,
)
AREA_FACTS = Door(
    name=area_facts.NAME,
    plural=area_facts.PLURAL,
    adapter=area_facts.ADAPTER,
    check=area_facts.check,
    row=area_facts.row,
    known=_known_area_facts,
    insert=area_fact_store.insert,
    message=None,
    subjects=lambda item, known: set(),
)
ARTICLES = Door(
    name=articles.NAME,
    plural=articles.PLURAL,
    adapter=articles.ADAPTER,
    check=articles.check,
    row=lambda model, posted, _: articles.row(model, posted),
    known=_known_articles,
    insert=article_store.insert,
    message=(ARTICLE_RECORDED, "article_ids"),
    subjects=lambda item, known: {str(item.row.article_id)},
)
DOORS = {door.name: door for door in (HOUSEHOLD_EVENTS, AREA_FACTS, ARTICLES)}
