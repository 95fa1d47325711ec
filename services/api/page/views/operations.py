"""How the registry does: what waits, since when, and what the workers refused."""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from services.api.page.forms import read_own
from services.api.page.site import Page
from services.api.page.tables import Cell, Column, Table
from services.api.page.view import View, Views
from shared.access.caller import OPERATIONS
from shared.households.store import announcements
from shared.http.problems import forbidden
from shared.kernel.texts import Text
from shared.messaging import outbox, quarantine

log = structlog.get_logger()
views = Views()

COUNTED_MAX = 100_000
ROWS = 100


@views.view("/operations")
async def operations(page: Page) -> View:
    """Show the gauges that operators are woken by; they have no path in the api but /metrics."""
    if OPERATIONS not in page.ask.caller.scopes:
        raise forbidden(OPERATIONS)
    return await _gauges(page, ())


@views.form("/operations/replay")
async def replay(page: Page) -> View:
    """Send what stands in quarantine once more, and show what became of it."""
    fields = await read_own(page, OPERATIONS)
    ids = [int(n) for n in fields.get("quarantine_ids", "").split() if n.isdecimal()][:ROWS]
    async with page.ask.context.database.transaction() as tx:
        verdicts = await quarantine.replay(tx, ids)
    log.info("quarantine.replayed", client=page.ask.caller.name, ids=ids)
    return await _gauges(page, verdicts)


async def _gauges(page: Page, verdicts: Sequence[quarantine.Verdict]) -> View:
    async with page.ask.context.database.snapshot() as snapshot:
        waiting, oldest = await outbox.depth(snapshot, COUNTED_MAX)
        refused = await quarantine.count_open(snapshot)
        rows = await quarantine.list_open(snapshot, ROWS)
        announced = await announcements.peek(snapshot)
    columns = (
        Column("quarantine_id", Text("Number", "Số")),
        Column("route", Text("Work", "Công việc")),
        Column("item", Text("Item", "Đối tượng")),
        Column("reason", Text("Reason", "Lý do")),
        Column("detail", Text("Detail", "Chi tiết")),
        Column("attempts", Text("Attempts", "Số lần thử"), "number"),
        Column("first_seen_at", Text("First seen", "Lần đầu"), "instant"),
    )
    lines = [[Cell(getattr(row, column.name)) for column in columns] for row in rows]
    table = Table("quarantine", Text("Quarantine", "Cách ly"), columns, lines)
    content = {
        "waiting": waiting,
        "oldest": round(oldest),
        "refused": refused,
        "announced": announced,
        "verdicts": verdicts,
        "ids": [row.quarantine_id for row in rows],
        "behind": (page.ask.today - announced).days,
    }
    title = page.t("Vận hành", "Operations")
    return View("operations.html", title, content, [table] if lines else [], private=True)
