"""What an article is about: the places that it names, weighed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from shared.areas.tree import Unit
from shared.press.figures.cues import Cue
from shared.press.figures.gazetteer import NATION, Named
from shared.press.figures.mentions import Mention, level_of

_LEADING = 3  # what a name in the title or the first paragraph counts
_MANY = 4  # provinces: of so many none is the subject unless it is named most of the time
_SEVERAL = 2  # beside the nation


@dataclass(frozen=True, slots=True)
class Subject:
    """What an article is about: a province, and the smaller unit in it that it keeps to."""

    province: Named | None
    smaller: Named | None
    country: bool
    most: tuple[Named, ...] = ()
    hold: str = ""  # how the smaller unit stands to its province: named as often, or first

    def of_level(self, level: str) -> Named | None:
        """Return the unit of a level that the article names most."""
        return next((n for n in self.most if n.units[0].level == level), None)

    def anchor(self) -> Unit | None:
        """Return the unit that ambiguous names are looked for in."""
        for named in (self.smaller, self.province):
            if named and named.units:
                return named.units[0]
        return None


@dataclass
class _Weighed:
    """The mentions of an article by unit: how much each counts and where it is named first."""

    found: Sequence[Mention]
    leading: int
    weights: Counter[str] = field(default_factory=Counter)
    first: dict[str, int] = field(default_factory=dict)
    national: int = 0

    def __post_init__(self) -> None:
        for at, mention in enumerate(self.found):
            weight = _LEADING if at < self.leading else 1
            if mention.named.region == NATION:
                self.national += mention.leveled * weight
            elif mention.named.units:
                key = _key(mention)
                self.weights[key] += weight
                self.first.setdefault(key, at)

    def add_spoken(self, spoken: Mapping[str, int]) -> None:
        """Let "the district" count for the first unit of its level that opens the article."""
        for level, count in spoken.items():
            opening = next((k for k in self.first if k.endswith("/" + level)), None)
            if opening and self.is_early(opening) and self.found[self.first[opening]].leveled:
                self.weights[opening] += count

    def is_early(self, key: str) -> bool:
        return self.first[key] < self.leading

    def named(self, key: str | None) -> Named | None:
        return self.found[self.first[key]].named if key else None

    def is_one_of_many(self, provinces: Sequence[str]) -> bool:
        """Say whether the province named most is one of those that the nation is told by."""
        weight = self.weights[provinces[0]] if provinces else 0
        if len(provinces) > _MANY and weight * 3 < sum(self.weights.values()):
            return True
        return len(provinces) > _SEVERAL and self.national >= weight

    def keeps_to(self, smaller: Sequence[str], province: str | None) -> str | None:
        """Return the small unit that the article keeps to: named early, and more than others."""
        if not smaller:
            return None
        small, above = self.weights[smaller[0]], self.weights[province or ""]
        if not above or small > above:
            return smaller[0] if small > self._rival(smaller) else None
        kept = small * 2 >= above and small >= self._rival(smaller) * 2
        return smaller[0] if kept and self.is_early(smaller[0]) else None

    def hold(self, keep: str, smaller: Sequence[str], province: str | None) -> str:
        """Say how the small unit stands to its province."""
        often = self.weights[keep] >= self.weights[province or ""]
        lead = province is None or self.first[keep] <= self.first[province]
        return f"often {often}, first {lead}, alone {self._rival(smaller) == 0}"

    def _rival(self, smaller: Sequence[str]) -> int:
        return self.weights[smaller[1]] if len(smaller) > 1 else 0


def subject(
    found: Sequence[Mention], leading: int, spoken: Mapping[str, int] | None = None
) -> Subject:
    """Weigh all mentions of an article in their order; the `leading` first count more.

    `spoken` says how often the article speaks of a level without a name ("the district"): that
    counts for the first unit of the level that it names.
    """
    weighed = _Weighed(found, leading)
    weighed.add_spoken(spoken or {})
    ranked = [key for key, _ in weighed.weights.most_common()]
    provinces = [k for k in ranked if k.endswith("/province")]
    province = next(iter(provinces), None)
    leveled = {_key(m) for m in found if m.leveled and m.is_district_or_below()}
    smaller = [k for k in ranked if k in leveled or k.endswith("/district")]
    keep = weighed.keeps_to(smaller, province)
    alone = weighed.is_one_of_many(provinces)
    return Subject(
        None if alone else weighed.named(province),
        None if alone and weighed.national else weighed.named(keep),
        country=bool(weighed.national) and (province is None or alone),
        most=tuple(found[weighed.first[key]].named for key in ranked if key in leveled),
        hold=weighed.hold(keep, smaller, province) if keep else "",
    )


def unnamed_levels(cues: Iterable[Cue], found: Iterable[Mention]) -> Counter[str]:
    """Count how often districts and communes are spoken of, less how often they are named."""
    counts: Counter[str] = Counter()
    for cue in cues:
        level = _spoken_level(cue.tags)
        if level:
            counts[level] += 1
    counts.subtract(level_of(m.named) or "" for m in found if m.leveled)
    return Counter({k: n for k, n in counts.items() if n > 0 and k in ("district", "commune")})


@lru_cache(maxsize=4096)
def _spoken_level(tags: frozenset[str]) -> str | None:
    """Return the one level that a word speaks of, None where it is no district and no commune."""
    levels = {t.split(":")[1] for t in tags if t.startswith(("place:", "whole:"))}
    return next(iter(levels)) if levels in ({"district"}, {"commune"}) else None


def _key(mention: Mention) -> str:
    return mention.named.units[0].name + "/" + mention.named.units[0].level
