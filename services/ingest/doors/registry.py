"""The doors as a table: for each, its schema, its checks, and how its facts are stored."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from services.ingest.doors import (
    area_facts,
    articles,
    disbursements,
    funds,
    household_events,
    reference_figures,
    support_records,
)
from services.ingest.doors.door import Door, Prepared
from services.ingest.guards import (
    DisbursementGuard,
    FundGuard,
    Guard,
    Subjects,
    SupportGuard,
)
from services.ingest.receipts import Key, Known
from shared.areas.store import facts as area_fact_store
from shared.households.store import events as household_event_store
from shared.http.auth import FUNDS_WRITE
from shared.kernel.database import Transaction
from shared.kernel.revisions import content_hashes
from shared.messages import (
    ARTICLE_RECORDED,
    DISBURSEMENT_RECORDED,
    FUND_RECORDED,
    HOUSEHOLD_EVENT_RECORDED,
    MONEY_REVIEW_DUE,
    REFERENCE_FIGURE_RECORDED,
)
from shared.money.store import disbursements as disbursement_store
from shared.money.store import funds as fund_store
from shared.money.store import support_records as support_record_store
from shared.press.store import articles as article_store
from shared.press.store import reference_figures as reference_figure_store


async def _known_households(tx: Transaction, keys: Sequence[Key]) -> Known:
    known = Known()
    for key, revisions in (await household_event_store.stored_revisions(tx, keys)).items():
        for r in revisions:
            known.add(key, r.revision, r.type, r.content_hash, r.household_id)
    return known


def _revisions(kind: str, table: str) -> Callable[[Transaction, Sequence[Key]], Awaitable[Known]]:
    async def known(tx: Transaction, keys: Sequence[Key]) -> Known:
        return _untyped(kind, await content_hashes(tx, table, keys))

    return known


def _untyped(kind: str, stored: dict[Key, dict[int, bytes]]) -> Known:
    known = Known()
    for key, digests in stored.items():
        for revision, digest in digests.items():
            known.add(key, revision, kind, digest, None)
    return known


def _households(item: Prepared, known: Known, _: Guard) -> Subjects:
    """Return every household that a revision of this fact ever named: all are recomputed."""
    return {"household_ids": known.households.get(item.candidate.key, set())}


def _guarded(item: Prepared, _: Known, guard: Guard) -> Subjects:
    return guard.subjects(item.row)


HOUSEHOLD_EVENTS = Door(
    name=household_events.NAME,
    plural=household_events.PLURAL,
    adapter=household_events.ADAPTER,
    check=household_events.check,
    row=lambda model, posted, _: household_events.row(model, posted),
    known=_known_households,
    insert=household_event_store.insert,
    message=HOUSEHOLD_EVENT_RECORDED,
    subjects=_households,
)
AREA_FACTS = Door(
    name=area_facts.NAME,
    plural=area_facts.PLURAL,
    adapter=area_facts.ADAPTER,
    check=area_facts.check,
    row=area_facts.row,
    known=_revisions(area_facts.NAME, "area_facts"),
    insert=area_fact_store.insert,
    message=None,
    subjects=lambda item, known, guard: {},
)
ARTICLES = Door(
    name=articles.NAME,
    plural=articles.PLURAL,
    adapter=articles.ADAPTER,
    check=articles.check,
    row=lambda model, posted, _: articles.row(model, posted),
    known=_revisions(articles.NAME, "articles"),
    insert=article_store.insert,
    message=ARTICLE_RECORDED,
    subjects=lambda item, known, guard: {"article_ids": {str(item.row.article_id)}},
)
FUNDS = Door(
    name=funds.NAME,
    plural=funds.PLURAL,
    adapter=funds.ADAPTER,
    check=funds.check,
    row=funds.row,
    known=_revisions(funds.NAME, "funds"),
    insert=fund_store.insert,
    message=FUND_RECORDED,
    subjects=_guarded,
    guard=FundGuard.hold,
    scope=FUNDS_WRITE,
)
DISBURSEMENTS = Door(
    name=disbursements.NAME,
    plural=disbursements.PLURAL,
    adapter=disbursements.ADAPTER,
    check=disbursements.check,
    row=lambda model, posted, _: disbursements.row(model, posted),
    known=_revisions(disbursements.NAME, "disbursements"),
    insert=disbursement_store.insert,
    message=DISBURSEMENT_RECORDED,
    subjects=_guarded,
    guard=DisbursementGuard.hold,
    scope=FUNDS_WRITE,
)
SUPPORT_RECORDS = Door(
    name=support_records.NAME,
    plural=support_records.PLURAL,
    adapter=support_records.ADAPTER,
    check=support_records.check,
    row=support_records.row,
    known=_revisions(support_records.NAME, "support_records"),
    insert=support_record_store.insert,
    message=MONEY_REVIEW_DUE,
    subjects=_guarded,
    guard=SupportGuard.hold,
    scope=FUNDS_WRITE,
    exact=True,
)
REFERENCE_FIGURES = Door(
    name=reference_figures.NAME,
    plural=reference_figures.PLURAL,
    adapter=reference_figures.ADAPTER,
    check=reference_figures.check,
    row=reference_figures.row,
    known=_revisions(reference_figures.NAME, "reference_figures"),
    insert=reference_figure_store.insert,
    message=REFERENCE_FIGURE_RECORDED,
    subjects=lambda item, known, guard: {"event_ids": {str(item.row.event_id)}},
    exact=True,
)
DOORS = {
    door.name: door
    for door in (
        HOUSEHOLD_EVENTS,
        AREA_FACTS,
        ARTICLES,
        FUNDS,
        DISBURSEMENTS,
        SUPPORT_RECORDS,
        REFERENCE_FIGURES,
    )
}
