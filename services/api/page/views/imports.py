"""Sending files: templates, a dry run, and refused rows; only for those who may write.

The file goes to `POST /v1/imports`, which another process may answer; the page itself takes none.
"""

from __future__ import annotations

from services.api.page.site import Page
from services.api.page.view import View, Views
from shared.access.caller import FUNDS_WRITE, INGEST_WRITE
from shared.facts import FACTS
from shared.http.problems import forbidden
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
