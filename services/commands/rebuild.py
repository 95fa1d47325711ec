"""`registry rebuild --verify`: recompute everything from the events and compare.

Every timeline is folded anew into fresh tables and compared with what is stored as current. The
history (what was known earlier) cannot be recomputed from events alone, for it also records when
things became known; it is checked for being frozen, free of overlaps, and closed once.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from services.commands.shell import OUT, run_with_database
from services.worker.allocations.recompute import recompute
from services.worker.handlers.assess_households import load_events, rows
from shared.areas.tree import AreaTree
from shared.households.store import announcements, history, tally_recount
from shared.households.store import timelines as store
from shared.households.timelines import timelines
from shared.kernel import knowledge
from shared.kernel.database import Database, Snapshot, Transaction, connect
from shared.law.standards import Policy
from shared.law.store.seed_cache import POLICY, SeedCache
from shared.money.store import runs as allocation_runs
from shared.runtime.errors import StartError

HOUSEHOLDS_TOGETHER = 1000
SHOWN_MAX = 20
SCHEMA = "rebuild"
TABLES = ("episodes", "transitions")

_CONTENT = {
    "episodes": "household_id, valid_from, valid_to, status, living_standard, standard, "
    "spell_from, spell_to, spell_event, assessment, area_id, area_type, ethnic_group, deprived, "
    "entry",
    "transitions": "household_id, area_id, area_code, on_date, from_status, to_status, movements, "
    "standard_changed, cause_event",
}
_STANDING = {
    "episodes": "known_to IS NULL",
    "transitions": "retracts IS NULL AND retracted_at IS NULL",
}
_KEY = {"episodes": "household_id, valid_from", "transitions": "household_id, on_date, to_status"}


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
    """One transaction on one snapshot: a registry at work does not disturb the comparison."""
    async with database.pool.acquire() as connection:
        transaction = connection.transaction(isolation="repeatable_read")
        await transaction.start()
        try:
            tx = Transaction(Snapshot(connection))
            await tx.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            await _fresh_tables(tx)
            await _recompute(tx, verdict, progress)
            for table in TABLES:
                verdict.differences += await _differences(tx, table)
        finally:
            # The fresh tables go with the transaction.
            await transaction.rollback()


async def _fresh_tables(tx: Transaction) -> None:
    await tx.execute(f"CREATE SCHEMA {SCHEMA}")
    for table in TABLES:
        await tx.execute(f"CREATE TABLE {SCHEMA}.{table} (LIKE public.{table} INCLUDING ALL)")
    await tx.execute(f"CREATE TABLE {SCHEMA}.pending (household_id text PRIMARY KEY)")
    # Not yet worked off: their stored timeline is rightly behind their events.
    await tx.execute(
        f"""
        INSERT INTO {SCHEMA}.pending
        SELECT DISTINCT e.household_id FROM household_events e
        JOIN recordings r USING (recording_id) LEFT JOIN households h USING (household_id)
        WHERE e.household_id IS NOT NULL
            AND r.recorded_at > coalesce(h.folded_through, '-infinity')
        """
    )
    await tx.execute(f"ANALYZE {SCHEMA}.pending")
    # The statements that store results now write into the fresh tables.
    await tx.execute(f"SET LOCAL search_path = {SCHEMA}, public")


async def _recompute(tx: Transaction, verdict: Verdict, progress: Progress) -> None:
    seeds = SeedCache()
    areas, policy = await seeds.areas(tx), await seeds.read(tx, POLICY)
    announced, at = await announcements.peek(tx), await knowledge.settled(tx)
    verdict.pending = await tx.fetchval("SELECT count(*) FROM pending")
    total = await tx.fetchval("SELECT count(DISTINCT household_id) FROM household_events")
    task = progress.add_task("Recomputing", total=total)
    async for ids in _households(tx):
        await _fold(tx, ids, areas, policy, announced, at)
        verdict.households += len(ids)
        progress.update(task, advance=len(ids))


async def _households(tx: Transaction) -> AsyncIterator[list[str]]:
    last = ""
    while True:
        found = await tx.fetch(
            "SELECT DISTINCT household_id FROM household_events WHERE household_id > $1 "
            "AND household_id NOT IN (SELECT household_id FROM pending) "
            "ORDER BY household_id LIMIT $2",
            last,
            HOUSEHOLDS_TOGETHER,
        )
        if not found:
            return
        last = found[-1][0]
        yield [row[0] for row in found]


async def _fold(
    tx: Transaction,
    ids: list[str],
    areas: AreaTree,
    policy: Policy,
    announced: date,
    at: datetime,
) -> None:
    events = await load_events(tx, ids)
    decided = timelines(events, ids, policy)
    episodes, transitions = rows(decided, areas, policy, announced)
    await store.open_episodes(tx, episodes, at)
    await store.publish(tx, transitions, at)


async def _differences(tx: Transaction, table: str) -> list[str]:
    content, standing = _CONTENT[table], _STANDING[table]
    found = await tx.fetch(
        f"""
        WITH stored AS (
            SELECT {content} FROM public.{table} WHERE {standing}
                AND household_id NOT IN (SELECT household_id FROM pending)),
        rebuilt AS (SELECT {content} FROM {SCHEMA}.{table})
        (SELECT 'stored but not rebuilt' AS side, d.* FROM (TABLE stored EXCEPT ALL TABLE rebuilt) d
        UNION ALL
        SELECT 'rebuilt but not stored', d.* FROM (TABLE rebuilt EXCEPT ALL TABLE stored) d)
        ORDER BY {_KEY[table]}, side LIMIT {SHOWN_MAX + 1}
        """
    )
    return [f"{table}: {row[0]}: {_readable(row)}" for row in found]


def _readable(row: object) -> str:
    pairs = list(row.items())[1:]  # type: ignore[attr-defined]
    return ", ".join(f"{name}={value}" for name, value in pairs if value is not None)


async def _allocations(database: Database, verdict: Verdict, progress: Progress) -> None:
    """Compute every completed run again; what it stores for that goes with its transaction."""
    seeds = SeedCache()
    async with database.snapshot() as snapshot:
        runs = await allocation_runs.completed_ids(snapshot)
    for run_id in progress.track(runs, description="Allocating again"):
        async with database.pool.acquire() as connection:
            transaction = connection.transaction()
            await transaction.start()
            try:
                tx = Transaction(Snapshot(connection))
                run = await allocation_runs.find(tx, run_id)
                if run is not None:
                    found = await recompute(tx, seeds, run)
                    verdict.differences += [
                        f"allocation run {run_id}: {d}" for d in found.differences
                    ]
                    verdict.skipped += [f"{run_id}: {found.skipped}"] if found.skipped else []
                    verdict.runs += 1
            finally:
                await transaction.rollback()


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
