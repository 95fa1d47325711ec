"""What the register is held against besides the standards, as its document says it."""

from __future__ import annotations

from typing import get_args

import pytest
import yaml

from shared.households.events import Assessed
from shared.law.register_checks import read_register_checks
from shared.law.standards import LISTS
from shared.money.household_findings import outside_calendar
from shared.money.register_findings import RegisterFindingKind
from tests import facts
from tests.builders import POLICY_FILE, counting, policy

DOCUMENT = yaml.safe_load((POLICY_FILE.parent / "register_checks.yaml").read_text("utf-8"))
CHECKS = read_register_checks(DOCUMENT)


def test_every_kind_of_finding_names_its_acts_or_says_why_it_has_none() -> None:
    assert set(get_args(RegisterFindingKind)) <= set(CHECKS.legal_basis)
    for entry in DOCUMENT["findings"]:
        assert entry["vi"] and entry["en"] and entry["confidence"] in {"C", "P", "K"}
        assert entry["legal_basis"] or entry["unknown"]["legal_basis"], entry["id"]


def test_every_paper_has_a_form_or_says_that_none_was_found() -> None:
    lists, papers = {"poor_list", "near_poor_list", "exit_list"}, {*LISTS, "recently_exited"}
    assert set(CHECKS.papers) == lists | papers
    for entry in DOCUMENT["papers"]:
        assert entry["vi"] and entry["en"] and entry["legal_basis"]
        assert entry["form"] or entry["unknown"]["form"], entry["id"]


def review(kind: str, assessed_on: str, decided: str) -> Assessed:
    days = {"assessed_on": assessed_on, "review": kind}
    (events,) = counting([facts.assessed("H", decided, **days)]).values()
    (event,) = events
    assert isinstance(event, Assessed)
    return event


@pytest.mark.parametrize(
    ("kind", "assessed_on", "decided", "outside"),
    [
        ("annual", "2023-08-31", "2023-12-01", True),
        ("annual", "2023-09-01", "2023-09-01", False),
        ("annual", "2023-10-12", "2023-12-14", False),
        ("annual", "2023-10-12", "2023-12-15", True),
        ("annual", "2023-12-15", "2023-12-20", True),
        ("annual", "2023-10-12", "2024-01-01", False),
        ("annual", "2023-10-12", "2024-01-02", True),
        ("annual", "2025-05-03", "2025-05-03", True),
        # The review before a new standard names the first day of it.
        ("annual", "2026-11-02", "2027-01-01", False),
        # Whose calendar was not found is not held against this one.
        ("annual", "2021-05-03", "2021-05-03", False),
        ("regular", "2024-03-15", "2024-03-30", False),
        ("regular", "2024-03-15", "2024-03-31", True),
        ("regular", "2024-03-14", "2024-03-14", True),
        ("regular", "2024-02-20", "2024-03-01", False),
        ("regular", "2024-02-20", "2024-03-02", True),
    ],
)
def test_reviews_are_made_on_the_days_of_their_calendar(
    kind: str, assessed_on: str, decided: str, outside: bool
) -> None:
    found = outside_calendar(review(kind, assessed_on, decided), CHECKS, policy())
    assert (found is not None) is outside
    if found is not None:
        assert found.about["review"] == kind and decided[:4] in found.vi


def test_a_head_is_a_head_in_any_spelling() -> None:
    assert all(CHECKS.is_head(word) for word in ("head", "Chủ hộ", " CHỦ  HỘ ", "Household head"))
    assert not any(CHECKS.is_head(word) for word in (None, "", "spouse", "vợ chủ hộ"))
