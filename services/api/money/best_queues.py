"""Who waits in the queues of runs of one fund, and how the money would reach the most there."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from services.api.money.comparison import not_comparable
from services.api.money.held import reach_of, run_of
from services.api.money.highs import Highs
from services.api.money.runs import rule_of
from shared.http import parameters
from shared.http.ask import Ask
from shared.http.problems import Problem, ProblemType, invalid
from shared.kernel.database import Snapshot
from shared.kernel.errors import Fault
from shared.law.allocation_rules import Rule
from shared.money import household_norm
from shared.money.best_allocation import Alike, Best, Choice, best
from shared.money.household_norm import HouseholdNorm
from shared.money.store import best_allocation as store
from shared.money.store.best_allocation import Kind, Queues
from shared.money.store.run_reads import StoredRun

# Within these the solver proposes; what is not proven by then is the gap.
SOLVER_SECONDS = 8.0
# More kinds of households are no queue of a norm; a program of them would not end in time.
KINDS_MAX = 2_000
NORMS_MAX = 4

Counted = Literal["household", "content"]


def not_together(faults: Sequence[tuple[str, str]]) -> Problem:
    """Return the refusal of runs that cannot be looked at as one queue: pointer and why."""
    return invalid([Fault(pointer, "not_together", why) for pointer, why in faults])


NOT_TOGETHER = ProblemType(
    "A run is not of households, or the runs are not of one fund, day and amount",
    not_together([("/query/with", "run LS-BG-2023-P5-run-2 divides another fund")]),
)
NOT_COMPLETED = ProblemType(
    "One of the runs is not completed",
    not_comparable([("/query/with", "LS-BG-2023-P5-run-2", "refused")]),
)


With = Annotated[
    str | None,
    parameters.text(
        "More runs of the same fund and day, such as previews by other norms; ids with commas "
        "between them."
    ),
]
CountedBy = Annotated[
    Counted,
    parameters.choice(
        Counted,
        "What is reached with a household: every basic service that it lacks, or of these only "
        "the ones that the norm's own criteria ask about.",
    ).but(default="household"),
]


@dataclass(frozen=True, slots=True)
class Waiting:
    """The runs, their rules as they knew them, and what counts."""

    runs: Sequence[StoredRun]
    rules: Sequence[tuple[Rule, HouseholdNorm]]
    counted: Counted

    @property
    def queues(self) -> Queues:
        """Return what the statements ask for."""
        first = self.runs[0]
        norms = [norm.unit_norm_vnd for _, norm in self.rules]
        return Queues([run.run_id for run in self.runs], norms, first.as_of, first.known_at)

    @property
    def money(self) -> int:
        """Return the đồng that there were to divide."""
        return self.runs[0].allocated_from_vnd or 0

    def reached(self, norm: int, lacking: int | None) -> int:
        """Return what one household reaches that gets a norm."""
        if self.counted == "household":
            return lacking or 0
        criteria = self.rules[norm][1].eligibility
        conditions = [c.condition for c in criteria if c.condition is not None]
        return sum(each.input == "household.deprived" for each in conditions)

    def choices(self, kind: Kind) -> tuple[Choice, ...]:
        """Return what each norm would do for a household of a kind."""
        offered = zip(kind.norms, kind.ranks, kind.prices, strict=True)
        return tuple(
            Choice(norm, rank, price, self.reached(norm, kind.lacking))
            for norm, rank, price in offered
        )


async def waiting_of(ask: Ask, run_id: str, others: str | None, counted: Counted) -> Waiting:
    """Return the queues of a run and of others; refuse what cannot be one queue."""
    names = [run_id, *(others.split(",") if others else ())]
    reach = await reach_of(ask)
    async with ask.snapshot() as snapshot:
        runs = [await run_of(ask, snapshot, name, reach) for name in names]
    pointers = ["", *("/query/with" for _ in runs[1:])]
    unready = [
        (pointer, run.run_id, run.state)
        for pointer, run in zip(pointers, runs, strict=True)
        if run.state != "completed"
    ]
    if unready:
        raise not_comparable(unready)
    if faults := list(_apart(pointers, runs)):
        raise not_together(faults)
    rules = [rule for run in runs if (rule := await rule_of(ask.context, run)) is not None]
    return Waiting(runs, [(rule, household_norm.read(rule.entry)) for rule in rules], counted)


def _apart(pointers: Sequence[str], runs: Sequence[StoredRun]) -> list[tuple[str, str]]:
    """Say which runs cannot be looked at together, and why."""
    first, faults = runs[0], []
    if len({run.run_id for run in runs}) < len(runs) or len(runs) > NORMS_MAX:
        faults.append(("/query/with", f"each run once, and at most {NORMS_MAX} in all"))
    for pointer, run in zip(pointers, runs, strict=True):
        if not run.of_households:
            faults.append((pointer, f"run {run.run_id} divides money among areas"))
        elif (run.fund_id, run.as_of) != (first.fund_id, first.as_of):
            faults.append((pointer, f"run {run.run_id} is of another fund, or of another day"))
        elif run.allocated_from_vnd != first.allocated_from_vnd:
            faults.append((pointer, f"run {run.run_id} had another amount to divide"))
    return faults


async def kinds_of(snapshot: Snapshot, waiting: Waiting) -> list[Kind]:
    """Return who waits, by kind."""
    kinds = await store.kinds(snapshot, waiting.queues, KINDS_MAX + 1)
    if len(kinds) > KINDS_MAX:
        raise not_together([("", f"the queue has more than {KINDS_MAX} kinds of households")])
    return kinds


async def best_of(waiting: Waiting, kinds: Sequence[Kind]) -> tuple[list[Alike], Best]:
    """Return the kinds as they are chosen from, and the best allocation found in time."""
    alike = [Alike(waiting.choices(kind), kind.households) for kind in kinds]
    return alike, await asyncio.to_thread(best, alike, waiting.money, Highs(SOLVER_SECONDS))
