"""The pages of a province of a whole registry: what eight readers wait, what a browser loads."""

from __future__ import annotations

import asyncio
import re
from datetime import date, timedelta
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Any

import httpx

from tests.bench import loader, processes
from tests.bench.scale import AS_OF, ask, cuts
from tests.page.conftest import FLAGS, browser_path

if TYPE_CHECKING:
    from playwright.async_api import Browser

PROVINCE, READERS = "01", 8
# Milliseconds that 95 of a hundred pages may take, and until something is to be read; bytes.
PAGE_MS, PAINT_MS, WEIGHT_MAX = 300, 1000, 500_000
VIEWS = {"place": "", "below": "/below", "movement": "/movement", "year_end": "/year-end"}
LOOKS, APART = 7, 25
_WEIGHT = "performance.getEntries().reduce((sum, e) => sum + (e.encodedBodySize || 0), 0)"
# A page may be loaded before it is painted; asked too early there is no paint to be told of. It is
# not polled for, which would take a script that the policy of the page lets nobody run.
_PAINT = """
() => new Promise((told) => new PerformanceObserver((list) => {
  for (const each of list.getEntriesByName("first-contentful-paint")) told(each.startTime);
}).observe({type: "paint", buffered: true}))
"""


async def measure(dsn: str, households: int) -> dict[str, Any]:
    """Fill a database and look at its pages; milliseconds and bytes."""
    await loader.fill(dsn, households)
    figures: dict[str, Any] = {"households": households}
    with processes.registry("api", dsn) as (address, _):
        for name, tail in VIEWS.items():
            path = f"/places/{PROVINCE}{tail}"
            bound = {"p95_at_most": PAGE_MS} if name == "place" else {}
            try:
                # Alike for all readers, who share what is counted; and each about a day of its own.
                figures[name] = await _apart(address, path) | bound
                figures[f"{name}_alike"] = await ask(address, path, {"as_of": AS_OF}, READERS)
            except (RuntimeError, httpx.HTTPStatusError) as refused:
                # What is too much at once is refused, and that is its figure.
                code = re.search(r"<code>([a-z_]+)</code>", str(refused))
                figures[name] = {"refused": code[1] if code else str(refused)[:200]}
        figures["browser"] = await _browser(address)
    return figures


async def _apart(address: str, path: str) -> dict[str, float]:
    """Let readers ask about days that nobody else asks about; return how long each answer took."""
    days = [date.fromisoformat(AS_OF) - timedelta(days=n) for n in range(READERS * APART)]
    taken: list[float] = []

    async def reader(client: httpx.AsyncClient) -> None:
        while days:
            started = perf_counter()
            answer = await client.get(path, params={"as_of": days.pop().isoformat()})
            if answer.status_code != 200:
                raise RuntimeError(answer.text)
            taken.append((perf_counter() - started) * 1000)

    async with httpx.AsyncClient(base_url=address, timeout=120) as client:
        # What a process reads once, before its first answer, is no reader's page.
        (await client.get(path, params={"as_of": days.pop().isoformat()})).raise_for_status()
        await asyncio.gather(*(reader(client) for _ in range(READERS)))
    return cuts(taken)


async def _browser(address: str) -> dict[str, Any]:
    """Return what a browser of the system loads, and when it shows the first text."""
    path = browser_path()
    if path is None:
        return {"not_measured": "no Chromium: `make tools` installs it on Debian"}
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=[*FLAGS])
        looks = [await _look(browser, address) for _ in range(LOOKS)]
        await browser.close()
    paints = sorted(paint for _, paint in looks)
    return {
        "weight": max(weight for weight, _ in looks),
        "weight_at_most": WEIGHT_MAX,
        "first_paint": round(median(paints)),
        "first_paint_worst": round(paints[-1]),
        "first_paint_at_most": PAINT_MS,
    }


async def _look(browser: Browser, address: str) -> tuple[int, float]:
    """Look at the province as one who was never here: nothing is kept of the last look."""
    context = await browser.new_context(base_url=address)
    page = await context.new_page()
    await page.goto(f"/places/{PROVINCE}?as_of={AS_OF}", wait_until="load")
    paint, weight = await page.evaluate(_PAINT), await page.evaluate(_WEIGHT)
    await context.close()
    return weight, paint
