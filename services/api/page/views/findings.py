"""Findings to work through: how many of each kind, and each in a sentence with its place."""

from __future__ import annotations

from services.api.page.site import Page
from services.api.page.tables import Cell, Column, Table
from services.api.page.view import View, Views
from services.api.page.words import FINDINGS
from services.api.press.findings import KINDS, count_findings, list_findings
from shared.http import parameters
from shared.kernel.texts import Text

views = Views()

ROWS = 50
_PARAMETERS = {
    "kind": parameters.choice(KINDS, "Only findings of this kind."),
    "area": parameters.text("Only findings about what is in this unit."),
    "cursor": parameters.text("Where the page before ended.", 1000),
}


@views.view("/findings", _PARAMETERS)
async def findings(page: Page) -> View:
    """Show what contradicts arithmetic, the register or the law."""
    kind, area, cursor = (page.values[name] for name in _PARAMETERS)
    counted = await page.put(count_findings, area=area)
    answer = await page.put(list_findings, kind=kind, area=area, cursor=cursor, limit=ROWS)
    lines = [
        [Cell(each.kind, page.here(kind=each.kind)), Cell(each.findings)]
        for each in sorted(counted.items, key=lambda each: -each.findings)
        if each.findings
    ]
    columns = (
        Column("kind", Text("Kind", "Loại"), words=FINDINGS),
        Column("findings", Text("Findings", "Số điểm"), "number"),
    )
    content = {
        "items": answer.items,
        "kind": kind,
        "area": area,
        "total": sum(each.findings for each in counted.items),
        "following": answer.next_cursor and page.here(cursor=answer.next_cursor),
    }
    table = Table("kinds", Text("By kind", "Theo loại"), columns, lines)
    title = page.t("Điểm bất nhất", "Findings")
    return View("findings.html", title, content, [table] if lines else [], private=True)
