"""An article as an HTML page: its figures marked in the text, the findings beside it.

Everything that comes from outside is escaped, and the page may load and run nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from starlette.responses import HTMLResponse

from services.api.press.articles import UNKNOWN_ARTICLE, ArticleId, unknown_article
from services.api.press.figures import Figure
from shared.http.ask import Ask
from shared.http.auth import ARTICLES_READ
from shared.http.operations import Routes
from shared.press.store import articles, figure_reads, finding_reads
from shared.press.store.articles import StoredArticle
from shared.press.store.finding_reads import StoredFinding

FIGURES_MAX, FINDINGS_MAX = 2000, 500
HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
    "cache-control": "private, no-cache",
    "x-content-type-options": "nosniff",
}

_STYLE = """
:root { color-scheme: light dark; --line: #8886; --mark: #ffe08a; --bad: #ffb3a7; }
body { font: 16px/1.6 system-ui, sans-serif; margin: 0; }
header { padding: 1rem 1.5rem; border-bottom: 1px solid var(--line); }
header h1 { font-size: 1.25rem; margin: 0; }
header p { margin: 0; opacity: .75; font-size: .875rem; }
main { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 1.5rem; padding: 1.5rem; }
article { white-space: pre-wrap; overflow-wrap: anywhere; max-width: 44rem; }
mark { background: var(--mark); color: #222; border-radius: .2rem; padding: 0 .15rem; }
mark.found { background: var(--bad); }
mark:target, tr:target { outline: 2px solid #06c; }
section { font-size: .875rem; overflow-x: auto; }
h2 { font-size: 1rem; margin: 0 0 .5rem; }
table { border-collapse: collapse; width: 100%; margin-bottom: 1.5rem; }
th, td { text-align: left; vertical-align: top; padding: .2rem .5rem .2rem 0; border-bottom: 1px solid var(--line); }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
td.day { white-space: nowrap; }
.finding { border-left: 3px solid #d33; padding: .1rem 0 .1rem .75rem; margin: 0 0 1rem; }
.finding b { font-weight: 600; }
.vi { opacity: .8; }
@media (max-width: 50rem) { main { grid-template-columns: minmax(0, 1fr); } }
"""  # noqa: E501


routes = Routes("press")


@routes.get(
    "/v1/articles/{article_id}/view",
    scope=ARTICLES_READ,
    problems=[UNKNOWN_ARTICLE],
    answers={"text/html": str},
)
async def view_article(ask: Ask, article_id: ArticleId) -> HTMLResponse:
    """An article to look at.

    An HTML page: the text with its figures marked, and the findings beside it.
    """
    async with ask.context.database.snapshot() as snapshot:
        article = await articles.find(snapshot, article_id)
        if article is None:
            raise unknown_article()
        rows = await figure_reads.of_article(snapshot, article_id, None, -1, FIGURES_MAX)
        about = finding_reads.FindingFilter(article_id=article_id)
        findings = await finding_reads.list_findings(snapshot, None, about, 0, FINDINGS_MAX)
    html = page(article, [Figure.of(row) for row in rows], findings)
    return HTMLResponse(html, headers=HEADERS)


def page(
    article: StoredArticle, figures: Sequence[Figure], findings: Sequence[StoredFinding]
) -> str:
    """Return the page; figures in the order of the text, findings as stored."""
    title = escape(article.title or article.external_id)
    told = " · ".join(
        escape(str(value))
        for value in (article.source, article.published_on, article.language)
        if value
    )
    accused = {figure for finding in findings for figure in finding.body["figures"]}
    return (
        f'<!doctype html><html lang="{escape(article.language or "und")}">'
        f'<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{title}</title><style>{_STYLE}</style></head><body>"
        f"<header><h1>{title}</h1><p>{told}</p></header><main>"
        f"<article>{_marked(article.text or '', figures, accused)}</article>"
        f"<section>{_findings(findings)}{_table(figures)}</section></main></body></html>"
    )


def _marked(text: str, figures: Sequence[Figure], accused: set[str]) -> str:
    """Return the escaped text with a mark around each figure; of overlapping ones the first."""
    parts, at = [], 0
    for figure in sorted(figures, key=lambda f: (f.start, f.end)):
        start, end = figure.start, figure.end
        if start < at or end > len(text):
            continue
        parts += [escape(text[at:start]), _mark(text[start:end], figure, accused)]
        at = end
    return "".join([*parts, escape(text[at:])])


def _mark(words: str, figure: Figure, accused: set[str]) -> str:
    name = str(figure.figure_id)
    kind = ' class="found"' if name in accused else ""
    says = f"{figure.measure} = {_value(figure)}; {_where(figure)}; {_when(figure)}"
    return f'<mark id="f-{name}"{kind} title="{escape(says)}">{escape(words)}</mark>'


def _findings(findings: Sequence[StoredFinding]) -> str:
    if not findings:
        return "<h2>Findings · Phát hiện</h2><p>None. · Không có.</p>"
    return "<h2>Findings · Phát hiện</h2>" + "".join(map(_finding, findings))


def _finding(finding: StoredFinding) -> str:
    said = finding.body["explanation"]
    links = ", ".join(
        f'<a href="#f-{escape(name)}">{number}</a>'
        for number, name in enumerate(finding.body["figures"], start=1)
    )
    return (
        f'<div class="finding"><b>{escape(finding.kind)}</b> ({links})<br>'
        f'{escape(said["en"])}<br><span class="vi" lang="vi">{escape(said["vi"])}</span></div>'
    )


def _table(figures: Sequence[Figure]) -> str:
    head = "<h2>Figures · Số liệu</h2><table><tr><th>measure</th><th>value</th><th>place</th>"
    rows = "".join(
        f'<tr><td><a href="#f-{f.figure_id}">{escape(f.measure)}</a></td>'
        f'<td class="number">{escape(_value(f))}</td><td>{escape(_where(f))}</td>'
        f'<td class="day">{escape(_when(f))}</td>'
        f"<td>{escape(f.population)}, {escape(f.kind)}</td></tr>"
        for f in figures
    )
    return f"{head}<th>period</th><th>of</th></tr>{rows}</table>"


def _value(figure: Figure) -> str:
    value, most = figure.value, figure.value_max
    shown = f"{value:,}" if most is None else f"{value:,} – {most:,}"
    sign = {"exact": "", "between": ""}.get(figure.qualifier, f"{figure.qualifier} ")
    return f"{sign}{shown} {figure.unit}"


def _where(figure: Figure) -> str:
    place = figure.place
    return f"{place.name} ({place.area_code or '?'})" if place else "–"


def _when(figure: Figure) -> str:
    period = figure.period
    if period is None:
        return "–"
    start, end = period.start.isoformat(), period.end.isoformat()
    return start if start == end else f"{start} – {end}"
