"""From which status to which the households of a place went, beside the movement of its lists."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from services.api.areas.status_flows import StatusFlow, StatusFlows, get_status_flows
from services.api.page.drawing.sankey import Flow, Stock, sankey
from services.api.page.drawing.svg import Drawing
from services.api.page.site import Page
from services.api.page.tables import Cell, Column, Table
from services.api.page.views.unit import Place
from services.api.page.words import NAMES
from shared.households.status_flows import STANDINGS, Standing
from shared.kernel.texts import Text

_WORDS = NAMES | {
    "unclassed": Text("Never reviewed", "Chưa rà soát"),
    "closed": Text("Ended", "Không còn"),
    "elsewhere": Text("Elsewhere or new", "Nơi khác, mới"),
}
_COLOURS = {"unclassed": "unregistered", "elsewhere": "neutral"}


async def flows_of(
    here: Place, period: dict[str, date]
) -> tuple[Sequence[Table], Sequence[Drawing]]:
    """Return the flows of a period as a table and a picture, for those who may see them."""
    page = here.page
    if not page.may(get_status_flows):
        return [], []
    flows = await page.put(get_status_flows, code=here.unit.code, **period)
    return ([_table(flows)], [_drawing(page, flows)]) if flows.items else ([], [])


def _table(flows: StatusFlows) -> Table:
    """Return a row for each status before, with a column for each one after."""
    ways = {(flow.before, flow.after): flow.households for flow in flows.items}
    afters = [name for name in STANDINGS if any(after == name for _, after in ways)]
    befores = [name for name in STANDINGS if any(before == name for before, _ in ways)]
    columns = [Column("before", Text("Before ↓ after →", "Đầu kỳ ↓ cuối kỳ →"), words=_WORDS)]
    columns += [Column(name, _WORDS[name], "number") for name in afters]
    columns.append(Column("total", Text("Total", "Tổng"), "number"))
    rows = [
        [
            Cell(before, swatch=before),
            *(Cell(ways.get((before, after), 0)) for after in afters),
            Cell(_sum(flows.items, before=before)),
        ]
        for before in befores
    ]
    sums = [Cell(_sum(flows.items, after=after)) for after in afters]
    foot = [Cell("total", text="Σ"), *sums, Cell(_sum(flows.items))]
    caption = Text("From which status to which", "Từ tình trạng nào sang tình trạng nào")
    return Table("status_flows", caption, columns, rows, [foot])


def _sum(
    flows: Sequence[StatusFlow], before: Standing | None = None, after: Standing | None = None
) -> int:
    return sum(
        flow.households
        for flow in flows
        if before in (None, flow.before) and after in (None, flow.after)
    )


def _drawing(page: Page, answer: StatusFlows) -> Drawing:
    stocks = {n: Stock(_COLOURS.get(n, n), page.say(_WORDS[n])) for n in STANDINGS}
    flows = [Flow(stocks[f.before], stocks[f.after], f.households) for f in answer.items]
    moved = sorted((f for f in flows if f.before != f.after), key=lambda flow: -flow.value)
    summary = "; ".join(
        f"{f.before.name} → {f.after.name}: {page.number(f.value)}" for f in moved[:6]
    )
    ends = page.day(answer.from_date), page.day(answer.to_date)
    caption = page.t("Hộ đi từ đâu đến đâu", "Where households went")
    all_stocks = list(stocks.values())
    return sankey("status_flows", caption, summary, ends, all_stocks, flows, page.number)
