"""WHAT IS DUE, ON ONE SCREEN: each kind of work, where it is read, and the order that wakes it.

Everything here is read from the database alone: empty the broker, and nothing that was accepted is
lost. `services.worker.reconciler` says again what nobody carries.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from shared.areas.facts import AREA_FACTS
from shared.facts import CONCERNED
from shared.households.facts import HOUSEHOLD_EVENTS
from shared.households.person_facts import HOUSEHOLD_MEMBERS
from shared.households.store import changed_areas, due
from shared.kernel import receipts
from shared.kernel.database import Snapshot
from shared.kernel.facts import FactKind
from shared.kernel.reconciliation import Late
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
    MONEY_REVIEW_DUE,
    REFERENCE_FIGURE_RECORDED,
)
from shared.money.facts import DISBURSEMENTS, FUNDS, SUPPORT_RECORDS
from shared.money.store import runs
from shared.press.facts import ARTICLES, REFERENCE_FIGURES
from shared.press.store import changed_counts

# A message holds so many ids; what reads articles takes them one by one.
IDS_MAX = 500

LateOf = Callable[[Snapshot, datetime | None, datetime, int], Awaitable[list[Late]]]
Ids = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class DueWork:
    """One kind of work: what is late, which messages carry it, and what order wakes it again.

    `together`: of how many ids one order speaks.
    """

    name: str
    late: LateOf
    carried_by: tuple[str, ...]
    orders: Callable[[Sequence[str]], Mapping[str, Ids]]
    together: int = IDS_MAX


def _of_facts(kind: FactKind) -> LateOf:
    return partial(_late, kind)


async def _late(
    kind: FactKind, snapshot: Snapshot, since: datetime | None, until: datetime, limit: int
) -> list[Late]:
    return await receipts.late(snapshot, kind, CONCERNED[kind] or "", since, until, limit)


def _households(items: Sequence[str]) -> Mapping[str, Ids]:
    return {HOUSEHOLDS_DUE: {"household_ids": items}}


def _subjects(items: Sequence[str]) -> Mapping[str, Ids]:
    """Return the order for funds and paid households, called "fund:ID" and "household:ID"."""
    ids: dict[str, list[str]] = {"fund": [], "household": []}
    for item in items:
        kind, _, name = item.partition(":")
        ids[kind].append(name)
    return {MONEY_REVIEW_DUE: {"fund_ids": ids["fund"], "household_ids": ids["household"]}}


def _areas(items: Sequence[str]) -> Mapping[str, Ids]:
    """Return the order for the units called "area:CODE"."""
    return {AREAS_DUE: {"area_codes": [item.removeprefix("area:") for item in items]}}


def _articles(items: Sequence[str]) -> Mapping[str, Ids]:
    """Return both orders: which of the two was lost cannot be told, and a check is cheap."""
    ids = {"article_ids": items}
    return {ARTICLES_DUE_FOR_READING: ids, ARTICLES_DUE_FOR_CHECKING: ids}


def due_works(seeds: SeedCache) -> tuple[DueWork, ...]:
    """Return every kind of work."""
    return (
        DueWork(
            "household-events",
            _of_facts(HOUSEHOLD_EVENTS),
            (HOUSEHOLD_EVENT_RECORDED, HOUSEHOLDS_DUE),
            _households,
        ),
        DueWork("members", _of_facts(HOUSEHOLD_MEMBERS), (MONEY_REVIEW_DUE,), _subjects),
        DueWork("days", due.by_day, (HOUSEHOLDS_DUE,), _households),
        DueWork("exit-windows", partial(due.by_window, seeds), (HOUSEHOLDS_DUE,), _households),
        DueWork("law", due.by_law, (HOUSEHOLDS_DUE,), _households),
        DueWork("area-facts", _of_facts(AREA_FACTS), (AREAS_DUE,), _areas),
        DueWork(
            "counts-in-areas",
            partial(changed_areas.late, seeds),
            (HOUSEHOLD_EVENT_RECORDED, HOUSEHOLDS_DUE, AREAS_DUE),
            _areas,
        ),
        DueWork("funds", _of_facts(FUNDS), (FUND_RECORDED, MONEY_REVIEW_DUE), _subjects),
        DueWork(
            "disbursements",
            _of_facts(DISBURSEMENTS),
            (DISBURSEMENT_RECORDED, MONEY_REVIEW_DUE),
            _subjects,
        ),
        DueWork("support-records", _of_facts(SUPPORT_RECORDS), (MONEY_REVIEW_DUE,), _subjects),
        DueWork(
            "allocation-runs",
            runs.late,
            (ALLOCATION_RUN_REQUESTED,),
            lambda items: {ALLOCATION_RUN_REQUESTED: {"run_ids": items}},
            # A run holds the clock from its end to the commit: a second one in the same transaction
            # would make every writer wait while it is computed.
            together=1,
        ),
        DueWork(
            "articles",
            _of_facts(ARTICLES),
            (ARTICLE_RECORDED, ARTICLES_DUE_FOR_READING, ARTICLES_DUE_FOR_CHECKING),
            _articles,
        ),
        DueWork(
            "reference-figures",
            _of_facts(REFERENCE_FIGURES),
            (REFERENCE_FIGURE_RECORDED, ARTICLES_DUE_FOR_CHECKING),
            lambda items: {ARTICLES_DUE_FOR_CHECKING: {"article_ids": items}},
        ),
        DueWork(
            "counts-in-articles",
            partial(changed_counts.late, seeds),
            (HOUSEHOLD_STATUS_CHANGED, ARTICLES_DUE_FOR_CHECKING),
            lambda items: {ARTICLES_DUE_FOR_CHECKING: {"article_ids": items}},
        ),
    )
