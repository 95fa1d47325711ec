"""The communes of a simulated area, how they differ, and what each year's facts say of them.

Differences between communes are drawn by lot from the commune's own code, not from the seed: two
streams of one area agree on its households, zones and targets.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

from services.simulate.figures import Figures, Place, Target, reference
from shared.areas.tree import UNASSIGNED, AreaTree, Unit
from shared.kernel.errors import DomainError

_URBAN_KINDS = ("phường", "thị trấn")
_LISTED_AT_MOST = 90  # percent of a commune's households, where the targets allow it
_NO_PLACE = Place(None, {}, (), {})


@dataclass(frozen=True, slots=True)
class Commune:
    """One commune; the weights are relative to the other communes of the simulation."""

    code: str
    area_type: str
    district: str
    size: int
    poor: int
    near_poor: int
    minority: float
    zone: str
    villages: int
    attributes: tuple[str, ...]


def communes_of(
    areas: AreaTree, unit: Unit, first: date, last: date, figures: Figures
) -> list[Commune]:
    """Return the communes of `unit`, by code; all must be in force from `first` to `last`."""
    units = [areas.by_id(area_id) for area_id in areas.members(unit, first)]
    units = [u for u in units if u.in_force(first) and not u.code.endswith(UNASSIGNED)]
    for each in (unit, *units):
        if not each.in_force(last):
            areas.on(each.code, last)
            raise DomainError("area_not_in_force", f"{each.code} is another unit on {last}")
    return [_commune(areas, u, figures) for u in sorted(units, key=lambda u: u.code)]


def _commune(areas: AreaTree, unit: Unit, figures: Figures) -> Commune:
    lots = Random(f"commune/{unit.code}")
    place = _place(areas, unit, figures)
    urban = unit.kind in _URBAN_KINDS
    share = figures.people[reference(figures.people, areas, unit)].minority_share
    zone = place.zones.get(unit.code) or place.zone or lots.choice(("I", "II", "III", "III"))
    return Commune(
        code=unit.code,
        area_type="urban" if urban else "rural",
        district=unit.parent_code or unit.code,
        size=place.weights.get(unit.code, 0) * 100 or lots.randrange(600, 801),
        poor=40 if urban else lots.randrange(75, 131),
        near_poor=60 if urban else lots.randrange(88, 115),
        minority=share * (0.9 if urban else 1) + (1 - share) * 0.3 * lots.random(),
        zone=zone,
        villages={"I": 0, "II": lots.randrange(0, 3), "III": lots.randrange(3, 9)}[zone],
        attributes=place.attributes,
    )


def _place(areas: AreaTree, unit: Unit, figures: Figures) -> Place:
    above: Unit | None = unit
    while above is not None:
        if above.code in figures.places:
            return figures.places[above.code]
        above = areas.parent(above)
    return _NO_PLACE


def quotas(communes: Sequence[Commune], target: Target) -> dict[str, Target]:
    """Share a year's target out over the communes; the sums are exact."""
    sizes = apportion(target.households, [c.size for c in communes], None)
    poor = _listed(target.poor, [c.poor for c in communes], sizes, [0] * len(sizes))
    near = _listed(target.near_poor, [c.near_poor for c in communes], sizes, poor)
    return {
        c.code: Target(poor[i], near[i], sizes[i], target.assumed) for i, c in enumerate(communes)
    }


def _listed(
    total: int, intensities: Sequence[int], sizes: Sequence[int], taken: Sequence[int]
) -> list[int]:
    weights = [i * size for i, size in zip(intensities, sizes, strict=True)]
    caps = [max(0, size * _LISTED_AT_MOST // 100 - t) for size, t in zip(sizes, taken, strict=True)]
    if sum(c for c, w in zip(caps, weights, strict=True) if w) < total:
        caps = [size - t for size, t in zip(sizes, taken, strict=True)]
    return apportion(total, weights, caps)


def apportion(total: int, weights: Sequence[int], caps: Sequence[int] | None) -> list[int]:
    """Split `total` by weight, largest remainders first, no part above its cap."""
    parts = [0] * len(weights)
    left = total
    while left:
        open_to = [i for i, w in enumerate(weights) if w and (caps is None or parts[i] < caps[i])]
        if not open_to:
            raise DomainError("out_of_range", "the targets exceed the households of the communes")
        given = _largest_remainders(left, [weights[i] for i in open_to])
        for i, count in zip(open_to, given, strict=True):
            count = count if caps is None else min(count, caps[i] - parts[i])
            parts[i] += count
            left -= count
    return parts


def _largest_remainders(total: int, weights: Sequence[int]) -> list[int]:
    whole = sum(weights)
    parts = [total * weight // whole for weight in weights]
    order = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % whole), i))
    for i in order[: total - sum(parts)]:
        parts[i] += 1
    return parts


def facts(
    communes: Sequence[Commune], by_year: Mapping[int, Mapping[str, Target]], source: str
) -> list[tuple[date, dict[str, Any]]]:
    """Return each year end's area facts; what is assumed says so in its external_id."""
    return [
        (date(year, 12, 31), _fact(commune, year, by_year[year][commune.code], source))
        for year in sorted(by_year)
        for commune in communes
    ]


def _fact(commune: Commune, year: int, target: Target, source: str) -> dict[str, Any]:
    mark = "/assumed" if target.assumed else ""
    item: dict[str, Any] = {
        "source": source,
        "external_id": f"base/{year}/{commune.code}{mark}",
        "area_code": commune.code,
        "on": f"{year}-12-31",
        "households_total": target.households,
        "minority_households_total": int(target.households * commune.minority),
        "zone": commune.zone,
        "extremely_difficult_villages": commune.villages,
    }
    if commune.attributes:
        item["attributes"] = list(commune.attributes)
    return item
