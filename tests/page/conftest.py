"""One settlement for a module's tests, and a browser that looks at it."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from shared.runtime.http_server import HttpServer, bind
from tests import servers
from tests.harness import Registry, registry
from tests.page.settlement import settle

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# A machine without a way out and without a screen; what Chromium would fetch for itself is off.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
PICTURES = Path(__file__).resolve().parents[2] / ".evidence" / "pages"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def settlement(server: servers.Server) -> AsyncIterator[tuple[Registry, str]]:
    """A running registry with the settlement, and an instant before anything of it was known."""
    dsn = await server.create()
    async with registry(dsn) as running:
        empty = await running.get("/v1/areas/VN/statistics")
        await settle(running)
        yield running, empty["settled_at"]
    await server.drop(dsn)


@pytest.fixture(scope="module")
def world(settlement: tuple[Registry, str]) -> Registry:
    """A running registry with the settlement."""
    return settlement[0]


@pytest.fixture(scope="module")
def before(settlement: tuple[Registry, str]) -> str:
    """An instant before anything of the settlement was known."""
    return settlement[1]


@dataclass
class Looker:
    """A browser at a served registry: what it asked for and what went wrong."""

    browser: Browser
    address: str
    faults: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    async def open(self, path: str, **how: object) -> Page:
        """Open a path in a fresh context and watch it."""
        context = await self.browser.new_context(base_url=self.address, **how)  # type: ignore[arg-type]
        page = await context.new_page()
        page.on("console", lambda said: self._hear(said.type, said.text))
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("request", lambda request: self.requests.append(request.url))
        await page.goto(path)
        return page

    def _hear(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.faults.append(text)

    def strangers(self) -> list[str]:
        """Return what was asked of any other origin."""
        own = (self.address, "data:", "blob:")
        return [url for url in self.requests if not url.startswith(own)]


def browser_path() -> str | None:
    """Return where a Chromium of the system is."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def looker(world: Registry) -> AsyncIterator[Looker]:
    """A real browser at the settlement; skips, and says so, where there is none."""
    path = browser_path()
    if path is None:
        # Reasons of skips stand in the summary; a warning would be an error here.
        pytest.skip("no Chromium (`make tools` installs it on Debian): the page was NOT looked at")
    from playwright.async_api import async_playwright

    listener = bind("127.0.0.1", 0)
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    serving = asyncio.create_task(HttpServer(world.app, listener).run())
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=[*FLAGS])
        yield Looker(browser, address)
        await browser.close()
    serving.cancel()
    with suppress(asyncio.CancelledError):
        await serving
