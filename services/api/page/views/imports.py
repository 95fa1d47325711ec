"""Sending files: templates, a dry run, and refused rows; only for those who may write.

The file goes to `POST /v1/imports`, which another process may answer; the page itself takes none.
Without script the browser is sent on from there to the import's own page.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID

from services.api.page.site import Page
from services.api.page.tables import Cell, Column, Table
from services.api.page.view import View, Views
from shared.access.caller import FUNDS_WRITE, INGEST_WRITE
from shared.facts import FACTS, may_see_import
from shared.http.problems import forbidden, not_found
from shared.kernel import imports as store
from shared.kernel.imports import ImportRow, RejectedRow
from shared.kernel.texts import Text

views = Views()

KINDS = {
    "household-events": Text(
        "Household events", "Sự kiện của hộ (đăng ký, rà soát, chuyển, kết thúc)"
    ),
    "area-facts": Text("Facts about places", "Thông tin địa bàn"),
    "articles": Text("Articles", "Bài báo"),
    "reference-figures": Text("Official figures", "Số liệu chính thức"),
    "funds": Text("Funds", "Nguồn vốn"),
    "disbursements": Text("Payments", "Giải ngân"),
    "support-records": Text("Support given", "Hỗ trợ đã nhận"),
}


@views.view("/imports")
async def imports(page: Page) -> View:
    """Show how to send a file, and what became of it."""
    if page.ask.caller.scopes.isdisjoint({INGEST_WRITE, FUNDS_WRITE}):
        raise forbidden(INGEST_WRITE)
    kinds = [(name, page.say(KINDS.get(name, Text(name, name)))) for name in FACTS]
    return View("imports.html", page.t("Nhập tệp", "Import a file"), {"kinds": kinds})


ROWS_SHOWN = 500


@views.view("/imports/{import_id}")
async def one_import(page: Page, import_id: str) -> View:
    """Show what became of a file: how many rows, and each fault with its row and cell."""
    row = await _find(page, import_id)
    async with page.ask.context.database.statement() as snapshot:
        refused = await store.list_rejected(snapshot, row.import_id, ROWS_SHOWN)
    kind = page.say(KINDS.get(row.door, Text(row.door, row.door)))
    content = {"row": row, "kind": kind, "shown": len(refused), "most": ROWS_SHOWN}
    title = row.filename or page.t("Tệp đã gửi", "A file that was sent")
    tables = [_refused(page, refused)] if refused else []
    return View("import.html", title, content, tables, private=True)


async def _find(page: Page, import_id: str) -> ImportRow:
    row = None
    with suppress(ValueError):
        async with page.ask.context.database.statement() as snapshot:
            row = await store.find(snapshot, UUID(import_id))
    if row is None or not may_see_import(page.ask.caller, row):
        raise not_found("unknown_import", "there is no such import")
    return row


def _refused(page: Page, refused: Sequence[RejectedRow]) -> Table:
    columns = (
        Column("row", Text("Row", "Dòng"), "number"),
        Column("pointer", Text("Field", "Trường")),
        Column("detail", Text("What is wrong", "Lỗi")),
        Column("code", Text("Code", "Mã lỗi")),
    )
    rows = [
        [
            Cell(each.row),
            Cell(each.pointer.removeprefix("/")),
            Cell(page.t(each.detail_vi or each.detail, each.detail)),
            Cell(each.code),
        ]
        for each in refused
    ]
    return Table("refused", Text("Faults by row", "Lỗi theo dòng"), columns, rows)
