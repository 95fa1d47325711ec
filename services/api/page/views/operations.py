"""How the registry does: from the door to the answer, what the workers refused, who read what."""

from __future__ import annotations

import structlog

from services.api.access.answered import list_audited_answers
from services.api.access.clients import ListedClient, list_clients
from services.api.page.forms import read_own
from services.api.page.site import Page
from services.api.page.tables import Cell, Column, Table
from services.api.page.view import View, Views
from services.api.page.views.gauges import Gauges, doors, gauges, works
from services.api.page.words import YES_NO
from shared.access.caller import OPERATIONS
from shared.http import parameters
from shared.http.parameters import LIMIT_MAX
from shared.http.problems import forbidden
from shared.kernel.texts import Text
from shared.messaging import quarantine

log = structlog.get_logger()
views = Views()

ROWS = 100
PATH = "/operations"
_PARAMETERS = {
    "client": parameters.text("Only what this client asked, by its id."),
    "cursor": parameters.text("Where the page before ended.", 1000),
}


@views.view(PATH, _PARAMETERS)
async def operations(page: Page) -> View:
    """Show the gauges that operators are woken by; they have no path in the api but /metrics."""
    if OPERATIONS not in page.ask.caller.scopes:
        raise forbidden(OPERATIONS)
    return await _operations(page)


@views.form("/operations/replay", _PARAMETERS)
async def replay(page: Page) -> View:
    """Send what stands in quarantine once more, and show what became of it."""
    fields = await read_own(page, OPERATIONS)
    ids = [int(n) for n in fields.get("quarantine_ids", "").split() if n.isdecimal()][:ROWS]
    async with page.ask.context.database.transaction() as tx:
        verdicts = await quarantine.replay(tx, ids)
    log.info("quarantine.replayed", client=page.ask.caller.name, ids=ids)
    page.path = PATH
    return await _operations(page, verdicts)


async def _operations(page: Page, verdicts: list[quarantine.Verdict] | None = None) -> View:
    held = await gauges(page)
    clients, answers, following = await _clients(page)
    content = {
        "held": held,
        "verdicts": verdicts or [],
        "ids": [row.quarantine_id for row in held.refused],
        "behind": (page.ask.today - held.announced).days,
        "recorded": page.ask.context.audit is not None,
        "client": page.values["client"],
        "following": following,
    }
    tables = [_refused(held), works(held), doors(page, held), _rebuilds(held), clients, answers]
    shown = [table for table in tables if table.rows]
    return View("operations.html", page.t("Vận hành", "Operations"), content, shown, private=True)


def _refused(held: Gauges) -> Table:
    columns = (
        Column("quarantine_id", Text("Number", "Số")),
        Column("route", Text("Work", "Công việc")),
        Column("item", Text("Item", "Đối tượng")),
        Column("reason", Text("Reason", "Lý do")),
        Column("detail", Text("Detail", "Chi tiết")),
        Column("attempts", Text("Attempts", "Số lần thử"), "number"),
        Column("first_seen_at", Text("First seen", "Lần đầu"), "instant"),
    )
    lines = [[Cell(getattr(row, column.name)) for column in columns] for row in held.refused]
    return Table("quarantine", Text("Quarantine", "Cách ly"), columns, lines)


def _rebuilds(held: Gauges) -> Table:
    columns = (
        Column("began_at", Text("Began", "Bắt đầu"), "instant"),
        Column("ended_at", Text("Ended", "Kết thúc"), "instant"),
        Column("sound", Text("All equal", "Khớp hoàn toàn"), words=YES_NO),
        Column("households", Text("Households", "Số hộ"), "number"),
        Column("runs", Text("Allocation runs", "Đợt phân bổ"), "number"),
        Column("differences", Text("Differences", "Khác biệt"), "number"),
        Column("faults", Text("Faults of history", "Lỗi lịch sử"), "number"),
    )
    lines = [[Cell(getattr(each, column.name)) for column in columns] for each in held.rebuilds]
    caption = Text("Recomputed from the events", "Tính lại toàn bộ từ sự kiện")
    return Table("rebuilds", caption, columns, lines)


async def _clients(page: Page) -> tuple[Table, Table, str | None]:
    """Return who was let in, who read what, and where that goes on."""
    clients = (await page.put(list_clients, limit=LIMIT_MAX)).items
    only, cursor = page.values["client"], page.values["cursor"]
    asked = await page.put(list_audited_answers, limit=ROWS, client=only, cursor=cursor)
    names = {each.client_id: each.name for each in clients}
    columns = (
        Column("at", Text("At", "Lúc"), "instant"),
        Column("client", Text("Who", "Ai")),
        Column("purpose", Text("What for", "Mục đích")),
        Column("route", Text("What was asked", "Nội dung")),
        Column("subjects", Text("About how many", "Về bao nhiêu hộ"), "number"),
        Column("status", Text("Answer", "Trả lời")),
    )
    lines = [
        [
            Cell(each.at),
            Cell(each.client, page.to(PATH, client=each.client), names.get(each.client)),
            Cell(each.purpose),
            Cell(f"{each.method} {each.route}"),
            Cell(each.subjects),
            Cell(each.status),
        ]
        for each in asked.items
    ]
    caption = Text("Who read what, the newest first", "Ai đã đọc gì, mới nhất trước")
    following = asked.next_cursor and page.here(cursor=asked.next_cursor)
    return _let_in(page, clients), Table("answers", caption, columns, lines), following


def _let_in(page: Page, clients: list[ListedClient]) -> Table:
    columns = (
        Column("client_id", Text("Client", "Đơn vị kết nối")),
        Column("area", Text("Sees", "Phạm vi")),
        Column("scopes", Text("May", "Được phép")),
        Column("purpose", Text("What for", "Mục đích")),
        Column("created_at", Text("Let in", "Cho vào lúc"), "instant"),
        Column("revoked_at", Text("Shut out", "Thu hồi lúc"), "instant"),
    )
    lines = [
        [
            Cell(each.client_id, page.to(PATH, client=each.client_id), each.name),
            Cell(each.area),
            Cell(", ".join(each.scopes)),
            Cell(each.purpose),
            Cell(each.created_at),
            Cell(each.revoked_at),
        ]
        for each in clients
    ]
    return Table("clients", Text("Clients", "Các đơn vị kết nối"), columns, lines)
