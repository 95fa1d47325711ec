"""Money under many hands: what two workers and two ingests do at once comes to what one would do.

Nobody waits by the clock here: whoever is to wait is seen to wait for a lock in PostgreSQL.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from random import Random
from typing import Any

import asyncpg
import pytest

from services.ingest.receipts import Judged
from services.ingest.record import Recorder
from services.worker.handlers.allocate import Allocate
from shared.http.problems import Problem
from shared.kernel.database import DatabaseUnavailable, Transaction
from shared.kernel.facts import FactKind
from shared.kernel.revisions import Revision
from shared.money.facts import DISBURSEMENTS, FUNDS
from shared.money.store import fund_balances, payable_lines
from tests.flows.test_two_ingests import revised, second_ingest
from tests.harness import Registry
from tests.ingest.money import AREAS, balance, divided, fund, kept, payment, ran, request, stored
from tests.waiting import STANDSTILL_SECONDS, until_locked_out

AMOUNT = 1_000_000
# Who computes or asks at once; more of them would wait for a connection, not for each other.
AT_ONCE = 4


@pytest.fixture(autouse=True)
def deadlocks(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Count the deadlocks that ingest would hide by trying again."""
    found: list[asyncpg.DeadlockDetectedError] = []
    store = Recorder._store

    async def watched(self: Recorder, tx: Transaction, batch: list[Any]) -> list[Judged]:
        try:
            return await store(self, tx, batch)
        except asyncpg.DeadlockDetectedError as error:
            found.append(error)
            raise

    monkeypatch.setattr(Recorder, "_store", watched)
    yield
    assert found == []


async def value(app: Registry, sql: str, *given: Any) -> Any:
    async with app.context.database.statement() as snapshot:
        return await snapshot.fetchval(sql, *given)


async def compute(app: Registry, run_id: str) -> None:
    """Do what a worker does with one message, in a transaction of its own."""
    async with app.context.database.transaction() as tx:
        await Allocate(app.context.seeds)(tx, [run_id])


async def few_at_once(jobs: Iterable[Awaitable[Any]]) -> list[Any]:
    """Run all, so many at once as there are connections for."""
    free = asyncio.Semaphore(AT_ONCE)

    async def one(job: Awaitable[Any]) -> Any:
        async with free:
            return await job

    async with asyncio.timeout(STANDSTILL_SECONDS):
        return await asyncio.gather(*map(one, jobs))


def recorder_of(app: Registry) -> Recorder:
    found: Recorder = app.context.recorder
    return found


async def submitted(recorder: Recorder, kind: FactKind, revisions: list[Revision]) -> Judged | str:
    """Submit as a careful client does; return the refusal's code if it was refused."""
    while True:
        try:
            return await recorder.submit(kind, revisions)
        except Problem as problem:
            return str(problem)
        except DatabaseUnavailable:
            continue


async def states(app: Registry) -> dict[str, int]:
    async with app.context.database.statement() as snapshot:
        rows = await snapshot.fetch(
            "SELECT coalesce(code, state), count(*) FROM allocation_runs GROUP BY 1"
        )
    return dict(tuple(row) for row in rows)


async def net(app: Registry, run_id: str, line: str | None = None) -> int:
    found: int = await value(
        app,
        "SELECT coalesce(sum(CASE kind WHEN 'paid' THEN amount_vnd ELSE -amount_vnd END), 0) "
        "FROM disbursements WHERE run_id = $1 AND ($2::text IS NULL OR line = $2)",
        run_id,
        line,
    )
    return int(found)


async def test_fifty_runs_at_once_are_allocated_once(app: Registry) -> None:
    await divided(app, mode="preview")
    answers = await few_at_once(request(app, run_id=f"N{n}") for n in range(50))
    assert {answer.status_code for answer in answers} == {202}
    await app.drain()
    assert await states(app) == {"completed": 2, "fund_spent": 49}
    assert await balance(app) == (AMOUNT, AMOUNT)


async def test_runs_that_supersede_one_run_at_once_leave_one(app: Registry) -> None:
    await divided(app)
    names = [f"S{n}" for n in range(12)]
    for name in names:
        answer = await request(app, run_id=name, supersedes="R1")
        assert answer.status_code == 202, answer.text
    await few_at_once(compute(app, name) for name in names)
    assert await states(app) == {"completed": 2, "already_superseded": 11}
    assert await balance(app) == (AMOUNT, AMOUNT)


async def test_two_ingests_pay_a_line_no_more_than_it_has(app: Registry) -> None:
    lines = await divided(app)
    part = lines[AREAS[0]] // 5
    rng = Random(7)
    async with second_ingest(app) as other:
        recorders = (recorder_of(app), other)

        async def pay(number: int) -> Judged | str:
            item = payment(external_id=f"p/{number}", amount_vnd=part)
            items = await revised(app, DISBURSEMENTS, item)
            return await submitted(rng.choice(recorders), DISBURSEMENTS, items)

        found = await asyncio.gather(*map(pay, range(40)))
    refused = [each for each in found if isinstance(each, str)]
    assert (len(found) - len(refused), set(refused)) == (5, {"exceeds_allocation"})
    assert await net(app, "R1", AREAS[0]) == 5 * part
    assert (await stored(app))["disbursements"] == 5


async def test_two_ingests_store_one_payment_once(app: Registry) -> None:
    await divided(app)
    async with second_ingest(app) as other:
        items = await revised(app, DISBURSEMENTS, payment(amount_vnd=10))
        both = [
            submitted(recorder, DISBURSEMENTS, items)
            for recorder in (recorder_of(app), other)
            for _ in range(10)
        ]
        found = await asyncio.gather(*both)
    outcomes = [each.receipts[0].outcome for each in found if not isinstance(each, str)]
    assert (outcomes.count("accepted"), outcomes.count("duplicate")) == (1, 19)
    assert await net(app, "R1") == 10


async def test_two_ingests_pass_a_line_on_no_more_than_once(app: Registry) -> None:
    lines = await divided(app)
    async with second_ingest(app) as other:
        recorders = (recorder_of(app), other)

        async def draw(number: int) -> Judged | str:
            child = fund(
                external_id=f"child/{number}",
                fund_id=f"C{number}",
                area_code=AREAS[0],
                amount_vnd=lines[AREAS[0]] // 3,
                parent={"run_id": "R1", "area_code": AREAS[0]},
            )
            items = await revised(app, FUNDS, child)
            return await submitted(recorders[number % 2], FUNDS, items)

        found = await asyncio.gather(*map(draw, range(20)))
    refused = [each for each in found if isinstance(each, str)]
    assert (len(found) - len(refused), set(refused)) == (3, {"exceeds_parent"})
    assert await value(app, "SELECT count(*) FROM fund_balances") == 4


@pytest.mark.parametrize("seed", range(4))
async def test_runs_supersede_one_another_while_their_lines_are_paid(
    app: Registry, seed: int
) -> None:
    """Payments, returns and superseding runs in any order: sums stay exact and nobody hangs."""
    rng = Random(f"superseding {seed}")
    lines, names = await divided(app), ["R1"]
    async with second_ingest(app) as other:
        recorders = (recorder_of(app), other)

        async def pay(name: str, number: int) -> None:
            line = AREAS[number % 3]
            item = payment(
                external_id=f"{name}/{number}",
                run_id=name,
                line=line,
                amount_vnd=lines[line] // 7,
                kind="paid" if number % 3 else "returned",
            )
            items = await revised(app, DISBURSEMENTS, item)
            found = await submitted(recorders[number % 2], DISBURSEMENTS, items)
            expected = {"exceeds_allocation", "exceeds_payment", "run_superseded"}
            assert not isinstance(found, str) or found in expected, found

        for number in range(1, 7):
            name = f"N{number}"
            answer = await request(app, run_id=name, supersedes=names[-1])
            assert answer.status_code == 202, answer.text
            jobs = [pay(rng.choice(names), 100 * number + n) for n in range(12)]
            jobs.append(compute(app, name))
            rng.shuffle(jobs)
            await few_at_once(jobs)
            if name in await completed(app):
                names.append(name)
    await app.drain()
    await sums_are_exact(app, names[-1])


async def completed(app: Registry) -> set[str]:
    async with app.context.database.statement() as snapshot:
        rows = await snapshot.fetch("SELECT run_id FROM allocation_runs WHERE state = 'completed'")
    return {row[0] for row in rows}


async def sums_are_exact(app: Registry, active: str) -> None:
    """The balance is the active run and what is out of the superseded ones; no line is overpaid."""
    held = await value(app, "SELECT allocated_vnd FROM allocation_runs WHERE run_id = $1", active)
    out = await value(
        app,
        "SELECT coalesce(sum(CASE kind WHEN 'paid' THEN amount_vnd ELSE -amount_vnd END), 0) "
        "FROM disbursements WHERE run_id <> $1",
        active,
    )
    amount, allocated = await balance(app)
    assert allocated == held + out <= amount
    over = await value(
        app,
        "SELECT count(*) FROM allocation_lines l WHERE NOT coalesce((SELECT sum(CASE kind "
        "WHEN 'paid' THEN amount_vnd ELSE -amount_vnd END) FROM disbursements d "
        "WHERE d.run_id = l.run_id AND d.line = l.line), 0) BETWEEN 0 AND l.amount_vnd",
    )
    assert over == 0


class Stopped:
    """A function of the store that waits for a word once it has done its work."""

    def __init__(self, work: Callable[..., Awaitable[Any]]) -> None:
        self._work = work
        self.done = asyncio.Event()
        self.go_on = asyncio.Event()

    async def __call__(self, *args: Any) -> Any:
        found = await self._work(*args)
        if not self.done.is_set():
            self.done.set()
            await self.go_on.wait()
        return found


async def test_payments_and_a_superseding_run_take_their_locks_in_one_order(
    app: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run has the balance and will want R2, whose line is paid with a return of R1's.

    Ingest must want the balance, which R1's return changes, before it holds R2.
    """
    await divided(app)
    await kept(app, "disbursements", payment(amount_vnd=100))
    await ran(app, run_id="R2", supersedes="R1")
    answer = await request(app, run_id="R3", supersedes="R2")
    assert answer.status_code == 202
    stopped = Stopped(fund_balances.lock)
    monkeypatch.setattr(fund_balances, "lock", stopped)
    async with asyncio.timeout(STANDSTILL_SECONDS):
        run = asyncio.create_task(compute(app, "R3"))
        await stopped.done.wait()
        back = payment(external_id="back", kind="returned", amount_vnd=100)
        other = payment(external_id="other", run_id="R2", amount_vnd=7)
        items = await revised(app, DISBURSEMENTS, back, other)
        paying = asyncio.create_task(submitted(recorder_of(app), DISBURSEMENTS, items))
        await until_locked_out(app.context.database)
        stopped.go_on.set()
        await run
        assert await paying == "run_superseded", "R2 was superseded before its line was paid"
    assert await balance(app) == (AMOUNT, AMOUNT)
    assert await net(app, "R1") == 100


async def test_a_payment_that_holds_a_run_makes_its_superseder_wait_and_count_it(
    app: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    await divided(app)
    answer = await request(app, run_id="R2", supersedes="R1")
    assert answer.status_code == 202
    stopped = Stopped(payable_lines.hold)
    monkeypatch.setattr(payable_lines, "hold", stopped)
    async with asyncio.timeout(STANDSTILL_SECONDS):
        items = await revised(app, DISBURSEMENTS, payment(amount_vnd=100))
        paying = asyncio.create_task(submitted(recorder_of(app), DISBURSEMENTS, items))
        await stopped.done.wait()
        run = asyncio.create_task(compute(app, "R2"))
        await until_locked_out(app.context.database)
        stopped.go_on.set()
        assert not isinstance(await paying, str)
        await run
    assert await value(
        app, "SELECT allocated_from_vnd FROM allocation_runs WHERE run_id = 'R2'"
    ) == (AMOUNT - 100)
    assert await balance(app) == (AMOUNT, AMOUNT)


async def test_a_payment_that_waited_for_a_superseder_is_refused(
    app: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    await divided(app)
    answer = await request(app, run_id="R2", supersedes="R1")
    assert answer.status_code == 202
    original = fund_balances.recompute
    stopped = Stopped(original)
    monkeypatch.setattr(fund_balances, "recompute", stopped)
    async with asyncio.timeout(STANDSTILL_SECONDS):
        run = asyncio.create_task(compute(app, "R2"))
        await stopped.done.wait()
        items = await revised(app, DISBURSEMENTS, payment(amount_vnd=100))
        paying = asyncio.create_task(submitted(recorder_of(app), DISBURSEMENTS, items))
        await until_locked_out(app.context.database)
        stopped.go_on.set()
        await run
        assert await paying == "run_superseded"
    assert await balance(app) == (AMOUNT, AMOUNT)


async def test_a_return_that_waited_for_a_superseder_changes_the_balance(
    app: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When it looked the run was active, so that its balance was none of its business."""
    await divided(app)
    await kept(app, "disbursements", payment(amount_vnd=100))
    answer = await request(app, run_id="R2", supersedes="R1")
    assert answer.status_code == 202
    stopped = Stopped(fund_balances.recompute)
    monkeypatch.setattr(fund_balances, "recompute", stopped)
    async with asyncio.timeout(STANDSTILL_SECONDS):
        run = asyncio.create_task(compute(app, "R2"))
        await stopped.done.wait()
        back = payment(external_id="back", kind="returned", amount_vnd=40)
        items = await revised(app, DISBURSEMENTS, back)
        paying = asyncio.create_task(submitted(recorder_of(app), DISBURSEMENTS, items))
        await until_locked_out(app.context.database)
        stopped.go_on.set()
        await run
        assert not isinstance(await paying, str)
    assert await balance(app) == (AMOUNT, AMOUNT - 40)
