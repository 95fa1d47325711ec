"""Every sentence that answers can say of households and money, for a fixed set of cases.

Run as a module it prints them: `python -m tests.money.answer_texts > tests/money/cases/texts.yaml`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import product
from typing import Any
from uuid import UUID

import yaml

from shared.households.events import Assessed
from shared.households.explanation import explain
from shared.law.standards import Standard
from shared.money import household_norm, register_findings
from shared.money.allocations import OUTCOMES, Line
from shared.money.differences import ComparedRun, HouseholdThen, Pair, causes
from shared.money.line_reasons import LineReasons
from tests.builders import POLICY_FILE, policy

POLICY = policy()
DAY, LATER = date(2023, 12, 31), date(2024, 12, 31)
LINE = "housing_p5_new"
AREAS = ComparedRun("r1", "qd16_2026", "d1", DAY, 1000, False, "20", score_total=Decimal(100))
AREAS = replace(
    AREAS,
    inputs={"zone": "fact.zone", "rate": "register.poor_rate", "n": "areas.commune_count"},
)
HOMES = replace(AREAS, rule=LINE, of_households=True, unit_norm_vnd=40, inputs={"poor": "fact.a"})
POOR = HouseholdThen("poor", "06091", "Tày", frozenset({"D05"}), "a1")
PAID = Line("H", 40, status="poor", rank=1, place=1, content="housing")
NONE = Line("H", 0, "not_eligible", status="near_poor", failed=("poor",), content="housing")

Said = tuple[str, str, str]  # what for, English, Vietnamese


def assessed(
    standard: Standard, area_type: str, measure: Any, value: int, lacking: int
) -> Assessed:
    day = standard.start
    return Assessed(
        UUID(int=1), "s", "e", "H", day, day, "06091", area_type, standard.id, measure, value,
        lacking, (), "non_poor", None,
    )  # fmt: skip


def assessments() -> Iterator[tuple[Standard, Assessed]]:
    for standard, area_type in product(POLICY.standards.items, ("rural", "urban")):
        for value, lacking in product((400_000, 1_250_000, 1_750_000, 9_000_000), (0, 3)):
            yield standard, assessed(standard, area_type, "income", value, lacking)
        for value, lacking in product((119, 145, 160, 1_400), (0, 30)):
            if standard.score_rules is not None:
                yield standard, assessed(standard, area_type, "score", value, lacking)


def household_texts() -> Iterator[Said]:
    for standard, assessment in assessments():
        spells = [(standard.start, None, "recently_exited")]
        day = standard.start
        answer = explain("recently_exited", assessment, standard, spells, POLICY, day)
        for part in (*answer["reasons"], *answer["smallest_changes"]):
            yield getattr(part, "code", "smallest_change"), part.text_en, part.text_vi
        for basis in answer["legal_basis"]:
            yield "legal_basis", basis, basis
        for found in register_findings.decisions([assessment], POLICY):
            yield found.kind, found.en, found.vi
    for status in ("poor", "near_poor", "recently_exited", "non_poor", "closed", None):
        answer = explain(status, None, None, [], POLICY, DAY)
        yield "status", answer["status_en"], answer["status_vi"]
        for reason in answer["reasons"]:
            yield reason.code, reason.text_en, reason.text_vi


def money_texts() -> Iterator[Said]:
    document = yaml.safe_load((POLICY_FILE.parent / "allocation_rules.yaml").read_text("utf-8"))
    rule = household_norm.read(next(e for e in document["rules"] if e["id"] == LINE))
    words = LineReasons(rule)
    for named in (*map(words.outcome, OUTCOMES), words.priority(0)):
        yield named["code"], named["en"], named["vi"]
    paid = register_findings.PaidLine("r1", LINE, DAY, 1_234_567, rule.eligibility[:2])
    over = register_findings.overspending("F", 59_500, [("production", 4_000), ("paid", 70_000)])
    for found in (*register_findings.payments([paid]), over):
        assert found is not None
        yield found.kind, found.en, found.vi


def _scored(zone: int, rate: int, communes: int) -> Line:
    named = {"coefficient": "1", "en": "in English", "vi": "tiếng Việt"}
    criteria = [
        {"code": "zone", "value": zone} | named,
        {"code": "rate", "value": rate, "numerator": rate, "denominator": 100} | named,
        {"code": "n", "value": communes} | named,
    ]
    return Line("06091", 10, score="5", reasons={"criteria": criteria})


def difference_texts() -> Iterator[Said]:
    other, line = replace(AREAS, run_id="r2"), _scored(1, 2, 3)
    moved = replace(POOR, area_code="06094")
    pairs = (
        (AREAS, replace(other, rule="x", as_of=LATER), Pair(line, _scored(2, 3, 4))),
        (AREAS, replace(other, allocated_from_vnd=9), Pair(line, _scored(2, 3, 4))),
        (AREAS, replace(other, score_total=Decimal(90)), Pair(line, line)),
        (AREAS, replace(other, areas=("1",)), Pair(line, None)),
        (AREAS, replace(other, areas=("1",)), Pair(None, line)),
        (AREAS, replace(other, inputs={}), Pair(line, _scored(2, 3, 4))),
        (HOMES, replace(HOMES, unit_norm_vnd=50), Pair(PAID, PAID, POOR, POOR, POOR)),
        (HOMES, HOMES, Pair(PAID, NONE, POOR, replace(POOR, status="near_poor"), moved)),
        (HOMES, HOMES, Pair(PAID, replace(PAID, outcome="fund_exhausted", place=9))),
        (HOMES, HOMES, Pair(PAID, replace(PAID, already_paid_vnd=9))),
        (HOMES, replace(HOMES, parameters={"waive": ["a"]}), Pair(PAID, NONE)),
    )
    for before, after, pair in pairs:
        for cause in causes(before, after, pair):
            yield cause.code, cause.detail_en, cause.detail_vi


def texts() -> list[list[str]]:
    """Return each sentence once, in order."""
    every = {*household_texts(), *money_texts(), *difference_texts()}
    return [list(said) for said in sorted(every)]


if __name__ == "__main__":
    print(yaml.safe_dump(texts(), allow_unicode=True, width=1000), end="")
