"""The ledger of tallies answers as a count of the episodes does, for every day and instant."""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from services.processes import seeding
from shared.areas.reach import on_day, summed_units
from shared.areas.tree import AreaTree, Unit
from shared.households.store import (
    movements,
    statistics,
    status_flows,
    tallies,
    tally_recount,
    tally_runs,
)
from shared.households.store.year_end import Register
from shared.households.tallies import Counts
from shared.kernel import knowledge
from shared.kernel.database import Snapshot
from shared.law.store.files import ROOT
from tests.facts import assessed, corrected
from tests.harness import Registry
from tests.simulation.histories import disorder, history

# Communes of Lạng Sơn, of Bắc Giang and of Bắc Ninh, which were merged in 2025.
OLD = ("06091", "06094", "07681", "07213", "09163")
NEW = ("06091", "06103", "07681", "09169")
CODES = ("VN", "20", "24", "27", "181", "213", "256")
FIRST, LAST = date(2012, 1, 1), date(2027, 12, 31)


@pytest.fixture(autouse=True)
def _short_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a few hundred amounts make runs of three levels."""
    monkeypatch.setattr(tally_runs, "RUN_AMOUNTS", 40)
    monkeypatch.setattr(tally_runs, "RUNS_TOGETHER", 3)


async def compacted(app: Registry) -> int:
    runs = 0
    while True:
        async with app.context.database.transaction() as tx:
            if not await tally_runs.compact(tx, app.context.seeds.areas):
                return runs
        runs += 1


async def instants(app: Registry) -> list[datetime]:
    async with app.context.database.statement() as snapshot:
        rows = await snapshot.fetch(
            "SELECT known_from FROM episodes UNION SELECT known_to FROM episodes "
            "WHERE known_to IS NOT NULL ORDER BY 1"
        )
    return [row[0] for row in rows]


def in_order(counts: Counts) -> dict[str, list[Any]]:
    return {name: sorted(rows, key=repr) for name, rows in asdict(counts).items()}


async def compare_counts(
    snapshot: Snapshot, tree: AreaTree, unit: Unit, day: date, known_at: datetime | None
) -> int:
    reach = on_day(tree, unit, day)
    ids = None if reach is None else sorted(reach)
    counted = await statistics.summed(snapshot, ids, summed_units(tree, reach), day, known_at)
    assert counted is not None
    scanned = await statistics.scan(snapshot, ids, day, known_at)
    assert in_order(counted.counts) == in_order(scanned.counts), (unit.code, day, known_at)
    assert counted.at == scanned.at
    return sum(number for _, number in counted.counts.by_status)


async def compare_flows(
    snapshot: Snapshot, tree: AreaTree, unit: Unit, start: date, day: date, at: datetime | None
) -> int:
    reach = on_day(tree, unit, day)
    units, ids = summed_units(tree, reach), None if reach is None else sorted(reach)
    moved = 0
    for listed in ("poor", "near_poor"):
        summed = await movements.summed(snapshot, ids, units, listed, (start, day), at)
        assert summed is not None
        assert summed == await movements.scan(snapshot, ids, listed, (start, day), at), unit.code
        flows = summed.flows
        assert flows.balanced()
        moved += flows.moved_in + flows.moved_out
    return moved


async def compare_ways(
    snapshot: Snapshot, tree: AreaTree, unit: Unit, day: date, at: datetime | None
) -> int:
    """Compare where households went since the year of a day began, by both bases."""
    reach = on_day(tree, unit, day)
    units, ids = summed_units(tree, reach), None if reach is None else sorted(reach)
    period = date(day.year - 1, 12, 31), day
    went = await status_flows.summed(snapshot, ids, units, period, at)
    assert went is not None
    register = Register(ids, "computed", at)
    assert went == await status_flows.scan(snapshot, register, period), (unit.code, day, at)
    register = replace(register, basis="recognised")
    by_decision = await status_flows.recognised(snapshot, went, register, period)
    assert by_decision == (await status_flows.scan(snapshot, register, period)).flows
    return sum(flow.households for flow in went.flows if flow.before != flow.after)


async def compare(app: Registry, rng: Random, times: int) -> tuple[int, int]:
    """Compare at random; return what was counted and what moved, so that it is not all nothing."""
    tree = await app.context.areas.current()
    known = [None, *await instants(app)]
    counted = moved = 0
    async with app.context.database.snapshot() as snapshot:
        for _ in range(times):
            day = FIRST + timedelta(rng.randrange((LAST - FIRST).days))
            units = [u for c in CODES for u in tree.versions(c) if u.in_force(day)]
            unit, at = rng.choice(units), rng.choice(known)
            counted += await compare_counts(snapshot, tree, unit, day, at)
            start = FIRST + timedelta(rng.randrange((day - FIRST).days + 1))
            moved += await compare_flows(snapshot, tree, unit, start, day, at)
            moved += await compare_ways(snapshot, tree, unit, day, at)
    return counted, moved


async def differences(app: Registry) -> list[str]:
    tree = await app.context.areas.current()
    async with app.context.database.snapshot() as snapshot:
        return await tally_recount.differences(snapshot, tree, 10)


async def test_ledger_equals_scan_on_random_histories_across_merges(app: Registry) -> None:
    rng = Random(15)
    counted = moved = runs = 0
    for seed in range(12):
        events = disorder(history(seed, 4, area_codes=OLD, new_area_codes=NEW), seed)
        while events:
            size = rng.randint(1, 9)
            await app.send(events[:size])
            events = events[size:]
        more = await compare(app, rng, 12)
        counted, moved = counted + more[0], moved + more[1]
        runs += await compacted(app)
        more = await compare(app, rng, 12)
        counted, moved = counted + more[0], moved + more[1]
    assert counted > 1000
    assert moved > 20
    async with app.context.database.statement() as snapshot:
        assert await snapshot.fetchval("SELECT max(level) FROM tally_runs") >= 3
    assert await differences(app) == []


async def test_a_correction_leaves_what_was_known_before(app: Registry) -> None:
    event = assessed("H1", "2023-12-14")
    await app.send([event])
    async with app.context.database.statement() as snapshot:
        then = await knowledge.settled(snapshot)
    await app.send([corrected(event, income_vnd=3_000_000)])
    path = "/v1/areas/20/statistics"
    now = await app.get(path, as_of="2024-06-01")
    past = await app.get(path, as_of="2024-06-01", known_at=then.isoformat())
    assert (now["counts"]["poor"], past["counts"]["poor"]) == (0, 1)


async def test_a_long_tail_is_left_to_the_scan(
    app: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    sql = tallies._TOTALS.replace(str(tallies.TAIL_AMOUNTS_MAX), "1")
    monkeypatch.setattr(tallies, "_TOTALS", sql)
    await app.send([assessed("H1", "2023-12-14")])
    async with app.context.database.snapshot() as snapshot:
        assert await tallies.totals(snapshot, [0], None, date(2024, 1, 1), None) is None
    found = await app.get("/v1/areas/20/statistics", as_of="2024-06-01")
    assert found["counts"]["poor"] == 1


async def test_an_entry_or_a_sum_that_was_tampered_with_is_found(app: Registry) -> None:
    events = history(3, 12)
    for first in range(0, len(events), 6):
        await app.send(events[first : first + 6])
    await compacted(app)
    assert await differences(app) == []
    for level, column in ((1, "day_amounts"), (2, "day_amounts"), (2, "amounts")):
        for change in ("+ 1", "- 1"):
            async with app.context.database.transaction() as tx:
                await tx.execute(
                    f"UPDATE tally_sums SET {column}[1] = {column}[1] {change} "
                    f"WHERE unit = 0 AND level = {level}"
                )
            found = await differences(app)
            assert any(f"sums of level {level}" in line for line in found) == (change == "+ 1")
    async with app.context.database.transaction() as tx:
        await tx.execute("DELETE FROM episodes WHERE ctid = (SELECT max(ctid) FROM episodes)")
    assert any("not what its episodes say" in line for line in await differences(app))


async def test_a_ledger_counted_anew_is_the_same_ledger(app: Registry) -> None:
    await app.send(disorder(history(5, 8, area_codes=OLD, new_area_codes=NEW), 5))
    await compacted(app)
    async with app.context.database.transaction() as tx:
        await tally_recount.refill(tx)
    assert await differences(app) == []
    await compacted(app)
    counted, _ = await compare(app, Random(5), 40)
    assert counted > 50


async def test_the_migrations_fill_the_ledger_of_an_older_database(app: Registry, dsn: str) -> None:
    # An older release told nothing of families that only change their number.
    apart = [
        {name: value for name, value in event.items() if name != "continues"}
        for event in disorder(history(6, 8, area_codes=OLD, new_area_codes=NEW), 6)
    ]
    await app.send(apart)
    async with app.context.database.transaction() as tx:
        for table in ("tally_sums", "tally_runs", "tally_entries"):
            await tx.execute(f"DELETE FROM {table}")
    first = import_module("shared.migrations.versions.0013_tallies_of_communes")
    second = import_module("shared.migrations.versions.0015_families")
    third = import_module("shared.migrations.versions.0041_status_flows")
    engine = create_async_engine(make_url(dsn).set(drivername="postgresql+asyncpg"))
    async with engine.begin() as connection:
        await connection.execute(text(first._FILL))
    assert len(await differences(app)) > 0  # the part of new standards, and of a year
    await compacted(app)
    async with engine.begin() as connection:
        await connection.run_sync(second.fill)
        await connection.run_sync(third.fill)
    await engine.dispose()
    assert await differences(app) == []
    counted, _ = await compare(app, Random(6), 20)
    assert counted > 20


async def test_areas_that_put_a_commune_elsewhere_move_its_tallies(
    app: Registry, tmp_path: Path
) -> None:
    await app.send([assessed("H1", "2023-12-14", area_code="06091")])
    await compacted(app)
    root = tmp_path / "seeds"
    await asyncio.to_thread(shutil.copytree, ROOT, root)
    file = root / "areas" / "units.csv"
    text = file.read_text("utf-8")
    line = next(one for one in text.splitlines() if one.startswith("06091,2011-01-01"))
    fields = line.split(",")
    fields[6] = "213"  # a district of Bắc Giang
    file.write_text(text.replace(line, ",".join(fields)), "utf-8")
    await seeding.load(app.context.database, app.clock, root)
    await app.drain()
    counts = [
        (await app.get(f"/v1/areas/{code}/statistics", as_of="2024-06-01"))["counts"]["poor"]
        for code in ("20", "24", "VN")
    ]
    assert counts == [0, 1, 1]
    assert await differences(app) == []
