"""Allocation runs: the list, and one with everything it was computed from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, ClassVar

from msgspec import Meta, Struct

from services.api.money.held import UNKNOWN_RUN, RunId, reach_of, run_of
from services.api.money.sums import OfFund
from services.api.words import NextCursor
from shared.access.caller import FUNDS_READ
from shared.http import parameters
from shared.http.ask import Ask, Clock, Known, KnownAt, SettledAt, from_row
from shared.http.context import Context
from shared.http.operations import Routes
from shared.http.parameters import KNOWN_AT, Declaration
from shared.http.schemas import Instant
from shared.law.allocation_rules import Rule
from shared.money.store import run_reads
from shared.money.store.run_reads import Mode, State, StoredRun

routes = Routes("money")


class RunRefusal(Struct, frozen=True):
    """One reason why a run cannot be computed."""

    code: Annotated[str, Meta(description="Stable; branch on it.")]
    subject: Annotated[str, Meta(description="What it is about: a unit, an input, a run.")]
    detail: Annotated[str, Meta(description="What is wrong, and what to do about it.")]


class RunTotals(Struct, frozen=True):
    """Lines in all and by outcome."""

    lines: Annotated[int, Meta(description="All lines.")]
    allocated: Annotated[int, Meta(description="Lines that get money.")]
    not_eligible: Annotated[int, Meta(description="Lines that the rule does not support.")]
    already_supported: Annotated[int, Meta(description="Lines supported before, or elsewhere.")]
    fund_exhausted: Annotated[int, Meta(description="Lines for which no money was left.")]


class RuleVersion(Struct, frozen=True):
    """The rule as it was known to the run."""

    digest: Annotated[str, Meta(description="Version of the rules that it was read from.")]
    kind: Annotated[str, Meta(description="How it divides: by scores, or by a norm a household.")]
    legal_basis: Annotated[list[str], Meta(description="The articles of law that set it.")]
    en: Annotated[str, Meta(description="The rule in a sentence in English.")]
    vi: Annotated[str, Meta(description="The rule in a sentence in Vietnamese.")]


class ListedRun(Struct, frozen=True):
    """A run without its inputs."""

    run_id: Annotated[str, Meta(description="Id of the run.")]
    fund_id: Annotated[str, Meta(description="The fund that it divides.")]
    rule: Annotated[str, Meta(description="Id of the allocation rule; `/v1/rules` has its law.")]
    mode: Annotated[Mode, Meta(description="A preview holds no money.")]
    as_of: Annotated[date, Meta(description="The day that statuses and facts are of.")]
    supersedes: Annotated[str | None, Meta(description="The run that it replaces.")]
    superseded_by: Annotated[str | None, Meta(description="The run that replaced it.")]
    state: Annotated[State, Meta(description="How far it has come, as known at `known_at`.")]
    known_at: Annotated[
        Instant, Meta(description="The run's: statuses and facts are those known then.")
    ]
    requested_at: Annotated[Instant, Meta(description="When it was asked for.")]
    completed_at: Annotated[Instant | None, Meta(description="When it ended; null: not yet.")]
    code: Annotated[str | None, Meta(description="Of a refused run: the first refusal's.")]
    allocated_from_vnd: Annotated[
        int | None, Meta(description="Đồng that were there to be divided.")
    ]
    allocated_vnd: Annotated[int | None, Meta(description="Đồng on its lines.")]
    unallocated_vnd: Annotated[int | None, Meta(description="Đồng that no line gets.")]
    totals: Annotated[RunTotals | None, Meta(description="Its lines; null before completion.")]


class Runs(Struct, frozen=True):
    """A page of runs."""

    items: Annotated[list[ListedRun], Meta(description="In the order they were asked for.")]
    next_cursor: NextCursor


@routes.get(
    "/v1/allocation-runs",
    scope=FUNDS_READ,
    clock=Known,
    cursor=[datetime.fromisoformat, parameters.short_text],
)
async def list_allocation_runs(
    ask: Ask,
    fund: OfFund = None,
    rule: Annotated[str | None, parameters.text("Only runs of this rule.")] = None,
    state: Annotated[
        State | None,
        parameters.choice(State, "Only runs in this state, as known at `known_at`."),
    ] = None,
    mode: Annotated[Mode | None, parameters.choice(Mode, "Only runs of this mode.")] = None,
) -> Runs:
    """Allocation runs.

    Runs in the order in which they were requested.
    """
    page = ask.page
    matching = run_reads.RunFilter(fund, rule, state, mode, await reach_of(ask))
    async with ask.snapshot() as snapshot:
        rows = await run_reads.list_runs(snapshot, ask.known_at, matching, page.after, page.fetch)
    shown, next_cursor = page.cut(rows, lambda row: [row.requested_at, row.run_id])
    return Runs([_listed(row) for row in shown], next_cursor)


class Run(ListedRun, frozen=True):
    """A run with its frozen inputs; `known_at` is its own, so the one asked with is named apart."""

    refusals: Annotated[list[RunRefusal], Meta(description="Of a refused run: every reason.")]
    areas: Annotated[list[str] | None, Meta(description="Codes of the units, as asked for.")]
    parameters: Annotated[dict[str, Any], Meta(description="Parameters of the rule, as asked for.")]
    rule_version: Annotated[RuleVersion | None, Meta(description="Null before completion.")]
    ledger_at: Annotated[
        Instant | None, Meta(description="Funds and payments are those recorded by then.")
    ]
    inputs: Annotated[dict[str, Any] | None, Meta(description="Frozen; named by the digest.")]
    inputs_digest: Annotated[str | None, Meta(description="Names the inputs.")]
    result_digest: Annotated[
        str | None, Meta(description="The same inputs give the same lines, byte for byte.")
    ]


class AskedKnown(Clock, frozen=True):
    """The echoes of an answer that has a `known_at` of its own."""

    PARAMETERS: ClassVar[Declaration] = {"known_at": KNOWN_AT}

    asked_known_at: KnownAt
    settled_at: SettledAt

    @classmethod
    def of(cls, ask: Ask) -> AskedKnown:
        """Return the echoes."""
        return cls(ask.known_at, ask.settled)


@routes.get(
    "/v1/allocation-runs/{run_id}",
    scope=FUNDS_READ,
    clock=AskedKnown,
    problems=[UNKNOWN_RUN],
)
async def get_allocation_run(ask: Ask, run_id: RunId) -> Run:
    """An allocation run.

    What was asked for, its frozen inputs, and what came of it; a completed run never changes but
    for `superseded_by`. As known at `known_at` a run is pending until it was completed. Largest
    remainders are not monotone: when the amount grows, a line may fall by 1 đồng. `known_at` is the
    run's own; that of the request is echoed as `asked_known_at`.
    """
    reach = await reach_of(ask)
    async with ask.snapshot() as snapshot:
        run = await run_of(ask, snapshot, run_id, reach)
    return from_row(
        Run,
        run,
        totals=_totals(run),
        refusals=[RunRefusal(**each) for each in run.refusals or ()],
        areas=run.request.get("areas"),
        parameters=run.request.get("parameters") or {},
        rule_version=_rule_version(run),
    )


def _listed(run: StoredRun) -> ListedRun:
    return from_row(ListedRun, run, totals=_totals(run))


def _totals(run: StoredRun) -> RunTotals | None:
    return None if run.totals is None else RunTotals(**run.totals)


def _rule_version(run: StoredRun) -> RuleVersion | None:
    rule: Mapping[str, Any] | None = run.frozen.get("rule")
    if rule is None:
        return None
    return RuleVersion(**{name: rule[name] for name in RuleVersion.__struct_fields__})


async def rule_of(context: Context, run: StoredRun) -> Rule | None:
    """Return a completed run's rule as the run knew it and provincial law amended it; else None.

    Ask outside of a snapshot.
    """
    if "rule" not in run.frozen:
        return None
    rules = await context.allocation_rules.version(run.frozen["rule"]["digest"])
    applied = {each["id"] for each in run.frozen.get("overlays") or () if each.get("applied")}
    amending = [overlay for overlay in rules.overlays if overlay.id in applied]
    return rules.named(run.rule).amended(amending)
