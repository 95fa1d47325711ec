"""Take the pictures of the README from a registry with the demo.

python -m tests.page.pictures [ADDRESS]
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from playwright.async_api import async_playwright

from tests.page.conftest import FLAGS, browser_path

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "pictures"
DAY = "as_of=2023-12-31"
# By name the address, with the part of the page that is looked at.
VIEWS = {
    "place": f"/places/181?{DAY}#content",
    "below": f"/places/181/below?{DAY}#below",
    "country": "/places/VN/below?as_of=2026-01-01#below",
    "movement": f"/places/181/movement?{DAY}&lang=en#movement",
    "flows": f"/places/181/movement?{DAY}&lang=en#flows",
    "year-end": f"/places/181/year-end?{DAY}#book",
    "household": "/households/LS-06088-000135?as_of=2023-06-30#time",
    "fund": "/funds/BG-HOUSING-2024",
}
SIZE = {"width": 1060, "height": 720}


async def main(address: str) -> None:
    """Take all of them."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=browser_path(), args=[*FLAGS])
        page = await browser.new_page(base_url=address, viewport=SIZE, color_scheme="light")
        for name, path in VIEWS.items():
            await page.goto(path)
            await page.screenshot(path=FOLDER / f"{name}.png")
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000"))
