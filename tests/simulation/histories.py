"""Seeded histories of events for tests: every event valid at the doors, every history untidy."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from tests.simulation.model import LISTS, add_months, classify, standard_in_force

Event = dict[str, Any]

OLD_WORLD = ("06091", "06094", "06097")
NEW_WORLD = ("06091", "06103", "06112")
NEW_WORLD_FROM = "2025-07-01"
FIRST_DAY = "2012-01-01"
LEAP_DAYS = ("2012-02-29", "2016-02-29", "2020-02-29", "2024-02-29")
AREA_TYPES = ("rural", "urban")
REASONS = ("dissolved", "moved_out", "merged", "deceased")
PEOPLES = ("Kinh", "Tày", "Nùng", "Dao")
SOURCES = ("alpha", "beta")
CLASSES = ("poor", "near_poor", "average", "above")


def shift(day: str, days: int) -> str:
    """Add days to a day."""
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


def history(
    seed: int,
    households: int = 1,
    *,
    area_codes: Sequence[str] = OLD_WORLD,
    new_area_codes: Sequence[str] = NEW_WORLD,
    last: str = "2026-10-31",
) -> list[Event]:
    """Invent the events of some households, `SIM<seed>-<n>`, in the order of their writing.

    `area_codes` are communes of the old world, `new_area_codes` those from 2025-07-01; without new
    ones nothing takes effect in the new world. All ids contain the seed.
    """
    if not new_area_codes:
        last = min(last, shift(NEW_WORLD_FROM, -1))
    names = [f"SIM{seed}-{number}" for number in range(households)]
    writer = Writer(Random(seed), seed, names, tuple(area_codes), tuple(new_area_codes), last)
    for number in range(households):
        _write_household(writer, number)
    _correct(writer)
    return writer.events


def disorder(events: Sequence[Event], seed: int) -> list[Event]:
    """Shuffle the events and repeat some of them."""
    rng = Random(seed)
    repeated = [dict(event) for event in events if rng.random() < 0.3]
    mixed = [*events, *repeated]
    rng.shuffle(mixed)
    return mixed


@dataclass
class Writer:
    """Writes events with fresh ids; holds what all of a history's events share."""

    rng: Random
    seed: int
    households: list[str]
    old_codes: tuple[str, ...]
    new_codes: tuple[str, ...]
    last: str
    events: list[Event] = field(default_factory=list)

    def chance(self, share: float) -> bool:
        """Say yes in that share of cases."""
        return self.rng.random() < share

    def day(self, first: str, last: str) -> str:
        """Pick a day, both ends included, not after the last day of the history."""
        last = min(last, self.last)
        span = (date.fromisoformat(last) - date.fromisoformat(first)).days
        return shift(first, self.rng.randint(0, max(span, 0)))

    def codes_on(self, day: str) -> tuple[str, ...]:
        """Return the communes in force on that day."""
        return self.old_codes if day < NEW_WORLD_FROM else self.new_codes

    def place(self, day: str) -> Event:
        """Pick a commune in force on that day, mostly the first, mostly rural."""
        codes = self.codes_on(day)
        code = codes[0] if self.chance(0.5) else self.rng.choice(codes)
        area_type = self.rng.choices(AREA_TYPES, (3, 1))[0]
        # Both lines of income are drawn everywhere, so a reason has to say why.
        return {"area_code": code, "area_type": area_type, "area_type_reason": "as drawn"}

    def write(self, kind: str, household: str, day: str, **rest: object) -> Event:
        """Write an event's first revision."""
        source, external_id = self._fresh_ids()
        event = {
            "type": kind,
            "source": source,
            "external_id": external_id,
            "household_id": household,
            "effective_from": day,
            **rest,
        }
        if self.chance(0.5):
            event["revision"] = 1
        self.events.append(event)
        return event

    def _fresh_ids(self) -> tuple[str, str]:
        """Pick ids of no order; an id that another source has too is another fact."""
        taken = {(event["source"], event["external_id"]) for event in self.events}
        while True:
            number = self.rng.randint(0, 100 + 30 * len(self.households))
            ids = self.rng.choice(SOURCES), f"{self.seed}/{number}"
            if ids not in taken:
                return ids


def _write_household(writer: Writer, number: int) -> None:
    household = writer.households[number]
    first = writer.day(FIRST_DAY, "2022-12-31")
    reviews = _review_days(writer, first)
    for review in reviews:
        _write_review(writer, household, review)
    days = [event["effective_from"] for event in writer.events if _is_of(event, household)]
    _write_registrations(writer, number, days)
    if number and writer.chance(0.3):
        _write_renumbering(writer, number, days[0])
    for _ in range(writer.rng.choice((0, 0, 1, 2, 3))):
        day = writer.rng.choice(days) if writer.chance(0.5) else writer.day(first, writer.last)
        writer.write("moved", household, day, **writer.place(day))
    _write_closures(writer, household, days)


def _is_of(event: Event, household: str) -> bool:
    return bool(event.get("household_id") == household)


def _review_days(writer: Writer, first: str) -> list[str]:
    """Space the reviews: months, years, exactly an exit window, long enough to end one."""
    days: list[str] = []
    day = first
    wanted = writer.rng.randint(1, 9)
    while day <= writer.last and len(days) < wanted:
        days.append(day)
        day = _next_review(writer, day)
    return days


def _next_review(writer: Writer, day: str) -> str:
    year = int(day[:4]) + 1
    choices: list[tuple[int, Callable[[], str]]] = [
        (8, lambda: f"{year}-12-{writer.rng.randint(1, 14):02}"),
        (3, lambda: shift(day, writer.rng.randint(1, 90))),
        (6, lambda: add_months(day, 36)),
        (1, lambda: shift(add_months(day, 36), writer.rng.choice((-1, 1)))),
        (2, lambda: shift(day, writer.rng.randint(1100, 1800))),
        (1, lambda: next((leap for leap in LEAP_DAYS if leap > day), f"{year}-03-01")),
        (1, lambda: standard_in_force(day)["to"]),
    ]
    weights = [weight for weight, _ in choices]
    [(_, choose)] = writer.rng.choices(choices, weights)
    return max(choose(), shift(day, 1))


def _write_review(writer: Writer, household: str, day: str) -> None:
    _write_assessed(writer, household, day)
    changeover = shift(standard_in_force(day)["to"], 1)
    if day >= shift(changeover, -60) and changeover <= writer.last and writer.chance(0.7):
        _write_assessed(writer, household, changeover, shift(day, -30))
    if writer.chance(0.15):
        _write_assessed(writer, household, day)


def _write_assessed(
    writer: Writer, household: str, day: str, assessed_on: str | None = None
) -> None:
    if assessed_on is None:
        assessed_on = shift(day, -writer.rng.choice((0, 0, 1, 20, 20, 60)))
    place = writer.place(day)
    measure = _measure(writer, day, place["area_type"])
    writer.write(
        "assessed",
        household,
        day,
        assessed_on=assessed_on,
        review=writer.rng.choice(("annual", "regular")),
        **place,
        **measure,
        **_extras(writer, day),
    )


def _extras(writer: Writer, day: str) -> Event:
    extras: Event = {}
    if writer.chance(0.2):
        extras["standard"] = standard_in_force(day)["id"]
    if writer.chance(0.2):
        extras["recognised"] = writer.rng.choice(("poor", "near_poor", "non_poor"))
    if writer.chance(0.5):
        extras["ethnic_group"] = writer.rng.choice(PEOPLES)
    return extras


def _measure(writer: Writer, day: str, area_type: str) -> Event:
    """Measure a household so that it comes out in a class chosen beforehand, if that can be."""
    wanted = writer.rng.choice(CLASSES)
    by_score = standard_in_force(day)["scores"] is not None and writer.chance(0.25)
    measure: Event = {}
    for _ in range(40):
        measure = _scores(writer, day) if by_score else _income(writer, day)
        status, living_standard, _ = classify(
            {"effective_from": day, "area_type": area_type, **measure}
        )
        found = status if status in LISTS else living_standard
        if found == wanted or (found is None and wanted not in LISTS):
            break
    return measure


def _income(writer: Writer, day: str) -> Event:
    """Pick an income, mostly one on a line of the law or one dong beside it."""
    lines = [line for rule in standard_in_force(day)["income"] for line in rule[2:4] if line]
    edge = writer.rng.choice(lines) + writer.rng.choice((-1, 0, 1))
    income = edge if writer.chance(0.7) else writer.rng.randint(0, 2 * max(lines))
    return {"income_vnd": income, "deprived": _deprived(writer, day)}


def _scores(writer: Writer, day: str) -> Event:
    lines = [line for rule in standard_in_force(day)["scores"] for line in rule[2:4] if line]
    deprived = _deprived(writer, day)
    measure: Event = {
        "b1": writer.rng.choice(lines) + writer.rng.choice((-1, 0, 1)),
        "b2": 10 * len(deprived),
    }
    if writer.chance(0.5):
        measure["deprived"] = deprived
    return measure


def _deprived(writer: Writer, day: str) -> list[str]:
    """Pick indicators of the standard in force, each once, by code or by key."""
    indicators = list(standard_in_force(day)["indicators"].items())
    wanted = min(writer.rng.choice((0, 1, 2, 2, 3, 3, 4, 7)), len(indicators))
    chosen = writer.rng.sample(indicators, wanted)
    return [key if key and writer.chance(0.6) else code for code, key in chosen]


def _write_registrations(writer: Writer, number: int, days: Sequence[str]) -> None:
    if writer.chance(0.75):
        _write_registered(writer, number, writer.rng.choice((days[0], days[0], shift(days[0], -9))))
    if writer.chance(0.2):
        _write_registered(writer, number, writer.rng.choice(days))


def _write_registered(writer: Writer, number: int, day: str) -> None:
    """Register a household; often it continues the one before. Doors take no ring."""
    household = writer.households[number]
    rest: Event = {"ethnic_group": writer.rng.choice(PEOPLES)}
    if number and writer.chance(0.6):
        rest["continues"] = writer.households[number - 1]
    member = {"member_id": f"{household}-1", "name": "Người thứ nhất", "sex": "female"}
    details = {"birth_date": "1980-02-29", "relation": "head", "identifiers": []}
    rest["members"] = [member | details]
    writer.write("registered", household, day, **writer.place(day), **rest)


def _write_renumbering(writer: Writer, number: int, day: str) -> None:
    """Let a household go on under this id on the day of its first review, mostly in its class."""
    older, household = writer.households[number - 1], writer.households[number]
    reviews = [e for e in writer.events if _is_of(e, older) and e["type"] == "assessed"]
    past = sorted((e["effective_from"], n) for n, e in enumerate(reviews))
    past = [each for each in past if each[0] < day]
    if not past or standard_in_force(past[-1][0]) != standard_in_force(day):
        return
    rest = {"into": household} if writer.chance(0.7) else {}
    writer.write("closed", older, day, reason="merged", **rest)
    writer.write("registered", household, day, **writer.place(day), continues=older)
    measured = {**reviews[past[-1][1]], "assessed_on": day}
    ids = ("type", "source", "external_id", "household_id", "effective_from", "revision")
    place = writer.place(day) | {"area_type": measured["area_type"]}
    kept = {name: value for name, value in measured.items() if name not in (*ids, *place)}
    writer.write("assessed", household, day, **place, **kept)


def _write_closures(writer: Writer, household: str, days: Sequence[str]) -> None:
    for share in (0.35, 0.1):
        if not writer.chance(share):
            continue
        day = writer.rng.choice(days) if writer.chance(0.4) else writer.day(days[0], writer.last)
        rest: Event = {"reason": writer.rng.choice(REASONS)}
        others = [other for other in writer.households if other != household]
        if rest["reason"] == "merged" and others:
            rest["into"] = writer.rng.choice(others)
        closure = writer.write("closed", household, day, **rest)
        if writer.chance(0.3):
            writer.events.append(_withdrawal(closure, 2))


def _correct(writer: Writer) -> None:
    """Revise some of the events: another day, household or measure, or taken back."""
    for event in list(writer.events):
        if event.get("withdrawn") or event.get("revision", 1) > 1 or not writer.chance(0.2):
            continue
        if event["type"] == "closed" and any(_is_next(event, other) for other in writer.events):
            continue
        correct = writer.rng.choice((_redated, _rehoused, _remeasured, _taken_back, _given_again))
        writer.events.extend(correct(writer, event))


def _is_next(event: Event, other: Event) -> bool:
    same = all(event[name] == other[name] for name in ("source", "external_id"))
    return same and other.get("revision", 1) > event.get("revision", 1)


def _revised(writer: Writer, event: Event, **changes: object) -> Event:
    return {**event, "revision": writer.rng.choice((2, 2, 3)), **changes}


def _redated(writer: Writer, event: Event) -> list[Event]:
    day = writer.day(max(FIRST_DAY, shift(event["effective_from"], -400)), writer.last)
    changes: Event = {"effective_from": day}
    if event["type"] != "closed":
        changes |= writer.place(day)
    if event["type"] != "assessed":
        return [_revised(writer, event, **changes)]
    bare = _without_measure(event)
    changes["assessed_on"] = min(event["assessed_on"], day)
    return [_revised(writer, bare, **changes, **_measure(writer, day, changes["area_type"]))]


def _rehoused(writer: Writer, event: Event) -> list[Event]:
    itself = {event["household_id"], event.get("continues"), event.get("into")}
    others = {*writer.households, f"SIM{writer.seed}-x", f"SIM{writer.seed}-y"} - itself
    if older := event.get("continues"):
        # Whoever continues a household comes behind it, so that no order of arrival makes a ring.
        others -= set(writer.households[: writer.households.index(older)])
    return [_revised(writer, event, household_id=writer.rng.choice(sorted(others)))]


def _remeasured(writer: Writer, event: Event) -> list[Event]:
    if event["type"] != "assessed":
        return _rehoused(writer, event)
    measure = _measure(writer, event["effective_from"], event["area_type"])
    return [_revised(writer, _without_measure(event), **measure)]


def _without_measure(event: Event) -> Event:
    dropped = {"income_vnd", "deprived", "b1", "b2", "standard", "recognised"}
    return {name: value for name, value in event.items() if name not in dropped}


def _withdrawal(event: Event, revision: int) -> Event:
    kept = {name: event[name] for name in ("type", "source", "external_id")}
    return {**kept, "revision": revision, "withdrawn": True}


def _taken_back(writer: Writer, event: Event) -> list[Event]:
    if writer.chance(0.3):
        return [_revised(writer, event, withdrawn=True)]
    return [_withdrawal(event, 2)]


def _given_again(writer: Writer, event: Event) -> list[Event]:
    """Take the event back, then bring it again, one revision later."""
    return [_withdrawal(event, 2), {**event, "revision": writer.rng.choice((3, 4))}]
