"""The households that a run and a best allocation beside it serve differently."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated

from msgspec import Meta, Struct

from services.api.money.best_queues import (
    NOT_COMPLETED,
    NOT_TOGETHER,
    CountedBy,
    Waiting,
    With,
    best_of,
    kinds_of,
    waiting_of,
)
from services.api.money.comparison import Change
from services.api.money.held import UNKNOWN_RUN, RunId
from services.api.words import NextCursor
from shared.access.caller import FUNDS_READ
from shared.http import parameters
from shared.http.ask import Ask, Known
from shared.http.operations import Routes
from shared.money.best_allocation import Best
from shared.money.store import best_allocation as store
from shared.money.store.best_allocation import Kind, Picked

routes = Routes("money")


class BestDifference(Struct, frozen=True):
    """A household that the two allocations serve differently."""

    household_id: Annotated[str, Meta(description="Id of the household.")]
    content: Annotated[str, Meta(description="What it is supported with.")]
    lacking: Annotated[
        int | None, Meta(description="Basic services that it lacks; null: no review says.")
    ]
    legal_run: Annotated[str | None, Meta(description="The run that serves it; null: none.")]
    legal_vnd: Annotated[int, Meta(description="Đồng that it gets there.")]
    best_run: Annotated[
        str | None, Meta(description="The run whose norm it would get; null: none.")
    ]
    best_vnd: Annotated[int, Meta(description="Đồng that it would get.")]


class BestDifferences(Struct, frozen=True):
    """A page of households."""

    items: Annotated[list[BestDifference], Meta(description="By household and content.")]
    next_cursor: NextCursor


@routes.get(
    "/v1/allocation-runs/{run_id}/best-allocation/households",
    scope=FUNDS_READ,
    heavy=True,
    clock=Known,
    cursor=[parameters.short_text, parameters.short_text],
    problems=[UNKNOWN_RUN, NOT_COMPLETED, NOT_TOGETHER],
    private=True,
)
async def list_best_allocation_households(
    ask: Ask,
    run_id: RunId,
    with_: With = None,
    counted: CountedBy = "household",
    change: Annotated[
        Change | None,
        parameters.choice(Change, "Only those that would get more, or less."),
    ] = None,
) -> BestDifferences:
    """Households that a best allocation serves differently.

    Of households that are alike those with the first ids are chosen, as the run's own queue does.
    """
    waiting, page = await waiting_of(ask, run_id, with_, counted), ask.page
    async with ask.reads.snapshot(ask.limits) as snapshot:
        kinds = await kinds_of(snapshot, waiting)
    _, found = await best_of(waiting, kinds)
    picked = list(_picked(kinds, found))
    after = (page.after[0], page.after[1]) if page.after else None
    async with ask.reads.snapshot(ask.limits) as snapshot:
        rows = await store.differing(
            snapshot, waiting.queues, waiting.money, picked, change, after, page.fetch
        )
    shown, next_cursor = page.cut(rows, lambda row: [row.household_id, row.content])
    return BestDifferences([_difference(waiting, row) for row in shown], next_cursor)


def _picked(kinds: Sequence[Kind], found: Best) -> Iterator[Picked]:
    """Give of each kind the first ones to the first norm, the next ones to the next."""
    for kind, numbers in zip(kinds, found.numbers, strict=True):
        first = 1
        for norm, price, number in zip(kind.norms, kind.prices, numbers, strict=True):
            if number:
                yield Picked(kind.kind, first, first + number - 1, norm, price)
            first += number


def _difference(waiting: Waiting, row: store.Differing) -> BestDifference:
    def run_of_norm(norm: int | None) -> str | None:
        return None if norm is None else waiting.runs[norm].run_id

    return BestDifference(
        row.household_id,
        row.content,
        row.lacking,
        run_of_norm(row.legal_norm),
        row.legal_vnd or 0,
        run_of_norm(row.best_norm),
        row.best_vnd or 0,
    )
