"""In whose territory money is: of a fund its holder's, of a line its own place."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from shared.kernel.database import Snapshot
from shared.kernel.revisions import counting
from shared.money.facts import FUNDS
from shared.money.line_ledger import LineKey


async def of_funds(snapshot: Snapshot, fund_ids: Collection[str]) -> Mapping[str, set[int]]:
    """Return the units that ever held each of these funds; unknown ones are left out."""
    rows = await snapshot.fetch(
        "SELECT DISTINCT fund_id, area_id FROM funds "
        "WHERE fund_id = ANY($1::text[]) AND area_id IS NOT NULL",
        sorted(fund_ids),
    )
    held_by: dict[str, set[int]] = {}
    for fund_id, area_id in rows:
        held_by.setdefault(fund_id, set()).add(area_id)
    return held_by


async def of_runs(snapshot: Snapshot, run_ids: Collection[str]) -> Mapping[str, int]:
    """Return the unit that holds the fund of each of these runs; unknown ones are left out."""
    rows = await snapshot.fetch(
        "SELECT r.run_id, f.area_id FROM allocation_runs r "
        f"JOIN ({counting(FUNDS)}) f USING (fund_id) WHERE r.run_id = ANY($1::text[])",
        sorted(run_ids),
    )
    return {row[0]: row[1] for row in rows}


async def of_lines(snapshot: Snapshot, lines: Collection[LineKey]) -> Mapping[LineKey, int]:
    """Return the unit of each of these lines: the area's own, or where the household lived."""
    keys = sorted(lines)
    rows = await snapshot.fetch(
        "SELECT l.run_id, l.line, l.area_id "
        "FROM unnest($1::text[], $2::text[]) AS k (run_id, line) "
        "JOIN allocation_lines l USING (run_id, line) WHERE l.area_id IS NOT NULL",
        [run for run, _ in keys],
        [line for _, line in keys],
    )
    return {(row[0], row[1]): row[2] for row in rows}
