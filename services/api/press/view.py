"""An article as an HTML page: its figures marked in the text, the findings beside it.

Everything that comes from outside is escaped, and the page may load and run nothing. Nothing is
shown on hovering alone: who reads on a telephone cannot hover.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from html import escape
from typing import Annotated
from uuid import UUID

from starlette.responses import HTMLResponse

from services.api.press import words
from services.api.press.articles import UNKNOWN_ARTICLE, ArticleId, unknown_article
from services.api.press.figures import Figure
from services.api.press.words import Language
from shared.access.caller import ARTICLES_READ
from shared.http import parameters
from shared.http.ask import Ask
from shared.http.operations import Routes
from shared.kernel.texts import Text, day, number
from shared.law.store.seeds import MEASURES
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
mark:target, li:target { outline: 2px solid #06c; }
section { font-size: .875rem; overflow-wrap: anywhere; }
nav { display: flex; flex-wrap: wrap; gap: 1rem; font-size: .875rem; }
h2 { font-size: 1rem; margin: 0 0 .5rem; }
ol { list-style: none; margin: 0; padding: 0; }
li { padding: .35rem 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
li small { display: block; opacity: .8; }
article a { color: inherit; text-decoration: none; }
.finding { border-left: 3px solid #d33; padding: .1rem 0 .1rem .75rem; margin: 0 0 1rem; }
@media (max-width: 50rem) { main { grid-template-columns: minmax(0, 1fr); } }
"""  # noqa: E501


routes = Routes("press")


@routes.get(
    "/v1/articles/{article_id}/view",
    scope=ARTICLES_READ,
    problems=[UNKNOWN_ARTICLE],
    answers={"text/html": str},
)
async def view_article(
    ask: Ask,
    article_id: ArticleId,
    lang: Annotated[
        Language | None, parameters.choice(Language, "Language of the page; default Vietnamese.")
    ] = None,
) -> HTMLResponse:
    """An article to look at.

    An HTML page: the text with its figures marked, and the findings beside it.
    """
    async with ask.reads.snapshot() as snapshot:
        article = await articles.find(snapshot, article_id)
        if article is None:
            raise unknown_article()
        rows = await figure_reads.of_article(snapshot, article_id, None, -1, FIGURES_MAX)
        about = finding_reads.FindingFilter(article_id=article_id)
        findings = await finding_reads.list_findings(snapshot, None, about, 0, FINDINGS_MAX)
    page = Shown(lang or "vi", *await names_of(ask))
    html = page.of(article, [Figure.of(row) for row in rows], findings)
    return HTMLResponse(html, headers=HEADERS)


async def names_of(ask: Ask) -> tuple[Mapping[str, Text], Mapping[str, Text]]:
    """Return what measures and populations are called."""
    async with ask.reads.snapshot() as snapshot:
        names = (await ask.context.seeds.read(snapshot, MEASURES)).texts
    statuses = (await ask.policy()).status_names
    named = {population: statuses[status] for population, status in words.STATUSES.items()}
    return names, words.POPULATIONS | named


class Shown:
    """The page in one language; `names` are those of the measures, `populations` of whom."""

    def __init__(
        self, language: Language, names: Mapping[str, Text], populations: Mapping[str, Text]
    ) -> None:
        self._language = language
        self._names = names
        self._populations = populations

    def of(
        self,
        article: StoredArticle,
        figures: Sequence[Figure],
        findings: Sequence[StoredFinding],
    ) -> str:
        """Return the page; figures in the order of the text, findings as stored."""
        title = escape(article.title or article.external_id)
        published = article.published_on and self._say(day(article.published_on))
        origin = " · ".join(escape(str(v)) for v in (article.source, published) if v)
        accused = {name for finding in findings for name in finding.body["figures"]}
        text_language = escape(article.language or article.detected_language or "und")
        return (
            f'<!doctype html><html lang="{self._language}">'
            '<head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"<title>{title}</title><style>{_STYLE}</style></head><body>"
            f'<header>{self._links(article.article_id)}<h1 lang="{text_language}">{title}</h1>'
            f"<p>{origin}</p></header><main>"
            f'<article lang="{text_language}">{marked(article.text or "", figures, accused)}'
            f"</article><section>{self._findings(findings)}{self._figures(figures)}</section>"
            "</main></body></html>"
        )

    def _say(self, text: Text) -> str:
        return text.vi if self._language == "vi" else text.en

    def _word(self, texts: Mapping[str, Text], code: str) -> str:
        """Return what a code is called; one without a name is shown as it is."""
        text = texts.get(code)
        return code.replace("_", " ") if text is None else self._say(text)

    def _links(self, article_id: UUID) -> str:
        other = "en" if self._language == "vi" else "vi"
        return (
            f'<nav><a href="/">{self._say(words.FRONT)}</a>'
            f'<a href="/articles">{self._say(words.ARTICLES)}</a>'
            f'<a href="/v1/articles/{article_id}/view?lang={other}" lang="{other}">'
            f"{self._say(words.OTHER_LANGUAGE)}</a></nav>"
        )

    def _findings(self, findings: Sequence[StoredFinding]) -> str:
        head = f"<h2>{self._say(words.FINDINGS)}</h2>"
        if not findings:
            return f"{head}<p>{self._say(words.NO_FINDINGS)}</p>"
        return head + "".join(map(self._finding, findings))

    def _finding(self, finding: StoredFinding) -> str:
        links = ", ".join(
            f'<a href="#r-{escape(name)}">{self._say(words.FIGURE.filled(number=position))}</a>'
            for position, name in enumerate(finding.body["figures"], start=1)
        )
        sentence = escape(finding.body["explanation"][self._language])
        return f'<div class="finding">{sentence}<br>{links}</div>'

    def _figures(self, figures: Sequence[Figure]) -> str:
        items = "".join(
            f'<li id="r-{f.figure_id}"><a href="#f-{f.figure_id}">'
            f"{escape(self.measure(f))}</a>: <b>{escape(self.value(f))}</b>"
            f"<small>{escape(self.terms(f))}</small></li>"
            for f in figures
        )
        return f"<h2>{self._say(words.FIGURES)}</h2><ol>{items}</ol>"

    def terms(self, figure: Figure) -> str:
        """Return where, when, of whom and in which sense a figure holds."""
        place, period = figure.place, figure.period
        where = self._say(words.NO_PLACE)
        if place is not None:
            where = f"{place.name} ({place.area_code})" if place.area_code else place.name
        when = self._say(words.NO_PERIOD)
        if period is not None:
            days = dict.fromkeys((period.start, period.end))
            when = " – ".join(self._say(day(each)) for each in days)
        population = self._word(self._populations, figure.population)
        return " · ".join((where, when, population, self._word(words.KINDS, figure.kind)))

    def measure(self, figure: Figure) -> str:
        """Return what a figure measures."""
        return self.measure_of(figure.measure)

    def measure_of(self, measure: str) -> str:
        """Return what a measure is called."""
        return self._word(self._names, measure)

    def value(self, figure: Figure) -> str:
        values = (figure.value, figure.value_max)
        shown = " – ".join(
            self._say(number(v if isinstance(v, int) else Decimal(str(v))))
            for v in values
            if v is not None
        )
        sign = self._word(words.QUALIFIERS, figure.qualifier)
        return f"{sign}{shown} {self._word(words.UNITS, figure.unit)}"


def marked(text: str, figures: Sequence[Figure], accused: set[str]) -> str:
    """Return the escaped text with a mark around each figure; of overlapping ones the first."""
    parts, at = [], 0
    for figure in sorted(figures, key=lambda f: (f.start, f.end)):
        start, end = figure.start, figure.end
        if start < at or end > len(text):
            continue
        parts += [escape(text[at:start]), _mark(text[start:end], figure, accused)]
        at = end
    return "".join([*parts, escape(text[at:])])


def _mark(text: str, figure: Figure, accused: set[str]) -> str:
    """Return a mark that leads to what was read in it."""
    name = str(figure.figure_id)
    kind = ' class="found"' if name in accused else ""
    return f'<a href="#r-{name}"><mark id="f-{name}"{kind}>{escape(text)}</mark></a>'
