"""The simulated stream of an area: household events and area facts, in the order of sending.

The same arguments give the same bytes on every machine: each part draws from its own `Random`,
seeded with text, and no draw depends on the platform's mathematics or on hashing.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any, BinaryIO

from services.simulate.communes import Commune, communes_of, facts, quotas
from services.simulate.disorder import Disorder, Sent, sendings
from services.simulate.figures import Churn, Figures, People, Target, reference, targets
from services.simulate.population import Population
from services.simulate.reviews import Reviewers
from shared.areas.tree import AreaTree
from shared.kernel.errors import DomainError

EVENTS, FACTS = "household-events", "area-facts"
FIRST_YEAR, LAST_YEAR = 2022, 2026  # of the one standard that is simulated, VN-2022-2025

Quotas = Mapping[int, Mapping[str, Target]]


@dataclass(frozen=True, slots=True)
class _Plan:
    """All that is the same for every district of a simulation."""

    seed: int
    source: str
    prefix: str
    years: tuple[int, ...]
    quotas: Quotas
    churn: Churn
    figures: Figures
    disorder: Disorder
    spring: bool


def simulate(
    area_code: str,
    year_from: int,
    year_to: int,
    seed: int,
    *,
    areas: AreaTree,
    figures: Figures,
    households: int | None = None,
    churn: Churn | None = None,
    disorder: Disorder | None = None,
) -> Iterator[dict[str, Any]]:
    """Return the stream `{"door", "item"}` of an area: the reviews of the years, both included.

    The lists of the year before come first, in effect on 1 January of `year_from`. `households`
    is the area's size at the end of that year before; without it the published one or, for an
    area without its own series, a proportionate one. `churn` and `disorder` replace the defaults.
    An area of several districts comes district by district.
    Raises `unknown_area`, `area_not_in_force`, or `out_of_range` before the first item.
    """
    if not FIRST_YEAR <= year_from <= year_to <= LAST_YEAR:
        raise DomainError("out_of_range", f"years must lie in {FIRST_YEAR} to {LAST_YEAR}")
    first, last = date(year_from - 1, 12, 31), date(year_to, 12, 31)
    unit = areas.on(area_code, first)
    communes = communes_of(areas, unit, first, last, figures)
    years = tuple(range(year_from - 1, year_to + 1))
    wanted = targets(figures, areas, unit, years, households)
    spring = areas.on(communes[0].code, last).in_force(date(year_to + 1, 5, 1))
    plan = _Plan(
        seed=seed,
        source=f"simulated-{seed}",
        prefix=_initials(areas.province(unit).name) if unit.level != "country" else "VN",
        years=years,
        quotas={year: quotas(communes, target) for year, target in wanted.items()},
        churn=churn or figures.churn,
        figures=figures,
        disorder=disorder or Disorder(),
        spring=spring and year_to < LAST_YEAR,
    )
    who = figures.people[reference(figures.people, areas, unit)]
    return _districts(plan, communes, who)


def _initials(name: str) -> str:
    plain = unicodedata.normalize("NFD", name.replace("Đ", "D"))
    return "".join(word[0] for word in plain.split() if word[0].isascii() and word[0].isalpha())


def _districts(plan: _Plan, communes: Sequence[Commune], who: People) -> Iterator[dict[str, Any]]:
    by_district: dict[str, list[Commune]] = {}
    for commune in communes:
        by_district.setdefault(commune.district, []).append(commune)
    for district, members in by_district.items():
        sent = sorted(_sent(plan, district, members, who), key=lambda s: s[:2])
        for _, _, door, item in sent:
            yield {"door": door, "item": dict(item)}


def _sent(plan: _Plan, district: str, communes: Sequence[Commune], who: People) -> Iterator[Sent]:
    """Yield all sendings of one district, in no order."""
    chance = {
        part: Random(f"{plan.seed}/{district}/{part}")
        for part in ("facts", "population", "reviews", "disorder")
    }
    yield from sendings(
        FACTS,
        facts(communes, plan.quotas, plan.source),
        plan.disorder.for_facts(),
        chance["facts"],
    )
    population = Population(communes, plan.quotas, plan.churn, chance["population"], plan.prefix)
    reviewers = Reviewers(
        plan.source, plan.years, plan.churn, plan.figures.profile, chance["reviews"]
    )
    events = (
        dated
        for household in population.live(plan.spring)
        for dated in reviewers.events(household, who)
    )
    yield from sendings(EVENTS, events, plan.disorder, chance["disorder"])


def lines(stream: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """Yield each entry as one line of JSON."""
    for entry in stream:
        yield json.dumps(entry, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def write_ndjson(
    stream: Iterable[Mapping[str, Any]], target: BinaryIO, door: str | None = None
) -> int:
    """Write a stream as NDJSON; with `door`, that door's bare items, as it takes them itself."""
    count = 0
    chosen = stream if door is None else (s["item"] for s in stream if s["door"] == door)
    for line in lines(chosen):
        target.write(line)
        count += 1
    return count
