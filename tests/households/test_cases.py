"""Cases that an official can read, in `cases/`: measurements and histories, and what follows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from shared.households.events import HouseholdEvent
from shared.households.families import timelines
from shared.households.recognised import differs, recognised_timelines
from shared.households.timeline import Spell, Timeline, Transition, timeline
from shared.law.standards import Standard
from tests.builders import counting, policy

POLICY = policy()
STANDARDS = {standard.id: standard for standard in POLICY.standards.items}
CASES = Path(__file__).parent / "cases"
AREA_TYPES = ("rural", "urban")
WORDS = {
    "poor": {"income_vnd": 1_000_000, "deprived": 3},
    "near_poor": {"income_vnd": 1_000_000, "deprived": 2},
    "average": {"income_vnd": 1_600_000, "deprived": 0},
    "above": {"income_vnd": 2_300_000, "deprived": 0},
}


def read(name: str) -> Any:
    return yaml.safe_load((CASES / name).read_text("utf-8"))


def event(number: int, said: dict[str, Any]) -> dict[str, Any]:
    """Return the item as posted of an event as the cases write it."""
    said = dict(said)
    kind = next(k for k in ("assessed", "registered", "moved", "closed") if k in said)
    value, day = said.pop(kind), said.pop("day")
    item = {
        "type": kind,
        "source": "cases",
        "external_id": said.pop("id", f"e{number:02}"),
        "household_id": "H",
        "effective_from": day.isoformat(),
    }
    if kind == "closed":
        return item | {"reason": value} | said
    item |= {"area_code": "06091", "area_type": "rural", "ethnic_group": None}
    if kind != "assessed":
        return item | {"area_code": value} | said
    said["assessed_on"] = str(said.get("assessed_on", day))
    measure = dict(WORDS[value] if isinstance(value, str) else value)
    if "deprived" in measure:
        standard = POLICY.standards.on(day)
        codes = [indicator.code for indicator in standard.indicators]
        assert measure["deprived"] <= len(codes)
        measure["deprived"] = codes[: measure["deprived"]]
    return item | measure | said


def events(said: list[dict[str, Any]]) -> list[HouseholdEvent]:
    return counting(event(number, one) for number, one in enumerate(said)).get("H", [])


def shown_status(status: str, living_standard: str | None) -> str:
    return f"{status}/{living_standard}" if living_standard else status


def shown_spell(spell: Spell) -> str:
    end = f"{spell.end} " if spell.end else ""
    status = shown_status(spell.status, spell.living_standard)
    return f"{spell.start} .. {end}{status} {spell.standard}"


def shown_transition(transition: Transition) -> str:
    text = f"{transition.on} {transition.before or 'nothing'} > {transition.after}"
    text += "" if transition.event else " by rule"
    moves = ", ".join(f"{move.kind} {move.list}" for move in transition.movements)
    text += f": {moves}" if moves else ""
    text += " = renumbered" if transition.renumbered else ""
    return f"{text} *" if transition.standard_changed else text


# --- measurements ---------------------------------------------------------------------------------


def measurements() -> Iterator[tuple[str, dict[str, Any], date, str, str, str]]:
    """Yield name, measure, day, area type, standard, expected class."""
    for file in sorted(CASES.glob("standard_*.yaml")):
        document = read(file.name)
        for case in document["cases"]:
            (area_type,) = (name for name in AREA_TYPES if name in case)
            measure = dict(case[area_type])
            if "income_vnd" in measure:
                measure.setdefault("deprived", 0)
            name = f"{document['standard']}: {case['name']}"
            yield name, measure, document["day"], area_type, document["standard"], case["is"]
    days = read("days_of_standards.yaml")
    for case in days["cases"]:
        measure = days["measure"] | ({"deprived": case["deprived"]} if "deprived" in case else {})
        yield case["name"], measure, case["day"], "rural", case["standard"], case["is"]


MEASUREMENTS = list(measurements())


@pytest.mark.parametrize("case", MEASUREMENTS, ids=lambda case: case[0])
def test_a_measurement_is_classified(case: tuple[str, dict[str, Any], date, str, str, str]) -> None:
    _, measure, day, area_type, standard, expected = case
    said = {"day": day, "assessed": measure, "area_type": area_type}
    (spell,) = timeline(events([said]), POLICY).spells
    assert shown_status(spell.status, spell.living_standard) == expected
    assert spell.standard == standard


def edges(standard: Standard, area_type: str) -> Iterator[tuple[str, int]]:
    """Yield every value on both sides of every line of a standard, for one area type."""
    tables = [("income_vnd", "deprived", standard.income_rules)]
    if standard.score_rules is not None:
        tables.append(("b1", "b2", standard.score_rules))
    for value, count, rules in tables:
        for rule in rules[area_type]:
            for line in {rule.above, rule.at_most} - {None}:
                yield value, line
                yield value, line + 1
            for line in {rule.deprived_at_least, rule.deprived_below} - {None}:
                yield count, line
                yield count, line - (1 if count == "deprived" else 10)


@pytest.mark.parametrize("area_type", AREA_TYPES)
@pytest.mark.parametrize("standard", STANDARDS)
def test_both_sides_of_every_line_of_the_law_have_a_case(standard: str, area_type: str) -> None:
    covered = {
        (name, value)
        for _, measure, _, area, of, _ in MEASUREMENTS
        if (of, area) == (standard, area_type)
        for name, value in measure.items()
    }
    missing = set(edges(STANDARDS[standard], area_type)) - covered
    assert not missing


def test_first_and_last_day_of_every_standard_have_a_case() -> None:
    covered = {(day, standard) for _, _, day, _, standard, _ in MEASUREMENTS}
    for standard in POLICY.standards.items:
        assert (standard.start, standard.id) in covered
        assert (standard.end - timedelta(days=1), standard.id) in covered


# --- histories ------------------------------------------------------------------------------------

TIMELINES = read("timelines.yaml")


@pytest.mark.parametrize("case", TIMELINES, ids=lambda case: case["name"])
def test_a_history_has_its_spells_and_transitions(case: dict[str, Any]) -> None:
    folded: Timeline = timeline(events(case["events"]), POLICY)
    assert [shown_spell(spell) for spell in folded.spells] == case["spells"]
    assert [shown_transition(one) for one in folded.transitions] == case["transitions"]


@pytest.mark.parametrize("case", TIMELINES, ids=lambda case: case["name"])
def test_a_history_is_the_same_told_backwards(case: dict[str, Any]) -> None:
    numbered = list(enumerate(case["events"]))
    told = counting(event(number, one) for number, one in reversed(numbered))
    assert timeline(told.get("H", []), POLICY) == timeline(events(case["events"]), POLICY)


def test_case_names_are_unique() -> None:
    names = [case["name"] for case in (*TIMELINES, *FAMILIES, *RECOGNISED)]
    names += [name for name, *_ in MEASUREMENTS]
    assert len(names) == len(set(names))


# --- families -------------------------------------------------------------------------------------

FAMILIES = read("families.yaml")


@pytest.mark.parametrize("told_backwards", [False, True], ids=["", "told backwards"])
@pytest.mark.parametrize("case", FAMILIES, ids=lambda case: case["name"])
def test_a_family_has_one_history(case: dict[str, Any], told_backwards: bool) -> None:
    numbered = list(enumerate(case["events"]))
    told = counting(event(number, one) for number, one in numbered[:: -1 if told_backwards else 1])
    expected = {name: said for name, said in case.items() if name not in ("name", "events")}
    lines = timelines(told, list(expected), POLICY)
    for household, said in expected.items():
        line = lines[household]
        shown = {
            "spells": [shown_spell(spell) for spell in line.spells],
            "transitions": [shown_transition(one) for one in line.transitions],
        }
        assert {name: shown[name] for name in said} == said, household


# --- decisions ------------------------------------------------------------------------------------

RECOGNISED = read("recognised.yaml")


@pytest.mark.parametrize("case", RECOGNISED, ids=lambda case: case["name"])
def test_a_history_by_figures_and_by_decision(case: dict[str, Any]) -> None:
    told = events(case["events"])
    computed = timeline(told, POLICY)
    assert [shown_spell(spell) for spell in computed.spells] == case["computed"]
    decided = recognised_timelines({"H": told}, {"H": computed}, POLICY).get("H", computed)
    assert [shown_spell(spell) for spell in decided.spells] == case["recognised"]
    assert differs(computed) == (case["computed"] != case["recognised"])


def test_what_an_older_household_was_recognised_as_is_what_the_younger_one_has_of_it() -> None:
    told = counting(
        [
            event(0, {"day": date(2022, 12, 14), "assessed": "average", "recognised": "poor"}),
            event(1, {"day": date(2023, 6, 1), "closed": "merged"}),
            event(2, {"day": date(2023, 6, 1), "registered": "06091", "household_id": "N"})
            | {"continues": "H"},
            event(3, {"day": date(2023, 12, 14), "assessed": "average", "household_id": "N"}),
        ]
    )
    computed = timelines(told, ["H", "N"], POLICY)
    decided = recognised_timelines(told, computed, POLICY)
    assert [spell.status for spell in computed["N"].spells] == ["non_poor"]
    assert [spell.status for spell in decided["N"].spells] == ["recently_exited", "non_poor"]
