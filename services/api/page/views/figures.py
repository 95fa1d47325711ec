"""One measure of one place: what all articles say of it over time, against the official figures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from services.api.page.drawing.lines import Line, Point, lines
from services.api.page.drawing.svg import Drawing
from services.api.page.site import Page
from services.api.page.tables import Cell, Column, Table
from services.api.page.view import View, Views
from services.api.page.views.crumbs import path_of
from services.api.press.figures import Figure, list_figures
from services.api.press.findings import list_findings
from services.api.press.reference_figures import OfficialFigure, list_reference_figures
from services.api.press.view import Shown, names_of
from shared.http import parameters
from shared.http.parameters import LIMIT_MAX
from shared.kernel.texts import Text

views = Views()

_SERIES = {
    "measure": parameters.text("The measure.").but(required=True),
    "area": parameters.text("Code of the unit.").but(required=True),
}
SOFT = {"True": Text("preliminary or rounded", "sơ bộ hoặc làm tròn"), "False": Text("", "")}


@views.view("/figures", _SERIES)
async def figures(page: Page) -> View:
    """Show what articles say of a measure in a place, beside what decisions print."""
    given = {name: page.values[name] for name in _SERIES}
    told = await page.put(list_figures, limit=LIMIT_MAX, **given)
    official = (await page.put(list_reference_figures, **given)).items
    shown = Shown(page.language, *await names_of(page.ask))
    own = [f for f in told.items if f.place and f.place.area_code == given["area"]]
    findings = await _findings(page, given["area"], own)
    accused = {str(name) for each in findings for name in each.get("figures") or ()}
    measure = shown.measure_of(given["measure"])
    unit = max(
        (u for u in (await page.tree()).units if u.code == given["area"]),
        key=lambda unit: unit.valid_from,
    )
    place = page.unit(unit)
    content = {"findings": findings, "place": place, "path": path_of(unit.code), "measure": measure}
    tables = [_told(page, shown, own, accused), _official(official)]
    drawings = _drawing(page, own, official)
    title = f"{measure}: {place}"
    return View("figures.html", title, content, [t for t in tables if t.rows], drawings)


async def _findings(page: Page, area: str, own: Sequence[Figure]) -> list[dict[str, Any]]:
    """Return the findings that accuse one of these figures."""
    if not own or not page.may(list_findings):
        return []
    names = {str(figure.figure_id) for figure in own}
    items = (await page.put(list_findings, area=area, limit=LIMIT_MAX)).items
    return [each for each in items if names & {str(name) for name in each.get("figures") or ()}]


def _told(page: Page, shown: Shown, own: Sequence[Figure], accused: set[str]) -> Table:
    columns = (
        Column("on", Text("For", "Ngày, kỳ"), "day"),
        Column("value", Text("Value", "Giá trị")),
        Column("terms", Text("Of whom", "Đối tượng")),
        Column("contradicted", Text("Contradicted", "Bất nhất"), words=_CONTRADICTED),
        Column("quote", Text("Words of the article", "Lời trong bài")),
    )
    rows = [
        [
            Cell(_day(each)),
            Cell(each.value, text=shown.value(each)),
            Cell(shown.terms(each).partition(" · ")[2]),
            Cell(str(str(each.figure_id) in accused)),
            Cell(each.quote, page.to(f"/articles/{each.article_id}") + f"#f-{each.figure_id}"),
        ]
        for each in own
    ]
    return Table("told", Text("What articles say", "Các bài báo nói gì"), columns, rows)


_CONTRADICTED = {"True": Text("yes", "có"), "False": Text("no", "không")}


def _day(figure: Figure) -> date | None:
    return None if figure.period is None else figure.period.end


def _official(official: Sequence[OfficialFigure]) -> Table:
    columns = (
        Column("on", Text("On", "Ngày"), "day"),
        Column("value", Text("Official", "Số chính thức"), "number"),
        Column("standard", Text("Standard", "Chuẩn")),
        Column("decision_no", Text("Decision", "Quyết định")),
        Column("soft", Text("Note", "Ghi chú"), words=SOFT),
    )
    rows = [
        [
            Cell(each.on),
            Cell(each.value),
            Cell(each.standard),
            Cell(each.decision_no),
            Cell(str(each.soft)),
        ]
        for each in official
    ]
    return Table("official", Text("Official figures", "Số liệu chính thức"), columns, rows)


def _drawing(
    page: Page, own: Sequence[Figure], official: Sequence[OfficialFigure]
) -> list[Drawing]:
    """Draw both over the years: of articles what is said to be so, of everybody."""
    said = [
        Point(f.period.end, float(f.value), page.number(f.value))
        for f in own
        if f.period is not None and (f.kind, f.population) == ("actual", "all")
    ]
    printed = [Point(each.on, float(each.value), page.number(each.value)) for each in official]
    drawn = [
        Line("recently_exited", page.t("chính thức", "official"), printed),
        Line("poor", page.t("bài báo", "articles"), sorted(said, key=lambda p: p.day)),
    ]
    drawn = [line for line in drawn if line.points]
    if not drawn:
        return []
    days = {point.day for line in drawn for point in line.points}
    ticks = sorted({day.year: (day, str(day.year)) for day in days}.values())
    ticks = sorted({min(days): ticks[0][1], **dict(ticks)}.items())
    summary = "; ".join(
        f"{line.name}: " + ", ".join(f"{p.day.year} {p.written}" for p in line.points)
        for line in drawn
    )
    caption = page.t("Bài báo và số liệu chính thức", "Articles and official figures")
    return [lines("figures", caption, summary, drawn, [], ticks, "")]
