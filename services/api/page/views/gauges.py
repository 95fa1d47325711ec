"""The gauges of the way from the door to the answer: what came, what waits where, since when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services.api.page.site import Page
from services.api.page.tables import Cell, Column, Table
from services.api.page.words import DOORS, WORK
from shared.households.store import announcements, rebuilds
from shared.kernel import knowledge, reconciliation
from shared.kernel.reconciliation import WorkProgress
from shared.kernel.texts import Text
from shared.messaging import outbox, quarantine
from shared.subscriptions.store import deliveries

COUNTED_MAX = 100_000
REFUSED, REBUILDS = 100, 5
LATELY = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Gauges:
    """What stands where; `oldest` in seconds, `untold` the oldest change not yet delivered."""

    doors: Sequence[tuple[str, int, datetime]]
    waiting: int
    oldest: float
    works: dict[str, WorkProgress]
    settled: datetime
    announced: date
    untold: datetime | None
    refusals: int
    refused: Sequence[quarantine.Quarantined]
    rebuilds: Sequence[rebuilds.Rebuild]

    @property
    def came(self) -> int:
        """Return how many transactions came in lately."""
        return sum(number for _, number, _ in self.doors)

    @property
    def due(self) -> int:
        """Return how much is overdue, as last seen."""
        return sum(work.items for work in self.works.values())

    @property
    def oldest_due(self) -> datetime | None:
        """Return since when the oldest work is overdue."""
        return min((work.oldest for work in self.works.values() if work.oldest), default=None)


async def gauges(page: Page) -> Gauges:
    """Read all of them at one instant."""
    async with page.ask.context.database.snapshot() as snapshot:
        waiting, oldest = await outbox.depth(snapshot, COUNTED_MAX)
        return Gauges(
            doors=await knowledge.doors(snapshot, page.ask.context.clock.now() - LATELY),
            waiting=waiting,
            oldest=oldest,
            works=await reconciliation.outlook(snapshot),
            settled=await knowledge.settled(snapshot),
            announced=await announcements.peek(snapshot),
            untold=await deliveries.oldest(snapshot),
            refusals=await quarantine.count_open(snapshot),
            refused=await quarantine.list_open(snapshot, REFUSED),
            rebuilds=await rebuilds.last(snapshot, REBUILDS),
        )


def doors(page: Page, held: Gauges) -> Table:
    """Return what came through which door; one batch may come through several."""
    columns = (
        Column("door", Text("Door", "Cửa nhận")),
        Column("transactions", Text("Batches", "Số đợt ghi"), "number"),
        Column("last_at", Text("The last", "Lần cuối"), "instant"),
    )
    lines = [
        [Cell(door, text=_named(page, door)), Cell(number), Cell(at)]
        for door, number, at in held.doors
    ]
    caption = Text("Came in during 24 hours", "Đã nhận trong 24 giờ")
    return Table("doors", caption, columns, lines)


def _named(page: Page, doors: str) -> str:
    return ", ".join(page.say(DOORS[each]) if each in DOORS else each for each in doors.split(","))


def works(held: Gauges) -> Table:
    """Return what is overdue of which kind of work, the most first."""
    shown = sorted(held.works.items(), key=lambda each: (-each[1].items, each[0]))
    columns = (
        Column("work", Text("Work", "Công việc"), words=WORK),
        Column("items", Text("Overdue", "Quá hạn"), "number"),
        Column("oldest", Text("The oldest since", "Cũ nhất từ"), "instant"),
        Column("looked_through", Text("Looked at up to", "Đã xem đến"), "instant"),
    )
    lines = [
        [Cell(name), Cell(work.items), Cell(work.oldest), Cell(work.looked_through)]
        for name, work in shown
    ]
    caption = Text("Work that is overdue, by kind", "Việc quá hạn, theo loại")
    return Table("works", caption, columns, lines)
