"""Which fund and which run a path names, and whose money a caller sees."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from shared.areas.reach import holders
from shared.http.ask import Ask
from shared.http.parameters import TEXT_MAX, PathParameter
from shared.http.problems import Problem, ProblemType, not_found
from shared.kernel.database import Snapshot
from shared.money.store import fund_reads, run_reads
from shared.money.store.fund_reads import Balance
from shared.money.store.run_reads import StoredRun


def unknown_fund() -> Problem:
    """Return the one answer for funds that do not exist or may not be seen."""
    return not_found("unknown_fund", "no such fund is known")


def unknown_run() -> Problem:
    """Return the one answer for runs that do not exist or may not be seen."""
    return not_found("unknown_run", "no such allocation run is known")


UNKNOWN_FUND = ProblemType(
    "No such fund, or its holder is outside the caller's area", unknown_fund()
)
UNKNOWN_RUN = ProblemType(
    "No such run, or its fund's holder is outside the caller's area", unknown_run()
)

FundId = Annotated[str, PathParameter(str, "Id of the fund.", "LS-BG-2023-P5")]
RunId = Annotated[str, PathParameter(str, "Id of the allocation run.", "LS-BG-2023-P5-run-1")]


async def reach_of(ask: Ask, code: str | None = None) -> list[int] | None:
    """Return the units whose money may be shown: in the one asked for, and the caller's."""
    return holders(await ask.tree(), ask.caller.area, code, ask.today)


async def fund_of(
    ask: Ask, snapshot: Snapshot, fund_id: str, reach: Sequence[int] | None
) -> Balance:
    """Return a fund with its sums; `unknown_fund` also for one out of reach."""
    fund = None
    if _possible(fund_id):
        fund = await fund_reads.find(snapshot, ask.known_at, fund_id, reach)
    if fund is None:
        raise unknown_fund()
    return fund


async def run_of(
    ask: Ask, snapshot: Snapshot, run_id: str, reach: Sequence[int] | None
) -> StoredRun:
    """Return a run; `unknown_run` also for one whose fund is held out of reach."""
    run = None
    if _possible(run_id):
        run = await run_reads.find(snapshot, ask.known_at, run_id, reach)
    if run is None:
        raise unknown_run()
    return run


def _possible(name: str) -> bool:
    """Say whether an id of a path can exist; PostgreSQL takes no NUL."""
    return name.isprintable() and len(name) <= TEXT_MAX
