"""Poverty standards (chuẩn nghèo): dated law, and the classification of one measurement by it.

Money is VND per person and month. A standard is a list of rules, first match wins; a measurement
that no rule lists is non-poor.

Law: 09/2011/QĐ-TTg, 59/2015/QĐ-TTg, 07/2021/NĐ-CP, 351/2025/NĐ-CP; 17/2016/TT-BLĐTBXH,
07/2021/TT-BLĐTBXH (scores); each standard in `seeds/policy` cites its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, Literal, get_args

from shared.kernel.errors import DomainError, PolicyError
from shared.kernel.periods import add_months
from shared.kernel.texts import Text

AreaType = Literal["rural", "urban"]
WindowLastDay = Literal["inclusive", "exclusive"]
Status = Literal["poor", "near_poor", "recently_exited", "non_poor", "closed"]
ListName = Literal["poor", "near_poor"]
Recognised = Literal["poor", "near_poor", "non_poor"]  # what a review can say
LivingStandard = Literal["average", "above"]
Measure = Literal["income", "score"]

LISTS: tuple[ListName, ...] = get_args(ListName)
# What a rule of a standard can list: the lists, and the band of average living standards.
CLASSES = (*LISTS, "average")


@dataclass(frozen=True, slots=True)
class ClassRule:
    """One line of a standard: bounds on income (or score B1) and on deprivations (or score B2)."""

    outcome: str
    area_type: str
    above: int | None
    at_most: int | None
    deprived_at_least: int | None
    deprived_below: int | None

    def matches(self, income: int, deprived: int) -> bool:
        """Say whether a measurement falls under this rule; bounds are exact, no tolerance."""
        return (
            (self.above is None or income > self.above)
            and (self.at_most is None or income <= self.at_most)
            and (self.deprived_at_least is None or deprived >= self.deprived_at_least)
            and (self.deprived_below is None or deprived < self.deprived_below)
        )


@dataclass(frozen=True, slots=True)
class Indicator:
    """One basic service a household may lack (chỉ số thiếu hụt)."""

    code: str
    key: str
    dimension: str
    vi: str
    en: str
    deprived_if: str | None


@dataclass(frozen=True, slots=True)
class Classification:
    """What a measurement means under a standard, and the rule that said so (None: no rule did)."""

    status: Recognised
    living_standard: LivingStandard | None
    rule: ClassRule | None


@dataclass(frozen=True)
class Standard:
    """One poverty standard and the days on which it classifies; `end` is exclusive."""

    id: str
    start: date
    end: date
    legal_basis: tuple[str, ...]
    scoring_basis: tuple[str, ...]
    income_rules: Mapping[str, tuple[ClassRule, ...]]
    score_rules: Mapping[str, tuple[ClassRule, ...]] | None
    indicators: tuple[Indicator, ...]
    codes: Mapping[str, str]
    points_per_indicator: int
    document: Mapping[str, Any]

    def in_force(self, day: date) -> bool:
        """Say whether this standard classifies on `day`."""
        return self.start <= day < self.end

    def has_average_band(self, area_type: str) -> bool:
        """Say whether the standard tells average living standards from those above."""
        return any(rule.outcome == "average" for rule in self.income_rules[area_type])

    def indicator_code(self, name: str) -> str:
        """Return the code of an indicator given by key or code; `unknown_indicator` otherwise."""
        code = self.codes.get(name)
        if code is None:
            raise DomainError("unknown_indicator", f"{self.id} has no indicator {name!r}")
        return code

    def classify(
        self, area_type: str, measure: Measure, value: int, deprived: int
    ) -> Classification:
        """Classify income (đồng) with a count of deprivations, or score B1 with score B2.

        Raises `standard_has_no_scoring` where the standard's score table is not known.
        """
        rules = self._rules(measure)[area_type]
        for rule in rules:
            if rule.matches(value, deprived):
                return _classified(rule)
        above = measure == "income" and self.has_average_band(area_type)
        return Classification("non_poor", "above" if above else None, None)

    def _rules(self, measure: Measure) -> Mapping[str, tuple[ClassRule, ...]]:
        if measure == "income":
            return self.income_rules
        if self.score_rules is None:
            raise DomainError("standard_has_no_scoring", f"{self.id} has no known score table")
        return self.score_rules


def _classified(rule: ClassRule) -> Classification:
    if rule.outcome == "poor":
        return Classification("poor", None, rule)
    if rule.outcome == "near_poor":
        return Classification("near_poor", None, rule)
    return Classification("non_poor", "average", rule)


@dataclass(frozen=True)
class Standards:
    """All standards in order of their days, without overlap."""

    items: tuple[Standard, ...]

    def __post_init__(self) -> None:
        """Refuse an overlap: two standards of one day would make the class arbitrary."""
        for one, other in pairwise(self.items):
            if other.start < one.end:
                raise PolicyError("standards_overlap", f"{one.id} and {other.id} overlap")

    def on(self, day: date) -> Standard:
        """Return the standard in force on `day`; a gap is `no_standard_in_force`."""
        for standard in reversed(self.items):
            if standard.in_force(day):
                return standard
        raise DomainError("no_standard_in_force", f"no poverty standard is in force on {day}")

    def named(self, standard_id: str, day: date) -> Standard:
        """Return the standard called `standard_id`, which must be in force on `day`."""
        for standard in self.items:
            if standard.id == standard_id and standard.in_force(day):
                return standard
        raise DomainError(
            "standard_not_applicable", f"standard {standard_id!r} is not in force on {day}"
        )


@dataclass(frozen=True)
class Policy:
    """The dated law that timelines depend on."""

    standards: Standards
    exit_window_months: int
    exit_window_last_day: WindowLastDay
    exit_window_basis: tuple[str, ...]
    # Days before a window's last one on which it is told that it ends.
    exit_window_notice_days: tuple[int, ...]
    relapse_lookback_months: int | None
    status_names: Mapping[str, Text]
    digest: str = ""

    def exit_window_end(self, start: date) -> date:
        """Return the first day after the exit window that begins on a day."""
        corresponding = add_months(start, self.exit_window_months)
        return corresponding + timedelta(days=self.exit_window_last_day == "inclusive")


def read_policy(document: Mapping[str, Any], digest: str = "") -> Policy:
    """Build the policy from its document (`seeds/policy/poverty_standards.yaml`).

    `status_unnamed` where the document does not say what a status is called.
    """
    return Policy(
        standards=read_standards(document["standards"]),
        exit_window_months=document["recently_exited"]["window_months"],
        exit_window_last_day=_last_day(document["recently_exited"]),
        exit_window_basis=tuple(document["recently_exited"]["legal_basis"]),
        exit_window_notice_days=_notice_days(document["recently_exited"]),
        relapse_lookback_months=document["movements"]["relapse_lookback_months"],
        status_names=_status_names(document["statuses"]),
        digest=digest,
    )


def _last_day(document: Mapping[str, Any]) -> WindowLastDay:
    """Return whether the corresponding day is the window's last; older versions do not say."""
    value: WindowLastDay = document.get("window_last_day", "exclusive")
    if value not in get_args(WindowLastDay):
        raise PolicyError("unknown_value", f"window_last_day is {value!r}")
    return value


def _notice_days(document: Mapping[str, Any]) -> tuple[int, ...]:
    """Return the days before the last one, the most first; older versions tell of none."""
    days = document.get("ending_told_days_before", [])
    if any(type(day) is not int or day < 0 for day in days):
        raise PolicyError("unknown_value", f"ending_told_days_before is {days!r}")
    return tuple(sorted(set(days), reverse=True))


def _status_names(document: Mapping[str, Mapping[str, str]]) -> dict[str, Text]:
    if unnamed := [status for status in get_args(Status) if status not in document]:
        raise PolicyError("status_unnamed", f"the policy does not name {', '.join(unnamed)}")
    return {status: Text(names["en"], names["vi"]) for status, names in document.items()}


def read_standards(documents: Sequence[Mapping[str, Any]]) -> Standards:
    """Build the standards from their policy documents."""
    return Standards(tuple(sorted(map(_standard, documents), key=lambda s: s.start)))


def _standard(document: Mapping[str, Any]) -> Standard:
    indicators = tuple(
        Indicator(i["code"], i["key"], i["dimension"], i["vi"], i["en"], i.get("deprived_if"))
        for i in document["indicators"]
    )
    codes = {name: i.code for i in indicators for name in (i.code, i.key)}
    scores = document["score_rules"]
    return Standard(
        id=document["id"],
        start=document["classify_from"],
        end=document["classify_to"] + timedelta(days=1),
        legal_basis=tuple(document["legal_basis"]),
        scoring_basis=tuple(document.get("scoring_basis") or ()),
        income_rules=_by_area(document["income_rules"], "income"),
        score_rules=None if scores is None else _by_area(scores, "b1"),
        indicators=indicators,
        codes=codes,
        points_per_indicator=10,
        document=document,
    )


def _by_area(lines: Sequence[Mapping[str, Any]], value: str) -> dict[str, tuple[ClassRule, ...]]:
    count = "deprived" if value == "income" else "b2"
    for line in lines:
        if line["class"] not in CLASSES:
            raise PolicyError("class_unknown", f"a rule lists {line['class']!r}, which is no class")
    rules = [
        ClassRule(
            outcome=line["class"],
            area_type=line["area_type"],
            above=line.get(f"{value}_above"),
            at_most=line.get(f"{value}_at_most"),
            deprived_at_least=line.get(f"{count}_at_least"),
            deprived_below=line.get(f"{count}_below"),
        )
        for line in lines
    ]
    return {area: tuple(r for r in rules if r.area_type == area) for area in ("rural", "urban")}
