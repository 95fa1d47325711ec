"""Entitlements: cases that an official can read, and a naive second way on random households."""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml

from shared.areas.places import attributes_of, extremely_difficult
from shared.households.entitlements import (
    Circumstances,
    Entitlement,
    Person,
    age,
    ages_asked,
    entitlements,
    youngest_birth,
)
from shared.kernel.errors import PolicyError
from shared.law.standards import LISTS
from shared.law.support_norms import read_support_norms
from tests.builders import POLICY_FILE
from tests.households.entitled import entitled, full_years

FILE = POLICY_FILE.parent / "support_norms.yaml"
DOCUMENT = yaml.safe_load(FILE.read_text("utf-8"))
NORMS = read_support_norms(DOCUMENT)
CASES = yaml.safe_load((Path(__file__).parent / "cases/entitlements.yaml").read_text("utf-8"))
HOUSEHOLDS = 20 * int(os.environ.get("REGISTRY_SEEDS", "25"))


def circumstances(said: dict[str, Any]) -> Circumstances:
    fields = {"living_standard": None, "until": None} | said
    if "attributes" in fields:
        fields["attributes"] = frozenset(fields["attributes"])
    if "persons" in fields:
        fields["persons"] = tuple(Person(name, born) for name, born in fields["persons"].items())
    return Circumstances(**fields)


def given(found: Entitlement) -> Any:
    if found.value_vnd is not None or found.unknown_value is not None:
        return found.value_vnd
    return f"{float(found.norm.measure.value or 0):g}%"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
def test_a_case(case: dict[str, Any]) -> None:
    every = entitlements(NORMS, circumstances(case["household"]), case["day"])
    found = [each for each in every if each.norm.content in case["of"]]
    assert {e.norm.id: given(e) for e in found if e.counts} == case.get("holds", {})
    not_counted = {e.norm.id: e.superseded_by for e in found if e.counts is False}
    assert not_counted == case.get("not_counted", {})
    undecided = {e.norm.id: list(e.missing) for e in found if e.counts is None}
    if "undecided" in case or not case.get("holds"):
        assert undecided == case.get("undecided", {})
    by_id = {e.norm.id: e for e in found}
    for name, attribute in (("until", "until"), ("own", "own_vnd"), ("persons", "persons")):
        for norm, expected in case.get(name, {}).items():
            assert getattr(by_id[norm], attribute) == expected, norm


def random_household(rng: Random, day: date) -> Circumstances:
    status = rng.choice(("poor", "near_poor", "recently_exited", "non_poor"))
    births = [day - timedelta(days=rng.randrange(90 * 365)) for _ in range(rng.randrange(5))]
    births += [
        day.replace(year=day.year - years) for years in rng.choices((3, 4, 16, 60, 70, 75, 80))
    ]
    persons = tuple(Person(str(n), rng.choice((born, born, None))) for n, born in enumerate(births))
    names = ("poor_commune", "poor_district", "border")
    attributes = frozenset(name for name in names if rng.random() < 0.5)
    return Circumstances(
        status=status,
        living_standard=None if status in LISTS else rng.choice(("average", "above", None)),
        since=day - timedelta(days=rng.randrange(900)),
        until=rng.choice((None, day + timedelta(days=rng.randrange(1, 900)))),
        ethnic_group=rng.choice(("Kinh", "Tày", None)),
        area_type=rng.choice(("rural", "urban", None)),
        attributes=rng.choice((attributes, None)),
        extremely_difficult=rng.choice((True, False, None)),
        household_size=rng.choice((None, 4)),
        persons=rng.choice((persons, None)),
    )


def test_a_naive_second_way_agrees_on_random_households() -> None:
    rng = Random(9)
    for number in range(HOUSEHOLDS):
        day = date(2018, 1, 1) + timedelta(days=rng.randrange(9 * 365))
        day = day.replace(day=min(day.day, 28))
        known = random_household(rng, day)
        answer = entitlements(NORMS, known, day)
        naive = entitled(DOCUMENT, known, day)
        assert {e.norm.id for e in answer} == set(naive), (number, known, day)
        for each in answer:
            missing, counts = naive[each.norm.id]
            for member in each.person_ids or (None,):
                assert each.counts == counts[member], (number, each.norm.id, known, day)
            assert set(each.missing) <= missing
            assert (each.superseded_by is None) == (each.counts is not False)
            assert each.start is None or each.start <= day
            assert each.until is None or day < each.until


def test_what_holds_is_true_on_every_day_that_it_says() -> None:
    rng = Random(3)
    for _ in range(HOUSEHOLDS // 10):
        day = date(2019, 1, 1) + timedelta(days=rng.randrange(8 * 365))
        known = random_household(rng, day.replace(day=min(day.day, 28)))
        for each in entitlements(NORMS, known, day):
            last = each.until and each.until - timedelta(days=1)
            for other in (each.start, last):
                if other is not None and known.since <= other:
                    ids = {e.norm.id for e in entitlements(NORMS, known, other)}
                    assert each.norm.id in ids, (each.norm.id, known, day, other)


def test_birthdays() -> None:
    rng = Random(1)
    for _ in range(2000):
        born = date(1930, 1, 1) + timedelta(days=rng.randrange(90 * 365))
        day = born + timedelta(days=rng.randrange(90 * 365))
        assert age(born, day) == full_years(born, day)
    assert age(date(1956, 2, 29), date(2025, 2, 28)) == 69
    assert age(None, date(2025, 2, 28)) is None
    assert ages_asked(NORMS) == (3, 4, 16, 60, 70, 75, 80)
    for day in (date(2024, 2, 29), date(2025, 2, 28), date(2025, 3, 1), date(2025, 12, 31)):
        for years in (1, 3, 4, 16, 60, 69):
            born = youngest_birth(years, day)
            assert age(born, day) == years and age(born + timedelta(days=1), day) == years - 1


def test_places() -> None:
    assert extremely_difficult("III", None) is True
    assert extremely_difficult("I", 0) is False
    assert extremely_difficult(None, 0) is False
    assert extremely_difficult("II", 3) is None
    assert extremely_difficult(None, None) is None
    assert attributes_of([]) is None
    assert attributes_of([{}, {"attributes": None}]) is None
    assert attributes_of([{}, {"attributes": ["border"]}]) == {"border"}
    assert attributes_of([{"attributes": []}, {"attributes": ["atk"]}]) == {"atk"}


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("unknown_input", {"where": {"household.wealth": ["poor"]}}),
        ("unknown_input", {"needs": ["person.luck"]}),
        ("beneficiary_unknown", {"beneficiaries": ["kings"]}),
        ("beneficiary_unknown", {"beneficiaries": []}),
        ("reference_unknown", {"of": "gold"}),
        ("content_incomparable", {"content": "credit"}),
        ("legal_basis_missing", {"legal_basis": []}),
        ("unknown_unexplained", {"in_force_to": None, "open_ended": None}),
    ],
)
def test_a_faulty_norm_is_named(code: str, changes: dict[str, Any]) -> None:
    norms = [n | changes if n["id"] == "health_insurance_poor" else n for n in DOCUMENT["norms"]]
    with pytest.raises(PolicyError) as fault:
        read_support_norms(DOCUMENT | {"norms": norms})
    assert fault.value.code == code


def test_every_input_and_fact_that_may_be_missing_has_its_words() -> None:
    for norm in NORMS.norms:
        for requirement in norm.requirements:
            name = requirement.input
            assert name == "household.status" or NORMS.facts[name]["vi"], name
    assert all(each["vi"] and each["en"] for each in NORMS.facts.values())
