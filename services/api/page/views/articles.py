"""Articles, the newest first, and one with its figures marked in the text."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from services.api.page.addresses import segment
from services.api.page.site import Page
from services.api.page.tables import Cell, Column, Table
from services.api.page.view import View, Views
from services.api.page.views.crumbs import path_of
from services.api.press import words
from services.api.press.articles import Articles, get_article, list_articles
from services.api.press.figures import Figure, list_article_figures
from services.api.press.findings import list_findings
from services.api.press.view import Shown, marked, names_of
from shared.http import parameters
from shared.http.parameters import LIMIT_MAX
from shared.kernel.texts import Text

views = Views()

ROWS = 50
LANGUAGES = {
    "vi": Text("Vietnamese", "tiếng Việt"),
    "en": Text("English", "tiếng Anh"),
    "id": Text("Indonesian", "tiếng Indonesia"),
    "th": Text("Thai", "tiếng Thái"),
}
_PARAMETERS = {
    "area": parameters.text("Only articles with a figure about this unit."),
    "has_findings": parameters.choice(("true", "false"), "Only with contradictions, or without."),
    "cursor": parameters.text("Where the page before ended.", 1000),
}


@views.view("/articles", _PARAMETERS)
async def articles(page: Page) -> View:
    """Show articles with how many figures were read in them, and how many contradictions."""
    given = {name: page.values[name] for name in _PARAMETERS}
    answer = await page.put(list_articles, limit=ROWS, **given)
    content = {
        "following": answer.next_cursor and page.here(cursor=answer.next_cursor),
        "has_findings": given["has_findings"],
        "area": given["area"],
    }
    table = _list(page, answer)
    title = page.t("Các bài báo", "Articles")
    return View("articles.html", title, content, [table] if table.rows else [])


def _list(page: Page, answer: Articles) -> Table:
    columns = (
        Column("title", Text("Article", "Bài báo")),
        Column("published_on", Text("Published", "Ngày đăng"), "day"),
        Column("source", Text("Source", "Nguồn")),
        Column("language", Text("Language", "Ngôn ngữ"), words=LANGUAGES),
        Column("figures", Text("Figures", "Số liệu"), "number"),
        Column("findings", Text("Findings", "Điểm bất nhất"), "number"),
    )
    lines = [
        [
            Cell(each.title or each.external_id, page.to(f"/articles/{each.article_id}")),
            Cell(each.published_on),
            Cell(each.source),
            Cell(each.language),
            Cell(each.figures),
            Cell(each.findings),
        ]
        for each in answer.items
    ]
    caption = Text("Articles, the newest first", "Các bài báo, mới nhất trước")
    return Table("articles", caption, columns, lines, sortable=True)


@views.view("/articles/{article_id}")
async def article(page: Page, article_id: str) -> View:
    """Show an article: its text with each figure marked, what was read, and what contradicts it."""
    held = await page.put(get_article, article_id=article_id)
    figures = (await page.put(list_article_figures, article_id=article_id, limit=LIMIT_MAX)).items
    findings = []
    if page.may(list_findings):
        answer = await page.put(list_findings, article=article_id, limit=LIMIT_MAX)
        findings = answer.items
    accused = {str(name) for each in findings for name in each.get("figures") or ()}
    shown = Shown(page.language, *await names_of(page.ask))
    content = {
        "article": held,
        # Escaped by its own writer; nothing else of a sender's stands in the page unescaped.
        "text": Markup(marked(held.text or "", figures, accused)),  # noqa: S704
        "findings": findings,
    }
    title = held.title or held.external_id
    return View("article.html", title, content, [_figures(page, shown, figures, accused)])


def _figures(page: Page, shown: Shown, figures: Sequence[Figure], accused: set[str]) -> Table:
    """Return what was read; each figure leads to its words in the text."""
    columns = (
        Column("measure", Text("What", "Chỉ tiêu")),
        Column("value", Text("Value", "Giá trị")),
        Column("place", Text("Where", "Nơi")),
        Column("terms", Text("When and of whom", "Thời gian, đối tượng")),
        Column("series", Text("All articles", "Mọi bài")),
        Column("contradicted", Text("Contradicted", "Bất nhất"), words=_CONTRADICTED),
    )
    lines = []
    for each in figures:
        where, _, terms = shown.terms(each).partition(" · ")
        code = None if each.place is None else each.place.area_code
        lines.append(
            [
                Cell(each.measure, f"#f-{each.figure_id}", shown.measure(each)),
                Cell(each.value, text=shown.value(each)),
                Cell(where, code and page.to(path_of(segment(code)), as_of=_day(each))),
                Cell(terms),
                _series(page, each),
                Cell(str(str(each.figure_id) in accused)),
            ]
        )
    return Table("figures", Text("Figures in it", words.FIGURES.vi), columns, lines)


def _series(page: Page, figure: Figure) -> Cell:
    """Return a cell that leads to what all articles say of the same, and to the official one."""
    code = None if figure.place is None else figure.place.area_code
    if code is None:
        return Cell(None)
    link = page.to("/figures", measure=figure.measure, area=code, as_of=None)
    return Cell(figure.measure, link, page.t("so với chính thức", "against the official"))


def _day(figure: Figure) -> object:
    return None if figure.period is None else figure.period.end


_CONTRADICTED = {"True": Text("yes", "có"), "False": Text("no", "không")}
