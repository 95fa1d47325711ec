"""Hand-computed cases for the model, and properties that any history must keep."""

from itertools import pairwise
from random import Random
from typing import Any

import pytest

from tests.simulation.histories import NEW_WORLD, NEW_WORLD_FROM, OLD_WORLD, disorder, history
from tests.simulation.model import (
    LISTS,
    add_months,
    area_on,
    classify,
    counting_events,
    event_id,
    movement,
    standard_in_force,
    statistics,
    status_on,
    timeline,
    transitions,
    world_of,
)

Event = dict[str, Any]

A, B, C = OLD_WORLD
SEEDS = range(200)
FOREVER = "2100-01-01"
LACKING = ["D01", "water", "toilet"]


def assessed(day: str, status: str, **rest: Any) -> Event:
    """Assess household H in commune A under 2022-2025: poor, near_poor, average or above."""
    deprived = LACKING if status == "poor" else []
    income = {"average": 2_000_000, "above": 9_000_000}.get(status, 1_000_000)
    return event("assessed", day, income_vnd=income, deprived=deprived, assessed_on=day) | rest


def event(kind: str, day: str, **rest: Any) -> Event:
    """Write an event of household H in commune A, named after its type and day."""
    ids = {"source": "s", "external_id": f"{kind}-{day}", "household_id": "H"}
    place = {} if kind == "closed" else {"area_code": A, "area_type": "rural"}
    return {"type": kind, "effective_from": day, **ids, **place, **rest}


def scored(day: str, area_type: str, b1: int, b2: int) -> Event:
    """Assess by scores."""
    return event("assessed", day, assessed_on=day, b1=b1, b2=b2, area_type=area_type)


def withdrawn(other: Event, revision: int = 2) -> Event:
    """Take an event back, with nothing but its type, ids and revision."""
    kept = {name: other[name] for name in ("type", "source", "external_id")}
    return {**kept, "revision": revision, "withdrawn": True}


def statuses(events: list[Event], household: str = "H") -> list[tuple[str, str | None, str]]:
    """Return (from, to, status) of each spell."""
    return [(s["from"], s["to"], s["status"]) for s in timeline(events, household)["spells"]]


def changes(events: list[Event], household: str = "H") -> list[tuple[str, str | None, str]]:
    """Return (on, from, to) of each transition."""
    return [(t["on"], t["from"], t["to"]) for t in transitions(events, household, FOREVER)]


def kinds(events: list[Event], household: str = "H") -> list[list[str]]:
    """Return each transition's movements as `kind list`."""
    return [
        [f"{m['kind']} {m['list']}" for m in t["movements"]]
        for t in transitions(events, household, FOREVER)
    ]


@pytest.mark.parametrize(
    ("day", "area_type", "income", "lacking", "expected"),
    [
        ("2015-12-31", "rural", 400_000, 0, ("poor", None, "VN-2011-2015")),
        ("2015-12-31", "urban", 650_000, 0, ("near_poor", None, "VN-2011-2015")),
        ("2015-12-31", "rural", 520_001, 0, ("non_poor", None, "VN-2011-2015")),
        ("2016-01-01", "rural", 700_000, 0, ("poor", None, "VN-2016-2020")),
        ("2021-12-31", "rural", 700_001, 2, ("near_poor", None, "VN-2016-2020")),
        ("2021-12-31", "urban", 1_300_000, 3, ("poor", None, "VN-2016-2020")),
        ("2021-12-31", "urban", 1_300_001, 3, ("non_poor", "average", "VN-2016-2020")),
        ("2021-12-31", "urban", 1_950_001, 3, ("non_poor", "above", "VN-2016-2020")),
        ("2022-01-01", "rural", 0, 2, ("near_poor", None, "VN-2022-2025")),
        ("2022-01-01", "rural", 1_500_000, 3, ("poor", None, "VN-2022-2025")),
        ("2026-12-31", "rural", 2_250_000, 3, ("non_poor", "average", "VN-2022-2025")),
        ("2026-12-31", "urban", 2_000_000, 2, ("near_poor", None, "VN-2022-2025")),
        ("2026-12-31", "urban", 3_000_001, 9, ("non_poor", "above", "VN-2022-2025")),
        ("2027-01-01", "urban", 2_800_000, 3, ("poor", None, "VN-2027-2030")),
        ("2027-01-01", "rural", 2_200_000, 2, ("near_poor", None, "VN-2027-2030")),
        ("2027-01-01", "rural", 2_200_001, 2, ("non_poor", None, "VN-2027-2030")),
    ],
)
def test_an_income_is_classified_by_the_first_matching_rule_of_the_standard(
    day: str, area_type: str, income: int, lacking: int, expected: tuple[str, str | None, str]
) -> None:
    deprived = list(standard_in_force(day)["indicators"])[:lacking]
    measured = event("assessed", day, income_vnd=income, deprived=deprived, area_type=area_type)
    assert classify(measured) == expected


@pytest.mark.parametrize(
    ("day", "area_type", "b1", "b2", "expected"),
    [
        ("2020-05-05", "rural", 120, 0, "poor"),
        ("2020-05-05", "rural", 121, 20, "near_poor"),
        ("2020-05-05", "rural", 150, 30, "poor"),
        ("2020-05-05", "rural", 151, 90, "non_poor"),
        ("2020-05-05", "urban", 140, 0, "poor"),
        ("2020-05-05", "urban", 175, 20, "near_poor"),
        ("2023-05-05", "rural", 0, 20, "near_poor"),
        ("2023-05-05", "rural", 140, 30, "poor"),
        ("2023-05-05", "rural", 141, 30, "non_poor"),
        ("2023-05-05", "urban", 175, 30, "poor"),
        ("2023-05-05", "urban", 176, 30, "non_poor"),
    ],
)
def test_scores_are_classified_and_tell_no_living_standard(
    day: str, area_type: str, b1: int, b2: int, expected: str
) -> None:
    assert classify(scored(day, area_type, b1, b2))[:2] == (expected, None)


def test_the_highest_revision_counts_in_whatever_order_it_arrives() -> None:
    first, second = assessed("2023-01-01", "poor"), assessed("2023-01-01", "above", revision=2)
    assert counting_events([second, first, first]) == [second]
    assert statuses([second, first]) == [("2023-01-01", None, "non_poor")]


def test_a_withdrawn_event_is_out_until_a_higher_revision_brings_it_back() -> None:
    first = assessed("2023-01-01", "poor")
    assert statuses([withdrawn(first), first]) == []
    assert len(statuses([withdrawn(first), first, first | {"revision": 3}])) == 1


def test_a_revision_that_names_another_household_leaves_the_first_one() -> None:
    first = assessed("2023-01-01", "poor")
    events = [first, first | {"revision": 2, "household_id": "K"}]
    assert statuses(events) == []
    assert statuses(events, "K") == [("2023-01-01", None, "poor")]


def test_the_event_id_does_not_depend_on_a_revision_that_is_left_out() -> None:
    first = assessed("2023-01-01", "poor")
    assert event_id(first) == event_id(first | {"revision": 1})
    assert event_id(first) != event_id(first | {"revision": 2})


def test_of_one_day_the_assessment_made_last_counts_and_then_the_greatest_ids() -> None:
    early = assessed("2023-01-10", "poor", assessed_on="2023-01-01", external_id="z")
    late = assessed("2023-01-10", "near_poor", assessed_on="2023-01-02", external_id="a")
    assert statuses([early, late]) == [("2023-01-10", None, "near_poor")]
    later = late | {"external_id": "b", "income_vnd": 9_000_000}
    assert statuses([later, early, late]) == [("2023-01-10", None, "non_poor")]


def test_equal_neighbours_are_one_spell_opened_by_the_first_event() -> None:
    first, again = assessed("2023-01-01", "poor"), assessed("2024-01-01", "poor")
    [spell] = timeline([again, first], "H")["spells"]
    assert (spell["from"], spell["to"], spell["event_id"]) == ("2023-01-01", None, event_id(first))


def test_a_new_standard_reclassifies_nobody_and_parts_spells_without_a_transition() -> None:
    old = assessed("2021-12-10", "poor", deprived=["I1", "I2", "I3"])
    new = assessed("2022-05-01", "poor")
    spells = timeline([old, new], "H")["spells"]
    assert [s["standard"] for s in spells] == ["VN-2016-2020", "VN-2022-2025"]
    assert spells[0]["to"] == "2022-05-01"
    assert changes([old, new]) == [("2021-12-10", None, "poor")]


def test_a_household_that_leaves_both_lists_is_recently_exited_for_36_months() -> None:
    out = assessed("2022-05-10", "above")
    events = [assessed("2022-01-01", "poor"), out, assessed("2024-05-10", "average")]
    later = event_id(events[2])
    spells = timeline(events, "H")["spells"]
    assert [(s["from"], s["status"], s["living_standard"]) for s in spells[1:]] == [
        ("2022-05-10", "recently_exited", "above"),
        ("2024-05-10", "recently_exited", "average"),
        ("2025-05-10", "non_poor", "average"),
    ]
    assert [s["event_id"] for s in spells[1:]] == [event_id(out), later, later]
    assert transitions(events, "H", FOREVER)[-1]["cause"] == {"rule": "exit_window_ended"}


def test_a_window_that_opens_on_29_february_ends_on_28_february() -> None:
    events = [assessed("2024-01-01", "near_poor"), assessed("2024-02-29", "average")]
    assert statuses(events)[1:] == [
        ("2024-02-29", "2027-02-28", "recently_exited"),
        ("2027-02-28", None, "non_poor"),
    ]
    assert add_months("2024-01-31", 1) == "2024-02-29"


def test_an_assessment_on_the_day_the_window_ends_is_named_by_the_spell_not_by_the_cause() -> None:
    last = assessed("2025-03-01", "average")
    events = [assessed("2022-01-01", "poor"), assessed("2022-03-01", "average"), last]
    assert timeline(events, "H")["spells"][-1]["event_id"] == event_id(last)
    assert transitions(events, "H", FOREVER)[-1]["cause"] == {"rule": "exit_window_ended"}


def test_a_relapse_on_the_day_the_window_ends_is_the_events_doing() -> None:
    last = assessed("2025-03-01", "poor")
    events = [assessed("2022-01-01", "poor"), assessed("2022-03-01", "average"), last]
    assert changes(events)[-1] == ("2025-03-01", "recently_exited", "poor")
    assert transitions(events, "H", FOREVER)[-1]["cause"] == {"event_id": event_id(last)}


def test_near_poor_after_poor_opens_no_window_and_a_second_exit_opens_its_own() -> None:
    plan = {"2022-01-01": "poor", "2022-06-01": "near_poor", "2022-09-01": "above"}
    plan |= {"2023-01-01": "near_poor", "2024-01-01": "above"}
    events = [assessed(day, status) for day, status in plan.items()]
    assert statuses(events) == [
        ("2022-01-01", "2022-06-01", "poor"),
        ("2022-06-01", "2022-09-01", "near_poor"),
        ("2022-09-01", "2023-01-01", "recently_exited"),
        ("2023-01-01", "2024-01-01", "near_poor"),
        ("2024-01-01", "2027-01-01", "recently_exited"),
        ("2027-01-01", None, "non_poor"),
    ]


def test_a_household_never_listed_is_non_poor_from_the_first_day() -> None:
    events = [assessed("2022-01-01", "above"), assessed("2023-01-01", "average")]
    assert [s[2] for s in statuses(events)] == ["non_poor", "non_poor"]
    assert changes(events) == [("2022-01-01", None, "non_poor")]


def test_the_earliest_closure_ends_the_timeline_and_its_withdrawal_reopens_it() -> None:
    early, late = event("closed", "2023-06-01"), event("closed", "2024-06-01")
    poor, after = assessed("2023-01-01", "poor"), assessed("2023-06-01", "above")
    events = [late, after, early, poor]
    assert timeline(events, "H")["closed_on"] == "2023-06-01"
    assert statuses(events) == [("2023-01-01", "2023-06-01", "poor")]
    assert kinds(events) == [["newly_arisen poor"], ["left poor"]]
    reopened = [*events, withdrawn(early)]
    assert statuses(reopened)[1:] == [("2023-06-01", "2024-06-01", "recently_exited")]


def test_a_closure_names_its_event_and_the_area_held_before_it() -> None:
    closed = event("closed", "2023-06-01")
    moved = [event("moved", "2023-05-01", area_code=B), event("moved", "2023-06-01", area_code=C)]
    last = transitions([assessed("2023-01-01", "poor"), *moved, closed], "H", FOREVER)[-1]
    assert last == {
        "household_id": "H",
        "area_code": B,
        "on": "2023-06-01",
        "from": "poor",
        "to": "closed",
        "movements": [{"list": "poor", "kind": "left"}],
        "standard_changed": False,
        "cause": {"event_id": event_id(closed)},
    }


def test_a_household_back_on_its_list_has_relapsed_but_is_new_on_the_other() -> None:
    plan = {"2022-01-01": "poor", "2022-06-01": "near_poor", "2022-09-01": "poor"}
    assert kinds([assessed(day, status) for day, status in plan.items()]) == [
        ["newly_arisen poor"],
        ["left poor", "newly_arisen near_poor"],
        ["left near_poor", "relapsed poor"],
    ]


def test_a_household_inherits_the_lists_of_those_it_continues_even_in_a_circle() -> None:
    events = [
        assessed("2022-01-01", "poor", household_id="G", external_id="g"),
        assessed("2022-02-01", "near_poor", household_id="F", external_id="f"),
        event("registered", "2022-03-01", continues="G"),
        event("registered", "2022-03-01", household_id="G", continues="F", external_id="g2"),
        event("registered", "2022-03-01", household_id="F", continues="H", external_id="f2"),
        assessed("2022-03-01", "poor"),
        assessed("2022-04-01", "near_poor"),
    ]
    assert kinds(events) == [["relapsed poor"], ["left poor", "relapsed near_poor"]]
    assert kinds(events, "F") == [["newly_arisen near_poor"]]


def test_a_list_that_the_older_household_entered_the_same_day_is_not_history() -> None:
    events = [
        assessed("2022-03-01", "poor", household_id="G", external_id="g"),
        event("registered", "2022-03-01", continues="G"),
        assessed("2022-03-01", "poor"),
    ]
    assert kinds(events) == [["newly_arisen poor"]]


def test_nothing_is_published_before_its_day() -> None:
    events = [assessed("2022-01-01", "poor"), assessed("2023-01-01", "above")]
    assert len(transitions(events, "H", "2022-12-31")) == 1
    assert len(transitions(events, "H", "2023-01-01")) == 2
    assert len(transitions(events, "H", "2025-12-31")) == 2
    assert len(transitions(events, "H", "2026-01-01")) == 3


def test_a_change_of_status_under_another_standard_says_so() -> None:
    events = [
        assessed("2021-12-10", "poor", deprived=["I1", "I2", "I3"]),
        assessed("2022-01-01", "near_poor"),
        assessed("2023-01-01", "poor"),
    ]
    assert [t["standard_changed"] for t in transitions(events, "H", FOREVER)] == [
        False,
        True,
        False,
    ]


def test_on_one_day_the_assessment_sets_the_area_last() -> None:
    day = "2023-01-01"
    moved, registered = event("moved", day, area_code=C), event("registered", day, area_code=B)
    assert area_on([moved], "H", day) == C
    assert area_on([registered, moved], "H", day) == B
    assert area_on([assessed(day, "poor"), registered, moved], "H", day) == A
    assert area_on([moved], "H", "2022-12-31") is None


def test_two_moves_of_one_day_are_ordered_by_their_ids() -> None:
    one = event("moved", "2023-01-01", area_code=B, external_id="9")
    two = event("moved", "2023-01-01", area_code=C, external_id="10")
    assert area_on([one, two], "H", "2023-01-01") == B
    assert area_on([two, one | {"external_id": "10", "source": "r"}], "H", "2023-01-01") == C


def test_the_status_of_a_day_is_unknown_before_and_closed_after() -> None:
    events = [assessed("2023-01-01", "average"), event("closed", "2024-01-01")]
    assert status_on(events, "H", "2022-12-31")["status"] is None
    assert status_on(events, "H", "2023-12-31") == {
        "status": "non_poor",
        "living_standard": "average",
        "standard": "VN-2022-2025",
        "since": "2023-01-01",
        "until": "2024-01-01",
        "area_code": A,
    }
    assert status_on(events, "H", "2024-01-01")["status"] == "closed"


def test_a_move_on_the_day_of_an_exit_comes_first() -> None:
    events = [assessed("2022-01-01", "poor"), assessed("2022-06-01", "above", area_code=B)]
    there = movement(events, {B}, "poor", "2022-05-31", "2022-06-01")
    here = movement(events, {A}, "poor", "2022-05-31", "2022-06-01")
    assert {k: v for k, v in there.items() if v} == {"left": 1, "moved_in": 1}
    assert {k: v for k, v in here.items() if v} == {"start": 1, "moved_out": 1}
    both = movement(events, {A, B}, "poor", "2022-05-31", "2022-06-01")
    assert {k: v for k, v in both.items() if v} == {"start": 1, "left": 1}


def test_flows_are_gross_and_a_closed_household_counts_only_as_closed() -> None:
    plan = {"2022-01-01": "poor", "2022-06-01": "above", "2022-09-01": "poor"}
    events = [assessed(day, status) for day, status in plan.items()]
    events += [event("closed", "2022-12-01"), event("moved", "2022-12-01", area_code=B)]
    answer = movement(events, {A}, "poor", "2021-12-31", "2022-12-31")
    expected = {"newly_arisen": 1, "left": 1, "relapsed": 1, "closed": 1}
    assert {name: count for name, count in answer.items() if count} == expected
    assert movement(events, {A}, "near_poor", "2021-12-31", "2022-12-31")["closed"] == 0


def test_statistics_count_open_households_where_they_are() -> None:
    events = [
        assessed("2022-01-01", "poor"),
        assessed("2022-06-01", "above"),
        assessed("2022-01-01", "near_poor", household_id="K", external_id="k", area_code=B),
        event("closed", "2023-01-01", household_id="K", external_id="k2"),
    ]
    counts = {"poor": 1, "near_poor": 1, "recently_exited": 0, "non_poor": 0}
    assert statistics(events, {A, B}, "2022-05-31") == counts
    counts = {"poor": 0, "near_poor": 0, "recently_exited": 1, "non_poor": 0}
    assert statistics(events, {A, B}, "2023-01-01") == counts


@pytest.mark.parametrize("seed", SEEDS)
def test_the_movement_identity_holds_for_any_areas_and_days(seed: int) -> None:
    rng, events = Random(seed), history(seed, households=4)
    days = sorted(f"{rng.randint(2012, 2027)}-06-15" for _ in range(2))
    for areas in ({A}, {B, NEW_WORLD[1]}, {*OLD_WORLD, *NEW_WORLD}):
        for name in LISTS:
            m = movement(events, areas, name, *days)
            entered = m["relapsed"] + m["newly_arisen"] + m["moved_in"]
            assert m["end"] == m["start"] + entered - m["left"] - m["moved_out"] - m["closed"]


@pytest.mark.parametrize("seed", SEEDS)
def test_neither_order_nor_repetition_changes_a_result(seed: int) -> None:
    events = history(seed, households=3)
    mixed = disorder(events, seed + 1)
    for household in world_of(events):
        assert timeline(mixed, household) == timeline(events, household)
        told = transitions(events, household, FOREVER)
        assert transitions(mixed, household, FOREVER) == told


@pytest.mark.parametrize("seed", SEEDS)
def test_spells_are_contiguous_and_agree_with_every_day(seed: int) -> None:
    events = history(seed, households=2)
    for household in world_of(events):
        spells = timeline(events, household)["spells"]
        for one, other in pairwise(spells):
            assert one["from"] < one["to"] == other["from"]
        for spell in spells:
            assert status_on(events, household, spell["from"])["status"] == spell["status"]


@pytest.mark.parametrize("seed", SEEDS)
def test_every_invented_event_is_valid_at_the_doors(seed: int) -> None:
    events = history(seed, households=3)
    keys = [(e["source"], e["external_id"], e.get("revision", 1)) for e in events]
    assert len(set(keys)) == len(keys)
    types = {(e["source"], e["external_id"], e["type"]) for e in events}
    assert len(types) == len({kind[:2] for kind in types})
    for each in events:
        if "effective_from" in each:
            check(each)


def check(each: Event) -> None:
    """Hold an invented event against contract section 2."""
    day = each["effective_from"]
    assert "2011-01-01" <= day <= "2026-10-31"
    assert each["household_id"] not in (each.get("continues"), each.get("into"))
    if each["type"] != "closed":
        assert each["area_code"] in (OLD_WORLD if day < NEW_WORLD_FROM else NEW_WORLD)
        assert each["area_type"] in ("rural", "urban")
    if each["type"] == "assessed":
        check_measure(each)


def check_measure(each: Event) -> None:
    """Hold the measure of an invented assessment against contract section 2."""
    standard, deprived = standard_in_force(each["effective_from"]), each.get("deprived", [])
    assert each["assessed_on"] <= each["effective_from"]
    assert each.get("standard", standard["id"]) == standard["id"]
    assert ("income_vnd" in each) != ("b1" in each)
    assert ("b1" in each) == ("b2" in each)
    names = {code: {code, key} for code, key in standard["indicators"].items()}
    assert all(sum(name in deprived for name in pair) <= 1 for pair in names.values())
    assert all(any(name in pair for pair in names.values()) for name in deprived)
    assert len(set(deprived)) == len(deprived)
    if "b1" in each:
        assert standard["scores"]
        assert "deprived" not in each or each["b2"] == 10 * len(deprived)


def test_the_histories_hold_everything_they_are_meant_to_try() -> None:
    seen: dict[str, int] = {}
    for seed in SEEDS:
        for name in features(history(seed, households=3)):
            seen[name] = seen.get(name, 0) + 1
    wanted = {
        "relapsed by inheritance",
        "renumbered",
        "window brought along",
        "window ended",
        "window ended on an assessment",
        "closed",
        "reopened",
        "rehoused",
        "two assessments a day",
        "moved and assessed",
        "scores",
        "29 February",
        "standard changed",
    }
    assert {name for name, count in seen.items() if count >= 3} == wanted, seen


def features(events: list[Event]) -> set[str]:
    """Name what a history contains."""
    world, found = world_of(events), set()
    for household, own in world.items():
        found |= {name for name, holds in told_features(events, household, own).items() if holds}
    every = [e for e in events if "household_id" in e]
    homes = {(e["source"], e["external_id"], e["household_id"]) for e in every}
    if len(homes) > len({home[:2] for home in homes}):
        found.add("rehoused")
    closures = {(e["source"], e["external_id"]) for e in events if e["type"] == "closed"}
    counting = {(e["source"], e["external_id"]) for own in world.values() for e in own}
    if closures - counting:
        found.add("reopened")
    return found


def told_features(events: list[Event], household: str, own: list[Event]) -> dict[str, bool]:
    """Say which of the things worth trying one household shows."""
    told = transitions(events, household, FOREVER)
    alone = {t["on"]: t["movements"] for t in transitions(own, household, FOREVER)}
    days = [e["effective_from"] for e in own if e["type"] == "assessed"]
    ended = [t["on"] for t in told if "rule" in t["cause"]]
    return {
        "relapsed by inheritance": any(t["movements"] != alone.get(t["on"]) for t in told),
        "renumbered": any(t["to"] == "closed" and t["movements"] != alone[t["on"]] for t in told),
        "window brought along": any(t["on"] not in alone for t in told),
        "window ended": bool(ended),
        "window ended on an assessment": bool(set(ended) & set(days)),
        "closed": any(t["to"] == "closed" for t in told),
        "two assessments a day": len(days) > len(set(days)),
        "moved and assessed": any(
            e["type"] == "moved" and e["effective_from"] in days for e in own
        ),
        "scores": any("b1" in e for e in own),
        "29 February": any(day.endswith("02-29") for day in days),
        "standard changed": any(t["standard_changed"] for t in told),
    }
