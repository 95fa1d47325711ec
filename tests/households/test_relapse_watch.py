"""The score of the relapse watch: cases that an official can read, and its bands."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from shared.households.relapse_watch import Band, Watched, bands, measures_of, scored
from shared.law.register_checks import read_register_checks
from tests.builders import POLICY_FILE, policy

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "relapse_watch.yaml").read_text("utf-8"))
DOCUMENT = yaml.safe_load((POLICY_FILE.parent / "register_checks.yaml").read_text("utf-8"))
WATCH = read_register_checks(DOCUMENT).relapse_watch
DAY = date(2024, 6, 30)


def watched(**said: Any) -> Watched:
    fields: dict[str, Any] = {
        "household_id": "H",
        "area_id": 1,
        "status": "recently_exited",
        "since": date(2023, 1, 1),
        "area_type": "rural",
        "income_vnd": None,
        "deprivations": None,
        "no_labour_capacity": None,
        "household_size": None,
        "times_listed": 0,
        "off_list_since": None,
        "came_back": False,
    }
    return Watched(**(fields | said))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_household_has_the_points_of_its_case(case: dict[str, Any]) -> None:
    standard = policy().standards.on(DAY)
    score = scored(measures_of(watched(**case["household"]), standard, DAY), WATCH.rules)
    assert {rule.id: rule.points for rule in score.rules} == case["rules"]
    assert score.points == sum(case["rules"].values())
    assert list(score.missing) == case["missing"]


def test_every_rule_holds_in_some_case_and_not_in_another() -> None:
    for rule in WATCH.rules:
        held = {rule.id in case["rules"] for case in CASES}
        assert held == {True, False}, rule.id
        assert rule.vi and rule.en and rule.points > 0
        assert (rule.at_least is None) != (rule.below is None), rule.id


def test_bands_hold_who_has_as_many_points_or_more() -> None:
    outcomes = [(0, False), (3, True), (3, False), (5, True), (0, True)]
    assert bands(outcomes) == [Band(0, 5, 3), Band(3, 3, 2), Band(5, 1, 1)]
    assert bands([]) == []
