"""Allocation by household norm, set-based: a million households never pass through this process.

Three steps, each one statement: who is on the lists and what is known of them; what supported them
before; the queue and its lines. `shared.money.household_queue` says the same of one household at a
time, and tests hold the two together.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime

from shared.households.store.reads import known
from shared.kernel.database import Transaction
from shared.kernel.revisions import counting
from shared.money.household_norm import RANK_OF_BEGUN, HouseholdNorm, unavailable
from shared.money.store.digests import Households, Result, read_households, read_result
from shared.money.store.fund_reads import completed, superseding
from shared.money.store.net_paid import NET_PAID
from shared.money.store.norm_conditions import (
    OF_ASSESSMENT,
    OF_EPISODE,
    Given,
    Meaning,
    read_of_candidate,
)

FILL_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Filled:
    """What a run's lines come to, and who was looked at."""

    result: Result
    households: Households


@dataclass(frozen=True, slots=True)
class Asked:
    """What a run asks: the day and the two instants it is frozen at, the areas, the money."""

    run_id: str
    as_of: date
    known_at: datetime
    ledger_at: datetime
    area_ids: Collection[int]
    available_vnd: int
    supersedes: str | None = None


async def fill(
    tx: Transaction,
    rule: HouseholdNorm,
    meaning: Meaning,
    asked: Asked,
    waived: Collection[str] = (),
) -> Filled:
    """Write the lines of a run: one for every household of the lists in the areas asked for.

    Call it with the rule's content and the fund locked. Inputs that the register lacks must have
    been waived: whoever calls has refused the run otherwise.
    """
    if lacking := unavailable(rule, waived):
        raise ValueError(f"run {asked.run_id} lacks {[refusal.subject for refusal in lacking]}")
    async with _in_bulk(tx):
        await _collect(tx, rule, asked)
        await _look_back(tx, rule, asked)
        await _line_up(tx, rule, meaning, asked)
        given = Given()
        said = read_of_candidate(rule, meaning, given)
        households = await read_households(tx, "norm_candidates c", said, given.values)
        return Filled(await read_result(tx, asked.run_id), households)


# What a writer else looks up by key a run reads whole: the planner may scan and hash.
_BULK = {
    "enable_seqscan": "on",
    "enable_hashjoin": "on",
    "enable_mergejoin": "on",
    "work_mem": "64MB",
    "statement_timeout": f"{FILL_SECONDS:.0f}s",
}
_SET = "SELECT set_config(name, value, true) FROM unnest($1::text[], $2::text[]) AS s (name, value)"


@asynccontextmanager
async def _in_bulk(tx: Transaction) -> AsyncIterator[None]:
    """Give the planner a free hand; leave the transaction's settings as they were found."""
    names = list(_BULK)
    found = await tx.fetch("SELECT current_setting(n) FROM unnest($1::text[]) AS n", names)
    await tx.execute(_SET, names, list(_BULK.values()))
    yield
    await tx.execute("DROP TABLE norm_candidates, norm_runs, norm_lines, norm_supports")
    await tx.execute(_SET, names, [value for (value,) in found])


_CANDIDATES = """
CREATE TEMPORARY TABLE norm_candidates (
    household_id text COLLATE "C" NOT NULL, area_id int, status text, standard text,
    ethnic_group text, area_type text, deprived text[], merit_member bool, no_labour_capacity bool
) ON COMMIT DROP
"""


async def _collect(tx: Transaction, rule: HouseholdNorm, asked: Asked) -> None:
    """Take down the households of the lists as known at the run's instant."""
    where = (
        "valid_from <= $1 AND (valid_to IS NULL OR valid_to > $1) "
        "AND status = ANY($3::text[]) AND area_id = ANY($4::int[])"
    )
    joined = ""
    said = dict.fromkeys(OF_ASSESSMENT, "NULL::bool")
    if rule.inputs & {f"household.{name}" for name in OF_ASSESSMENT}:
        joined = "LEFT JOIN household_events e ON e.event_id = s.assessment"
        said = {name: f"(e.payload->>'{name}')::bool" for name in OF_ASSESSMENT}
    await tx.execute(_CANDIDATES)
    await tx.execute(
        f"INSERT INTO norm_candidates (household_id, area_id, {', '.join((*OF_EPISODE, *said))}) "
        f"SELECT s.household_id, s.area_id, {', '.join(f's.{name}' for name in OF_EPISODE)}, "
        f"{', '.join(said.values())} FROM ({known(where, '$2')}) s {joined}",
        asked.as_of,
        asked.known_at,
        list(rule.statuses),
        sorted(asked.area_ids),
        timeout=FILL_SECONDS,
    )
    await tx.execute("ANALYZE norm_candidates")


# Each step has a table of its own, with statistics: a plan that takes a hundred thousand rows for
# one row compares each with each. `replaced`: the run that is superseded now, and those that it
# superseded itself; a house that was begun under any of them is one house.
_PAST = """
CREATE TEMPORARY TABLE norm_runs (run_id text COLLATE "C" NOT NULL, replaced bool NOT NULL,
    active bool NOT NULL) ON COMMIT DROP;
CREATE TEMPORARY TABLE norm_lines (household_id text COLLATE "C" NOT NULL,
    run_id text COLLATE "C" NOT NULL, replaced bool NOT NULL, active bool NOT NULL)
    ON COMMIT DROP;
CREATE TEMPORARY TABLE norm_supports (household_id text COLLATE "C" NOT NULL,
    supported_by text COLLATE "C", paid_vnd bigint NOT NULL, paid_by text COLLATE "C")
    ON COMMIT DROP
"""
# $1 is the instant of the ledger in each of these.
_RUNS = f"""
WITH RECURSIVE chain (run_id) AS (
    SELECT $3::text COLLATE "C"
    UNION SELECT r.supersedes FROM chain c JOIN allocation_runs r USING (run_id)
    WHERE r.supersedes IS NOT NULL)
INSERT INTO norm_runs (run_id, replaced, active)
SELECT r.run_id, r.run_id IN (SELECT run_id FROM chain WHERE run_id IS NOT NULL),
    {superseding("r")} IS NULL
FROM allocation_runs r WHERE r.content = $2 AND {completed("r")}
"""
_LINES = """
INSERT INTO norm_lines (household_id, run_id, replaced, active)
SELECT l.line, l.run_id, r.replaced, r.active
FROM norm_candidates c JOIN allocation_lines l ON l.line = c.household_id
JOIN norm_runs r USING (run_id)
WHERE l.content = $1 AND l.amount_vnd > 0
"""
_SUPPORTS = f"""
WITH lines AS (
    SELECT l.household_id, l.run_id, l.replaced, l.active,
        {NET_PAID} AS net,
        coalesce(bool_or(d.kind = 'returned'), false) AS returned
    FROM norm_lines l LEFT JOIN ({counting("disbursements", "$1")}) d
        ON d.run_id = l.run_id AND d.line = l.household_id
    GROUP BY l.household_id, l.run_id, l.replaced, l.active),
supports AS (
    SELECT household_id,
        CASE WHEN NOT replaced AND (net > 0 OR active AND NOT returned) THEN run_id END AS run_id,
        NULL AS event_id, CASE WHEN replaced THEN net ELSE 0 END AS paid,
        CASE WHEN replaced AND net > 0 THEN run_id END AS paid_by
    FROM lines
    UNION ALL
    SELECT s.household_id, NULL, s.event_id::text, 0, NULL
    FROM norm_candidates c JOIN ({counting("support_records", "$1")}) s USING (household_id)
    WHERE s.content = $2 AND s.on_date <= $3)
INSERT INTO norm_supports (household_id, supported_by, paid_vnd, paid_by)
SELECT household_id, coalesce(min(run_id), min(event_id COLLATE "C")), greatest(sum(paid), 0),
    min(paid_by)
FROM supports GROUP BY household_id
"""


async def _look_back(tx: Transaction, rule: HouseholdNorm, asked: Asked) -> None:
    """Take down what supported the candidates before, and what they got of a replaced run."""
    at, content = asked.ledger_at, rule.content
    await tx.execute(_PAST)
    await tx.execute(_RUNS, at, content, asked.supersedes)
    await tx.execute("ANALYZE norm_runs")
    await tx.execute(_LINES, content, timeout=FILL_SECONDS)
    await tx.execute("ANALYZE norm_lines")
    await tx.execute(_SUPPORTS, at, content, asked.as_of, timeout=FILL_SECONDS)
    await tx.execute("ANALYZE norm_supports")


async def _line_up(tx: Transaction, rule: HouseholdNorm, meaning: Meaning, asked: Asked) -> None:
    """Judge every candidate, order the eligible, and write the lines in the order of their ids."""
    given = Given()
    norm = given(rule.unit_norm_vnd, "bigint")
    supported = (
        f"coalesce(s.supported_by, CASE WHEN s.paid_vnd >= {norm} THEN s.paid_by END) IS NOT NULL"
    )
    failed, rank = _failed(rule, meaning, given, supported), _rank(rule, meaning, given, norm)
    refusing = given([rule.refusing.code], "text[]")
    fits = f"waits AND used <= {given(asked.available_vnd, 'bigint')}"
    await tx.execute(
        f"""
        INSERT INTO allocation_lines (run_id, line, area_id, amount_vnd, outcome, content, status,
            rank, place, failed, supported_by, already_paid_vnd)
        SELECT {given(asked.run_id, "text")}, household_id, area_id,
            CASE WHEN {fits} THEN due ELSE 0 END,
            CASE WHEN {fits} THEN 'allocated' WHEN waits THEN 'fund_exhausted'
                WHEN failed = {refusing} THEN 'already_supported' ELSE 'not_eligible' END,
            {given(rule.content, "text")}, status, CASE WHEN waits THEN rank END,
            CASE WHEN waits THEN place END, CASE WHEN NOT waits THEN failed END,
            supported_by, paid
        FROM (
            SELECT *, row_number() OVER queue AS place, sum(due) OVER queue AS used
            FROM (
                SELECT *, cardinality(failed) = 0 AS waits, {norm} - paid AS due
                FROM (
                    SELECT c.household_id, c.area_id, c.status, coalesce(s.paid_vnd, 0) AS paid,
                        coalesce(s.supported_by,
                            CASE WHEN s.paid_vnd >= {norm} THEN s.paid_by END) AS supported_by,
                        {failed} AS failed, {rank} AS rank
                    FROM norm_candidates c LEFT JOIN norm_supports s USING (household_id)) judged
                ) due
            WINDOW queue AS (PARTITION BY waits ORDER BY rank, household_id
                ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)) queued
        ORDER BY household_id
        """,
        *given.values,
        timeout=FILL_SECONDS,
    )


def _failed(rule: HouseholdNorm, meaning: Meaning, given: Given, supported: str) -> str:
    found = []
    for criterion in rule.eligibility:
        if criterion.refusal is not None:
            found.append(f"CASE WHEN {supported} THEN {given(criterion.code, 'text')} END")
        elif criterion.condition is not None:
            met = meaning.sql(criterion.condition, given)
            found.append(f"CASE WHEN NOT ({met}) THEN {given(criterion.code, 'text')} END")
    return f"array_remove(ARRAY[{', '.join(found)}], NULL)"


def _rank(rule: HouseholdNorm, meaning: Meaning, given: Given, norm: str) -> str:
    begun = f"WHEN s.paid_vnd > 0 AND s.paid_vnd < {norm} THEN {RANK_OF_BEGUN}"
    ranks = " ".join(
        f"WHEN {meaning.all_of(p.conditions, given)} THEN {given(p.rank, 'smallint')}"
        for p in rule.priorities
        if p.conditions is not None
    )
    return f"CASE {begun} {ranks} END"
