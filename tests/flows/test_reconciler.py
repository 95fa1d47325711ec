"""The broker forgets everything, always: every story still ends as it should.

The stories are those of the other tests. Here nothing that a door or a handler sends ever arrives;
what happens, happens because the reconciler finds in the database that it is due.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta
from inspect import signature
from io import StringIO
from types import ModuleType
from typing import Any

import pytest
import pytest_asyncio
from rich.console import Console

from services.commands.rebuild import verify
from services.commands.wake import overdue, wake_all
from services.worker.due import due_works
from services.worker.reconciler import OVERDUE_SECONDS, Reconciler, orders, stuck_since
from shared.kernel import reconciliation
from shared.kernel.reconciliation import Late, WorkProgress
from shared.law.store.seeds import SeedCache
from tests.facts import assessed
from tests.flows import (
    test_area_findings,
    test_articles,
    test_day_begins,
    test_findings,
    test_first_slice,
    test_household_findings,
    test_money_walk,
    test_reference_figures,
    test_revisions,
)
from tests.harness import Registry, registry

Story = Callable[[Registry], Any]


def _stories(module: ModuleType) -> Iterator[Story]:
    """Give the tests of a module that need a registry and nothing else."""
    for name, test in vars(module).items():
        if name.startswith("test_") and list(signature(test).parameters) == ["app"]:
            yield test


STORIES: list[Story] = [
    test_articles.test_a_new_text_replaces_the_figures_and_the_old_ones_stay_known,
    test_articles.test_a_withdrawn_article_leaves_no_figure_and_no_finding,
    test_articles.test_what_the_register_counts_is_compared_and_looked_at_again,
    test_day_begins.test_a_day_is_announced_at_midnight_and_not_a_second_before,
    test_findings.test_a_decision_that_differs_from_the_figures_is_found_and_corrected_away,
    test_findings.test_a_payment_to_a_household_that_turns_out_not_eligible_is_kept_and_found,
    test_findings.test_the_finding_goes_when_the_money_has_come_back,
    test_findings.test_uses_beyond_a_fund_are_found_with_the_sum_written_out,
    test_household_findings.test_members_posted_one_by_one_are_looked_at_like_registered_ones,
    test_household_findings.test_a_member_posted_to_another_household_is_in_two_until_withdrawn,
    test_money_walk.test_a_line_is_paid_or_passed_on_and_never_both,
    test_reference_figures.test_a_contradicted_article_has_a_finding_until_the_correction,
    test_reference_figures.test_an_article_after_the_figure_is_held_against_it,
    *_stories(test_area_findings),
    *_stories(test_first_slice),
    *_stories(test_revisions),
]
ROUNDS_MAX = 20


class Forgetful(Registry):
    """A registry whose broker confirms every message and delivers only the reconciler's orders."""

    async def drain(self) -> None:
        reconciler = reconciler_of(self)
        for _ in range(ROUNDS_MAX):
            await self.rows("DELETE FROM outbox RETURNING seq")
            outlooks = await reconciler.look(overdue_seconds=0.0, at_once=True)
            if not any(outlook.ordered for outlook in outlooks):
                return
            orders = [row[0] for row in await self.rows("SELECT seq FROM outbox")]
            while await self.rows("SELECT 1 FROM outbox WHERE seq = ANY($1::bigint[])", orders):
                await self.relay.run_once()
        raise AssertionError("what was ordered is due again and again")

    async def rows(self, sql: str, *arguments: Any) -> list[Any]:
        async with self.context.database.transaction() as tx:
            return list(await tx.fetch(sql, *arguments))


def reconciler_of(app: Registry) -> Reconciler:
    context = app.context
    return Reconciler(context.database, context.clock, due_works(context.seeds))


@pytest_asyncio.fixture
async def forgetful(dsn: str) -> AsyncIterator[Forgetful]:
    async with registry(dsn) as app:
        yield Forgetful(app.context, app.process, app.client, app.clock, app.tasks)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__.removeprefix("test_"))
async def test_a_story_ends_as_it_should(forgetful: Forgetful, story: Story) -> None:
    await story(forgetful)


async def lose(app: Registry) -> None:
    async with app.context.database.transaction() as tx:
        await tx.execute("DELETE FROM outbox")


async def age(app: Registry, seconds: float) -> None:
    """Let everything that was recorded have been recorded so much earlier."""
    async with app.context.database.transaction() as tx:
        await tx.execute(
            "UPDATE recordings SET recorded_at = recorded_at - make_interval(secs => $1)", seconds
        )


async def test_what_is_lost_is_ordered_at_the_second_look_and_ever_less_often(
    app: Registry,
) -> None:
    await app.post("/v1/household-events", {"events": [assessed("A", "2023-12-14")]})
    await lose(app)
    await age(app, OVERDUE_SECONDS + 1)
    reconciler = reconciler_of(app)

    async def ordered() -> int:
        return sum(outlook.ordered for outlook in await reconciler.look())

    assert [await ordered() for _ in range(4)] == [0, 1, 0, 0]
    await app.drain()
    assert (await app.get("/v1/households/A", as_of="2024-01-01"))["status"] == "poor"
    assert await ordered() == 0
    (first, *_) = await reconciler.look()
    assert (first.work, first.items, first.oldest_seconds) == ("household-events", 0, 0.0)


async def test_what_waits_to_be_sent_is_left_alone(app: Registry) -> None:
    await app.post("/v1/household-events", {"events": [assessed("A", "2023-12-14")]})
    await age(app, OVERDUE_SECONDS + 1)
    async with app.context.database.transaction() as tx:
        await tx.execute("UPDATE outbox SET created_at = created_at - interval '1 hour'")
    reconciler = reconciler_of(app)
    for _ in range(3):
        assert not any(outlook.ordered for outlook in await reconciler.look())
    await app.drain()


async def test_what_is_in_quarantine_is_not_late(app: Registry) -> None:
    await app.send([assessed("A", "2023-12-14")])
    async with app.context.database.transaction() as tx:
        await tx.execute("UPDATE household_events SET payload = payload - 'assessed_on'")
    # Before what was folded: a later review is added to what stands and reads nothing older.
    await app.send([assessed("A", "2022-12-14")])
    (row,) = await rows_of(app, "SELECT item FROM quarantine WHERE state = 'open'")
    assert row["item"] == "A"
    outlooks = await reconciler_of(app).look(0.0, at_once=True)
    assert [outlook.items for outlook in outlooks] == [0] * len(outlooks)


async def rows_of(app: Registry, sql: str) -> list[Any]:
    async with app.context.database.statement() as snapshot:
        return list(await snapshot.fetch(sql))


async def test_doctor_and_verify_see_what_nobody_carries_and_wake_mends_it(
    app: Registry, dsn: str
) -> None:
    await app.post("/v1/household-events", {"events": [assessed("A", "2023-12-14")]})
    assert await overdue(app.context.database) == []
    await lose(app)
    await age(app, OVERDUE_SECONDS + 1)
    (line,) = await overdue(app.context.database)
    assert line.startswith("household-events: 1 due since")
    out = StringIO()
    assert await verify(dsn, Console(file=out, width=200)) == 1
    assert "carried by nobody" in out.getvalue()
    await wake_all(dsn)
    assert await overdue(app.context.database) == []
    await app.drain()
    assert await verify(dsn, Console(file=StringIO())) == 0
    assert (await app.get("/v1/households/A", as_of="2024-01-01"))["status"] == "poor"


AT = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)
LATE = [Late("A", AT), Late("B", AT + timedelta(seconds=5))]


@pytest.mark.parametrize(
    ("before", "seconds", "expected"),
    [
        (WorkProgress(), 0, []),
        (WorkProgress(AT, AT, 2, AT), 0, ["A"]),
        (WorkProgress(AT, AT, 2, AT + timedelta(seconds=9)), 0, ["A", "B"]),
        (WorkProgress(AT, AT - timedelta(seconds=1), 2, AT), 0, []),
        (WorkProgress(AT, AT, 3, AT), 0, []),
        (WorkProgress(AT, AT, 2, AT, AT, 1), 179, []),
        (WorkProgress(AT, AT, 2, AT, AT, 1), 180, ["A"]),
        (WorkProgress(AT, AT, 2, AT, AT, 60), 3599, []),
        (WorkProgress(AT, AT, 2, AT, AT, 60), 3600, ["A"]),
    ],
)
def test_only_what_has_not_moved_is_said_again(
    before: WorkProgress, seconds: int, expected: list[str]
) -> None:
    stuck = stuck_since(before, LATE, AT + timedelta(seconds=seconds))
    assert [late.item for late in stuck] == expected


def test_runs_are_ordered_one_by_one() -> None:
    """A second run in one transaction would be computed while the first one holds the clock."""
    (work,) = [work for work in due_works(SeedCache()) if work.name == "allocation-runs"]
    now = datetime(2026, 1, 1, tzinfo=UTC)
    stuck = [Late("R1", now), Late("R2", now)]
    assert [order.data for order in orders(work, stuck, now)] == [
        {"run_ids": ["R1"]},
        {"run_ids": ["R2"]},
    ]


async def test_waking_orders_what_is_due_in_every_stretch(
    app: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconciliation, "RECORDINGS_AT_ONCE", 1)
    for name in "ABCD":
        await app.post("/v1/household-events", {"events": [assessed(name, "2023-12-14")]})
    await lose(app)
    outlooks = await reconciler_of(app).look(0.0, at_once=True)
    assert {o.work: o.ordered for o in outlooks if o.ordered} == {"household-events": 4}


async def test_a_look_ends_while_facts_are_young(app: Registry) -> None:
    await app.post("/v1/household-events", {"events": [assessed("A", "2023-12-14")]})
    async with app.context.database.transaction() as tx:
        first = await reconciliation.horizon(tx, None, 1e-6)
        assert await reconciliation.horizon(tx, first, 1e-6) == first
