"""areas.due → areas held against the register → finding.raised."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from services.worker import reviewing
from shared.areas.reach import on_day, summed_units
from shared.areas.store import facts as area_facts
from shared.areas.store.facts import AreaFact
from shared.areas.tree import AreaTree, Unit
from shared.households.statistics import MAJORITY
from shared.households.store import statistics
from shared.households.tallies import Counts
from shared.kernel import knowledge
from shared.kernel.database import Transaction
from shared.kernel.fields import LAST_DAY
from shared.law.standards import LISTS
from shared.law.store.seeds import REGISTER_CHECKS, SeedCache
from shared.money.area_findings import AreaCount, of_area
from shared.press.store import findings as store
from shared.press.store.findings import NewFinding


@dataclass(frozen=True)
class ReviewAreas:
    """Recompute the findings of every unit that ever had one of these codes.

    The register is counted on the day of each fact, and by the last one as it stands at last: no
    clock decides, so that the same facts have the same findings whenever they are reviewed.
    """

    seeds: SeedCache

    async def __call__(self, tx: Transaction, items: Sequence[str]) -> None:
        """Load, decide, save, announce: one transaction for the whole batch."""
        subjects = [reviewing.area_subject(code) for code in items]
        through = await store.lock(tx, subjects)
        areas, checks = await self.seeds.areas(tx), await self.seeds.read(tx, REGISTER_CHECKS)
        found: list[NewFinding] = []
        for fact, counted_on in _looks(areas, await area_facts.of_codes(tx, items)):
            unit = areas.by_id(fact.area_id)
            for count in await _counts(tx, areas, unit, fact, counted_on):
                subject = reviewing.area_subject(unit.code)
                found += [
                    reviewing.finding(subject, each, unit.area_id, checks)
                    for each in of_area(count)
                ]
        at = await knowledge.tick(tx)
        await reviewing.replace(tx, subjects, found, at)
        await store.reviewed(tx, subjects, through)


def _looks(areas: AreaTree, facts: Sequence[AreaFact]) -> Iterator[tuple[AreaFact, date | None]]:
    """Give each fact with its day, and the last one of a unit that is still there with none."""
    last: dict[int, AreaFact] = {}
    for fact in sorted(facts, key=lambda fact: (fact.area_id, fact.on)):
        last[fact.area_id] = fact
        yield fact, fact.on
    for area_id, fact in last.items():
        if areas.by_id(area_id).valid_to is None:
            yield fact, None


async def _counts(
    tx: Transaction, areas: AreaTree, unit: Unit, fact: AreaFact, counted_on: date | None
) -> list[AreaCount]:
    day = counted_on or LAST_DAY
    communes = on_day(areas, unit, day)
    listed = None if communes is None else sorted(communes)
    units = summed_units(areas, listed)
    counted = await statistics.counts(tx, listed, units, day, None)
    totals = fact.payload["households_total"], fact.payload.get("minority_households_total")
    return [
        AreaCount(unit.code, fact.on, counted_on, "all", totals[0], *_all(counted)),
        AreaCount(unit.code, fact.on, counted_on, "minority", totals[1], *_minority(counted)),
    ]


def _all(counted: Counts) -> tuple[int, int]:
    """Return how many households have a class, and how many are on a list."""
    by_status = dict(counted.by_status)
    return sum(by_status.values()), sum(by_status.get(name, 0) for name in LISTS)


def _minority(counted: Counts) -> tuple[int, int]:
    rows = [row for row in counted.by_ethnicity if row[0] not in {None, MAJORITY}]
    registered = sum(number for _, _, number in rows)
    return registered, sum(number for _, status, number in rows if status in LISTS)
