"""What came of the demo, as tables for a terminal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import httpx
from rich.table import Table

PRESS = "demo-press"


async def statistics_table(client: httpx.AsyncClient, district: str, years: Iterable[int]) -> Table:
    """Return what the register counts at the end of each year."""
    table = Table(title="Bình Gia (district 181): simulated reviews, published figures")
    for name in ("at the end of", "households", "poor", "", "near-poor", "", "recently exited"):
        table.add_column(name, justify="right")
    for year in years:
        table.add_row(str(year), *_cells(await _statistics(client, district, year)))
    return table


async def article_table(client: httpx.AsyncClient) -> Table:
    """Return the demo's articles with what was read in them, and what does not add up."""
    table = Table(title="Articles: figures read, and what contradicts them", title_justify="left")
    for name in ("article", "language", "figures", "findings"):
        table.add_column(name, justify="right" if name == "figures" else "left")
    response = await client.get("/v1/articles", params={"limit": 1000})
    response.raise_for_status()
    for article in response.json()["items"]:
        if article["source"] == PRESS:
            table.add_row(article["title"], article["language"], *await _read_in(client, article))
    return table


async def _read_in(client: httpx.AsyncClient, article: dict[str, Any]) -> tuple[str, str]:
    name = article["article_id"]
    figures = await client.get(f"/v1/articles/{name}/figures", params={"limit": 1000})
    findings = await client.get("/v1/findings", params={"article": name})
    figures.raise_for_status()
    findings.raise_for_status()
    kinds = (finding["kind"] for finding in findings.json()["items"])
    return str(len(figures.json()["items"])), ", ".join(dict.fromkeys(kinds))


async def _statistics(client: httpx.AsyncClient, district: str, year: int) -> dict[str, Any]:
    path = f"/v1/areas/{district}/statistics"
    response = await client.get(path, params={"as_of": f"{year}-12-31"})
    response.raise_for_status()
    statistics: dict[str, Any] = response.json()
    return statistics


def _cells(statistics: dict[str, Any]) -> list[str]:
    counts, rates = statistics["counts"], statistics["rates"]
    return [
        f"{statistics['households_total']:,}",
        f"{counts['poor']:,}",
        f"{rates['poor']['percent']:.2f} %",
        f"{counts['near_poor']:,}",
        f"{rates['near_poor']['percent']:.2f} %",
        f"{counts['recently_exited']:,}",
    ]
