"""The rules of contract section 4 once more, naive on purpose: what money must come to.

Nothing here may come from the registry's own code; the law is read from its YAML.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from functools import cache
from math import ceil
from pathlib import Path
from typing import Any

import yaml

from tests.simulation import places
from tests.simulation.books import Books, Item, instant
from tests.simulation.model import event_id

RULES = Path(__file__).resolve().parents[2] / "seeds" / "policy" / "allocation_rules.yaml"

Refusals = list[tuple[str, str]]
COUNTS = {
    "register.poor_households": ("poor",),
    "register.near_poor_households": ("near_poor",),
    "register.poor_and_near_poor_households": ("poor", "near_poor"),
}
RATES = {
    "register.poor_rate": ("poor",),
    "register.near_poor_rate": ("near_poor",),
    "register.multidimensional_rate": ("poor", "near_poor"),
}


@cache
def rules() -> dict[str, Any]:
    """Return the rules by id."""
    document = yaml.safe_load(RULES.read_text("utf-8"))
    return {rule["id"]: rule for rule in document["rules"]}


@dataclass
class Line:
    """What an area or a household gets; the fields from `outcome` on are those of households."""

    amount: int
    score: Fraction | None = None
    outcome: str = "allocated"
    rank: int | None = None
    place: int | None = None
    failed: list[str] = field(default_factory=list)
    supported_by: str | None = None
    already_paid: int = 0


def counterpart(run: Item, fund: Item, allocated: int) -> int | None:
    """Return what the local budget must add, None if that is not known."""
    given = (run["parameters"] or {}).get("counterpart_percent")
    if given is None or fund["funding_source"] != "central":
        return None
    return ceil(Fraction(allocated) * Fraction(given["value"]) / 100)


def objections(books: Books, run: Item, at: datetime) -> Refusals:
    """Return what stands against superseding."""
    old = run["supersedes"]
    if old is None:
        return []
    known = {r["run_id"]: r for r in books.committed(at)}
    if old not in known:
        return [("unknown_run", old)]
    if known[old]["fund_id"] != run["fund_id"]:
        return [("other_fund", old)]
    if books.superseder(old, at) is not None:
        return [("already_superseded", old)]
    return [("line_passed_on", line) for line in sorted(books.drawing(old, at))]


def decide(books: Books, run: Item, people: Sequence[Item]) -> dict[str, Line] | Refusals:
    """Compute a run; `people` are the listed households of the holder's area as it saw them."""
    at, fund_id = instant(run["ledger_at"]), run["fund_id"]
    fund = books.fund(fund_id, at)
    if fund is None:
        return [("unknown_fund", fund_id)]
    available = fund["amount_vnd"] - books.held(fund_id, at, run["supersedes"])
    if available <= 0:
        return [("fund_spent", fund_id)]
    facts = books.current("area-facts", instant(run["known_at"]))
    rule = rules()[run["rule"]]
    if rule["kind"] == "score_share":
        return share(rule, run, fund, available, facts, people)
    return Norm(books, rule, run, fund, available).lines(facts, people)


def share(
    rule: Item, run: Item, fund: Item, available: int, facts: list[Item], people: Sequence[Item]
) -> dict[str, Line] | Refusals:
    """Divide by scores: exact shares, rounded down, the largest remainders get 1 đồng each."""
    day, asked = run["as_of"], run["areas"] or places.communes(fund["area_code"], run["as_of"])
    given = run["parameters"] or {}
    lacking = [*_unknown(rule, asked, given), *_missing(rule, asked, facts, day)]
    if lacking:
        return lacking
    scores = {code: _score(rule, code, given, facts, people, day) for code in asked}
    total = sum(scores.values())
    if total == 0:
        return {code: Line(0, Fraction(0)) for code in asked}
    exact = {code: available * score / total for code, score in scores.items()}
    lines = {code: Line(int(exact[code]), scores[code]) for code in asked}
    left = available - sum(line.amount for line in lines.values())
    by_remainder = sorted(asked, key=lambda code: (-(exact[code] % 1), code))
    for code in by_remainder[:left]:
        lines[code].amount += 1
    return lines


def _unknown(rule: Item, asked: Sequence[str], given: Item) -> Iterator[tuple[str, str]]:
    for criterion in rule["criteria"]:
        code = criterion["code"]
        if criterion["coefficient"] is None and code not in (given.get("coefficients") or {}):
            yield "coefficient_unknown", code
        if criterion["input"] is None:
            values = (given.get("values") or {}).get(code, {}).get("by_area")
            for area in [None] if values is None else asked:
                if values is None or area not in values:
                    yield "input_unavailable", code


def _missing(
    rule: Item, asked: Sequence[str], facts: list[Item], day: str
) -> Iterator[tuple[str, str]]:
    rated = any(criterion["input"] in RATES for criterion in rule["criteria"])
    for code in asked:
        for commune in places.communes(code, day) if rule.get("requires_fact") else ():
            if places.fact_of(facts, places.unit_on(commune, day), day) is None:
                yield "area_fact_missing", commune
        if rated and not places.households_total(facts, places.unit_on(code, day), day, day):
            yield "area_fact_missing", code


def _score(
    rule: Item, code: str, given: Item, facts: list[Item], people: Sequence[Item], day: str
) -> Fraction:
    score = Fraction(0)
    for commune in places.communes(code, day):
        fact = places.fact_of(facts, places.unit_on(commune, day), day) or {}
        score += _of_commune(rule, fact)
    inside = [p["status"] for p in people if places.lies_in(p["area_code"], code, day)]
    for criterion in rule["criteria"]:
        if (criterion["input"] or "").startswith("fact."):
            continue
        named, kind = criterion["code"], criterion["input"]
        if kind is None:
            value = Fraction(given["values"][named]["by_area"][code])
        elif kind == "areas.commune_count":
            value = Fraction(len(places.communes(code, day)))
        else:
            listed = sum(status in (COUNTS | RATES)[kind] for status in inside)
            value = Fraction(listed)
            if kind in RATES:
                whole = places.households_total(facts, places.unit_on(code, day), day, day)
                value = Fraction(int(Fraction(listed * 10_000, whole or 0) + Fraction(1, 2)), 100)
        score += Fraction(given["coefficients"][named]["value"]) * value
    return score


def _of_commune(rule: Item, fact: Item) -> Fraction:
    """Score a commune: of a group the highest that holds, and all that stands alone."""
    groups: dict[str, Fraction] = {}
    others: dict[str, Fraction] = {}
    alone = Fraction(0)
    for criterion in rule["criteria"]:
        name = criterion["input"] or ""
        if not name.startswith("fact."):
            continue
        said, worth = fact.get(name.removeprefix("fact.")), Fraction(criterion["coefficient"])
        group = criterion.get("group")
        if group is None:
            alone += worth * (said or 0)
        elif criterion.get("otherwise"):
            others[group] = worth
        elif _is_said(criterion, said):
            groups[group] = max(worth, groups.get(group, worth))
    return alone + sum((others | groups).values())


def _is_said(criterion: Item, said: Any) -> bool:
    if "equals" in criterion:
        return bool(said == criterion["equals"])
    return criterion["contains"] in (said or ())


@dataclass
class Norm:
    """One norm for each household that is eligible, in their order, until the money ends."""

    books: Books
    rule: Item
    run: Item
    fund: Item
    available: int

    def lines(self, facts: list[Item], people: Sequence[Item]) -> dict[str, Line] | Refusals:
        """Return a line for each listed household."""
        waived = (self.run["parameters"] or {}).get("waive") or ()
        lacking = dict.fromkeys(name for name in self._not_held() if name not in waived)
        if lacking:
            return [("input_unavailable", name) for name in lacking]
        holder, day = self.fund["area_code"], self.run["as_of"]
        if not places.anything_said(facts, holder, day):
            return [("area_fact_missing", holder)]
        found = {p["household_id"]: self._judge(p, facts) for p in people}
        waiting = [name for name, line in found.items() if not line.failed]
        waiting.sort(key=lambda name: (found[name].rank, name.encode()))
        used, place = 0, 0
        for name in waiting:
            line, place = found[name], place + 1
            line.place, used = place, used + line.amount
            if used > self.available:
                line.amount, line.outcome = 0, "fund_exhausted"
        return found

    def _not_held(self) -> Iterable[str]:
        for each in (*self.rule["eligibility"], *self.rule["priority"]):
            if each.get("held") is False:
                yield from each.get("inputs") or [each["input"]]

    def _judge(self, person: Item, facts: list[Item]) -> Line:
        norm, day = self.rule["unit_norm_vnd"], self.run["as_of"]
        by, paid = self._past(person["household_id"])
        failed = []
        for criterion in self.rule["eligibility"]:
            kind, wanted = criterion["input"], criterion.get("contains")
            if criterion.get("held") is False:
                continue
            if kind == "household.status":
                met = person["status"] in criterion["one_of"]
            elif kind == "fact.attributes":
                met = places.carries(facts, person["area_code"], str(wanted), day)
            elif kind == "household.deprived":
                met = wanted in person["deprived"]
            else:
                met = by is None
            if not met:
                failed.append(criterion["code"])
        line = Line(0 if failed else norm - paid, failed=failed, supported_by=by, already_paid=paid)
        if failed:
            only = failed == ["not_supported_before"]
            line.outcome = "already_supported" if only else "not_eligible"
        else:
            line.rank = 0 if paid else self._rank(person)
        return line

    def _rank(self, person: Item) -> int:
        for priority in self.rule["priority"]:
            if priority.get("held") is not False:
                where = priority.get("where") or {}
                told = {name: person[name.removeprefix("household.")] for name in where}
                if all(_meets(told[name], wanted) for name, wanted in where.items()):
                    return int(priority["rank"])
        raise AssertionError("the last rank takes all others")

    def _past(self, household: str) -> tuple[str | None, int]:
        """Return what supported a household before, and what it got of the runs replaced."""
        books, at, content = self.books, instant(self.run["ledger_at"]), self.rule["content"]
        replaced, old = set(), self.run["supersedes"]
        while old is not None and old not in replaced:
            replaced.add(old)
            old = books.runs[old]["supersedes"]
        runs, paid, paying = [], 0, []
        for run in books.committed(at):
            name = run["run_id"]
            if rules()[run["rule"]].get("content") != content or not self._got(name, household):
                continue
            net = books.net(name, household, at)
            active = books.superseder(name, at) is None
            came_back = books.moved(name, household, "returned", at) > 0
            if name in replaced:
                paid += net
                paying += [name] if net > 0 else []
            elif net > 0 or (active and not came_back):
                runs.append(name)
        records = [
            event_id(dict(r), "support-records")
            for r in books.current("support-records", at)
            if r.get("household_id") == household
            and r["kind"] in HOUSING
            and r["on"] <= self.run["as_of"]
        ]
        by = min(runs, default=None) or min(records, default=None)
        if by is None and paid >= self.rule["unit_norm_vnd"]:
            by = min(paying)
        return by, paid

    def _got(self, run_id: str, household: str) -> bool:
        return self.books.lines[run_id].get(household, 0) > 0


# The kinds of support whose content is `housing`, as both rules have it.
HOUSING = ("houses_new", "houses_repaired")


def _meets(value: Any, wanted: Any) -> bool:
    if isinstance(wanted, dict):
        return bool(value != wanted["not"] and (value is not None or not wanted.get("known")))
    return bool(value == wanted)
