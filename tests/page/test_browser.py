"""The page in a real browser: it loads, asks nobody else, is accessible, and leads on."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from shared.kernel.clock import VIETNAM
from tests.facts import COMMUNE, NEIGHBOUR
from tests.harness import Registry
from tests.page import looks
from tests.page.conftest import PICTURES, Looker
from tests.page.settlement import CORRECTED, DISTRICT, FUND, NEXT_RUN, RUN, YEAR_END

if TYPE_CHECKING:
    from playwright.async_api import Page

pytestmark = [pytest.mark.asyncio(loop_scope="module")]

PLACE = f"/places/{DISTRICT}?as_of={YEAR_END}"
VIEWS = {
    "start": "/",
    "search": "/places?q=binh+gia",
    "place": PLACE,
    "place-english": f"{PLACE}&lang=en",
    "commune": f"/places/06091?as_of={YEAR_END}",
    "below": f"/places/{DISTRICT}/below?as_of={YEAR_END}",
    "movement": f"/places/{DISTRICT}/movement?as_of={YEAR_END}",
    "households": f"/places/06091/households?as_of={YEAR_END}&status=poor",
    "household": f"/households/{CORRECTED}?as_of={YEAR_END}",
    "exits": f"/places/{DISTRICT}/exits?as_of={YEAR_END}",
    "knowledge": f"/places/{DISTRICT}/knowledge?as_of={YEAR_END}",
    "movement-by-rate": f"/places/{DISTRICT}/movement?as_of={YEAR_END}&rank=rate",
    "year-end": f"/places/{DISTRICT}/year-end?as_of={YEAR_END}",
    "year-end-cell": f"/places/06091/year-end/households?as_of={YEAR_END}&list=poor&cell=end",
    "changeover": f"/places/{DISTRICT}/changeover?as_of={YEAR_END}",
    "what-if": f"/places/{DISTRICT}/what-if?as_of={YEAR_END}&rural_income_at_most=1800000"
    "&urban_income_at_most=2400000&deprived_at_least=3",
    "fund-scenario": f"/places/{DISTRICT}/fund-scenario?as_of={YEAR_END}",
    "review-round": f"/places/{DISTRICT}/review-round?as_of={YEAR_END}",
    "funds": "/funds",
    "fund": f"/funds/{FUND}",
    "stalled": "/stalled?days=0",
    "run": f"/runs/{NEXT_RUN}",
    "compare": f"/runs/{RUN}/compare?with={NEXT_RUN}",
    "best": f"/runs/{NEXT_RUN}/best",
    "findings": "/findings",
    "articles": "/articles",
    "figures": "/figures?measure=poverty_rate&area=66",
    "changes": f"/changes?area={DISTRICT}&to_date={YEAR_END}",
    "imports": "/imports",
    "operations": "/operations",
}
COMMUNES = (COMMUNE, NEIGHBOUR)
AXE = Path(__file__).resolve().parents[1] / "tools/node_modules/axe-core/axe.min.js"
DESK, TELEPHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 740}
WEIGHT_MAX = 500_000


@pytest.mark.parametrize("name", VIEWS)
async def test_a_view_loads_without_an_error_and_asks_nobody_else(
    looker: Looker, name: str
) -> None:
    looker.faults.clear()
    looker.requests.clear()
    for scheme, size in (("light", DESK), ("dark", TELEPHONE)):
        page = await looker.open(VIEWS[name], viewport=size, color_scheme=scheme)
        assert await page.locator("h1").count() == 1
        wider = await page.evaluate("document.documentElement.scrollWidth > innerWidth")
        assert not wider, f"{name} scrolls sideways at {size['width']} px"
        PICTURES.mkdir(parents=True, exist_ok=True)
        await page.screenshot(path=PICTURES / f"{name}-{scheme}.png", full_page=True)
        weight = await page.evaluate(
            "performance.getEntries().reduce((sum, e) => sum + (e.encodedBodySize || 0), 0)"
        )
        assert 0 < weight <= WEIGHT_MAX
        seen = await looks.glance(page)
        await page.context.close()
        _hold_against_before(f"{name}-{scheme}", seen)
    assert not looker.faults
    assert not looker.strangers()


def _hold_against_before(name: str, seen: bytes) -> None:
    """Compare a view loosely with how it looked when somebody last looked at it."""
    if looks.KEEP:
        looks.keep(name, seen)
    before = looks.kept(name)
    assert before is not None, f"how {name} looks was never kept: see tests/page/looks.py"
    said = f"{name} looks different: {looks.difference(before, seen)}; see tests/page/looks.py"
    assert looks.alike(before, seen), said


@pytest.mark.parametrize(
    ("one", "other"), [("place", "funds"), ("below", "place"), ("findings", "articles")]
)
async def test_views_that_differ_are_told_apart(one: str, other: str) -> None:
    for scheme in ("light", "dark"):
        first, second = looks.kept(f"{one}-{scheme}"), looks.kept(f"{other}-{scheme}")
        assert first is not None
        assert second is not None
        assert not looks.alike(first, second)


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not there (`make tools`): NOT CHECKED")
@pytest.mark.parametrize(("name", "scheme"), [*((n, "light") for n in VIEWS), ("place", "dark")])
async def test_axe_finds_nothing(looker: Looker, name: str, scheme: str) -> None:
    page = await looker.open(VIEWS[name], viewport=DESK, color_scheme=scheme)
    # Through the browser's own door: the page's policy rightly lets no other script in.
    await page.evaluate(AXE.read_text("utf-8") + ";0")
    result = await page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    found = [
        (each["id"], each["impact"], [node["html"][:200] for node in each["nodes"][:3]])
        for each in result["violations"]
    ]
    assert not found
    assert result["passes"]
    await page.context.close()


async def test_a_person_searches_and_changes_both_clocks_and_the_language(
    looker: Looker, before: str
) -> None:
    page = await looker.open("/", viewport=DESK)
    await page.fill("#q", "binh gia")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/places?q=binh*")
    await page.click("text=Huyện Bình Gia")
    await page.wait_for_url("**/places/181*")
    await page.fill("#as_of", YEAR_END)
    await page.click(".clocks-form button")
    await page.wait_for_url(f"**as_of={YEAR_END}**")
    vietnamese = await page.locator("data[data-name=poor]").get_attribute("value")
    await page.click("text=English")
    await page.wait_for_url("**lang=en**")
    assert await page.locator("html").get_attribute("lang") == "en"
    assert await page.locator("data[data-name=poor]").get_attribute("value") == vietnamese
    await page.goto(f"{PLACE}&known_at={before}")
    local = datetime.fromisoformat(before).astimezone(VIETNAM)
    assert (await page.input_value("#known_at")).startswith(f"{local:%Y-%m-%dT%H:%M:%S}")
    assert await page.locator("data[data-name=poor]").get_attribute("value") == "0"
    await page.fill("#known_at", "")
    await page.click(".clocks-form button")
    await page.wait_for_url(lambda address: "known_at" not in address)
    assert await page.locator("data[data-name=poor]").get_attribute("value") == vietnamese
    await page.context.close()


async def test_the_keyboard_reaches_the_content_first(looker: Looker) -> None:
    page = await looker.open(PLACE, viewport=DESK)
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    assert await page.evaluate("location.hash") == "#content"
    await page.context.close()


async def test_the_page_reads_whole_without_script(looker: Looker) -> None:
    page = await looker.open(PLACE, viewport=DESK, java_script_enabled=False)
    assert await page.locator("table").count() >= 3
    assert await page.locator("svg.drawing").count() >= 1
    await page.context.close()


async def test_a_table_is_sorted_by_its_heads(looker: Looker) -> None:
    page = await looker.open(PLACE, viewport=DESK)
    head = page.locator("#table-groups thead th").nth(1)
    await head.locator("button").click()
    assert await head.get_attribute("aria-sort") == "descending"
    column = await page.locator("#table-groups tbody tr td:nth-child(2) data").evaluate_all(
        "cells => cells.map(cell => Number(cell.value))"
    )
    assert column == sorted(column, reverse=True)
    await page.context.close()


async def test_a_finding_leads_to_its_quote(looker: Looker) -> None:
    page = await looker.open("/findings", viewport=DESK)
    await page.click("text=chỗ viết trong bài >> nth=0")
    await page.wait_for_url("**/articles/**")
    marked = page.locator("mark:target")
    assert await marked.count() == 1
    assert "found" in (await marked.get_attribute("class") or "")
    assert not looker.strangers()
    await page.context.close()


async def test_a_cell_leads_to_its_households_and_to_why(looker: Looker) -> None:
    page = await looker.open(f"/places/06091?as_of={YEAR_END}", viewport=DESK)
    poor = int(await page.locator("data[data-name=poor]").get_attribute("value") or 0)
    await page.click("#table-statuses tbody tr:first-child a")
    await page.wait_for_url("**/households?*status=poor*")
    rows = page.locator("#table-households tbody tr")
    assert await rows.count() == poor > 0
    await rows.nth(0).locator("a").click()
    await page.wait_for_url("**/households/SET-*")
    assert "07/2021/NĐ-CP" in await page.inner_text("main")
    await page.context.close()


async def test_a_file_is_tried_and_its_faults_are_shown_by_row(looker: Looker) -> None:
    page = await looker.open("/imports", viewport=DESK)
    await page.select_option("#kind", "area-facts")
    content = "source,external_id,area_code,on,households_total\nt,1,06091,2023-12-31,x\n"
    file = {"name": "facts.csv", "mimeType": "text/csv", "buffer": content.encode()}
    await page.set_input_files("#file", files=[file])
    await page.click("form.upload button[type=submit]")
    await page.wait_for_selector("#upload-result table")
    said = await page.inner_text("#upload-result")
    assert "1 bị từ chối" in said
    assert "/households_total" in said
    await page.context.close()


class Walk:
    """A person on the way: each click, each choice and each search is a step."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.steps = 0

    async def follow(self, name: str) -> None:
        """Follow the first link of this name in what is read."""
        self.steps += 1
        link = self.page.locator("main").get_by_role("link", name=name).first
        way = await link.get_attribute("href")
        await link.click()
        await self.page.wait_for_url(lambda address: address.endswith(str(way)))

    async def search(self, text: str) -> None:
        """Type into the box and press the key."""
        self.steps += 1
        await self.page.fill("#q", text)
        await self.page.keyboard.press("Enter")
        await self.page.wait_for_url("**/places?q=*")


@pytest.mark.parametrize("size", [DESK, TELEPHONE], ids=["desk", "telephone"])
async def test_an_official_who_has_never_seen_it_finds_what_is_wrong(
    looker: Looker, world: Registry, size: dict[str, int]
) -> None:
    page = await looker.open("/", viewport=size)
    walk = Walk(page)
    await walk.search("binh gia")
    await walk.follow("Huyện Bình Gia")
    # Tabs stand above what is read, in `main` as well.
    await walk.follow("Biến động")
    await walk.follow("cả năm 2023")
    rows = page.locator("#table-below tbody tr")
    period = {"list": "poor", "from_date": "2022-12-31", "to_date": YEAR_END}
    first = [await world.get(f"/v1/areas/{code}/movement", **period) for code in COMMUNES]
    worst = max(first, key=lambda each: each["relapsed"])
    assert worst["relapsed"] > 0
    assert worst["area"]["name"] in await rows.nth(0).inner_text()
    assert worst["area"]["name"] in await page.inner_text("p.worst")
    assert walk.steps <= 4

    await page.goto("/")
    walk = Walk(page)
    await walk.follow("Nguồn vốn nào đang đứng yên")
    assert FUND in await page.inner_text("p.worst")
    await walk.follow(FUND)
    assert walk.steps <= 2

    await page.goto("/")
    walk = Walk(page)
    await walk.follow("Bài báo nào sai")
    title = await page.locator("#table-articles tbody th a").nth(0).inner_text()
    await walk.follow(title)
    assert await page.locator("article.finding").count() > 0
    assert walk.steps <= 2
    await page.context.close()
