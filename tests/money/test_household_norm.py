"""Household norms: what a rule's entry means, on both sides of every criterion, and the queue."""

from __future__ import annotations

import random
from collections.abc import Mapping
from copy import deepcopy
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from shared.areas.attributes import attribute_areas, relevant_units
from shared.areas.tree import Unit, read_tree
from shared.kernel.errors import DomainError, PolicyError
from shared.law.conditions import read_condition
from shared.money.allocations import Line, RunRefusal
from shared.money.household_norm import HouseholdNorm, read, unavailable
from shared.money.household_queue import Applicant, failed, queue, rank
from shared.money.line_reasons import LineReasons

RULES = Path(__file__).resolve().parents[2] / "seeds" / "policy" / "allocation_rules.yaml"
NORM = 40_000_000
LACKING = (
    "household.separate_since",
    "household.social_protection_member",
    "household.special_difficulty",
    "household.disaster_area",
)
FACTS: dict[str, Any] = {
    "household.status": "near_poor",
    "household.ethnic_group": "Kinh",
    "household.area_type": "rural",
    "household.deprived": {"housing_quality", "housing_area"},
    "household.merit_member": None,
    "household.no_labour_capacity": None,
    "fact.attributes": {"poor_district"},
}


@cache
def _entries() -> dict[str, Any]:
    document = yaml.safe_load(RULES.read_text("utf-8"))
    return {e["id"]: e for e in document["rules"] if e["kind"] == "household_norm"}


def entry(name: str = "housing_p5_new") -> dict[str, Any]:
    found: dict[str, Any] = deepcopy(_entries()[name])
    return found


def rule(name: str = "housing_p5_new") -> HouseholdNorm:
    return read(entry(name))


def household(name: str, **changes: Any) -> Applicant:
    """Return an eligible household; `status="poor"` stands for `household.status`."""
    past = {k: changes.pop(k) for k in ("supported_by", "paid_vnd", "paid_by") if k in changes}
    facts = FACTS | {_named(key): value for key, value in changes.items()}
    return Applicant(name, facts, 7, **past)


def _named(key: str) -> str:
    return "fact.attributes" if key == "attributes" else f"household.{key}"


# Every criterion, just met and just missed.
CRITERIA = [
    ("status", "poor", ()),
    ("status", "near_poor", ()),
    ("status", "recently_exited", ("listed",)),
    ("status", "non_poor", ("listed",)),
    ("status", None, ("listed",)),
    ("attributes", {"poor_district", "border"}, ()),
    ("attributes", {"border"}, ("poor_district",)),
    ("attributes", set(), ("poor_district",)),
    ("deprived", {"housing_quality", "housing_area", "water"}, ()),
    ("deprived", {"housing_area"}, ("non_durable_house",)),
    ("deprived", {"housing_quality"}, ("under_8_m2",)),
    ("deprived", None, ("non_durable_house", "under_8_m2")),
]


@pytest.mark.parametrize("name", ["housing_p5_new", "housing_p5_repair"])
@pytest.mark.parametrize(("key", "value", "codes"), CRITERIA)
def test_both_sides_of_each_criterion(
    name: str, key: str, value: Any, codes: tuple[str, ...]
) -> None:
    facts = household("A", **{key: value}).facts
    assert failed(rule(name), facts, supported=False) == codes
    both = failed(rule(name), facts, supported=True)
    assert set(both) == {*codes, "not_supported_before"}
    order = [criterion.code for criterion in rule(name).eligibility]
    assert sorted(both, key=order.index) == list(both)


PRIORITIES = [
    ({"status": "poor", "ethnic_group": "Tày"}, 1),
    ({"status": "poor", "ethnic_group": "Kinh"}, 6),
    ({"status": "poor", "ethnic_group": None}, 6),
    ({"status": "near_poor", "ethnic_group": "Tày"}, 6),
    ({"status": "near_poor", "ethnic_group": "Tày", "merit_member": True}, 2),
    ({"status": "poor", "ethnic_group": "Tày", "merit_member": True}, 1),
    ({"merit_member": True}, 2),
    ({"merit_member": False}, 6),
    ({"merit_member": None}, 6),
    # Law names no rank for it; ranks that the register cannot tell are nobody's.
    ({"no_labour_capacity": True}, 6),
]


@pytest.mark.parametrize(("changes", "expected"), PRIORITIES)
def test_the_first_priority_that_is_met_gives_the_rank(
    changes: dict[str, Any], expected: int
) -> None:
    assert rank(rule(), household("A", **changes).facts) == expected


def test_inputs_that_the_register_lacks_refuse_unless_waived_by_name() -> None:
    refusals = unavailable(rule(), ())
    assert [refusal.subject for refusal in refusals] == list(LACKING)
    assert {refusal.code for refusal in refusals} == {"input_unavailable"}
    assert all(f'{{"waive": ["{r.subject}"]}}' in r.detail for r in refusals)
    (left,) = unavailable(rule(), LACKING[:-1])
    assert isinstance(left, RunRefusal) and left.subject == LACKING[-1]
    assert unavailable(rule(), LACKING) == ()
    assert rule().waivable == set(LACKING)


def test_what_the_entries_say_besides() -> None:
    new, repair = rule(), rule("housing_p5_repair")
    assert (new.unit_norm_vnd, repair.unit_norm_vnd) == (40_000_000, 20_000_000)
    assert new.content == repair.content == "housing"
    assert new.attributes == {"poor_district"}
    assert new.statuses == ("poor", "near_poor")
    assert new.inputs == {
        "household.status",
        "household.ethnic_group",
        "household.deprived",
        "household.merit_member",
        "fact.attributes",
    }


def line_of(applicant: Applicant, available: int = NORM) -> Line:
    (found,) = queue(rule(), [applicant], available)
    return found


def test_a_household_that_was_supported_says_by_what() -> None:
    line = line_of(household("A", supported_by="run-1"))
    assert (line.outcome, line.amount_vnd, line.supported_by) == ("already_supported", 0, "run-1")
    assert line.failed == ("not_supported_before",)
    also = line_of(household("A", supported_by="run-1", status="non_poor"))
    assert also.outcome == "not_eligible"
    assert also.failed == ("listed", "not_supported_before")


@pytest.mark.parametrize(
    ("paid", "outcome", "amount", "rank_", "supported"),
    [
        (0, "allocated", NORM, 6, None),
        (1, "allocated", NORM - 1, 0, None),
        (NORM - 1, "allocated", 1, 0, None),
        (NORM, "already_supported", 0, None, "old"),
        (NORM + 1, "already_supported", 0, None, "old"),
    ],
)
def test_what_was_paid_under_the_replaced_run_is_taken_off(
    paid: int, outcome: str, amount: int, rank_: int | None, supported: str | None
) -> None:
    line = line_of(household("A", paid_vnd=paid, paid_by="old" if paid else None))
    assert (line.outcome, line.amount_vnd, line.rank) == (outcome, amount, rank_)
    assert (line.already_paid_vnd, line.supported_by) == (paid, supported)


def test_a_begun_house_of_a_household_no_longer_eligible_gets_nothing_more() -> None:
    line = line_of(household("A", paid_vnd=1, paid_by="old", status="non_poor"))
    assert (line.outcome, line.amount_vnd, line.already_paid_vnd) == ("not_eligible", 0, 1)


@pytest.mark.parametrize(
    ("available", "served"),
    [(0, 0), (NORM - 1, 0), (NORM, 1), (2 * NORM - 1, 1), (2 * NORM, 2), (9 * NORM, 3)],
)
def test_one_norm_each_until_the_money_ends(available: int, served: int) -> None:
    # By bytes: capitals come before small letters.
    applicants = [household("b"), household("C"), household("a")]
    lines = {line.line: line for line in queue(rule(), applicants, available)}
    assert list(lines) == ["C", "a", "b"]
    assert [lines[name].place for name in "Cab"] == [1, 2, 3]
    got = ["allocated"] * served + ["fund_exhausted"] * (3 - served)
    assert [lines[name].outcome for name in "Cab"] == got


def test_begun_houses_come_first_and_nobody_overtakes() -> None:
    applicants = [
        household("a", status="poor", ethnic_group="Tày"),
        household("b", paid_vnd=1, paid_by="old"),
        household("c"),
    ]
    lines = queue(rule(), applicants, 2 * NORM - 2)
    assert [(line.place, line.outcome) for line in lines] == [
        (2, "fund_exhausted"),
        (1, "allocated"),
        (3, "fund_exhausted"),
    ]
    # The third needs no more than is left, but the second stands before it.
    poor_last = [household("a"), household("b", paid_vnd=NORM - 1, paid_by="old")]
    assert sum(line.amount_vnd for line in queue(rule(), poor_last, NORM)) == 1


@st.composite
def households(draw: st.DrawFn) -> list[Applicant]:
    names = draw(st.lists(st.text("aZ0-", min_size=1, max_size=4), max_size=30, unique=True))
    keys = st.frozensets(st.sampled_from(["housing_quality", "housing_area", "water"]))
    return [
        household(
            name,
            status=draw(st.sampled_from(["poor", "near_poor"])),
            ethnic_group=draw(st.sampled_from(["Kinh", "Tày", None])),
            merit_member=draw(st.sampled_from([True, False, None])),
            deprived=draw(st.one_of(st.just(FACTS["household.deprived"]), keys)),
            supported_by=draw(st.sampled_from([None, None, None, "run"])),
            paid_vnd=draw(st.sampled_from([0, 0, 1, NORM - 1, NORM])),
            paid_by="old",
        )
        for name in names
    ]


@given(households(), st.integers(0, 40 * NORM), st.randoms(use_true_random=False))
def test_the_queue_is_exact_and_fair(
    applicants: list[Applicant], available: int, shuffler: random.Random
) -> None:
    lines = queue(rule(), applicants, available)
    assert [line.line for line in lines] == sorted((a.household_id for a in applicants), key=str)
    used = sum(line.amount_vnd for line in lines)
    assert 0 <= used <= available
    waiting = sorted((line for line in lines if line.place is not None), key=lambda x: x.place or 0)
    assert [line.place for line in waiting] == list(range(1, len(waiting) + 1))
    assert [line.rank for line in waiting] == sorted(line.rank or 0 for line in waiting)
    served = [line.outcome == "allocated" for line in waiting]
    assert served == sorted(served, reverse=True)
    for line in lines:
        assert (line.amount_vnd > 0) is (line.outcome == "allocated")
        if line.amount_vnd:
            assert line.amount_vnd + line.already_paid_vnd == NORM
    if not all(served):
        first = waiting[served.index(False)]
        assert used + NORM - first.already_paid_vnd > available
    shuffled = list(applicants)
    shuffler.shuffle(shuffled)
    assert queue(rule(), shuffled, available) == lines


@given(households(), st.integers(0, 40 * NORM), st.integers(0, NORM))
def test_more_money_takes_nothing_from_anybody(
    applicants: list[Applicant], available: int, more: int
) -> None:
    before, after = (queue(rule(), applicants, x) for x in (available, available + more))
    assert all(b.amount_vnd <= a.amount_vnd for b, a in zip(before, after, strict=True))


def _spoilt(change: Mapping[str, Any], part: str = "", code: str = "") -> dict[str, Any]:
    made = entry()
    target = made
    if part:
        (target,) = (e for e in made[part] if e["code"] == code)
    for key, value in change.items():
        if value is None:
            target.pop(key)
        else:
            target[key] = value
    return made


@pytest.mark.parametrize(
    ("code", "made"),
    [
        ("norm_missing", _spoilt({"unit_norm_vnd": 0})),
        ("norm_missing", _spoilt({"unit_norm_vnd": None})),
        ("content_missing", _spoilt({"content": None})),
        ("criterion_missing", _spoilt({"eligibility": entry()["eligibility"][:4]})),
        ("code_repeated", _spoilt({"code": "listed"}, "eligibility", "under_8_m2")),
        ("unknown_input", _spoilt({"input": "household.colour"}, "eligibility", "listed")),
        ("condition_unknown", _spoilt({"one_of": None}, "eligibility", "listed")),
        ("condition_unknown", _spoilt({"one_of": []}, "eligibility", "listed")),
        ("condition_unknown", _spoilt({"contains": "poor"}, "eligibility", "listed")),
        ("condition_unknown", _spoilt({"refusal": "ill"}, "eligibility", "not_supported_before")),
        ("input_held", _spoilt({"held": False}, "eligibility", "listed")),
        ("condition_unknown", _spoilt({"where": None}, "priority", "merit")),
        ("condition_unknown", _spoilt({"where": {}}, "priority", "merit")),
        (
            "unknown_input",
            _spoilt(
                {"held": True, "where": {"household.disaster_area": True}},
                "priority",
                "disaster_area",
            ),
        ),
        ("input_held", _spoilt({"held": False}, "priority", "merit")),
        ("ranks_unordered", _spoilt({"rank": 1}, "priority", "merit")),
        ("ranks_unordered", _spoilt({"rank": 0}, "priority", "ethnic_minority_poor")),
        ("priority_incomplete", _spoilt({"priority": entry()["priority"][:5]})),
        ("tranches_incomplete", _spoilt({"tranches": entry()["tranches"][:1]})),
    ],
)
def test_a_faulty_entry_is_refused_by_name(code: str, made: dict[str, Any]) -> None:
    with pytest.raises(PolicyError) as error:
        read(made)
    assert error.value.code == code


@pytest.mark.parametrize(
    ("name", "said", "value", "met"),
    [
        ("household.ethnic_group", {"not": "Kinh"}, "Tày", True),
        ("household.ethnic_group", {"not": "Kinh"}, "Kinh", False),
        ("household.ethnic_group", {"not": "Kinh"}, None, True),
        ("household.ethnic_group", {"not": "Kinh", "known": True}, None, False),
        ("household.ethnic_group", {"not": ["Kinh", "Hoa"]}, "Hoa", False),
        ("household.ethnic_group", ["Tày", "Nùng"], "Nùng", True),
        ("household.ethnic_group", ["Tày", "Nùng"], None, False),
        ("household.no_labour_capacity", True, True, True),
        ("household.no_labour_capacity", True, False, False),
        ("household.no_labour_capacity", True, None, False),
        ("household.no_labour_capacity", False, False, True),
        ("household.no_labour_capacity", False, None, False),
        ("household.deprived", {"contains": "water"}, {"water", "toilet"}, True),
        ("household.deprived", {"contains": "water"}, set(), False),
        ("household.deprived", {"contains": "water"}, None, False),
    ],
)
def test_what_conditions_mean(name: str, said: Any, value: Any, met: bool) -> None:
    assert read_condition(name, said, "").met({name: value}) is met


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("household.merit_member", "true"),
        ("household.merit_member", {"contains": True}),
        ("household.status", True),
        ("household.status", None),
        ("household.status", {"above": "poor"}),
        ("household.status", {"one_of": "poor", "not": "near_poor"}),
        ("household.status", {"one_of": "poor", "known": True}),
        ("household.status", {"not": "poor", "known": 1}),
        ("household.deprived", "water"),
        ("household.deprived", {"contains": ["water", "toilet"]}),
    ],
)
def test_a_condition_that_means_nothing_is_refused(name: str, said: Any) -> None:
    with pytest.raises(PolicyError) as error:
        read_condition(name, said, "priority/x")
    assert (error.value.code, error.value.pointer) == ("condition_unknown", "priority/x")


@given(st.integers(1, 10**15), st.data())
def test_tranches_of_a_line_add_up_to_it(norm: int, data: st.DataObject) -> None:
    words = LineReasons(read(entry() | {"unit_norm_vnd": norm}))
    paid = data.draw(st.integers(0, norm - 1))
    tranches = words.tranches(norm - paid, paid)
    assert sum(t["amount_vnd"] for t in tranches) == norm - paid
    assert all(t["amount_vnd"] >= 0 for t in tranches)


def test_tranches_are_seventy_and_thirty() -> None:
    words = LineReasons(rule())
    assert [t["amount_vnd"] for t in words.tranches(NORM, 0)] == [28_000_000, 12_000_000]
    assert [t["amount_vnd"] for t in words.tranches(NORM - 1, 1)] == [27_999_999, 12_000_000]
    assert [t["amount_vnd"] for t in words.tranches(10_000_000, 30_000_000)] == [0, 10_000_000]


def test_reasons_name_every_criterion_and_the_rank() -> None:
    words = LineReasons(rule(), LACKING)
    criteria = {c["code"]: c for c in words.criteria("poor", ("under_8_m2",))}
    assert list(criteria) == [c.code for c in rule().eligibility]
    assert criteria["listed"]["met"] is True and criteria["listed"]["value"] == "poor"
    assert criteria["under_8_m2"]["met"] is False
    separate = criteria["separate_household"]
    assert (separate["met"], separate["waived"], separate["checked_by"]) == (None, True, "commune")
    assert [(words.priority(r) or {}).get("code") for r in (None, 0, 1, 6)] == [
        None,
        "begun",
        "ethnic_minority_poor",
        "others",
    ]
    unlisted = words.unlisted("non_poor")
    assert unlisted["failed"] == ["listed"]
    assert [(c["code"], c["met"], c["value"]) for c in unlisted["criteria"]] == [
        ("listed", False, "non_poor")
    ]


DAY = date(2023, 1, 1)


def _unit(area_id: int, code: str, level: str, parent: str | None) -> Unit:
    return Unit(area_id, code, date(2011, 1, 1), None, level, level, code, parent)


TREE = read_tree(
    [
        _unit(1, "VN", "country", None),
        _unit(10, "20", "province", "VN"),
        _unit(20, "181", "district", "20"),
        _unit(21, "182", "district", "20"),
        _unit(30, "00001", "commune", "181"),
        _unit(31, "00002", "commune", "181"),
        _unit(32, "00003", "commune", "182"),
        _unit(11, "21", "province", "VN"),
        _unit(22, "190", "district", "21"),
        _unit(33, "00004", "commune", "190"),
    ],
    [],
)


@pytest.mark.parametrize(
    ("holder", "facts", "expected"),
    [
        ("20", {10: ["poor_district"]}, {30, 31, 32}),
        ("20", {10: [], 20: ["poor_district"]}, {30, 31}),
        ("20", {20: ["border", "poor_district"], 32: ["poor_district"]}, {30, 31, 32}),
        ("20", {31: ["poor_district"]}, {31}),
        ("20", {31: ["border"]}, set()),
        ("20", {1: ["poor_district"]}, {30, 31, 32}),
        ("181", {10: ["poor_district"]}, {30, 31}),
        ("181", {10: ["poor_district"], 20: []}, {30, 31}),
        ("00001", {20: ["poor_district"]}, {30}),
        # What is said of neighbours says nothing of the holder.
        ("181", {21: ["poor_district"]}, None),
        ("20", {33: ["poor_district"]}, None),
        ("20", {}, None),
    ],
)
def test_an_attribute_holds_where_it_is_carried_and_below(
    holder: str, facts: dict[int, list[str]], expected: set[int] | None
) -> None:
    unit = TREE.on(holder, DAY)
    known = {u.area_id for u in relevant_units(TREE, unit, DAY)}
    held = {area: attributes for area, attributes in facts.items() if area in known}
    if expected is None:
        with pytest.raises(DomainError) as error:
            attribute_areas(TREE, unit, DAY, held, "poor_district")
        assert (error.value.code, error.value.pointer) == ("area_fact_missing", holder)
    else:
        assert attribute_areas(TREE, unit, DAY, held, "poor_district") == expected
