"""What a simulation is calibrated on: `seeds/demo/published_figures.yaml`, read and scaled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from shared.areas.tree import COUNTRY, AreaTree, Unit
from shared.kernel.errors import DomainError

Weights = Mapping[Any, int]

_MEASURES = ("poor_households", "near_poor_households", "households_total")
_KNOWN = ("published", "derived")


@dataclass(frozen=True, slots=True)
class Target:
    """What the registry must count at the end of a year, and whether that is only assumed."""

    poor: int
    near_poor: int
    households: int
    assumed: bool

    def scaled(self, numerator: int, denominator: int) -> Target:
        """Return the target for a smaller or larger population, rounded half up."""
        poor, near_poor, households = (
            (2 * count * numerator + denominator) // (2 * denominator)
            for count in (self.poor, self.near_poor, self.households)
        )
        return Target(poor, near_poor, households, assumed=True)


@dataclass(frozen=True, slots=True)
class Churn:
    """Yearly flows as shares; each is explained beside its value in the YAML."""

    newly_arisen: Mapping[str, float]
    relapsed: Mapping[str, float]
    worsened: float
    improved: float
    closed: Mapping[str, float]
    moved: float
    regular_review: float
    not_reviewed: float
    non_poor_reviewed: float
    screened: float
    registered: float
    with_members: float
    by_score: float
    decision_differs: float


@dataclass(frozen=True, slots=True)
class Profile:
    """How many indicators a household lacks by class, which ones, and the causes named."""

    counts: Mapping[str, Weights]
    weights: Weights
    causes: Mapping[str, Weights]


@dataclass(frozen=True, slots=True)
class People:
    """Ethnic groups of the listed households, and the minority share of all households."""

    minority_share: float
    groups: Weights


@dataclass(frozen=True, slots=True)
class Place:
    """What is said of an area's communes: zones, attributes, relative sizes."""

    zone: str | None
    zones: Mapping[str, str]
    attributes: tuple[str, ...]
    weights: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Figures:
    """The whole document: series by area code and year, and the parameters."""

    series: Mapping[str, Mapping[int, Target]]
    churn: Churn
    profile: Profile
    people: Mapping[str, People]
    places: Mapping[str, Place]


def read_figures(document: Mapping[str, Any]) -> Figures:
    """Build the figures from their document (`seeds/demo/published_figures.yaml`)."""
    series = {line["area"]: _series(line) for line in document["series"]}
    deprivation = document["deprivation"]
    return Figures(
        series=series | _from_figures(document["figures"]),
        churn=Churn(**{f.name: document["churn"][f.name] for f in fields(Churn)}),
        profile=Profile(deprivation["counts"], deprivation["weights"], deprivation["causes"]),
        people={
            code: People(entry["minority_share"], entry["groups"])
            for code, entry in document["people"].items()
        },
        places={code: _place(entry) for code, entry in document["places"].items()},
    )


def _series(line: Mapping[str, Any]) -> dict[int, Target]:
    return {
        year: Target(poor, near_poor, households, assumed=False)
        for year, (poor, near_poor, households) in line["years"].items()
    }


def _place(entry: Mapping[str, Any]) -> Place:
    return Place(entry["zone"], entry["zones"], tuple(entry["attributes"]), entry["weights"])


def _from_figures(lines: Sequence[Mapping[str, Any]]) -> dict[str, dict[int, Target]]:
    """Gather the three counts of each area and year end; forecasts are no counts."""
    found: dict[str, dict[int, dict[str, Mapping[str, Any]]]] = {}
    for line in lines:
        if line["measure"] in _MEASURES and line["basis"] != "forecast":
            day: date = line["date"]
            year = found.setdefault(line["area"], {}).setdefault(day.year, {})
            year[line["measure"]] = line
    return {
        area: {
            year: _target([parts[measure] for measure in _MEASURES])
            for year, parts in years.items()
        }
        for area, years in found.items()
    }


def _target(lines: Sequence[Mapping[str, Any]]) -> Target:
    poor, near_poor, households = (line["value"] for line in lines)
    assumed = any(line["basis"] not in _KNOWN for line in lines)
    return Target(poor, near_poor, households, assumed)


def targets(
    figures: Figures, areas: AreaTree, unit: Unit, years: Sequence[int], households: int | None
) -> dict[int, Target]:
    """Return the year-end targets of `unit`; `households` is its size at the end of years[0]."""
    code = reference(figures.series, areas, unit)
    found = {year: _extended(figures.series[code], year) for year in years}
    if households is None and code == unit.code:
        return found
    base = found[years[0]].households
    size = _default_size(areas, unit, code, base) if households is None else households
    if size < 1:
        raise DomainError("out_of_range", "an area needs at least one household")
    return {year: target.scaled(size, base) for year, target in found.items()}


def reference(known: Mapping[str, Any], areas: AreaTree, unit: Unit) -> str:
    """Return the code that speaks for `unit`: its own, one above it, or the nearest province."""
    above: Unit | None = unit
    while above is not None and above.code != COUNTRY:
        if above.code in known:
            return above.code
        above = areas.parent(above)
    return COUNTRY if unit.level == "country" else _nearest(known, areas, areas.province(unit))


def _nearest(known: Mapping[str, Any], areas: AreaTree, province: Unit) -> str:
    """Return the known province that lies nearest; on a flat map, which is near enough."""
    distances = []
    for code in sorted(code for code in known if len(code) == 2 and code != COUNTRY):
        other = areas.versions(code)[0]
        if None not in (province.latitude, province.longitude, other.latitude, other.longitude):
            north = (province.latitude or 0) - (other.latitude or 0)
            east = (province.longitude or 0) - (other.longitude or 0)
            distances.append((north * north + east * east, code))
    return min(distances)[1] if distances else COUNTRY


def _extended(series: Mapping[int, Target], year: int) -> Target:
    """Return a year of the series; beyond its last, the last year's change goes on."""
    if year in series:
        return series[year]
    last = max(series)
    if year < min(series):
        raise DomainError("out_of_range", f"the published series begin with {min(series)}")
    before, now = _extended(series, last - 1), series[last]
    for _ in range(year - last):
        before, now = now, _continued(before, now)
    return now


def _continued(before: Target, now: Target) -> Target:
    poor = now.poor * now.poor // max(before.poor, 1)
    near_poor = now.near_poor * now.near_poor // max(before.near_poor, 1)
    return Target(poor, near_poor, now.households, assumed=True)


def _default_size(areas: AreaTree, unit: Unit, code: str, base: int) -> int:
    """Share a reference area's households evenly over its communes, and count the unit's."""
    other = areas.versions(code)[0]
    own, whole = (len(areas.members(u, u.valid_from)) for u in (unit, other))
    return max(1, base * own // max(whole, 1))
