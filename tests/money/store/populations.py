"""Random households, rules, runs and payments; what the register holds of them, and what it means.

`applicants` reads the generated facts naively, one household at a time, and knows no SQL.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from shared.kernel.database import Transaction
from shared.law.standards import Standards
from shared.money.household_norm import HouseholdNorm, read
from shared.money.household_queue import Applicant

AS_OF = date(2023, 12, 31)
KNOWN_AT = datetime(2024, 1, 15, tzinfo=UTC)
LEDGER_AT = datetime(2024, 3, 1, tzinfo=UTC)
# Recordings: when households are known, at the ledger's instant, and just after it.
EARLY, BEFORE, AFTER = 3, 1, 2
HOLDER, DISTRICT = (1, 2, 3, 4), (2, 3)
STATUSES = ("poor", "near_poor", "recently_exited", "non_poor", "closed", None)
GROUPS = ("Kinh", "Tày", "Nùng", None)
KEYS = ("housing_quality", "housing_area", "water", "toilet")
_SPACE = UUID(int=7)
_DAY, _INSTANT = timedelta(days=1), timedelta(microseconds=1)


@dataclass
class Population:
    """Everything that a run may look at, as rows to be stored."""

    episodes: list[dict[str, Any]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    runs: list[dict[str, Any]] = field(default_factory=list)
    lines: list[dict[str, Any]] = field(default_factory=list)
    disbursements: list[dict[str, Any]] = field(default_factory=list)
    support_records: list[dict[str, Any]] = field(default_factory=list)
    links: list[dict[str, Any]] = field(default_factory=list)
    supersedes: str | None = None


def draw_rule(draw: random.Random) -> HouseholdNorm:
    """Return a rule over the inputs that the register holds, as an entry without code."""
    said: list[tuple[str, dict[str, Any]]] = [
        ("household.status", {"one_of": draw.sample(STATUSES[:4], draw.randint(1, 4))}),
        ("fact.attributes", {"contains": "poor_district"}),
        ("household.deprived", {"contains": draw.choice(KEYS)}),
        ("household.ethnic_group", {"not": draw.choice(GROUPS[:3]), "known": draw.random() < 0.5}),
        ("household.area_type", {"one_of": ["rural"]}),
        ("household.no_labour_capacity", {"one_of": [draw.random() < 0.5]}),
    ]
    criteria = [
        {"code": f"c{n}", "input": name, "en": "x", "vi": "x", **condition}
        for n, (name, condition) in enumerate(draw.sample(said, draw.randint(0, 4)))
    ]
    refusing = {
        "code": "before",
        "input": "household.supported_content",
        "refusal": "already_supported",
        "en": "x",
        "vi": "x",
    }
    criteria.insert(draw.randint(0, len(criteria)), refusing)
    return read(
        {
            "id": "drawn",
            "content": "housing",
            "unit_norm_vnd": draw.choice([3, 40_000_000]),
            "legal_basis": ["x"],
            "en": "x",
            "vi": "x",
            "eligibility": criteria,
            "priority": _priorities(draw),
        }
    )


def _priorities(draw: random.Random) -> list[dict[str, Any]]:
    said: list[dict[str, Any]] = [
        {
            "household.status": "poor",
            "household.ethnic_group": {"not": ["Kinh"], "known": draw.random() < 0.5},
        },
        {"household.merit_member": True},
        {"household.no_labour_capacity": draw.random() < 0.7},
        {"household.deprived": {"contains": draw.choice(KEYS)}},
        {"fact.attributes": {"contains": "poor_district"}},
    ]
    chosen = [*draw.sample(said, draw.randint(0, 4)), {}]
    return [
        {"rank": n, "code": f"p{n}", "inputs": list(where), "where": where, "en": "x", "vi": "x"}
        for n, where in enumerate(chosen, 1)
    ]


def draw_population(draw: random.Random, standards: Standards, norm: int) -> Population:
    """Return households with every kind of past, and runs, payments and records about them."""
    made = Population()
    ids = [f"H{draw.choice('-._:aZ')}{n}" for n in range(draw.choice([0, 1, 8, 40, 40]))]
    for household in ids:
        _add_household(draw, made, household, standards)
    everyone = [*ids, *_add_families(draw, made, ids)]
    if draw.random() < 0.8:
        _add_runs(draw, made)
        _add_lines(draw, made, everyone, norm)
        _add_records(draw, made, everyone)
    return made


def _add_families(draw: random.Random, made: Population, ids: Sequence[str]) -> list[str]:
    """Let some households continue others: each other, even in a ring, or ones that are no more."""
    gone: list[str] = []
    ended: set[str] = set()
    for household in ids:
        if draw.random() < 0.7:
            continue
        older = draw.choice([*ids, f"{household}-old", f"{household}-old"])
        later = older in ids and draw.random() < 0.5
        day = AS_OF + _DAY * (40 if later else draw.choice([-60, -60, -20, 0, 1]))
        made.links.append(
            {
                "household_id": household,
                "continues": older,
                "effective_from": day,
                "recording_id": draw.choice([EARLY, EARLY, BEFORE]),
            }
        )
        if older not in ids:
            gone.append(older)
        if older not in ended and (later or older not in ids) and draw.random() < 0.7:
            ended.add(older)
            made.episodes.append(
                {
                    **dict.fromkeys(made.episodes[0]),
                    "household_id": older,
                    "valid_from": day + _DAY * draw.choice([-2, 0, 0, 5]),
                    "known_from": draw.choice([KNOWN_AT, KNOWN_AT, KNOWN_AT + _INSTANT]),
                    "status": "closed",
                    "keys": frozenset(),
                    "counts": False,
                }
            )
    return gone


def _add_household(
    draw: random.Random, made: Population, household: str, standards: Standards
) -> None:
    event = {
        "event_id": uuid5(_SPACE, household),
        "household_id": household,
        "payload": {
            name: value
            for name in ("merit_member", "no_labour_capacity")
            if (value := draw.choice([True, False, None])) is not None
        },
    }
    made.events.append(event)
    standard = draw.choice([s for s in standards.items if s.indicators])
    lacking = [k for k in KEYS if k in standard.codes and draw.random() < 0.85]
    episode = {
        "household_id": household,
        "valid_from": draw.choice([AS_OF, AS_OF - _DAY * 30]),
        "valid_to": draw.choice([None, AS_OF + _DAY]),
        "known_from": draw.choice([KNOWN_AT, KNOWN_AT - _DAY]),
        "known_to": draw.choice([None, None, KNOWN_AT + _INSTANT]),
        "status": draw.choice([*STATUSES, *["poor", "near_poor"] * 5]),
        "standard": standard.id,
        "assessment": event["event_id"],
        "area_id": draw.choice([1, 2, 2, 2, 3, 3, 3, 4, 99]),
        "area_type": draw.choice(["rural", "rural", "urban"]),
        "ethnic_group": draw.choice(GROUPS),
        "deprived": sorted(standard.codes[k] for k in lacking),
        "keys": frozenset(lacking),
        "counts": True,
    }
    made.episodes.append(episode)
    # Neighbours in both clocks, which say something else and must not be seen.
    other = {**episode, "status": draw.choice(STATUSES), "counts": False}
    if episode["valid_to"] is not None and draw.random() < 0.5:
        made.episodes.append({**other, "valid_from": AS_OF + _DAY, "valid_to": None})
    if episode["valid_from"] == AS_OF and draw.random() < 0.5:
        made.episodes.append({**other, "valid_from": AS_OF - _DAY * 60, "valid_to": AS_OF})
    if draw.random() < 0.5:
        known = {"known_from": KNOWN_AT - _DAY * 9, "known_to": episode["known_from"]}
        made.episodes.append({**other, **known})
    if episode["known_to"] is not None:
        made.episodes.append({**other, "known_from": episode["known_to"], "known_to": None})


def _add_runs(draw: random.Random, made: Population) -> None:
    for number in range(draw.randint(1, 6)):
        taken = {r["supersedes"] for r in made.runs if _committed(r)}
        free = [r["run_id"] for r in made.runs if _committed(r) and r["run_id"] not in taken]
        run = {
            "run_id": f"run-{number}",
            "content": draw.choice([*["housing"] * 6, "cattle"]),
            "state": draw.choice([*["completed"] * 6, "refused", "pending"]),
            "mode": draw.choice([*["commit"] * 6, "preview"]),
            "as_of": AS_OF - _DAY * draw.choice([0, 30, 90]),
            "completed_at": draw.choice([LEDGER_AT, LEDGER_AT - _DAY, LEDGER_AT + _INSTANT]),
            "supersedes": draw.choice([*free[-1:], None]),
        }
        made.runs.append(run)
    active = [
        run["run_id"]
        for run in made.runs
        if completed(run) and not any(r["supersedes"] == run["run_id"] for r in made.runs)
    ]
    made.supersedes = draw.choice([*active[-1:], *active[-1:], None])


def _add_lines(draw: random.Random, made: Population, ids: Sequence[str], norm: int) -> None:
    for run in made.runs:
        for household in ids:
            if draw.random() < 0.3:
                amount = draw.choice([0, norm, norm, norm - 1])
                line = {"run_id": run["run_id"], "line": household, "amount_vnd": amount}
                made.lines.append({**line, "content": run["content"]})
                if amount and draw.random() < 0.6:
                    _add_payments(draw, made, line)


def _add_payments(draw: random.Random, made: Population, line: dict[str, Any]) -> None:
    amount = draw.choice([1, line["amount_vnd"]])
    item = {**line, "amount_vnd": amount, "kind": "paid"}
    del item["amount_vnd"]
    said = [(amount, "paid"), (amount, "returned")] if draw.random() < 0.4 else [(amount, "paid")]
    for vnd, kind in said:
        _add_revisions(
            draw, made.disbursements, {**item, "amount_vnd": vnd, "kind": kind}, "amount_vnd"
        )


def _add_records(draw: random.Random, made: Population, ids: Sequence[str]) -> None:
    for household in ids:
        if draw.random() < 0.2:
            item = {
                "household_id": household,
                "content": draw.choice(["housing", "housing", "cattle", None]),
                "on_date": draw.choice([AS_OF, AS_OF - _DAY, AS_OF + _DAY]),
            }
            _add_revisions(draw, made.support_records, item, "content")


def _add_revisions(
    draw: random.Random, table: list[dict[str, Any]], item: dict[str, Any], changed: str
) -> None:
    key = f"{len(table)}"
    for revision in range(1, draw.choice([1, 1, 2, 3]) + 1):
        last = {**item, changed: draw.choice([item[changed], item[changed], _other(item[changed])])}
        withdrawn = revision > 1 and draw.random() < 0.3
        if withdrawn:
            last = dict.fromkeys(item)
        table.append(
            {
                **last,
                "event_id": uuid5(_SPACE, f"{id(table)}/{key}/{revision}"),
                "external_id": key,
                "revision": revision,
                "recording_id": draw.choice([BEFORE, BEFORE, AFTER]),
                "withdrawn": withdrawn,
            }
        )


def _other(value: Any) -> Any:
    return value + 1 if isinstance(value, int) else "cattle"


def completed(run: dict[str, Any]) -> bool:
    """Say whether a run counts at the ledger's instant."""
    return _committed(run) and run["completed_at"] <= LEDGER_AT


def _committed(run: dict[str, Any]) -> bool:
    return run["state"] == "completed" and run["mode"] == "commit"


def applicants(made: Population, rule: HouseholdNorm, supersedes: str | None) -> list[Applicant]:
    """Return the households that get a line, with their facts and their past."""
    events = {event["event_id"]: event["payload"] for event in made.events}
    return [
        _applicant(made, episode, events[episode["assessment"]], rule, supersedes)
        for episode in made.episodes
        if episode["counts"] and episode["status"] in rule.statuses and episode["area_id"] in HOLDER
    ]


def _applicant(
    made: Population,
    episode: dict[str, Any],
    payload: dict[str, Any],
    rule: HouseholdNorm,
    supersedes: str | None,
) -> Applicant:
    household, replaced = episode["household_id"], _chain(made, supersedes)
    names = {**kin(made, household), household: None}
    by_runs: list[str] = []
    paid: dict[str, int] = {}
    for run in made.runs:
        if not completed(run):
            continue
        for line in made.lines:
            if line["run_id"] != run["run_id"] or line["line"] not in names:
                continue
            if line["content"] != rule.content or not line["amount_vnd"]:
                continue
            until = names[line["line"]]
            if until is not None and run["as_of"] >= until:
                continue
            net, returned = _paid(made, line)
            gives_way = run["run_id"] in replaced
            if gives_way and until is None:
                paid[run["run_id"]] = paid.get(run["run_id"], 0) + net
            elif net > 0 or (not returned and _active(made, run) and not gives_way):
                by_runs.append(run["run_id"])
    by_records = [
        str(r["event_id"])
        for r in current(made.support_records)
        if r["household_id"] in names and r["content"] == rule.content and r["on_date"] <= AS_OF
        if names[r["household_id"]] is None or r["on_date"] < names[r["household_id"]]
    ]
    return Applicant(
        household,
        _facts(episode, payload),
        episode["area_id"],
        min(by_runs, default=None) or min(by_records, default=None),
        max(0, sum(paid.values())),
        min((run for run, net in paid.items() if net > 0), default=None),
    )


def kin(made: Population, household: str) -> dict[str, date | None]:
    """Return under which other ids the family was supported too; before a day, or at any time."""
    links = [each for each in made.links if each["recording_id"] == EARLY]
    pairs: set[tuple[str, date]] = set()
    waiting = [(household, date.max)]
    while waiting:
        name, limit = waiting.pop()
        for each in links:
            pair = each["continues"], min(limit, each["effective_from"])
            follows = each["household_id"] == name and each["effective_from"] <= AS_OF
            if follows and pair not in pairs:
                pairs.add(pair)
                waiting.append(pair)
    found: dict[str, date | None] = {}
    for name, day in sorted(pairs):
        found[name] = None if _ended(made, name, day) or found.get(name, day) is None else day
    heirs = [household]
    for name in heirs:
        for each in links:
            goes_on = each["continues"] == name and _ended(made, name, each["effective_from"])
            if goes_on and each["household_id"] not in heirs:
                heirs.append(each["household_id"])
    found |= dict.fromkeys(heirs, None)
    found.pop(household, None)
    return found


def _ended(made: Population, household: str, day: date) -> bool:
    return any(
        e["household_id"] == household
        and e["status"] == "closed"
        and e["valid_from"] <= day
        and e["known_from"] <= KNOWN_AT
        and (e["known_to"] is None or e["known_to"] > KNOWN_AT)
        for e in made.episodes
    )


def _facts(episode: dict[str, Any], payload: dict[str, Any]) -> dict[str, Any]:
    return {
        "household.status": episode["status"],
        "household.ethnic_group": episode["ethnic_group"],
        "household.area_type": episode["area_type"],
        "household.deprived": episode["keys"],
        "household.merit_member": payload.get("merit_member"),
        "household.no_labour_capacity": payload.get("no_labour_capacity"),
        "fact.attributes": {"poor_district"} if episode["area_id"] in DISTRICT else set(),
    }


def _chain(made: Population, run_id: str | None) -> set[str]:
    found: set[str] = set()
    while run_id is not None:
        found.add(run_id)
        (run_id,) = (r["supersedes"] for r in made.runs if r["run_id"] == run_id)
    return found


def _active(made: Population, run: dict[str, Any]) -> bool:
    return not any(completed(r) and r["supersedes"] == run["run_id"] for r in made.runs)


def _paid(made: Population, line: dict[str, Any]) -> tuple[int, bool]:
    net, returned = 0, False
    for payment in current(made.disbursements):
        if (payment["run_id"], payment["line"]) == (line["run_id"], line["line"]):
            came_back = payment["kind"] == "returned"
            net += -payment["amount_vnd"] if came_back else payment["amount_vnd"]
            returned = returned or came_back
    return net, returned


def current(items: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the highest revisions recorded by the ledger's instant, withdrawn ones out."""
    highest: dict[str, dict[str, Any]] = {}
    for item in items:
        if item["recording_id"] == BEFORE:
            known = highest.get(item["external_id"])
            if known is None or known["revision"] < item["revision"]:
                highest[item["external_id"]] = item
    return [item for item in highest.values() if not item["withdrawn"]]


async def store(tx: Transaction, made: Population) -> None:
    """Write the rows of a population."""
    await tx.executemany(
        "INSERT INTO recordings (recording_id, recorded_at, door) VALUES ($1, $2, 'test')",
        [(EARLY, KNOWN_AT), (BEFORE, LEDGER_AT), (AFTER, LEDGER_AT + _INSTANT)],
    )
    posted = {"source": "test", "payload": {}, "content_hash": b""}
    await insert(
        tx,
        "household_events",
        [
            {**posted, "recording_id": BEFORE, "external_id": e["household_id"], "revision": 1}
            | {"type": "assessed", "withdrawn": False, **e}
            for e in made.events
        ],
    )
    links = [
        {**posted, "external_id": f"link-{n}", "revision": 1, "withdrawn": False, **link}
        | {"event_id": uuid5(_SPACE, f"link-{n}"), "type": "registered"}
        for n, link in enumerate(made.links)
    ]
    await insert(tx, "household_events", links)
    episodes = [{k: v for k, v in e.items() if k not in {"keys", "counts"}} for e in made.episodes]
    await insert(tx, "episodes", episodes)
    await insert(tx, "allocation_runs", [run_row(run) for run in made.runs])
    outcome = {"outcome": "allocated"}
    await insert(tx, "allocation_lines", [{**line, **outcome} for line in made.lines])
    await insert(
        tx,
        "disbursements",
        [{**d, **posted, "paid_on": None if d["withdrawn"] else AS_OF} for d in made.disbursements],
    )
    await insert(tx, "support_records", [{**r, **posted} for r in made.support_records])


def run_row(run: dict[str, Any]) -> dict[str, Any]:
    """Return the row of a run, with what its table wants besides."""
    return {
        **run,
        "fund_id": "F",
        "rule": "drawn",
        "as_of": run.get("as_of", AS_OF),
        "known_at": KNOWN_AT,
        "request": {},
        "request_hash": b"",
        "requested_at": KNOWN_AT,
        "allocated_from_vnd": 0,
        "allocated_vnd": 0,
        "unallocated_vnd": 0,
    }


async def insert(tx: Transaction, table: str, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows that all have the columns of the first."""
    if not rows:
        return
    names = list(rows[0])
    places = ", ".join(f"${n}" for n in range(1, len(names) + 1))
    await tx.executemany(
        f"INSERT INTO {table} ({', '.join(names)}) VALUES ({places})",
        [tuple(row[name] for name in names) for row in rows],
    )
