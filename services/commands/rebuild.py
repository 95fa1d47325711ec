"""`registry rebuild --verify`: recompute everything from the events and compare.

Every timeline is folded anew into fresh tables and compared with what is stored as current. The
history (what was known earlier) cannot be recomputed from events alone, for it also records when
things became known; it is checked for being frozen, free of overlaps, and closed once.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import chain
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from services.commands.shell import OUT, run_with_database
from services.worker.allocations.recompute import recompute
from shared.households.store import announcements, events, history, rebuilding, tally_recount
from shared.households.store import timelines as store
from shared.households.store.rows import rows_of
from shared.households.timelines import timelines
from shared.kernel import knowledge
from shared.kernel.database import Database, Transaction, connect
from shared.law.store.seed_cache import POLICY, SeedCache
from shared.money.store import runs as allocation_runs
from shared.runtime.errors import StartError

HOUSEHOLDS_TOGETHER = 1000
SHOWN_MAX = 20


@dataclass
class Verdict:
    """What the comparison found; sound when there is nothing in it."""

    households: int = 0
    pending: int = 0
    runs: int = 0
    skipped: list[str] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Say whether stored results equal the recomputed ones and the history holds."""
        return not self.differences and not self.faults


def rebuild(
    check: Annotated[
        bool, typer.Option("--verify", help="recompute into fresh tables and compare")
    ] = False,
) -> None:
    """Recompute every timeline from the events; exit 1 with a readable diff if anything differs."""
    if not check:
        raise StartError("say `registry rebuild --verify`; results are recomputed by the workers")
    run_with_database(lambda _, dsn: verify(dsn, OUT))


async def verify(dsn: str, out: Console) -> int:
    """Recompute, compare, print; return the exit code."""
    database = await connect(dsn, name="rebuild", pool_max=2, statement_seconds=3600)
    try:
        verdict = Verdict()
        with Progress(console=out, transient=True) as progress:
            await _results(database, verdict, progress)
            await _allocations(database, verdict, progress)
        await _history(database, verdict)
    finally:
        await database.close()
    _show(verdict, out)
    return 0 if verdict.sound else 1


async def _results(database: Database, verdict: Verdict, progress: Progress) -> None:
    """Work on one snapshot: a registry at work does not disturb the comparison."""
    async with database.rehearsal() as tx:
        await rebuilding.make_fresh_tables(tx)
        verdict.pending, total = await rebuilding.count_households(tx)
        fold = await _folding(tx)
        task = progress.add_task("Recomputing", total=total)
        async for ids in rebuilding.households(tx, HOUSEHOLDS_TOGETHER):
            await fold(ids)
            verdict.households += len(ids)
            progress.update(task, advance=len(ids))
        verdict.differences += await rebuilding.differences(tx, SHOWN_MAX + 1)


async def _folding(tx: Transaction) -> Callable[[list[str]], Awaitable[None]]:
    """Return what folds households by the law of now, into the tables that are written to."""
    seeds = SeedCache()
    areas, policy = await seeds.areas(tx), await seeds.read(tx, POLICY)
    announced, at = await announcements.peek(tx), await knowledge.settled(tx)

    async def fold(ids: list[str]) -> None:
        facts = await events.load(tx, ids)
        episodes, transitions = rows_of(timelines(facts, ids, policy), areas, policy, announced)
        await store.open_episodes(tx, list(chain.from_iterable(episodes.values())), at)
        await store.publish(tx, transitions, at)

    return fold


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


async def _history(database: Database, verdict: Verdict) -> None:
    limit, _ = await knowledge.watermark(database)
    async with database.snapshot() as snapshot:
        verdict.faults += await history.faults(snapshot)
        provinces = (await SeedCache().areas(snapshot)).provinces
        verdict.faults += await tally_recount.differences(snapshot, provinces, SHOWN_MAX)
        for old in await history.frozen(snapshot):
            again = await history.digest(snapshot, old.known_at)
            if again != old:
                verdict.faults.append(f"what was known at {old.known_at.isoformat()} has changed")
        made = await history.digest(snapshot, limit)
    async with database.transaction() as tx:
        await history.freeze(tx, made)


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
