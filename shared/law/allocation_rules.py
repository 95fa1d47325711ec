"""Rules that divide money, as dated law: looked up by name, by programme and by year.

The header of a rule is common to all kinds. What a kind says of its own stays in `entry` and is
read by the module named like the kind: `score_share.read`, `household_norm.read`.

Law: 02/2022/QĐ-TTg, 16/2026/QĐ-TTg; 33/2025/NQ-HĐND (an overlay of one province).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations
from typing import Any

from shared.kernel.errors import DomainError, PolicyError

Entry = Mapping[str, Any]

SCORE_SHARE, HOUSEHOLD_NORM, COUNTERPART = "score_share", "household_norm", "counterpart"
KINDS = (SCORE_SHARE, HOUSEHOLD_NORM, COUNTERPART)


@dataclass(frozen=True, slots=True)
class DatedLaw:
    """What every entry says of itself: its names, its source, and its first and last day."""

    id: str
    program: str
    legal_basis: tuple[str, ...]
    en: str
    vi: str
    first: date
    last: date | None
    entry: Entry

    def in_force(self, day: date) -> bool:
        """Say whether the entry holds on a day; both its first and its last day are included."""
        return self.first <= day and (self.last is None or day <= self.last)

    def in_force_in(self, year: int) -> bool:
        """Say whether the entry holds on any day of a year."""
        return self.first.year <= year and (self.last is None or year <= self.last.year)


@dataclass(frozen=True, slots=True)
class Rule(DatedLaw):
    """One rule: its kind, and which programme, component and content it divides money for."""

    kind: str
    component: str | None
    content: str | None
    state: str

    def amended(self, overlays: Sequence[Overlay]) -> Rule:
        """Return the rule as provincial law changes it: criteria removed, numbers replaced."""
        entry = self.entry
        for overlay in overlays:
            if overlay.changes(self.id):
                entry = overlay.amend(self.id, entry)
        return replace(self, entry=entry, legal_basis=tuple(entry["legal_basis"]))


@dataclass(frozen=True, slots=True)
class Overlay(DatedLaw):
    """Provincial law on top of a programme's rules, in one area and everything below it."""

    area_code: str
    removes: Mapping[str, frozenset[str]]
    coefficients: Mapping[str, Mapping[str, Any]]
    unit_norms_vnd: Mapping[str, int]

    def changes(self, rule: str) -> bool:
        """Say whether the overlay changes how the rule called `rule` divides money."""
        return rule in self.removes or rule in self.coefficients or rule in self.unit_norms_vnd

    def amend(self, rule: str, entry: Entry) -> Entry:
        """Return a rule's entry with this overlay's changes in it."""
        amended = {**entry, "legal_basis": [*entry["legal_basis"], *self.legal_basis]}
        if rule in self.unit_norms_vnd:
            amended["unit_norm_vnd"] = self.unit_norms_vnd[rule]
        if "criteria" in entry:
            removed = self.removes.get(rule, frozenset())
            values = self.coefficients.get(rule, {})
            amended["criteria"] = [
                {**c, "coefficient": values.get(c["code"], c["coefficient"])}
                for c in entry["criteria"]
                if c["code"] not in removed
            ]
        return amended


@dataclass(frozen=True)
class Rules:
    """One version of all rules; `digest` names the document they were read from."""

    items: Mapping[str, Rule]
    overlays: tuple[Overlay, ...]
    digest: str

    def named(self, rule_id: str) -> Rule:
        """Return the rule called `rule_id`; `unknown_rule` otherwise."""
        try:
            return self.items[rule_id]
        except KeyError:
            raise DomainError("unknown_rule", f"no allocation rule is called {rule_id!r}") from None

    def counterpart(self, program: str, year: int) -> Rule | None:
        """Return the rule that sets the local counterpart of a programme in a year, if one does."""
        for rule in self.items.values():
            if rule.kind == COUNTERPART and rule.program == program and rule.in_force_in(year):
                return rule
        return None

    def overlays_of(
        self, rule: Rule, area_codes: Collection[str], year: int, as_of: date
    ) -> tuple[Overlay, ...]:
        """Return the overlays of a rule's programme in an area, whether they change it or not.

        `area_codes`: the holder and all above it. Counted is the law of the fund's year, on the day
        of that year which is nearest to `as_of`.
        """
        day = min(max(as_of, date(year, 1, 1)), date(year, 12, 31))
        return tuple(
            overlay
            for overlay in self.overlays
            if overlay.program == rule.program
            and overlay.area_code in area_codes
            and overlay.in_force(day)
        )


def read_rules(document: Mapping[str, Any], digest: str = "") -> Rules:
    """Build the rules from their document (`seeds/policy/allocation_rules.yaml`).

    Raises `rule_ambiguous` for two `score_share` rules of one component that meet on a day.
    """
    rules = {entry["id"]: _rule(entry) for entry in document["rules"]}
    overlays = tuple(_overlay(entry) for entry in document.get("overlays") or ())
    for overlay in overlays:
        _check_overlay(overlay, rules)
    _check_ambiguous(rules.values())
    return Rules(rules, overlays, digest)


def check_applies(rule: Rule, program: str, component: str | None, year: int) -> None:
    """Refuse a fund that the rule is not for.

    Raises `rule_not_of_program`, `rule_not_of_component` or `rule_not_in_force`.
    """
    if rule.program != program:
        raise DomainError("rule_not_of_program", f"{rule.id} is of {rule.program}, not {program}")
    if None not in (rule.component, component) and rule.component != component:
        raise DomainError(
            "rule_not_of_component", f"{rule.id} is of {rule.component}, not {component}"
        )
    if not rule.in_force_in(year):
        days = f"from {rule.first} to {rule.last or 'an open end'}"
        raise DomainError("rule_not_in_force", f"{rule.id} is in force {days}, not in {year}")


def _check_ambiguous(rules: Collection[Rule]) -> None:
    shares = [rule for rule in rules if rule.kind == SCORE_SHARE]
    for one, other in combinations(shares, 2):
        same = (one.program, one.component) == (other.program, other.component)
        if same and (one.in_force(other.first) or other.in_force(one.first)):
            raise PolicyError(
                "rule_ambiguous", f"{one.id} and {other.id} divide the same money on the same days"
            )


def _check_overlay(overlay: Overlay, rules: Mapping[str, Rule]) -> None:
    codes_by_rule = {name: set(codes) for name, codes in overlay.removes.items()}
    for name, values in overlay.coefficients.items():
        codes_by_rule.setdefault(name, set()).update(values)
    for name in (*codes_by_rule, *overlay.unit_norms_vnd):
        if name not in rules:
            raise PolicyError("unknown_rule", f"{overlay.id} changes {name!r}, which is no rule")
        having = {criterion["code"] for criterion in rules[name].entry.get("criteria") or ()}
        for code in sorted(codes_by_rule.get(name, set()) - having):
            raise PolicyError("unknown_criterion", f"{overlay.id}: {name} has no criterion {code}")


def _rule(entry: Entry) -> Rule:
    if entry["kind"] not in KINDS:
        raise PolicyError("unknown_kind", f"{entry['id']} is of the unknown kind {entry['kind']!r}")
    return Rule(
        **_header(entry),
        kind=entry["kind"],
        component=entry.get("component"),
        content=entry.get("content"),
        state=entry["state"],
    )


def _overlay(entry: Entry) -> Overlay:
    removes: dict[str, frozenset[str]] = {}
    for removal in entry.get("removes") or ():
        for rule in removal["rules"]:
            removes[rule] = removes.get(rule, frozenset()) | {removal["criterion"]}
    return Overlay(
        **_header(entry),
        area_code=entry["area_code"],
        removes=removes,
        coefficients=entry.get("coefficients") or {},
        unit_norms_vnd=entry.get("unit_norms_vnd") or {},
    )


def _header(entry: Entry) -> dict[str, Any]:
    first, last = entry.get("in_force_from"), entry.get("in_force_to")
    if first is None or (last is None and entry.get("open_ended") is not True):
        raise PolicyError("days_missing", f"{entry['id']} names no first and last day")
    return {
        "id": entry["id"],
        "program": entry["program"],
        "legal_basis": tuple(entry["legal_basis"]),
        "en": entry["en"],
        "vi": entry["vi"],
        "first": first,
        "last": last,
        "entry": entry,
    }
