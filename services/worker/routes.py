"""THE SYSTEM ON ONE SCREEN: which message wakes which handler, how many at once.

what happened                                        work orders
household-event.recorded ─► assess_households ◄─ households.due ◄─ a day begins, law is loaded
                                 └► household-status.changed, finding.raised, exit-window.ending
fund.recorded, disbursement.recorded
                         ─► review_findings   ◄─ money.review-due ◄─ support or a member is stored
                                 └► finding.raised
                            review_areas      ◄─ areas.due ◄─ an area fact is stored, counts change
                                 └► finding.raised
allocation-run.requested ─► allocate ─► allocation-run.completed ─► whoever listens
article.recorded         ─► read_articles     ◄─ articles.due-for-reading ◄─ check_articles
                                 └► figures.extracted, articles.due-for-checking
                            check_articles    ◄─ articles.due-for-checking
                                 └► finding.raised
reference-figure.recorded, household-status.changed
                         ─► recheck_articles ─► articles.due-for-checking (about those areas)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from services.worker import reviewing
from services.worker.article_reader import ArticleReader
from services.worker.handlers import allocate, check_articles, read_articles
from services.worker.handlers.assess_households import AssessHouseholds
from services.worker.handlers.check_articles import CheckArticles
from services.worker.handlers.recheck_articles import HOUSEHOLD, OFFICIAL, RecheckArticles
from services.worker.handlers.review_areas import ReviewAreas
from services.worker.handlers.review_findings import ReviewFindings
from shared.law.store.seeds import SeedCache
from shared.messages import (
    ALLOCATION_RUN_REQUESTED,
    AREAS_DUE,
    ARTICLE_RECORDED,
    ARTICLES_DUE_FOR_CHECKING,
    ARTICLES_DUE_FOR_READING,
    DISBURSEMENT_RECORDED,
    FUND_RECORDED,
    HOUSEHOLD_EVENT_RECORDED,
    HOUSEHOLD_STATUS_CHANGED,
    HOUSEHOLDS_DUE,
    MESSAGE_TYPES,
    MONEY_REVIEW_DUE,
    REFERENCE_FIGURE_RECORDED,
    WORK_ORDERS,
)
from shared.messaging.message import Message
from shared.messaging.topology import Batch, Route, Topology
from shared.runtime.child import Child
from shared.settings import Settings


def routes(settings: Settings, seeds: SeedCache, reader: Child | None = None) -> tuple[Route, ...]:
    """Return every route of the worker; articles are read in the process `reader`."""
    batch = Batch(settings.batch_items_max, settings.batch_age_ms)
    # Whole loads change an area's counts batch by batch; looking again can wait a little.
    patient = Batch(10 * settings.batch_items_max, 10 * settings.batch_age_ms)
    assess = Route(
        "assess_households",
        on=(HOUSEHOLD_EVENT_RECORDED,),
        handle=AssessHouseholds(seeds),
        items=_household_ids,
        batch=batch,
    )
    review = Route(
        "review_findings",
        on=(FUND_RECORDED, DISBURSEMENT_RECORDED),
        handle=ReviewFindings(seeds),
        items=_subjects,
        batch=batch,
    )
    read = Route(
        "read_articles",
        on=(ARTICLE_RECORDED,),
        handle=read_articles.ReadArticles(ArticleReader(seeds, reader or Child("reader"))),
        items=_article_ids,
        seconds=read_articles.SECONDS,
        # One at a time: what a hostile article costs, it costs nobody else.
        batch=Batch(1, 0),
    )
    return (
        assess,
        _by_order(assess, HOUSEHOLDS_DUE),
        review,
        _by_order(review, MONEY_REVIEW_DUE),
        Route("review_areas", (AREAS_DUE,), ReviewAreas(seeds), _area_codes, batch=patient),
        Route(
            "allocate",
            on=(ALLOCATION_RUN_REQUESTED,),
            handle=allocate.Allocate(seeds),
            items=_run_ids,
            batch=Batch(1, 0),
            prefetch=2,
            seconds=allocate.SECONDS,
        ),
        read,
        _by_order(read, ARTICLES_DUE_FOR_READING),
        Route(
            "check_articles",
            on=(ARTICLES_DUE_FOR_CHECKING,),
            handle=CheckArticles(seeds),
            items=_article_ids,
            batch=Batch(check_articles.TOGETHER, settings.batch_age_ms),
        ),
        Route(
            "recheck_articles",
            on=(REFERENCE_FIGURE_RECORDED, HOUSEHOLD_STATUS_CHANGED),
            handle=RecheckArticles(seeds),
            items=_changed,
            batch=patient,
        ),
    )


def _by_order(route: Route, order: str) -> Route:
    """Return the way to the same work by a work order, in a queue that is called like it."""
    return replace(route, on=(order,), queue=order.replace(".", "-"))


def topology(routes: Sequence[Route]) -> Topology:
    """Return the queues: one per route, and one for the types that only others listen to."""
    routed = {kind for route in routes for kind in route.on}
    announced = {kind.name for kind in MESSAGE_TYPES} - routed
    return Topology(tuple(routes), frozenset(announced), orders=WORK_ORDERS)


def _household_ids(message: Message) -> Sequence[str]:
    return _ids(message, "household_ids")


def _area_codes(message: Message) -> Sequence[str]:
    return _ids(message, "area_codes")


def _run_ids(message: Message) -> Sequence[str]:
    return _ids(message, "run_ids")


def _article_ids(message: Message) -> Sequence[str]:
    return _ids(message, "article_ids")


def _changed(message: Message) -> Sequence[str]:
    """Return what articles are held against: official figures, and households that are counted."""
    if message.type == REFERENCE_FIGURE_RECORDED:
        return [f"{OFFICIAL}{i}" for i in _ids(message, "event_ids")]
    return [f"{HOUSEHOLD}{i}" for i in _ids(message, "household_ids")]


def _subjects(message: Message) -> Sequence[str]:
    """Return what a fact concerns: funds, and households that were paid or have a member."""
    funds = [reviewing.fund_subject(i) for i in _ids_if_any(message, "fund_ids")]
    households = _ids_if_any(message, "household_ids")
    return [*funds, *map(reviewing.household_subject, households)]


def _ids_if_any(message: Message, field: str) -> Sequence[str]:
    return _ids(message, field) if field in message.data else ()


def _ids(message: Message, field: str) -> Sequence[str]:
    ids = message.data[field]
    if not isinstance(ids, list) or not all(isinstance(i, str) for i in ids):
        raise TypeError(f"{field} must be a list of strings")
    return ids
