"""The changeover board: cases that an official can read, and sums that hold whatever is unknown."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random
from typing import Any

import pytest
import yaml

from shared.households.changeover import (
    CLASSES,
    Judged,
    Yardstick,
    becomes,
    board_of,
    incomes_of,
)
from shared.households.changeover_costs import CostCounter, Kin, NormCost, then
from shared.households.entitlements import Circumstances
from shared.law.standards import Recognised, Standard
from shared.law.store.files import ROOT
from shared.law.support_norms import read_support_norms
from tests.builders import policy
from tests.households.test_cases import read

POLICY = policy()
CASES = read("changeover.yaml")
TODAY, COMING = (
    next(s for s in POLICY.standards.items if s.id == name)
    for name in ("VN-2022-2025", "VN-2027-2030")
)
KEYS = [indicator.key for indicator in TODAY.indicators]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_household_beside_its_coming_class(case: dict[str, Any]) -> None:
    (area_type,) = {"rural", "urban"} & case.keys()
    measure = case[area_type]
    if "income_vnd" not in measure:
        today = TODAY.classify(area_type, "score", measure["b1"], measure["b2"]).status
        coming: tuple[str, ...] = ()
    else:
        income, lacking = measure["income_vnd"], measure["deprived"]
        today = TODAY.classify(area_type, "income", income, len(lacking)).status
        coming = Yardstick.of(COMING).classes(area_type, income, lacking, KEYS)
    assert (today, list(coming)) == (case["today"], case["coming"])
    assert becomes(today, coming) == case["becomes"]  # type: ignore[arg-type]


def answers(standard: Standard, area_type: str, income: int, lacking: list[str]) -> set[str]:
    """Return the classes under every answer to what is not known, tried one by one."""
    own = [indicator.key for indicator in standard.indicators]
    unknown = [key for key in own if key not in KEYS]
    told = set()
    for number in range(2 ** len(unknown)):
        more = [key for place, key in enumerate(unknown) if number >> place & 1]
        lacks = [key for key in own if key in lacking or key in more]
        told.add(standard.classify(area_type, "income", income, len(lacks)).status)
    return told


def test_a_range_is_what_every_answer_to_the_unknown_gives() -> None:
    rng = Random(1)
    yardstick = Yardstick.of(COMING)
    for _ in range(5000):
        area_type = rng.choice(("rural", "urban"))
        line = rng.choice(yardstick.lines())
        income = max(0, line + rng.choice((-500_000, -1, 0, 1, 500_000)))
        lacking = rng.sample(KEYS, rng.randint(0, 6))
        told = yardstick.classes(area_type, income, lacking, KEYS)
        assert set(told) == answers(COMING, area_type, income, lacking)
        assert list(told) == [name for name in CLASSES if name in told]
        # Whatever lies between the same two lines is judged alike.
        stretch = sum(each <= income for each in yardstick.lines())
        alike = incomes_of(yardstick.lines())[stretch]
        assert told == yardstick.classes(area_type, alike, lacking, KEYS)


def test_by_its_own_standard_nothing_is_unknown() -> None:
    own = Yardstick.of(TODAY)
    assert not own.unknown(KEYS)
    assert own.classes("rural", 1_500_000, KEYS[:3], KEYS) == ("poor",)
    # Of rules whose indicators are those of each review nothing is unknown either.
    mine = replace(Yardstick.of(COMING), indicators=None)
    assert mine.classes("rural", 2_200_000, ["telecom", "water", "toilet"], KEYS) == ("poor",)


def test_a_board_adds_up() -> None:
    rng = Random(2)
    judged = []
    for _ in range(300):
        coming = tuple(name for name in CLASSES if rng.random() < 0.5)
        judged.append(Judged(1, rng.choice(CLASSES), coming, rng.randint(1, 9)))
    board = board_of(judged)
    parts = (board.stays, board.newly_poor, board.newly_near_poor, board.leaves)
    assert sum(parts) + board.uncertain + board.unknown == board.households
    today = board.poor_today + board.near_poor_today + board.non_poor_today
    assert today == board.households == sum(each.households for each in judged)
    for name in CLASSES:
        certain = sum(j.households for j in judged if j.coming == (name,))
        possible = sum(j.households for j in judged if not j.coming or name in j.coming)
        told = getattr(board, f"{name}_least"), getattr(board, f"{name}_most")
        assert told == (certain, possible)


# --- costs ----------------------------------------------------------------------------------------

NORMS = read_support_norms(yaml.safe_load((ROOT / "policy/support_norms.yaml").read_text("utf-8")))


def told(status: str, coming: tuple[Recognised, ...], size: int | None = 4) -> dict[str, NormCost]:
    """Return what ten households cost from 2027 on, by norm."""
    known = Circumstances(status, None, date(2026, 11, 29), None, household_size=size)
    costs = CostCounter(NORMS, COMING.start).costs([(Kin(known, coming), 10)])
    return {cost.norm.id: cost for cost in costs}


def test_who_may_be_poor_or_near_poor_costs_a_range() -> None:
    costs = told("near_poor", ("poor", "near_poor"))
    poor, near_poor = costs["health_insurance_poor"], costs["health_insurance_near_poor"]
    assert poor.households == {"today": 0, "least": 0, "most": 10}
    assert near_poor.households == {"today": 10, "least": 0, "most": 10}
    assert poor.cost_vnd is not None and near_poor.cost_vnd is not None
    assert (poor.cost_vnd["least"], near_poor.cost_vnd["least"]) == (0, 0)
    # All of the premium for the poor, of the near-poor the share that the law gives: for 40 people.
    assert poor.cost_vnd["most"] > near_poor.cost_vnd["most"] == near_poor.cost_vnd["today"] > 0
    assert poor.cost_vnd["most"] % 40 == 0


def test_where_nothing_is_known_each_class_may_be() -> None:
    costs = told("poor", ())
    assert costs["health_insurance_poor"].households == {"today": 10, "least": 0, "most": 10}
    sizeless = told("poor", ("poor",), size=None)["health_insurance_poor"]
    assert (sizeless.size_unknown, sizeless.cost_vnd) == (10, {"today": 0, "least": 0, "most": 0})


def test_who_leaves_the_lists_has_recently_exited() -> None:
    known = Circumstances("poor", None, date(2026, 11, 29), None)
    assert then(known, "non_poor").status == "recently_exited"
    assert then(replace(known, status="recently_exited"), "non_poor").status == "recently_exited"
    assert then(replace(known, status="non_poor"), "non_poor").status == "non_poor"
    assert then(known, "near_poor").status == "near_poor"
