"""What holds for every history: order and repeats do not matter, spells and movements fit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.households.events import Assessed, Closed
from shared.households.families import timelines
from shared.households.timeline import Timeline, timeline
from shared.kernel.periods import add_months
from shared.law.standards import LISTS
from tests.builders import counting, policy

POLICY = policy()
FIRST, LAST = date(2011, 1, 1), date(2030, 12, 31)
LINES = sorted(
    {
        line + step
        for standard in POLICY.standards.items
        for rules in standard.income_rules.values()
        for rule in rules
        for line in (rule.above, rule.at_most)
        if line is not None
        for step in (0, 1)
    }
)
# Days close together and on the edges, so that events meet and windows end inside the history.
EDGES = [FIRST, date(2021, 12, 31), date(2022, 1, 1), date(2024, 2, 29), date(2027, 1, 1), LAST]
DAYS = st.sampled_from(EDGES) | st.dates(FIRST, LAST).map(lambda day: day.replace(day=1))
HOUSEHOLDS = ("H", "G")
PLACES = {"area_code": st.sampled_from(["06091", "06094"])} | {
    "area_type": st.sampled_from(["rural", "urban"])
}


@st.composite
def measures(draw: st.DrawFn, day: date) -> dict[str, Any]:
    standard = POLICY.standards.on(day)
    codes = [indicator.code for indicator in standard.indicators]
    lacking = draw(st.integers(0, min(4, len(codes))))
    if standard.score_rules is not None and draw(st.booleans()):
        return {"b1": draw(st.integers(118, 178)), "b2": 10 * lacking}
    return {"income_vnd": draw(st.sampled_from(LINES)), "deprived": codes[:lacking]}


@st.composite
def items(draw: st.DrawFn, number: int) -> dict[str, Any]:
    kinds = ["assessed"] * 6 + ["registered", "moved", "closed"]
    kind, day = draw(st.sampled_from(kinds)), draw(DAYS)
    item = {
        "type": kind,
        "source": draw(st.sampled_from(["a", "b"])),
        "external_id": f"{number:02}",
        "household_id": draw(st.sampled_from(HOUSEHOLDS)),
        "effective_from": day.isoformat(),
    }
    if kind == "closed":
        return item | {"reason": "merged"}
    item |= {name: draw(values) for name, values in PLACES.items()}
    if kind == "registered" and draw(st.booleans()):
        item["continues"] = next(h for h in HOUSEHOLDS if h != item["household_id"])
    if kind != "assessed":
        return item
    before = draw(st.integers(0, 60))
    return item | {"assessed_on": str(day - timedelta(days=before))} | draw(measures(day))


@st.composite
def histories(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Draw a history with corrections: some facts are revised, some withdrawn."""
    made = [draw(items(number)) for number in range(draw(st.integers(1, 9)))]
    for item in list(made):
        match draw(st.sampled_from(["kept", "kept", "kept", "revised", "withdrawn"])):
            case "revised":
                other = draw(items(int(item["external_id"])))
                keys = {name: item[name] for name in ("source", "external_id")}
                made.append(other | keys | {"revision": 2})
            case "withdrawn":
                made.append(item | {"revision": 3, "withdrawn": True})
    return made


def folded(told: Sequence[dict[str, Any]]) -> dict[str, Timeline]:
    return timelines(counting(told), HOUSEHOLDS, POLICY)


@settings(max_examples=400, deadline=None, derandomize=True)
@given(histories(), st.data())
def test_any_order_and_any_repeats_give_the_same_timeline(
    told: list[dict[str, Any]], data: st.DataObject
) -> None:
    repeats = data.draw(st.lists(st.sampled_from(told), max_size=5))
    mixed = data.draw(st.permutations(told + repeats))
    assert folded(mixed) == folded(told)


@settings(max_examples=400, deadline=None, derandomize=True)
@given(histories())
def test_spells_follow_one_another_without_gap_or_overlap(told: list[dict[str, Any]]) -> None:
    for household, line in folded(told).items():
        events = counting(told).get(household, [])
        counted = {e.effective_from for e in events if isinstance(e, Assessed)}
        if line.closed_on is not None:
            counted = {day for day in counted if day < line.closed_on}
        assert [s.start for s in line.spells[:1]] == sorted(counted)[:1]
        for one, other in zip(line.spells, line.spells[1:], strict=False):
            assert one.end == other.start
            assert (one.status, one.living_standard, one.standard) != (
                other.status,
                other.living_standard,
                other.standard,
            ), "equal neighbours are merged"
        for spell in line.spells:
            assert spell.end is None or spell.start < spell.end
            assert spell.living_standard is None or spell.status not in LISTS
        if line.spells:
            assert line.spells[-1].end == line.closed_on


@settings(max_examples=400, deadline=None, derandomize=True)
@given(histories())
def test_every_transition_says_what_its_spells_say(told: list[dict[str, Any]]) -> None:
    for line in folded(told).values():
        statuses = {spell.start: spell.status for spell in line.spells}
        before: str | None = None
        for one in line.transitions:
            assert one.before == before != one.after
            left = [m.list for m in one.movements if m.kind == "left"]
            entered = [m.list for m in one.movements if m.kind != "left"]
            assert left == ([one.before] if one.before in LISTS else [])
            assert entered == ([one.after] if one.after in LISTS else [])
            assert one.after == ("closed" if one.on == line.closed_on else statuses[one.on])
            before = one.after
        days = [one.on for one in line.transitions]
        assert days == sorted(set(days))
        final = line.spells[-1].status if line.spells else None
        assert before == ("closed" if line.closed_on else final)


@settings(max_examples=400, deadline=None, derandomize=True)
@given(histories())
def test_who_was_on_a_list_before_is_back_on_it_and_else_new(told: list[dict[str, Any]]) -> None:
    """A household alone: nothing is inherited here."""
    for events in counting(told).values():
        line = timeline(events, POLICY)
        seen: set[str] = set()
        for one in line.transitions:
            for move in one.movements:
                if move.kind != "left":
                    assert move.kind == ("relapsed" if move.list in seen else "newly_arisen")
                    seen.add(move.list)


@settings(max_examples=400, deadline=None, derandomize=True)
@given(histories())
def test_an_exit_window_follows_a_list_and_lasts_at_most_36_months(
    told: list[dict[str, Any]],
) -> None:
    for line in folded(told).values():
        opened: date | None = None
        before: str | None = None
        for spell in line.spells:
            if spell.status == "recently_exited":
                assert before in (*LISTS, "recently_exited")
                opened = spell.start if before in LISTS else opened
                assert opened is not None
                assert spell.end is None or spell.end <= add_months(opened, 36)
                assert spell.end is not None or line.closed_on is None
            elif spell.status == "non_poor":
                assert before not in LISTS
            before = spell.status


@settings(max_examples=400, deadline=None, derandomize=True)
@given(histories())
def test_episodes_cover_the_same_days_as_spells_and_the_closure(told: list[dict[str, Any]]) -> None:
    for line in folded(told).values():
        for one, other in zip(line.episodes, line.episodes[1:], strict=False):
            assert one.end == other.start
        for spell in line.spells:
            inside = [e for e in line.episodes if e.spell == spell]
            assert inside[0].start == spell.start
            assert inside[-1].end == spell.end
            assert {e.status for e in inside} == {spell.status}
        if line.closed_on is not None:
            assert (line.episodes[-1].start, line.episodes[-1].status) == (line.closed_on, "closed")


@settings(max_examples=200, deadline=None, derandomize=True)
@given(histories())
def test_what_comes_on_or_after_the_closure_changes_nothing(told: list[dict[str, Any]]) -> None:
    for events in counting(told).values():
        line = timeline(events, POLICY)
        earlier = [
            e
            for e in events
            if line.closed_on is None
            or e.effective_from < line.closed_on
            or (isinstance(e, Closed) and e.effective_from == line.closed_on)
        ]
        assert timeline(earlier, POLICY) == line


@settings(max_examples=1000, deadline=None, derandomize=True)
@given(
    day=st.dates(FIRST, LAST),
    area_type=st.sampled_from(["rural", "urban"]),
    income=st.integers(0, 10**15) | st.sampled_from(LINES),
    deprived=st.integers(0, 12),
)
def test_every_measurement_has_one_class_and_more_never_makes_poorer(
    day: date, area_type: str, income: int, deprived: int
) -> None:
    rank = {"poor": 0, "near_poor": 1, "non_poor": 2}
    living = {None: 0, "average": 1, "above": 2}
    standard = POLICY.standards.on(day)
    found = standard.classify(area_type, "income", income, deprived)
    assert (found.living_standard is None) == (
        found.status in LISTS or not standard.has_average_band(area_type)
    )
    richer = standard.classify(area_type, "income", income + 1, deprived)
    assert (rank[richer.status], living[richer.living_standard]) >= (
        rank[found.status],
        living[found.living_standard],
    )
    worse = standard.classify(area_type, "income", income, deprived + 1)
    assert rank[worse.status] <= rank[found.status]


@settings(max_examples=500, deadline=None, derandomize=True)
@given(
    area_type=st.sampled_from(["rural", "urban"]), b1=st.integers(0, 300), b2=st.integers(0, 120)
)
def test_every_pair_of_scores_has_one_class(area_type: str, b1: int, b2: int) -> None:
    for standard in POLICY.standards.items:
        if standard.score_rules is not None:
            found = standard.classify(area_type, "score", b1, b2)
            assert found.status in (*LISTS, "non_poor")
            assert found.living_standard is None


@settings(deadline=None, derandomize=True)
@given(st.dates(FIRST, date(2100, 1, 1)), st.integers(0, 240))
def test_months_later_is_the_same_day_or_the_last_of_the_month(day: date, months: int) -> None:
    later = add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (
        later.day < day.day and (later + timedelta(days=1)).month != later.month
    )
