"""The rules of contract section 3 once more, naive on purpose: what any history must end in.

Nothing here may come from the registry's own code. Days are ISO strings, which sort as days do.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

Event = dict[str, Any]
World = dict[str, list[Event]]  # household_id -> its counting events
Spell = dict[str, Any]

LISTS = ("poor", "near_poor")
EXIT_WINDOW_MONTHS = 36
AREA_ORDER = {"moved": 0, "registered": 1, "assessed": 2}  # of one day; the last wins
BY_STANDARD = tuple(f"by_standard_{kind}" for kind in ("left", "relapsed", "newly_arisen"))
WINDOW_ENDED = {"rule": "exit_window_ended"}


def _indicators(letter: str, keys: str) -> dict[str, str]:
    """Map code to key, D01 and so on."""
    return {f"{letter}{number:02}": key for number, key in enumerate(keys.split(), 1)}


# A rule: (class, area_type, measure over, measure at most, lacking at least, lacking fewer than).
# The measure is income in dong per person and month, or B1; lacking is indicators, or B2.
STANDARDS: tuple[dict[str, Any], ...] = (
    {
        "id": "VN-2011-2015",
        "from": "2011-01-01",
        "to": "2015-12-31",
        "indicators": {},
        "income": (
            ("poor", "rural", None, 400_000, None, None),
            ("near_poor", "rural", 400_000, 520_000, None, None),
            ("poor", "urban", None, 500_000, None, None),
            ("near_poor", "urban", 500_000, 650_000, None, None),
        ),
        "scores": None,
    },
    {
        "id": "VN-2016-2020",
        "from": "2016-01-01",
        "to": "2021-12-31",
        "indicators": dict.fromkeys([f"I{n}" for n in range(1, 11)]),
        "income": (
            ("poor", "rural", None, 700_000, None, None),
            ("poor", "rural", 700_000, 1_000_000, 3, None),
            ("near_poor", "rural", 700_000, 1_000_000, None, 3),
            ("average", "rural", 1_000_000, 1_500_000, None, None),
            ("poor", "urban", None, 900_000, None, None),
            ("poor", "urban", 900_000, 1_300_000, 3, None),
            ("near_poor", "urban", 900_000, 1_300_000, None, 3),
            ("average", "urban", 1_300_000, 1_950_000, None, None),
        ),
        "scores": (
            ("poor", "rural", None, 120, None, None),
            ("poor", "rural", 120, 150, 30, None),
            ("near_poor", "rural", 120, 150, None, 30),
            ("poor", "urban", None, 140, None, None),
            ("poor", "urban", 140, 175, 30, None),
            ("near_poor", "urban", 140, 175, None, 30),
        ),
    },
    {
        "id": "VN-2022-2025",
        "from": "2022-01-01",
        "to": "2026-12-31",
        "indicators": _indicators(
            "D",
            "employment dependents nutrition health_insurance adult_education child_schooling "
            "housing_quality housing_area water toilet telecom information_means",
        ),
        "income": (
            ("poor", "rural", None, 1_500_000, 3, None),
            ("near_poor", "rural", None, 1_500_000, None, 3),
            ("average", "rural", 1_500_000, 2_250_000, None, None),
            ("poor", "urban", None, 2_000_000, 3, None),
            ("near_poor", "urban", None, 2_000_000, None, 3),
            ("average", "urban", 2_000_000, 3_000_000, None, None),
        ),
        "scores": (
            ("poor", "rural", None, 140, 30, None),
            ("near_poor", "rural", None, 140, None, 30),
            ("poor", "urban", None, 175, 30, None),
            ("near_poor", "urban", None, 175, None, 30),
        ),
    },
    {
        "id": "VN-2027-2030",
        "from": "2027-01-01",
        "to": "2030-12-31",
        "indicators": _indicators(
            "E",
            "employment dependents nutrition health_insurance adult_education child_schooling "
            "housing_quality housing_area internet_digital water toilet waste",
        ),
        "income": (
            ("poor", "rural", None, 2_200_000, 3, None),
            ("near_poor", "rural", None, 2_200_000, None, 3),
            ("poor", "urban", None, 2_800_000, 3, None),
            ("near_poor", "urban", None, 2_800_000, None, 3),
        ),
        "scores": None,
    },
)


def standard_in_force(day: str) -> dict[str, Any]:
    """Return the standard that is the legal basis for classification on that day."""
    for standard in STANDARDS:
        if standard["from"] <= day <= standard["to"]:
            return standard
    raise ValueError(f"no standard in force on {day}")


def classify(event: Event) -> tuple[str, str | None, str]:
    """Classify with the standard, first matching rule: poor, near_poor, else non_poor."""
    standard = _standard_of(event)
    by_income = event.get("income_vnd") is not None
    if by_income:
        rules, measure, lacking = standard["income"], event["income_vnd"], _lacking(event)
    else:
        rules, measure, lacking = standard["scores"], event["b1"], event["b2"]
    found = _first_match(rules, event["area_type"], measure, lacking)
    if found in LISTS:
        return found, None, standard["id"]
    if found == "average":
        return "non_poor", "average", standard["id"]
    has_band = by_income and any(rule[0] == "average" for rule in rules)
    return "non_poor", "above" if has_band else None, standard["id"]


def _standard_of(event: Event) -> dict[str, Any]:
    """Return the standard that the event names, else the one in force on effective_from."""
    named = event.get("standard")
    if named is None:
        return standard_in_force(event["effective_from"])
    return next(standard for standard in STANDARDS if standard["id"] == named)


def _lacking(event: Event) -> int:
    return len(event.get("deprived") or [])


def _first_match(rules: Iterable[Any], area_type: str, measure: int, lacking: int) -> str | None:
    for found, where, over, at_most, at_least, fewer_than in rules:
        if (
            where == area_type
            and (over is None or measure > over)
            and measure <= at_most
            and (at_least is None or lacking >= at_least)
            and (fewer_than is None or lacking < fewer_than)
        ):
            return str(found)
    return None


def event_id(event: Event, door: str = "household-events") -> str:
    """Return the uuid5 of (door, source, external_id, revision): same fact, same id, always."""
    revision = event.get("revision", 1)
    name = f"urn:poverty-registry:{door}:{event['source']}:{event['external_id']}:{revision}"
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name))


def counting_events(events: Iterable[Event]) -> list[Event]:
    """Keep the highest revision of each (source, external_id), in any order of arrival."""
    highest: dict[tuple[str, str], Event] = {}
    for event in events:
        key = event["source"], event["external_id"]
        if key not in highest or event.get("revision", 1) > highest[key].get("revision", 1):
            highest[key] = event
    return [event for event in highest.values() if not event.get("withdrawn")]


def world_of(events: Iterable[Event]) -> World:
    """Group the counting events by the household that each of them names now."""
    world: World = defaultdict(list)
    for event in counting_events(events):
        world[event["household_id"]].append(event)
    return dict(world)


def add_months(day: str, months: int) -> str:
    """Add calendar months: the same day of the month, or the month's last (29 February to 28)."""
    start = date.fromisoformat(day)
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    for last in (start.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(start.day, last)).isoformat()
        except ValueError:
            continue
    raise ValueError(day)


def day_before(day: str) -> str:
    """Return the day before."""
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat()


def _closing(own: list[Event]) -> Event | None:
    """Find the earliest `closed`, which ends the timeline."""
    closures = [event for event in own if event["type"] == "closed"]
    order = "effective_from", "external_id", "source"
    return min(closures, key=lambda event: [event[name] for name in order], default=None)


def _closed_on(own: list[Event]) -> str | None:
    closing = _closing(own)
    return closing["effective_from"] if closing else None


def _lasting(own: list[Event], kinds: Iterable[str]) -> list[Event]:
    """Leave out what takes effect on or after the closing day."""
    end = _closed_on(own)
    return [e for e in own if e["type"] in kinds and (end is None or e["effective_from"] < end)]


def _assessments(own: list[Event]) -> list[Spell]:
    """Sort and classify the assessments; of one effective_from the last counts."""
    order = "effective_from", "assessed_on", "external_id", "source"
    last_of_day: dict[str, Event] = {}
    for event in sorted(_lasting(own, ["assessed"]), key=lambda e: [e[name] for name in order]):
        last_of_day[event["effective_from"]] = event
    return [_result(event) for event in last_of_day.values()]


def _result(event: Event) -> Spell:
    status, living_standard, standard = classify(event)
    return {
        "from": event["effective_from"],
        "to": None,
        "status": status,
        "living_standard": living_standard,
        "standard": standard,
        "event_id": event_id(event),
    }


def _state(world: World, household_id: str, results: list[Spell], day: str) -> Spell:
    """Work out one day on its own: a class holds from effective_from to the next assessment's."""
    past = [result for result in results if result["from"] <= day]
    status = past[-1]["status"]
    if status == "non_poor":
        end = _window_end(world, household_id, past)
        status = "non_poor" if end is None or end <= day else "recently_exited"
    return {**past[-1], "from": day, "status": status}


def _window_end(world: World, household_id: str, past: list[Spell]) -> str | None:
    """Return the day after the exit window of the last run: 36 months from its first day.

    Later non-poor assessments do not restart the months: they belong to the same run. Before the
    first run stands what older households leave.
    """
    listed = [number for number, result in enumerate(past) if result["status"] in LISTS]
    if listed:
        return add_months(past[listed[-1] + 1]["from"], EXIT_WINDOW_MONTHS)
    was_listed, ends = _left_by_older(world, household_id, past[0]["from"])
    if was_listed:
        ends.append(add_months(past[0]["from"], EXIT_WINDOW_MONTHS))
    return max(ends, default=None)


def _left_by_older(world: World, household_id: str, first: str) -> tuple[bool, list[str]]:
    """Return whether a household continued by then was on a list, and the ends of windows."""
    was_listed, ends = False, list[str]()
    for older, day in _links(world, household_id):
        past = [r for r in _assessments(world.get(older, [])) if r["from"] < day]
        if day > first:
            continue
        if not past:
            more = _left_by_older(world, older, day)
            was_listed, ends = was_listed or more[0], ends + more[1]
        elif past[-1]["status"] in LISTS:
            was_listed = True
        else:
            end = _window_end(world, older, past)
            ends += [] if end is None else [end]
    return was_listed, ends


def _links(world: World, household_id: str) -> list[tuple[str, str]]:
    """List the older households that it continues, each with the day of the registration."""
    own = _lasting(world.get(household_id, []), ["registered"])
    return [(e["continues"], e["effective_from"]) for e in own if e.get("continues")]


def _same(one: Spell, other: Spell) -> bool:
    return all(one[name] == other[name] for name in ("status", "living_standard", "standard"))


def _timeline(world: World, household_id: str) -> dict[str, Any]:
    own = world.get(household_id, [])
    results, closed_on = _assessments(own), _closed_on(own)
    starts = {result["from"] for result in results}
    window_ends = {add_months(day, EXIT_WINDOW_MONTHS) for day in starts}
    if results:
        first = results[0]["from"]
        window_ends |= {e for e in _left_by_older(world, household_id, first)[1] if e > first}
    days = sorted(d for d in starts | window_ends if closed_on is None or d < closed_on)
    spells: list[Spell] = []
    for day in days:
        spell = _state(world, household_id, results, day)
        if spells and _same(spells[-1], spell):
            continue
        if spells:
            spells[-1]["to"] = day
        spells.append({**spell, "to": closed_on})
    return {"spells": spells, "closed_on": closed_on}


def timeline(events: Iterable[Event], household_id: str) -> dict[str, Any]:
    """Half-open, contiguous spells, merged where status, living_standard, standard are equal."""
    return _timeline(world_of(events), household_id)


def _area_on(own: list[Event], day: str) -> str | None:
    known = [e for e in _lasting(own, AREA_ORDER) if e["effective_from"] <= day]
    last = max(
        known,
        key=lambda e: (
            e["effective_from"],
            AREA_ORDER[e["type"]],
            e["external_id"],
            e["source"],
        ),
        default=None,
    )
    return last["area_code"] if last else None


def area_on(events: Iterable[Event], household_id: str, day: str) -> str | None:
    """Area is set by registered, moved, assessed; on one day moved, registered, assessed."""
    return _area_on(world_of(events).get(household_id, []), day)


def _ancestors(world: World, household_id: str) -> dict[str, str]:
    """List the older households whose list history it inherits, and up to which day each."""
    found: dict[str, str] = {}
    changed = True
    while changed:
        changed = False
        for younger, limit in [(household_id, "9999-12-31"), *found.items()]:
            for older, day in _links(world, younger):
                until = min(limit, day)
                if _lives_on(world, older, day):
                    continue  # it was split: its lists stay its own
                if older != household_id and until > found.get(older, ""):
                    found[older], changed = until, True
    return found


def _lives_on(world: World, household_id: str, day: str) -> bool:
    own = _lasting(world.get(household_id, []), ["assessed", "moved"])
    return any(event["effective_from"] >= day for event in own)


def _new_number(world: World, household_id: str) -> str | None:
    """Name the household that begins, continuing this one, where this one ends: one day, one list.

    Its closure says which one; if it does not, there may be only one.
    """
    own = world.get(household_id, [])
    closing, results = _closing(own), _assessments(own)
    if closing is None or not results or results[-1]["status"] not in LISTS:
        return None
    day, into = closing["effective_from"], closing.get("into")
    heirs = [name for name in world if (household_id, day) in _links(world, name)]
    if into is not None:
        heirs = [name for name in heirs if name == into]
    if len(heirs) != 1:
        return None
    first = _assessments(world[heirs[0]])[:1]
    same = [(r["from"], r["status"]) for r in first] == [(day, results[-1]["status"])]
    return heirs[0] if same else None


def _other_number(world: World, household_id: str, to: str) -> str | None:
    """Name the household whose other number this one is: before its beginning, after its end."""
    if to != "closed":
        older = [older for older, _ in _links(world, household_id)]
        return min((o for o in older if _new_number(world, o) == household_id), default=None)
    new = _new_number(world, household_id)
    return new if new and _other_number(world, new, "begun") == household_id else None


def _entry_kind(world: World, household_id: str, list_name: str, day: str) -> str:
    """Entering: `relapsed` if on that list in an earlier spell, else `newly_arisen`.

    Of an older household only what it lived through before it was left behind counts.
    """
    until = {household_id: day, **_ancestors(world, household_id)}
    earlier = [
        spell
        for each, last in until.items()
        for spell in _timeline(world, each)["spells"]
        if spell["status"] == list_name and spell["from"] < min(day, last)
    ]
    return "relapsed" if earlier else "newly_arisen"


def _movements(
    world: World, household_id: str, before: str | None, after: str, day: str
) -> list[dict[str, str]]:
    """Leaving a list, also by closure: `left`; then the entry, if any; none of a new number."""
    movements: list[dict[str, str]] = []
    if (before is None or after == "closed") and _other_number(world, household_id, after):
        return movements
    if before in LISTS:
        movements.append({"list": before, "kind": "left"})
    if after in LISTS:
        kind = _entry_kind(world, household_id, after, day)
        movements.append({"list": after, "kind": kind})
    return movements


def _transitions(world: World, household_id: str) -> list[dict[str, Any]]:
    """One per change of status at the new spell's first day, and one at the closure."""
    own = world.get(household_id, [])
    found = []
    before: Spell | None = None
    for spell in _timeline(world, household_id)["spells"] + _closure_as_spell(own):
        was = before["status"] if before else None
        now, day = spell["status"], spell["from"]
        if was != now:
            by_rule = (was, now) == ("recently_exited", "non_poor")
            found.append(
                {
                    "household_id": household_id,
                    "area_code": _area_on(own, day),
                    "on": day,
                    "from": was,
                    "to": now,
                    "movements": _movements(world, household_id, was, now, day),
                    "standard_changed": _standard_changed(before, spell),
                    "cause": WINDOW_ENDED if by_rule else {"event_id": spell["event_id"]},
                }
            )
        before = spell
    return found


def _closure_as_spell(own: list[Event]) -> list[Spell]:
    closing = _closing(own)
    if closing is None:
        return []
    day = closing["effective_from"]
    return [{"from": day, "status": "closed", "standard": None, "event_id": event_id(closing)}]


def _standard_changed(before: Spell | None, after: Spell) -> bool:
    """Tell whether two spells have different standards; a beginning and a closure are no two."""
    if before is None or after["standard"] is None:
        return False
    return bool(before["standard"] != after["standard"])


def transitions(
    events: Iterable[Event], household_id: str, announced_through: str
) -> list[dict[str, Any]]:
    """List the transitions in order; none is published before its `on`."""
    found = _transitions(world_of(events), household_id)
    return [transition for transition in found if transition["on"] <= announced_through]


def _spell_on(found: dict[str, Any], day: str) -> Spell:
    """Pick the spell that holds at the end of the day from a household's timeline."""
    answer = dict.fromkeys(("status", "living_standard", "standard", "since", "until"))
    if found["closed_on"] is not None and found["closed_on"] <= day:
        return answer | {"status": "closed", "since": found["closed_on"]}
    for spell in found["spells"]:
        if spell["from"] <= day and (spell["to"] is None or day < spell["to"]):
            held = {name: spell[name] for name in ("status", "living_standard", "standard")}
            return answer | held | {"since": spell["from"], "until": spell["to"]}
    return answer


def _status_on(world: World, household_id: str, day: str) -> dict[str, Any]:
    area = _area_on(world.get(household_id, []), day)
    return _spell_on(_timeline(world, household_id), day) | {"area_code": area}


def status_on(events: Iterable[Event], household_id: str, day: str) -> dict[str, Any]:
    """Return the spell that holds at the end of the day; None before the first, then `closed`."""
    return _status_on(world_of(events), household_id, day)


def _counts_at_end_of(world: World, area_codes: set[str], day: str) -> dict[str, int]:
    """Count every status among the households in the areas, closed ones too."""
    counts: dict[str, int] = defaultdict(int)
    for household_id in world:
        held = _status_on(world, household_id, day)
        if held["area_code"] in area_codes and held["status"] is not None:
            counts[held["status"]] += 1
    return counts


def movement(
    events: Iterable[Event], area_codes: set[str], list_name: str, from_date: str, to_date: str
) -> dict[str, int]:
    """Count flows with from_date < on <= to_date, gross; start and end each on their own."""
    world = world_of(events)
    names = "start", "left", "relapsed", "newly_arisen", "moved_in", "moved_out", "closed", "end"
    answer = dict.fromkeys((*names, "renumbered", *BY_STANDARD), 0)
    answer["start"] = _counts_at_end_of(world, area_codes, from_date)[list_name]
    answer["end"] = _counts_at_end_of(world, area_codes, to_date)[list_name]
    for household_id, own in world.items():
        changes = {change["on"]: change for change in _transitions(world, household_id)}
        for day in sorted({event["effective_from"] for event in own} | set(changes)):
            if from_date < day <= to_date:
                before = _status_on(world, household_id, day_before(day))
                after, change = _status_on(world, household_id, day), changes.get(day)
                elsewhere = _elsewhere(world, household_id, change, area_codes)
                for flow in _flows(before, after, change, area_codes, list_name, elsewhere):
                    answer[flow] += 1
    return answer


def _flows(
    before: Spell,
    after: Spell,
    change: dict[str, Any] | None,
    area_codes: set[str],
    list_name: str,
    elsewhere: bool | None,
) -> list[str]:
    """Name one household's flows of one day: the move comes first, then the change of status.

    `elsewhere` tells of a new number whether the other one's household lives outside.
    """
    listed = before["status"] == list_name
    was_inside, is_inside = before["area_code"] in area_codes, after["area_code"] in area_codes
    if change and change["to"] == "closed":
        closes = "moved_out" if elsewhere else "closed" if elsewhere is None else None
        return [closes] if closes and listed and was_inside else []
    if elsewhere is not None and change and change["to"] == list_name:
        return ["moved_in" if elsewhere else "renumbered"] if is_inside else []
    flows = []
    if listed and was_inside != is_inside:
        flows.append("moved_in" if is_inside else "moved_out")
    if change and is_inside:
        kinds = [m["kind"] for m in change["movements"] if m["list"] == list_name]
        flows += kinds + [f"by_standard_{k}" for k in kinds if change["standard_changed"]]
    return flows


def _elsewhere(
    world: World, household_id: str, change: dict[str, Any] | None, area_codes: set[str]
) -> bool | None:
    """Tell of a change of number whether the other household lives outside; None of any other."""
    if change is None or (change["from"] is not None and change["to"] != "closed"):
        return None
    other = _other_number(world, household_id, change["to"])
    if other is None:
        return None
    day = change["on"] if change["to"] == "closed" else day_before(change["on"])
    return _area_on(world[other], day) not in area_codes


def statistics(events: Iterable[Event], area_codes: set[str], as_of: str) -> dict[str, int]:
    """Count the registered households in the areas by status; closed ones are no longer any."""
    counts = _counts_at_end_of(world_of(events), area_codes, as_of)
    return {name: counts[name] for name in ("poor", "near_poor", "recently_exited", "non_poor")}
