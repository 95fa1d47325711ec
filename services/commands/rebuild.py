"""`registry rebuild --verify`: recompute everything from the events and compare.

Every timeline is folded anew and compared with what is stored as current, range by range of
households, in as many processes as there are cores, all on one snapshot. The history (what was
known earlier) cannot be recomputed from events alone, for it also records when things became known;
it is checked for being frozen, free of overlaps, and closed once. The ledger of tallies is counted
anew from the episodes, commit by commit.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from multiprocessing import get_context
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress

from services.commands.shell import OUT, run_with_database
from services.commands.wake import overdue
from services.worker.allocations.recompute import recompute
from services.worker.refolding import STATEMENT_SECONDS, RangeVerdict, compare
from shared.households.store import history, rebuilding, rebuilds, tally_recount
from shared.kernel import knowledge
from shared.kernel.clock import SystemClock
from shared.kernel.database import Database, Limits, Snapshot, connect
from shared.law.store.seeds import SeedCache
from shared.money.store import runs as allocation_runs
from shared.runtime.errors import StartError

# Large enough that a process does not ask too often, small enough to be soon lost and soon done.
HOUSEHOLDS_OF_RANGE = 5000
SHOWN_MAX = 20
# What is joined and sorted is every episode there is.
_LARGE = Limits(seconds=STATEMENT_SECONDS, work_mem_mb=64)


@dataclass
class Verdict:
    """What the comparison found; sound when there is nothing in it."""

    # The last household up to which everything was compared.
    after: str = ""
    households: int = 0
    pending: int = 0
    runs: int = 0
    skipped: list[str] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def add(self, part: RangeVerdict, through: str) -> None:
        """Take the verdict of the next range."""
        self.households += part.households
        self.pending += part.pending
        self.differences += part.differences[: SHOWN_MAX + 1]
        self.after = through

    @property
    def sound(self) -> bool:
        """Say whether stored results equal the recomputed ones and the history holds."""
        return not self.differences and not self.faults


def rebuild(
    check: Annotated[
        bool, typer.Option("--verify", help="recompute from the events and compare")
    ] = False,
    after: Annotated[
        str, typer.Option("--after", help="go on behind this household, where a run was stopped")
    ] = "",
    processes: Annotated[
        int, typer.Option("--processes", help="how many work at once; default: one per core")
    ] = os.cpu_count() or 1,
) -> None:
    """Recompute every timeline from the events; exit 1 with a readable diff if anything differs."""
    if not check:
        raise StartError("say `registry rebuild --verify`; results are recomputed by the workers")
    run_with_database(lambda _, dsn: verify(dsn, OUT, after=after, processes=processes))


async def verify(dsn: str, out: Console, *, after: str = "", processes: int = 1) -> int:
    """Recompute, compare, print; return the exit code."""
    database = await connect(dsn, name="rebuild", pool_max=6, statement_seconds=STATEMENT_SECONDS)
    verdict, began = Verdict(after=after), SystemClock().now()
    try:
        with Progress(console=out, transient=True) as progress:
            try:
                # The history is read by the database alone, while processes fold.
                await _together(
                    _results(database, dsn, verdict, progress, processes),
                    _history(database, verdict, progress),
                )
            except BaseException:
                out.print(
                    f"Stopped; `registry rebuild --verify --after '{verdict.after}'` goes on."
                )
                raise
            await _allocations(database, verdict, progress)
        verdict.faults += await overdue(database)
        await _remember(database, verdict, began, after)
    finally:
        await database.close()
    _show(verdict, out)
    return 0 if verdict.sound else 1


async def _remember(database: Database, verdict: Verdict, began: datetime, after: str) -> None:
    """Remember what it came to, for who asks later when everything was last held to be right."""
    made = rebuilds.Rebuild(
        began_at=began,
        ended_at=SystemClock().now(),
        after=after,
        households=verdict.households,
        runs=verdict.runs,
        differences=len(verdict.differences),
        faults=len(verdict.faults),
    )
    async with database.transaction() as tx:
        await rebuilds.remember(tx, made)


async def _together(*parts: Coroutine[Any, Any, None]) -> None:
    """Await all; where one fails, the others end before its error is raised."""
    tasks = [asyncio.ensure_future(part) for part in parts]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _results(
    database: Database, dsn: str, verdict: Verdict, progress: Progress, processes: int
) -> None:
    """Work on one snapshot: a registry at work does not disturb the comparison."""
    async with database.rehearsal() as tx:
        name = await rebuilding.share(tx)
        ranges = await rebuilding.ranges(tx, HOUSEHOLDS_OF_RANGE, verdict.after)
        task = progress.add_task("Recomputing", total=len(ranges))
        with _executor(min(processes, len(ranges))) as pool:
            loop = asyncio.get_running_loop()
            parts = [loop.run_in_executor(pool, compare, dsn, name, *each) for each in ranges]
            try:
                for (_, through), part in zip(ranges, parts, strict=True):
                    verdict.add(await part, through)
                    progress.update(task, advance=1)
            finally:
                for part in parts:
                    part.cancel()


def _executor(processes: int) -> Executor:
    if processes == 1:
        return ThreadPoolExecutor(1)
    # Spawned, not forked: a child must not share the connections of its parent.
    return ProcessPoolExecutor(processes, get_context("spawn"))


async def _allocations(database: Database, verdict: Verdict, progress: Progress) -> None:
    """Compute every completed run again; what it stores for that goes with its transaction."""
    seeds = SeedCache()
    async with database.snapshot() as snapshot:
        runs = await allocation_runs.completed_ids(snapshot)
    for run_id in progress.track(runs, description="Allocating again"):
        async with database.rehearsal() as tx:
            run = await allocation_runs.find(tx, run_id)
            if run is None:
                continue
            again = await recompute(tx, seeds, run)
        verdict.differences += [f"allocation run {run_id}: {d}" for d in again.differences]
        verdict.skipped += [f"{run_id}: {again.skipped}"] if again.skipped else []
        verdict.runs += 1


async def _history(database: Database, verdict: Verdict, progress: Progress) -> None:
    """Check the past and the ledger, each by a connection of its own: they take all cores."""
    task = progress.add_task("Checking the history", total=5)
    limit, _ = await knowledge.watermark(database)
    made: list[history.Digest] = []

    async def make(snapshot: Snapshot) -> list[str]:
        made.append(await history.digest(snapshot, limit))
        return []

    async def check(part: Callable[[Snapshot], Awaitable[list[str]]]) -> None:
        async with database.snapshot(_LARGE) as snapshot:
            verdict.faults += await part(snapshot)
        progress.update(task, advance=1)

    await _together(
        check(history.faults),
        check(lambda snapshot: tally_recount.differing_entries(snapshot, SHOWN_MAX)),
        check(_sums),
        check(_digests),
        check(make),
    )
    async with database.transaction() as tx:
        await history.freeze(tx, *made)


async def _sums(snapshot: Snapshot) -> list[str]:
    tree = await SeedCache().areas(snapshot)
    return await tally_recount.differing_sums(snapshot, tree, SHOWN_MAX)


async def _digests(snapshot: Snapshot) -> list[str]:
    return [
        f"what was known at {old.known_at.isoformat()} has changed"
        for old in await history.frozen(snapshot)
        if await history.digest(snapshot, old.known_at) != old
    ]


def _show(verdict: Verdict, out: Console) -> None:
    for line in verdict.differences[:SHOWN_MAX]:
        out.print(f"  {line}")
    if len(verdict.differences) > SHOWN_MAX:
        out.print("  … and more")
    for line in verdict.faults:
        out.print(f"  history: {line}")
    for line in verdict.skipped[:SHOWN_MAX]:
        out.print(f"  not allocated again: {line}")
    waiting = f", {verdict.pending} still waiting to be worked off" if verdict.pending else ""
    word = "all equal, history sound" if verdict.sound else "DIFFERENT"
    runs = f", {verdict.runs} allocation runs" if verdict.runs else ""
    out.print(f"{verdict.households} households recomputed{runs}{waiting}: {word}.")
