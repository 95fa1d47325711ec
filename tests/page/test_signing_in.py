"""Signing in with a real browser: from a closed door to the page that was asked for, and out."""

from __future__ import annotations

import pytest

from shared.http.auth import OFF, Tokens
from tests.access.letting_in import let_in
from tests.harness import Registry
from tests.page.conftest import PICTURES, Looker
from tests.page.settlement import DISTRICT, YEAR_END

pytestmark = [pytest.mark.asyncio(loop_scope="module")]

PLACE = f"/places/{DISTRICT}?as_of={YEAR_END}"


async def test_a_person_signs_in_and_out(world: Registry, looker: Looker) -> None:
    _, secret = await let_in(world, "Phòng LĐ Bình Gia", DISTRICT)
    looker.faults.clear()
    looker.requests.clear()
    world.tokens = Tokens(())
    try:
        page = await looker.open(PLACE, viewport={"width": 360, "height": 740})
        await page.get_by_role("link", name="Đăng nhập").click()
        await page.get_by_label("Mã hoặc tên").fill("Phòng LĐ Bình Gia")
        await page.get_by_label("Khóa bí mật").fill("x")
        await page.get_by_role("button", name="Đăng nhập").click()
        assert "Không có ai" in await page.get_by_role("alert").inner_text()
        assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth")
        PICTURES.mkdir(parents=True, exist_ok=True)
        await page.screenshot(path=PICTURES / "sign-in.png", full_page=True)
        await page.get_by_label("Mã hoặc tên").fill("Phòng LĐ Bình Gia")
        await page.get_by_label("Khóa bí mật").fill(secret)
        await page.get_by_role("button", name="Đăng nhập").click()
        await page.wait_for_url(f"**{PLACE}")
        assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth")
        await page.screenshot(path=PICTURES / "signed-in.png", full_page=True)
        assert await page.evaluate("document.cookie") == "", "no script may read it"
        await page.get_by_role("button", name="Đăng xuất").click()
        await page.goto(PLACE)
        assert await page.get_by_role("link", name="Đăng nhập").count() == 1
        await page.context.close()
    finally:
        world.tokens = OFF
    # A refused page is an error to the browser's console, and to nobody else.
    assert all("401" in fault for fault in looker.faults)
    assert not looker.strangers()
