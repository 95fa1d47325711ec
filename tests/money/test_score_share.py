"""Scores by published rules, and the rules as dated law: overlays, ambiguity, counterpart."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml

from shared.areas.tree import AreaTree, Succession, Unit
from shared.kernel.errors import DomainError, PolicyError
from shared.law.allocation_rules import Rules, check_applies, read_rules
from shared.law.criteria import LineCommune, LineInput, Supplied, read_supplied
from shared.money import score_share
from shared.money.allocation_areas import holder_on, line_units
from shared.money.allocations import (
    Allocation,
    Line,
    canonical,
    decimal_text,
    digest_of,
    result_digest,
)

HERE = Path(__file__).resolve().parent
DOCUMENT = yaml.safe_load(
    (HERE.parents[1] / "seeds" / "policy" / "allocation_rules.yaml").read_text("utf-8")
)
CASES = yaml.safe_load((HERE / "cases" / "score_share.yaml").read_text("utf-8"))


def rules(**changes: Any) -> Rules:
    return read_rules({**DOCUMENT, **changes}, "digest")


def line(code: str, said: dict[str, Any]) -> LineInput:
    facts = [fact for times, fact in said["communes"] for _ in range(times)]
    return LineInput(
        code,
        tuple(LineCommune(f"{code}/{n}", fact) for n, fact in enumerate(facts)),
        households=said.get("households", {}),
        households_total=said.get("households_total"),
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_scores(case: dict[str, Any]) -> None:
    rule = score_share.read(rules().named(case["rule"]).entry)
    lines = [line(code, said) for code, said in case["lines"].items()]
    supplied = read_supplied(case.get("parameters") or {})
    decided = score_share.decide(rule, case["amount"], lines, supplied)
    if "refusals" in case:
        assert isinstance(decided, list)
        assert [[r.code, r.subject] for r in decided] == case["refusals"]
        return
    assert isinstance(decided, Allocation)
    assert {x.line: x.score for x in decided.lines} == case["scores"]
    assert {x.line: x.amount_vnd for x in decided.lines} == case["amounts"]
    assert decided.allocated_vnd + decided.unallocated_vnd == case["amount"]
    assert score_share.decide(rule, case["amount"], lines[::-1], supplied) == decided
    for made in decided.lines:
        reasons = made.reasons or {}
        products = [Fraction(c["counted_product"]) for c in reasons["criteria"]]
        assert decimal_text(sum(products)) == made.score == reasons["score"]


def test_a_line_says_what_was_counted_and_how_it_was_rounded() -> None:
    rule = score_share.read(rules().named("qd16_2026").entry)
    fact = {"zone": "II", "attributes": ["border"]}
    lines = [line("a", {"communes": [[1, fact]]}), line("b", {"communes": [[1, {}]]})]
    decided = score_share.decide(rule, 100, lines, Supplied())
    assert isinstance(decided, Allocation)
    reasons = decided.lines[0].reasons or {}
    said = {c["code"]: c for c in reasons["criteria"]}
    assert (said["border"]["counted"], said["border"]["product"]) == (True, "50")
    assert (said["zone_ii"]["counted"], said["zone_ii"]["product"]) == (False, "40")
    assert said["other"]["value"] == "0"
    assert (reasons["exact"], reasons["rounding"]) == ("66 + 50/75", "up")
    assert reasons["share"] == {"numerator": "50", "denominator": "75"}
    assert (decided.lines[1].reasons or {})["exact"] == "33 + 25/75"


def test_what_a_rule_reads_and_the_code_does_not_know_is_refused() -> None:
    entry = dict(rules().named("qd16_2026").entry)
    for change in (
        {"input": "fact.rainfall"},
        {"coefficient": -1},
        {"coefficient": 0.5},
        {"group": "no_group"},
    ):
        broken = {**entry, "criteria": [{**entry["criteria"][0], **change}]}
        with pytest.raises(PolicyError):
            score_share.read(broken)


def test_rules_are_found_by_name_and_hold_in_their_years() -> None:
    rule = rules().named("qd16_2026")
    assert [rule.in_force_in(year) for year in (2025, 2026, 2030, 2031)] == [0, 1, 1, 0]
    with pytest.raises(DomainError) as caught:
        rules().named("qd99")
    assert caught.value.code == "unknown_rule"
    counterpart = rules().counterpart("NTP-SPR-2021-2025", 2025)
    assert counterpart is not None and counterpart.id == "qd02_2022_counterpart"
    assert rules().counterpart("NTP-MERGED-2026-2030", 2026) is None
    assert rules().counterpart("NTP-SPR-2021-2025", 2027) is None


@pytest.mark.parametrize(
    ("fund", "code"),
    [
        (("NTP-SPR-2021-2025", "P2", 2023), None),
        (("NTP-SPR-2021-2025", None, 2023), None),
        (("NTP-SPR-2021-2025", "P4.1", 2023), "rule_not_of_component"),
        (("NTP-MERGED-2026-2030", "P2", 2026), "rule_not_of_program"),
        (("NTP-SPR-2021-2025", "P2", 2027), "rule_not_in_force"),
    ],
)
def test_a_rule_is_for_its_own_money(fund: tuple[str, str | None, int], code: str | None) -> None:
    rule = rules().named("qd02_2022_p2")
    if code is None:
        check_applies(rule, *fund)
        return
    with pytest.raises(DomainError) as caught:
        check_applies(rule, *fund)
    assert caught.value.code == code


def test_two_rules_for_one_money_on_one_day_are_ambiguous() -> None:
    other = {**rules().named("qd02_2022_p2").entry, "id": "again"}
    with pytest.raises(PolicyError) as caught:
        rules(rules=[*DOCUMENT["rules"], other])
    assert caught.value.code == "rule_ambiguous"
    later = {**other, "in_force_from": date(2027, 1, 1), "in_force_to": date(2028, 1, 1)}
    assert rules(rules=[*DOCUMENT["rules"], later]).named("again")


@pytest.mark.parametrize(
    ("area", "year", "as_of", "applied"),
    [
        ("46", 2026, date(2026, 6, 30), True),
        ("46", 2026, date(2025, 10, 31), True),
        ("46", 2025, date(2025, 12, 31), True),
        ("46", 2025, date(2025, 6, 30), False),
        ("20", 2026, date(2026, 6, 30), False),
    ],
)
def test_hue_repealed_criterion_4(area: str, year: int, as_of: date, applied: bool) -> None:
    found = rules()
    rule = found.named("qd02_2022_p2")
    overlays = found.overlays_of(rule, ("20071", area, "VN"), year, as_of)
    amended = rule.amended(overlays)
    codes = [criterion.code for criterion in score_share.read(amended.entry).criteria]
    assert ("c4_commune_count" not in codes) is applied
    assert ("33/2025/NQ-HĐND (Huế)" in amended.legal_basis) is applied
    untouched = found.named("qd02_2022_p4_3")
    assert untouched.amended(overlays) == untouched


def test_an_overlay_sets_coefficients_and_norms() -> None:
    overlay = {
        **DOCUMENT["overlays"][0],
        "removes": [],
        "coefficients": {"qd02_2022_p4_3": {"c2_poverty_size": "0.3"}},
        "unit_norms_vnd": {"housing_p5_new": 60_000_000},
    }
    found = rules(overlays=[overlay])
    rule = found.named("qd02_2022_p4_3").amended(found.overlays)
    assert [c.coefficient for c in score_share.read(rule.entry).criteria] == [
        None,
        Fraction(3, 10),
    ]
    norm = found.named("housing_p5_new").amended(found.overlays)
    assert norm.entry["unit_norm_vnd"] == 60_000_000
    with pytest.raises(PolicyError, match="no rule"):
        rules(overlays=[{**overlay, "unit_norms_vnd": {"nothing": 1}}])


def test_an_overlay_that_names_a_criterion_the_rule_lacks_is_refused() -> None:
    removes = [{"criterion": "c9", "rules": ["qd02_2022_p2"]}]
    with pytest.raises(PolicyError, match="c9"):
        rules(overlays=[{**DOCUMENT["overlays"][0], "removes": removes}])


def test_digests_tell_every_field_apart() -> None:
    base = Line("a", 5, score="1.5", reasons={"b": 1, "a": "ế"})
    assert canonical(base).startswith("a|5|allocated|1.5|||||")
    assert canonical(base).endswith("|0|" + digest_of({"a": "ế", "b": 1}))
    full = Line("h", 0, "not_eligible", 3, None, None, "housing", "poor", 2, 7, ("x", "y"), "R", 9)
    assert canonical(full) == "h|0|not_eligible||2|7|poor|x,y|R|9|"
    many = [Line(f"{n:05}", n) for n in range(10_001)]
    assert result_digest(many) != result_digest(many[:-1])
    assert result_digest([]) == result_digest(iter(()))


def test_lines_that_exceed_the_amount_are_a_defect() -> None:
    for amounts in ((6, 5), (-1, 5)):
        with pytest.raises(ArithmeticError):
            Allocation(10, tuple(Line(str(n), amount) for n, amount in enumerate(amounts)))
    with pytest.raises(ArithmeticError):
        decimal_text(Fraction(1, 3))
    assert decimal_text(Fraction(-5, 4)) == "-1.25"


DAY = date(2025, 7, 1)
OLD, NEW = date(2025, 6, 30), date(2025, 8, 1)


def _unit(number: int, code: str, level: str, parent: str | None, *, new: bool) -> Unit:
    begin, end = (DAY, None) if new else (date(2011, 1, 1), DAY)
    return Unit(number, code, begin, end, level, level, code, parent)


TREE = AreaTree(
    (
        Unit(1, "VN", date(2011, 1, 1), None, "country", "", "", None),
        _unit(2, "46", "province", "VN", new=False),
        _unit(3, "46", "province", "VN", new=True),
        _unit(4, "24", "province", "VN", new=False),
        _unit(5, "27", "province", "VN", new=False),
        _unit(6, "24", "province", "VN", new=True),
        _unit(7, "460", "district", "46", new=False),
        _unit(8, "46001", "commune", "460", new=False),
        _unit(9, "46002", "commune", "460", new=False),
        _unit(10, "46001", "commune", "46", new=True),
        _unit(11, "46-unassigned", "commune", "46", new=True),
        _unit(12, "24001", "commune", "24", new=True),
    ),
    (
        Succession("46", "46", DAY, True),
        Succession("24", "24", DAY, True),
        Succession("27", "24", DAY, True),
        Succession("46001", "46001", DAY, True),
        Succession("46002", "46001", DAY, True),
    ),
)


def test_a_holder_of_the_same_territory_carries_on_and_a_merged_one_does_not() -> None:
    old, new = TREE.by_id(2), TREE.by_id(3)
    assert holder_on(TREE, old, NEW) == new
    assert holder_on(TREE, new, OLD) == old
    assert holder_on(TREE, old, OLD) == old
    assert holder_on(TREE, TREE.by_id(1), NEW) == TREE.by_id(1)
    for area_id in (4, 5, 7, 8):
        with pytest.raises(DomainError) as caught:
            holder_on(TREE, TREE.by_id(area_id), NEW)
        assert caught.value.code == "area_not_in_force"
    with pytest.raises(DomainError):
        holder_on(TREE, TREE.by_id(6), OLD)


def test_lines_are_the_communes_below_or_what_was_asked_for() -> None:
    province = TREE.by_id(3)
    assert [u.area_id for u in line_units(TREE, province, NEW)] == [10]
    country = TREE.by_id(1)
    assert [u.code for u in line_units(TREE, country, NEW, ["46", "24001"])] == ["24001", "46"]
    old = TREE.by_id(2)
    assert [u.code for u in line_units(TREE, old, OLD)] == ["46001", "46002"]
    refused = {
        ("46001", "46001"): "area_repeated",
        ("46", "46001"): "areas_overlap",
        ("46-unassigned",): "area_unassigned",
        ("99",): "unknown_area",
        ("460",): "area_not_in_force",
        ("VN",): "area_outside_holder",
    }
    for codes, code in refused.items():
        with pytest.raises(DomainError) as caught:
            line_units(TREE, country, NEW, codes)
        assert caught.value.code == code
    with pytest.raises(DomainError) as caught:
        line_units(TREE, province, NEW, ["24001"])
    assert caught.value.code == "area_outside_holder"
