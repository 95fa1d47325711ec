"""The set-based filling of a run says of every household what the domain says of it alone."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Sequence
from copy import deepcopy
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import Any

import pytest
import pytest_asyncio
import yaml

from shared.kernel.database import Database, Transaction, connect
from shared.money.allocations import Line, result_digest
from shared.money.household_norm import HouseholdNorm, read
from shared.money.household_queue import queue
from shared.money.store.household_norm import Filled, NormRun, fill
from shared.money.store.norm_conditions import RuleMeaning
from tests.builders import POLICY_FILE, policy
from tests.money.store import populations
from tests.money.store.populations import AS_OF, DISTRICT, HOLDER, KNOWN_AT, LEDGER_AT, Population

STANDARDS = policy().standards
MEANING = RuleMeaning(STANDARDS, {"poor_district": DISTRICT})
WAIVED = (
    "household.separate_since",
    "household.social_protection_member",
    "household.special_difficulty",
    "household.disaster_area",
)


class RollBack(Exception):
    """Ends a transaction without keeping what it wrote."""


@pytest_asyncio.fixture
async def database(dsn: str) -> AsyncIterator[Database]:
    made = await connect(dsn, name="norm-test", pool_max=2)
    yield made
    await made.close()


@cache
def housing(name: str = "housing_p5_new") -> HouseholdNorm:
    document = yaml.safe_load((POLICY_FILE.parent / "allocation_rules.yaml").read_text("utf-8"))
    (entry,) = (e for e in document["rules"] if e["id"] == name)
    return read(entry)


def asked(available: int, supersedes: str | None = None, **changes: Any) -> NormRun:
    made = NormRun("new-run", AS_OF, KNOWN_AT, LEDGER_AT, HOLDER, available, supersedes)
    return replace(made, **changes)


async def lines(tx: Transaction, run_id: str = "new-run") -> list[Line]:
    rows = await tx.fetch(
        "SELECT line, amount_vnd, outcome, area_id, content, status, rank, place, failed, "
        "supported_by, already_paid_vnd FROM allocation_lines WHERE run_id = $1 ORDER BY line",
        run_id,
    )
    return [
        Line(**{**dict(row), "failed": None if row["failed"] is None else tuple(row["failed"])})
        for row in rows
    ]


def amounts(rule: HouseholdNorm, count: int, draw: random.Random) -> int:
    """Return an amount around a multiple of the norm, up to a little more than all need."""
    return max(0, rule.unit_norm_vnd * draw.randint(0, count + 1) + draw.choice([-1, 0, 0, 1]))


def check(found: Sequence[Line], filled: Filled, expected: Sequence[Line]) -> None:
    assert found == list(expected)
    assert filled.result.digest == result_digest(expected)
    assert filled.result.allocated_vnd == sum(line.amount_vnd for line in expected)
    assert filled.result.totals == {
        "lines": len(expected),
        **{
            name: sum(line.outcome == name for line in expected)
            for name in ("allocated", "not_eligible", "already_supported", "fund_exhausted")
        },
    }
    assert filled.households.count == len(expected)


@pytest.mark.parametrize("block", range(4))
async def test_sql_and_domain_agree_on_random_populations(database: Database, block: int) -> None:
    seen: set[str] = set()
    for seed in range(block * 75, block * 75 + 75):
        draw = random.Random(seed)
        rule = draw.choice([housing(), housing("housing_p5_repair"), populations.draw_rule(draw)])
        made = populations.draw_population(draw, STANDARDS, rule.unit_norm_vnd)
        judged = populations.applicants(made, rule, made.supersedes)
        available = amounts(rule, len(judged), draw)
        expected = queue(rule, judged, available)
        seen |= {line.outcome for line in expected} | {f"rank {line.rank}" for line in expected}
        with pytest.raises(RollBack):
            async with database.transaction() as tx:
                await populations.store(tx, made)
                filled = await fill(tx, rule, MEANING, asked(available, made.supersedes), WAIVED)
                check(await lines(tx), filled, expected)
                raise RollBack
    # Otherwise the populations are too tame to tell anything apart.
    assert seen >= {"allocated", "not_eligible", "already_supported", "fund_exhausted", "rank 0"}


def home(name: str, **changes: Any) -> dict[str, Any]:
    """Return the episode of a poor household of the district that lives badly."""
    return {
        "household_id": name,
        "valid_from": AS_OF,
        "valid_to": None,
        "known_from": KNOWN_AT,
        "known_to": None,
        "status": "poor",
        "standard": "VN-2022-2025",
        "assessment": populations.uuid5(populations._SPACE, name),
        "area_id": DISTRICT[0],
        "area_type": "rural",
        "ethnic_group": "Tày",
        "deprived": ["D07", "D08"],
        "keys": frozenset(("housing_quality", "housing_area")),
        "counts": True,
    } | changes


def population(*episodes: dict[str, Any], **changes: Any) -> Population:
    events = [
        {"event_id": e["assessment"], "household_id": e["household_id"], "payload": {}}
        for e in episodes
    ]
    return Population(list(episodes), events, **changes)


def run(run_id: str, supersedes: str | None = None, **changes: Any) -> dict[str, Any]:
    return {
        "run_id": run_id,
        "content": "housing",
        "state": "completed",
        "mode": "commit",
        "completed_at": LEDGER_AT,
        "supersedes": supersedes,
    } | changes


def line_row(run_id: str, amount: int) -> dict[str, Any]:
    return {"run_id": run_id, "line": "A", "amount_vnd": amount, "content": "housing"}


def payment(run_id: str, amount: int, kind: str = "paid", **changes: Any) -> dict[str, Any]:
    key = f"{run_id}/{kind}"
    return {
        "run_id": run_id,
        "line": "A",
        "kind": kind,
        "amount_vnd": amount,
        "event_id": populations.uuid5(populations._SPACE, f"{key}/{changes}"),
        "external_id": key,
        "revision": 1,
        "recording_id": populations.BEFORE,
        "withdrawn": False,
    } | changes


NORM, LATER = 40_000_000, LEDGER_AT + timedelta(days=1)
# Run 3 gives way now; it replaced run 2, and that one run 1.
CHAIN = [run("1"), run("2", "1"), run("3", "2")]
PASTS: dict[str, tuple[dict[str, Any], str | None, tuple[str, int, int, str | None]]] = {
    "nothing": ({}, None, ("allocated", NORM, 0, None)),
    "a line of another run": (
        {"runs": [run("1")], "lines": [line_row("1", NORM)]},
        None,
        ("already_supported", 0, 0, "1"),
    ),
    "a line of a preview": (
        {"runs": [run("1", mode="preview")], "lines": [line_row("1", NORM)]},
        None,
        ("allocated", NORM, 0, None),
    ),
    "a line of another content": (
        {"runs": [run("1")], "lines": [line_row("1", NORM) | {"content": "cattle"}]},
        None,
        ("allocated", NORM, 0, None),
    ),
    "a line that came back whole": (
        {
            "runs": [run("1")],
            "lines": [line_row("1", NORM)],
            "disbursements": [payment("1", NORM), payment("1", NORM, "returned")],
        },
        None,
        ("allocated", NORM, 0, None),
    ),
    "a line that came back in part": (
        {
            "runs": [run("1")],
            "lines": [line_row("1", NORM)],
            "disbursements": [payment("1", NORM), payment("1", NORM - 1, "returned")],
        },
        None,
        ("already_supported", 0, 0, "1"),
    ),
    "an unpaid line of a run that gave way": (
        {"runs": [run("1"), run("2", "1")], "lines": [line_row("1", NORM)]},
        None,
        ("allocated", NORM, 0, None),
    ),
    "a paid line of a run that gave way": (
        {
            "runs": [run("1"), run("2", "1")],
            "lines": [line_row("1", NORM)],
            "disbursements": [payment("1", 1)],
        },
        None,
        ("already_supported", 0, 0, "1"),
    ),
    "a house begun under the run that gives way": (
        {"runs": [run("1")], "lines": [line_row("1", NORM)], "disbursements": [payment("1", 1)]},
        "1",
        ("allocated", NORM - 1, 1, None),
    ),
    "a house paid under the run that gives way": (
        {"runs": [run("1")], "lines": [line_row("1", NORM)], "disbursements": [payment("1", NORM)]},
        "1",
        ("already_supported", 0, NORM, "1"),
    ),
    "a house begun long before, never finished": (
        {
            "runs": CHAIN,
            "lines": [line_row("1", NORM), line_row("2", NORM - 10), line_row("3", NORM - 15)],
            "disbursements": [payment("1", 10), payment("2", 5)],
        },
        "3",
        ("allocated", NORM - 15, 15, None),
    ),
    "a payment that was corrected after the ledger": (
        {
            "runs": [run("1")],
            "lines": [line_row("1", NORM)],
            "disbursements": [
                payment("1", 1),
                payment("1", 2, revision=2, recording_id=populations.AFTER),
            ],
        },
        "1",
        ("allocated", NORM - 1, 1, None),
    ),
}


def link(older: str, day: date = AS_OF - timedelta(days=60)) -> dict[str, Any]:
    return {
        "household_id": "A",
        "continues": older,
        "effective_from": day,
        "recording_id": populations.EARLY,
    }


RECORD = populations.uuid5(populations._SPACE, "record")


def record(household: str, on: date) -> dict[str, Any]:
    return {
        "household_id": household,
        "content": "housing",
        "on_date": on,
        "event_id": RECORD,
        "external_id": "record",
        "revision": 1,
        "recording_id": populations.BEFORE,
        "withdrawn": False,
    }


GONE = {"status": "closed", "valid_from": AS_OF - timedelta(days=60), "counts": False}
BUILT_BEFORE, BUILT_AFTER = AS_OF - timedelta(days=90), AS_OF - timedelta(days=30)
BEGUN = {
    "runs": [run("1")],
    "lines": [line_row("1", NORM) | {"line": "OLD"}],
    "disbursements": [payment("1", 1) | {"line": "OLD"}],
}
FAMILIES: dict[str, tuple[dict[str, Any], bool, str | None, tuple[str, int, int, str | None]]] = {
    "a house under an id that ended": (
        {"support_records": [record("OLD", BUILT_AFTER)]},
        True,
        None,
        ("already_supported", 0, 0, str(RECORD)),
    ),
    "a house that was built before the split": (
        {"support_records": [record("OLD", BUILT_BEFORE)]},
        False,
        None,
        ("already_supported", 0, 0, str(RECORD)),
    ),
    "a house of those who live on, built after the split": (
        {"support_records": [record("OLD", BUILT_AFTER)]},
        False,
        None,
        ("allocated", NORM, 0, None),
    ),
    "a house begun under an id that ended": (BEGUN, True, "1", ("allocated", NORM - 1, 1, None)),
    "a line under an id that ended": (BEGUN, True, None, ("already_supported", 0, 0, "1")),
}


@pytest.mark.parametrize("case", FAMILIES)
async def test_what_a_family_was_supported_with_under_other_ids(
    database: Database, case: str
) -> None:
    stored, ended, supersedes, expected = FAMILIES[case]
    made = population(home("A"), **deepcopy(stored), links=[link("OLD")])
    made.episodes += [home("OLD", **GONE)] if ended else []
    async with database.transaction() as tx:
        await populations.store(tx, made)
        await fill(tx, housing(), MEANING, asked(NORM, supersedes), WAIVED)
        (line,) = await lines(tx)
    found = (line.outcome, line.amount_vnd, line.already_paid_vnd, line.supported_by)
    assert found == expected


@pytest.mark.parametrize("past", PASTS)
async def test_what_the_past_of_a_household_means(database: Database, past: str) -> None:
    stored, supersedes, expected = PASTS[past]
    made = population(home("A"), **deepcopy(stored))
    async with database.transaction() as tx:
        await populations.store(tx, made)
        await fill(tx, housing(), MEANING, asked(NORM, supersedes), WAIVED)
        (line,) = await lines(tx)
    found = (line.outcome, line.amount_vnd, line.already_paid_vnd, line.supported_by)
    assert found == expected


async def test_a_run_computed_again_later_is_the_same_to_the_byte(database: Database) -> None:
    rule = housing()
    draw = random.Random(5)
    made = populations.draw_population(draw, STANDARDS, rule.unit_norm_vnd)
    async with database.transaction() as tx:
        await populations.store(tx, made)
        first = await fill(tx, rule, MEANING, asked(10 * NORM), WAIVED)
    async with database.transaction() as tx:
        # What came to be known since: corrections, and a run that supports everybody.
        await tx.execute(
            "UPDATE episodes SET known_to = $1 WHERE known_to IS NULL AND known_from < $1",
            KNOWN_AT + timedelta(days=1),
        )
        await populations.insert(
            tx, "allocation_runs", [populations.run_row(run("later", completed_at=LATER))]
        )
        await tx.execute(
            "INSERT INTO allocation_lines (run_id, line, amount_vnd, outcome, content) "
            "SELECT 'later', line, 1, 'allocated', 'housing' FROM allocation_lines "
            "WHERE run_id = 'new-run'"
        )
        again = await fill(tx, rule, MEANING, asked(10 * NORM, run_id="again"), WAIVED)
        assert again == first
        assert await lines(tx, "again") == await lines(tx)
        other = await fill(
            tx, rule, MEANING, asked(10 * NORM, run_id="now", ledger_at=LATER), WAIVED
        )
        assert other.result.totals["allocated"] == 0
        assert other.households == first.households


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "near_poor"},
        {"ethnic_group": "Nùng"},
        {"deprived": ["D07"]},
        {"standard": "VN-2027-2030"},
        {"area_id": 1},
        {"household_id": "B"},
    ],
)
async def test_whatever_the_rule_reads_is_in_the_digest_of_households(
    database: Database, changes: dict[str, Any]
) -> None:
    digests = []
    for episode in (home("A"), home("A", **changes)):
        with pytest.raises(RollBack):
            async with database.transaction() as tx:
                await populations.store(tx, population(episode))
                digests.append((await fill(tx, housing(), MEANING, asked(0), WAIVED)).households)
                raise RollBack
    assert digests[0] != digests[1]


async def test_text_of_callers_is_never_sql(database: Database) -> None:
    evil = "'; DROP TABLE funds; -- $1"
    rule = replace(housing(), content=evil)
    async with database.transaction() as tx:
        await populations.store(tx, population(home(evil, ethnic_group=evil)))
        filled = await fill(tx, rule, MEANING, asked(NORM, evil, run_id=evil), WAIVED)
        assert filled.result.totals["allocated"] == 1
        assert [line.content for line in await lines(tx, evil)] == [evil]
        assert await tx.fetchval("SELECT count(*) FROM funds") == 0


async def test_without_a_waiver_there_are_no_lines(database: Database) -> None:
    async with database.transaction() as tx:
        with pytest.raises(ValueError, match="disaster_area"):
            await fill(tx, housing(), MEANING, asked(NORM), WAIVED[:-1])


async def test_the_transaction_is_left_as_it_was_found(database: Database) -> None:
    names = ("enable_seqscan", "enable_hashjoin", "enable_mergejoin", "work_mem")
    async with database.transaction() as tx:
        before = [await tx.fetchval(f"SHOW {name}") for name in (*names, "statement_timeout")]
        await fill(tx, housing(), MEANING, asked(NORM), WAIVED)
        await fill(tx, housing(), MEANING, asked(NORM, run_id="second"), WAIVED)
        after = [await tx.fetchval(f"SHOW {name}") for name in (*names, "statement_timeout")]
    assert before == after


async def test_the_number_of_statements_does_not_depend_on_the_households(
    database: Database,
) -> None:
    counts = []
    for number in (1, 300):
        made = population(*(home(f"H{n}") for n in range(number)))
        with pytest.raises(RollBack):
            async with database.transaction() as tx:
                await populations.store(tx, made)
                said: list[str] = []
                with tx.query_logger(lambda record, said=said: said.append(record.query)):
                    await fill(tx, housing(), MEANING, asked(NORM * 100), WAIVED)
                counts.append(len(said))
                raise RollBack
    # The first is asked for the types of its parameters, too.
    assert counts[1] <= counts[0] < 25


async def test_a_small_run_looks_up_a_large_past_by_its_indexes(database: Database) -> None:
    made = population(home("A"), runs=[run("1")])
    async with database.transaction() as tx:
        await populations.store(tx, made)
        await tx.execute(
            "INSERT INTO allocation_lines (run_id, line, amount_vnd, outcome, content) "
            "SELECT '1', 'X' || n, 1, 'allocated', 'housing' FROM generate_series(1, 20000) n"
        )
        await tx.execute(
            "INSERT INTO episodes (household_id, valid_from, known_from, status, area_id) "
            "SELECT 'X' || n, '2023-01-01', '2023-01-01', 'poor', 50 + n % 500 "
            "FROM generate_series(1, 20000) n"
        )
    async with database.transaction() as tx:
        await tx.execute("ANALYZE")
    async with database.transaction() as tx:
        before = await _scanned(tx)
        await fill(tx, housing(), MEANING, asked(NORM), WAIVED)
        assert await _scanned(tx) == before


async def _scanned(tx: Transaction) -> list[int]:
    rows = await tx.fetch(
        "SELECT seq_tup_read FROM pg_stat_xact_user_tables "
        "WHERE relname IN ('allocation_lines', 'episodes') ORDER BY relname"
    )
    return [row[0] for row in rows]
