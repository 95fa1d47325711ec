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

from shared.households.facts import HOUSEHOLD_EVENTS
from shared.households.store.reads import known
from shared.kernel.database import Transaction
from shared.kernel.revisions import counting
from shared.money.facts import DISBURSEMENTS, SUPPORT_RECORDS
from shared.money.household_norm import RANK_OF_BEGUN, HouseholdNorm, unavailable
from shared.money.store.digests import HouseholdsDigest, LineTotals, read_households, read_result
from shared.money.store.net_paid import NET_PAID
from shared.money.store.norm_conditions import (
    OF_ASSESSMENT,
    ConditionValues,
    RuleMeaning,
    failed_criteria,
    first_rank,
    read_of_candidate,
)
from shared.money.store.run_states import divided, superseding

FILL_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Filled:
    """What a run's lines come to, and who was looked at."""

    result: LineTotals
    households: HouseholdsDigest


@dataclass(frozen=True, slots=True)
class NormRun:
    """What a run is computed for: the day and instants it is frozen at, the areas, the money."""

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
    meaning: RuleMeaning,
    run: NormRun,
    waived: Collection[str] = (),
) -> Filled:
    """Write the lines of a run: one for every household of the lists in the areas asked for.

    Call it with the rule's content and the fund locked. Inputs that the register lacks must have
    been waived: whoever calls has refused the run otherwise.
    """
    if lacking := unavailable(rule, waived):
        raise ValueError(f"run {run.run_id} lacks {[refusal.subject for refusal in lacking]}")
    async with _in_bulk(tx):
        await _collect(tx, rule, run)
        await _look_back(tx, rule, run)
        await _line_up(tx, rule, meaning, run)
        parameters = ConditionValues()
        text = read_of_candidate(rule, meaning, parameters)
        households = await read_households(tx, "norm_candidates c", text, parameters.values)
        return Filled(await read_result(tx, run.run_id), households)


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
    before = await tx.fetch("SELECT current_setting(n) FROM unnest($1::text[]) AS n", names)
    await tx.execute(_SET, names, list(_BULK.values()))
    yield
    await tx.execute("DROP TABLE norm_candidates, norm_kin, norm_runs, norm_lines, norm_supports")
    await tx.execute(_SET, names, [value for (value,) in before])


_CANDIDATES = """
CREATE TEMPORARY TABLE norm_candidates (
    household_id text COLLATE "C" NOT NULL, area_id int, status text, standard text,
    ethnic_group text, area_type text, deprived text[], merit_member bool, no_labour_capacity bool
) ON COMMIT DROP
"""


_ON_LISTS = known(
    "valid_from <= $1 AND (valid_to IS NULL OR valid_to > $1) "
    "AND status = ANY($3::text[]) AND area_id = ANY($4::int[])",
    "$2",
)
_COLLECT = f"""
INSERT INTO norm_candidates (household_id, area_id, status, standard, ethnic_group, area_type,
    deprived)
SELECT s.household_id, s.area_id, s.status, s.standard, s.ethnic_group, s.area_type, s.deprived
FROM ({_ON_LISTS}) s
"""
# Only some rules ask what the review itself says beside the measurement.
_COLLECT_WITH_REVIEWS = f"""
INSERT INTO norm_candidates (household_id, area_id, status, standard, ethnic_group, area_type,
    deprived, merit_member, no_labour_capacity)
SELECT s.household_id, s.area_id, s.status, s.standard, s.ethnic_group, s.area_type, s.deprived,
    (e.payload->>'merit_member')::bool, (e.payload->>'no_labour_capacity')::bool
FROM ({_ON_LISTS}) s LEFT JOIN household_events e ON e.event_id = s.assessment
"""


async def _collect(tx: Transaction, rule: HouseholdNorm, run: NormRun) -> None:
    """Take down the households of the lists as known at the run's instant."""
    reviews = rule.inputs & {f"household.{name}" for name in OF_ASSESSMENT}
    await tx.execute(_CANDIDATES)
    await tx.execute(
        _COLLECT_WITH_REVIEWS if reviews else _COLLECT,
        run.as_of,
        run.known_at,
        list(rule.statuses),
        sorted(run.area_ids),
        timeout=FILL_SECONDS,
    )
    await tx.execute("ANALYZE norm_candidates")


# Each step has a table of its own, with statistics: a plan that takes a hundred thousand rows for
# one row compares each with each. `replaced`: the run that is superseded now, and those that it
# superseded itself; a house that was begun under any of them is one house.
# `norm_kin`: under whose ids the family of a candidate was supported too; before `until`, if that
# household lives on.
_PAST = """
CREATE TEMPORARY TABLE norm_kin (household_id text COLLATE "C" NOT NULL,
    kin text COLLATE "C" NOT NULL, until date) ON COMMIT DROP;
CREATE TEMPORARY TABLE norm_runs (run_id text COLLATE "C" NOT NULL, as_of date NOT NULL,
    replaced bool NOT NULL, active bool NOT NULL) ON COMMIT DROP;
CREATE TEMPORARY TABLE norm_lines (household_id text COLLATE "C" NOT NULL,
    line text COLLATE "C" NOT NULL, run_id text COLLATE "C" NOT NULL, replaced bool NOT NULL,
    active bool NOT NULL) ON COMMIT DROP;
CREATE TEMPORARY TABLE norm_supports (household_id text COLLATE "C" NOT NULL,
    supported_by text COLLATE "C", paid_vnd bigint NOT NULL, paid_by text COLLATE "C")
    ON COMMIT DROP
"""


def _ended(household: str, day: str) -> str:
    """Return the SQL that says whether a household was known to have ended by a day."""
    where = f"household_id = {household} AND status = 'closed' AND valid_from <= {day}"
    return f"EXISTS ({known(where, '$1')})"


# $1 is the instant at which households are known. A household that goes on under another id has one
# house under all of its ids; what was built before a split is shared with the one that lives on.
_KIN = f"""
WITH RECURSIVE links AS MATERIALIZED (
    SELECT household_id, continues AS older, effective_from AS day
    FROM ({counting(HOUSEHOLD_EVENTS, "$1")}) e WHERE continues IS NOT NULL),
older (household_id, kin, until) AS (
    SELECT c.household_id, l.older, l.day
    FROM norm_candidates c JOIN links l USING (household_id) WHERE l.day <= $2
    UNION
    SELECT o.household_id, l.older, least(o.until, l.day)
    FROM older o JOIN links l ON l.household_id = o.kin WHERE l.day <= $2),
younger (household_id, kin) AS (
    SELECT c.household_id, l.household_id
    FROM norm_candidates c JOIN links l ON l.older = c.household_id
    WHERE {_ended("c.household_id", "l.day")}
    UNION
    SELECT y.household_id, l.household_id FROM younger y JOIN links l ON l.older = y.kin
    WHERE {_ended("y.kin", "l.day")}),
kin AS (
    SELECT household_id, kin, CASE WHEN NOT {_ended("older.kin", "until")} THEN until END AS until
    FROM older
    UNION ALL
    SELECT household_id, kin, NULL FROM younger)
INSERT INTO norm_kin (household_id, kin, until)
SELECT household_id, kin, CASE WHEN count(*) = count(until) THEN max(until) END
FROM kin WHERE kin <> household_id GROUP BY household_id, kin
"""
# $1 is the instant of the ledger in each of these.
_RUNS = f"""
WITH RECURSIVE chain (run_id) AS (
    SELECT $3::text COLLATE "C"
    UNION SELECT r.supersedes FROM chain c JOIN allocation_runs r USING (run_id)
    WHERE r.supersedes IS NOT NULL)
INSERT INTO norm_runs (run_id, as_of, replaced, active)
SELECT r.run_id, r.as_of, r.run_id IN (SELECT run_id FROM chain WHERE run_id IS NOT NULL),
    {superseding("r")} IS NULL
FROM allocation_runs r WHERE r.content = $2 AND {divided("r")}
"""
_LINES = """
INSERT INTO norm_lines (household_id, line, run_id, replaced, active)
SELECT l.line, l.line, l.run_id, r.replaced, r.active
FROM norm_candidates c JOIN allocation_lines l ON l.line = c.household_id
JOIN norm_runs r USING (run_id)
WHERE l.content = $1 AND l.amount_vnd > 0
"""
# A house that was begun under an id that ended is finished under the new one. Of a household that
# lives on, what was paid is a house of its own; what was not goes with the run that is replaced.
_LINES_OF_KIN = """
INSERT INTO norm_lines (household_id, line, run_id, replaced, active)
SELECT k.household_id, l.line, l.run_id, r.replaced AND k.until IS NULL,
    r.active AND NOT r.replaced
FROM norm_kin k JOIN allocation_lines l ON l.line = k.kin JOIN norm_runs r USING (run_id)
WHERE l.content = $1 AND l.amount_vnd > 0 AND (k.until IS NULL OR r.as_of < k.until)
"""
_SUPPORTS = f"""
WITH lines AS (
    SELECT l.household_id, l.line, l.run_id, l.replaced, l.active,
        {NET_PAID} AS net,
        coalesce(bool_or(d.kind = 'returned'), false) AS returned
    FROM norm_lines l LEFT JOIN ({counting(DISBURSEMENTS, "$1")}) d
        ON d.run_id = l.run_id AND d.line = l.line
    GROUP BY l.household_id, l.line, l.run_id, l.replaced, l.active),
records AS (
    SELECT household_id, event_id, on_date FROM ({counting(SUPPORT_RECORDS, "$1")}) s
    WHERE content = $2 AND on_date <= $3),
supports AS (
    SELECT household_id,
        CASE WHEN NOT replaced AND (net > 0 OR active AND NOT returned) THEN run_id END AS run_id,
        NULL AS event_id, CASE WHEN replaced THEN net ELSE 0 END AS paid,
        CASE WHEN replaced AND net > 0 THEN run_id END AS paid_by
    FROM lines
    UNION ALL
    SELECT household_id, NULL, event_id::text, 0, NULL
    FROM norm_candidates JOIN records USING (household_id)
    UNION ALL
    SELECT k.household_id, NULL, r.event_id::text, 0, NULL
    FROM norm_kin k JOIN records r ON r.household_id = k.kin
        AND (k.until IS NULL OR r.on_date < k.until))
INSERT INTO norm_supports (household_id, supported_by, paid_vnd, paid_by)
SELECT household_id, coalesce(min(run_id), min(event_id COLLATE "C")), greatest(sum(paid), 0),
    min(paid_by)
FROM supports GROUP BY household_id
"""


async def _look_back(tx: Transaction, rule: HouseholdNorm, run: NormRun) -> None:
    """Take down what supported the candidates before, and what they got of a replaced run."""
    at, content = run.ledger_at, rule.content
    await tx.execute(_PAST)
    await tx.execute(_KIN, run.known_at, run.as_of, timeout=FILL_SECONDS)
    await tx.execute("ANALYZE norm_kin")
    await tx.execute(_RUNS, at, content, run.supersedes)
    await tx.execute("ANALYZE norm_runs")
    await tx.execute(_LINES, content, timeout=FILL_SECONDS)
    await tx.execute(_LINES_OF_KIN, content, timeout=FILL_SECONDS)
    await tx.execute("ANALYZE norm_lines")
    await tx.execute(_SUPPORTS, at, content, run.as_of, timeout=FILL_SECONDS)
    await tx.execute("ANALYZE norm_supports")


# The last step is one statement; `failed` and `first_rank` are the rule's own words in SQL, over
# `norm_candidates c`, with values from $6 on. A queue of those who wait ends at the first household
# whose part no longer fits, for nobody overtakes: sums only grow.
_LINE_UP = f"""
WITH supported AS (
    SELECT c.*, coalesce(s.paid_vnd, 0) AS paid,
        coalesce(s.supported_by, CASE WHEN s.paid_vnd >= $2 THEN s.paid_by END) AS supported_by
    FROM norm_candidates c LEFT JOIN norm_supports s USING (household_id)),
judged AS (
    SELECT c.household_id, c.area_id, c.status, c.paid, c.supported_by, $2::bigint - c.paid AS due,
        {{failed}} AS failed,
        CASE WHEN c.paid > 0 AND c.paid < $2 THEN {RANK_OF_BEGUN} ELSE {{first_rank}} END AS rank
    FROM supported c),
waiting AS (
    SELECT *, cardinality(failed) = 0 AS waits FROM judged),
queue AS (
    SELECT *, row_number() OVER places AS place, sum(due) OVER places AS used
    FROM waiting
    WINDOW places AS (PARTITION BY waits ORDER BY rank, household_id
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)),
decided AS (
    SELECT *, CASE WHEN waits AND used <= $5::bigint THEN 'allocated'
        WHEN waits THEN 'fund_exhausted'
        WHEN failed = ARRAY[$4::text] THEN 'already_supported'
        ELSE 'not_eligible' END AS outcome
    FROM queue)
INSERT INTO allocation_lines (run_id, line, area_id, amount_vnd, outcome, content, status, rank,
    place, failed, supported_by, already_paid_vnd)
SELECT $1::text, household_id, area_id, CASE WHEN outcome = 'allocated' THEN due ELSE 0 END,
    outcome, $3::text, status, CASE WHEN waits THEN rank END, CASE WHEN waits THEN place END,
    CASE WHEN NOT waits THEN failed END, supported_by, paid
FROM decided ORDER BY household_id
"""


async def _line_up(
    tx: Transaction, rule: HouseholdNorm, meaning: RuleMeaning, run: NormRun
) -> None:
    """Judge every candidate, order the eligible, and write the lines in the order of their ids."""
    parameters = ConditionValues(
        [run.run_id, rule.unit_norm_vnd, rule.content, rule.refusing.code, run.available_vnd]
    )
    statement = _LINE_UP.format(
        failed=failed_criteria(rule, meaning, "c.supported_by IS NOT NULL", parameters),
        first_rank=first_rank(rule, meaning, parameters),
    )
    await tx.execute(statement, *parameters.values, timeout=FILL_SECONDS)
