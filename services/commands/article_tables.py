"""What was read in an article, as tables for a terminal: figures, and findings with their sums."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from services.worker.article_reader import Read
from shared.press.store.figures import NewFigure
from shared.press.store.findings import NewFinding

# Of a file or a pipe, which has no width of its own.
PLAIN_WIDTH = 160
QUOTE_MAX = 44


def show(out: Console, name: str, read: Read, findings: Sequence[NewFinding]) -> None:
    """Print one article's figures and findings."""
    if not out.is_terminal:
        out.width = PLAIN_WIDTH
    if not read.figures:
        out.print(f"  {escape(name)} ({read.language}): no figures.")
        return
    out.print(_figures(name, read))
    for finding in findings:
        said = finding.body["explanation"]
        out.print(f"  [red]{finding.kind}[/red]  {escape(said['en'])}")
    if not findings:
        out.print("  nothing that contradicts anything.")


def _figures(name: str, read: Read) -> Table:
    title = f"{escape(name)} ({read.language}): {len(read.figures)} figures"
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    for column in ("measure", "value", "place", "period", "of"):
        table.add_column(column, justify="right" if column == "value" else "left", no_wrap=True)
    table.add_column("words", no_wrap=True, overflow="ellipsis", min_width=8)
    for figure in read.rows:
        table.add_row(*map(escape, _cells(figure)))
    return table


def _cells(figure: NewFigure) -> Sequence[str]:
    code = f" ({figure.area_code})" if figure.area_code else ""
    return (
        figure.measure,
        _value(figure),
        f"{figure.place_name or '–'}{code}",
        _period(figure),
        figure.population if figure.kind == "actual" else f"{figure.population}, {figure.kind}",
        _tail(" ".join(figure.quote.split())),
    )


def _tail(words: str) -> str:
    """Return the end of a quote, where its number mostly stands."""
    return words if len(words) <= QUOTE_MAX else f"…{words[-QUOTE_MAX:]}"


def _value(figure: NewFigure) -> str:
    sign = "" if figure.qualifier in {"exact", "between"} else f"{figure.qualifier} "
    most = f"–{_number(figure.value_max)}" if figure.value_max is not None else ""
    doubt = " ?" if figure.ambiguous else ""
    return f"{sign}{_number(figure.value)}{most} {figure.unit}{doubt}"


def _number(value: Decimal) -> str:
    return f"{value:,f}"


def _period(figure: NewFigure) -> str:
    start, end = figure.period_start, figure.period_end
    if start is None or end is None:
        return "–"
    return str(end) if start == end else f"{start} – {end}"
