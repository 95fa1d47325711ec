"""Beside a run the allocation that reaches the most deprivation for its money: a preview."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

from msgspec import Meta, Struct

from services.api.money.best_queues import (
    NOT_COMPLETED,
    NOT_TOGETHER,
    Counted,
    CountedBy,
    Waiting,
    With,
    best_of,
    kinds_of,
    waiting_of,
)
from services.api.money.held import UNKNOWN_RUN, RunId
from shared.access.caller import FUNDS_READ
from shared.http.ask import Ask, Known
from shared.http.operations import Routes
from shared.kernel.texts import Text
from shared.money.best_allocation import Alike, Best, Choice, Reached
from shared.money.best_sentences import BEST_HOW, BEST_REMARKS, BestRemark
from shared.money.household_norm import RANK_OF_BEGUN
from shared.money.sentences import BEGUN
from shared.money.store import best_allocation as store
from shared.money.store.best_allocation import Kind, Served

routes = Routes("money")


class Comes(Struct, frozen=True):
    """What an allocation comes to."""

    households: Annotated[int, Meta(description="Households that get a norm.")]
    reached: Annotated[int, Meta(description="Deprivations reached, as `counted` says.")]
    spent_vnd: Annotated[int, Meta(description="Đồng that they get.")]
    vnd_for_each: Annotated[
        int | None, Meta(description="Đồng for each deprivation, rounded up; null: none reached.")
    ]


class BestNorm(Struct, frozen=True):
    """One of the norms that are given."""

    run_id: Annotated[str, Meta(description="The run whose queue it is.")]
    rule: Annotated[str, Meta(description="Id of the rule; `/v1/rules` has its law.")]
    content: Annotated[str, Meta(description="What it supports; a household gets it once.")]
    unit_norm_vnd: Annotated[int, Meta(description="The norm in đồng.")]
    en: Annotated[str, Meta(description="The rule in a sentence in English.")]
    vi: Annotated[str, Meta(description="The rule in a sentence in Vietnamese.")]
    legal_basis: Annotated[tuple[str, ...], Meta(description="The acts that it rests on.")]
    waiting: Annotated[int, Meta(description="Households that meet its criteria.")]
    legal: Annotated[Comes, Meta(description="By the rule's own queue.")]
    best: Annotated[Comes, Meta(description="By the best allocation.")]


class BestRank(Struct, frozen=True):
    """One rank of the law: no later one is served at its cost."""

    rank: Annotated[int, Meta(description="Its place; 0: what was begun is finished first.")]
    en: Annotated[str, Meta(description="Who has it, in English.")]
    vi: Annotated[str, Meta(description="Who has it, in Vietnamese.")]
    legal: Annotated[Comes, Meta(description="By the rule's own queue.")]
    best: Annotated[Comes, Meta(description="By the best allocation.")]
    at_most: Annotated[
        int, Meta(description="No allocation reaches more in it, given the ranks before it.")
    ]
    gap: Annotated[int, Meta(description="`at_most` less what the best one reaches; 0: proven.")]


class BestReason(Struct, frozen=True):
    """What the answer rests on, or what it leaves open."""

    code: Annotated[BestRemark, Meta(description="Stable; branch on it.")]
    text_en: Annotated[str, Meta(description="In English.")]
    text_vi: Annotated[str, Meta(description="In Vietnamese.")]


class BestAllocation(Struct, frozen=True):
    """The allocation by the law's queue, and the one that reaches the most for the same money."""

    fund_id: Annotated[str, Meta(description="The fund that is divided.")]
    money_vnd: Annotated[int, Meta(description="Đồng that the run had to divide.")]
    counted: Annotated[Counted, Meta(description="What counts as a deprivation reached.")]
    legal: Annotated[Comes, Meta(description="By the rules' own queues, one after the other.")]
    best: Annotated[Comes, Meta(description="By the best allocation found.")]
    proven: Annotated[bool, Meta(description="No allocation reaches more: every gap is 0.")]
    spent_at_least_vnd: Annotated[
        int, Meta(description="No allocation that reaches as much costs less, in đồng.")
    ]
    norms: Annotated[list[BestNorm], Meta(description="By run, as waiting.")]
    ranks: Annotated[list[BestRank], Meta(description="By rank of the law.")]
    unknown: Annotated[
        int, Meta(description="Households waiting of whom no review says what they lack.")
    ]
    reasons: Annotated[list[BestReason], Meta(description="What it rests on and leaves open.")]
    how_en: Annotated[str, Meta(description="How it is found, in English.")]
    how_vi: Annotated[str, Meta(description="How it is found, in Vietnamese.")]


@routes.get(
    "/v1/allocation-runs/{run_id}/best-allocation",
    scope=FUNDS_READ,
    heavy=True,
    clock=Known,
    problems=[UNKNOWN_RUN, NOT_COMPLETED, NOT_TOGETHER],
)
async def get_best_allocation(
    ask: Ask, run_id: RunId, with_: With = None, counted: CountedBy = "household"
) -> BestAllocation:
    """Best allocation beside a run.

    Who waits in the run's queue, divided anew so that the same money reaches the most deprivation,
    rank before rank of the law, with the gap that is left to the best possible; beside it what the
    law's own queue reaches. A preview: nothing is stored, and no run follows from it.
    """
    waiting = await waiting_of(ask, run_id, with_, counted)
    async with ask.reads.snapshot(ask.limits) as snapshot:
        kinds = await kinds_of(snapshot, waiting)
        served = await store.legal(snapshot, waiting.queues, waiting.money)
    alike, found = await best_of(waiting, kinds)
    return _answer(waiting, kinds, served, alike, found)


def _answer(
    waiting: Waiting,
    kinds: Sequence[Kind],
    served: Sequence[Served],
    alike: Sequence[Alike],
    found: Best,
) -> BestAllocation:
    legal = [
        (Choice(s.norm, s.rank, s.price, waiting.reached(s.norm, s.lacking)), s.households)
        for s in served
    ]
    chosen = [
        (choice, households)
        for each, own in zip(alike, found.numbers, strict=True)
        for choice, households in zip(each.choices, own, strict=True)
    ]
    unknown = sum(kind.households for kind in kinds if kind.lacking is None)
    legal_in_all, best_in_all = _sum(legal), _sum(chosen)
    return BestAllocation(
        fund_id=waiting.runs[0].fund_id,
        money_vnd=waiting.money,
        counted=waiting.counted,
        legal=legal_in_all,
        best=best_in_all,
        proven=found.proven,
        spent_at_least_vnd=found.spent_at_least,
        norms=[_norm(waiting, place, kinds, legal, chosen) for place in range(len(waiting.runs))],
        ranks=[
            BestRank(
                each.rank,
                *_rank_name(waiting, each.rank),
                _sum([c for c in legal if c[0].rank == each.rank]),
                _sum([c for c in chosen if c[0].rank == each.rank]),
                each.at_most,
                each.gap,
            )
            for each in found.ranks
        ],
        unknown=unknown,
        reasons=_reasons(found, legal_in_all, best_in_all, unknown),
        how_en=BEST_HOW.en,
        how_vi=BEST_HOW.vi,
    )


_Given = Sequence[tuple[Choice, int]]


def _sum(given: _Given) -> Comes:
    total = Reached()
    for choice, households in given:
        total = total.plus(choice, households)
    each = None if not total.reached else -(-total.spent // total.reached)
    return Comes(total.households, total.reached, total.spent, each)


def _norm(
    waiting: Waiting, place: int, kinds: Sequence[Kind], legal: _Given, chosen: _Given
) -> BestNorm:
    rule, norm = waiting.rules[place]
    return BestNorm(
        run_id=waiting.runs[place].run_id,
        rule=rule.id,
        content=norm.content,
        unit_norm_vnd=norm.unit_norm_vnd,
        en=norm.en,
        vi=norm.vi,
        legal_basis=norm.legal_basis,
        waiting=sum(kind.households for kind in kinds if place in kind.norms),
        legal=_sum([each for each in legal if each[0].norm == place]),
        best=_sum([each for each in chosen if each[0].norm == place]),
    )


def _rank_name(waiting: Waiting, rank: int) -> Text:
    if rank == RANK_OF_BEGUN:
        return BEGUN
    names = {p.rank: Text(p.en, p.vi) for _, norm in waiting.rules for p in norm.priorities}
    return names[rank]


def _reasons(found: Best, legal: Comes, chosen: Comes, unknown: int) -> list[BestReason]:
    said: Mapping[BestRemark, bool] = {
        "order_within_rank": chosen.reached > legal.reached,
        "queue_ends_early": legal.spent_vnd < chosen.spent_vnd,
        "as_the_law": (legal.reached, legal.spent_vnd) == (chosen.reached, chosen.spent_vnd),
        "earlier_rank_first": chosen.reached < legal.reached,
        "not_proven": not found.proven,
        "may_cost_less": found.spent > found.spent_at_least,
        "lacks_unknown": unknown > 0,
    }
    return [BestReason(code, *BEST_REMARKS[code]) for code, holds in said.items() if holds]
