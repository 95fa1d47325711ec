"""Signing in with a real browser: from a closed door to the page that was asked for, and out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from shared.http.auth import OFF, Tokens
from tests.access.letting_in import let_in
from tests.harness import Registry
from tests.page.conftest import PICTURES, Looker
from tests.page.settlement import DISTRICT, YEAR_END

pytestmark = [pytest.mark.asyncio(loop_scope="module")]

if TYPE_CHECKING:
    from playwright.async_api import Page

PLACE = f"/places/{DISTRICT}?as_of={YEAR_END}"


async def _send_a_file_without_script(looker: Looker, signed_in: Page) -> None:
    """Send a file in a browser that runs no script, with the cookies of who is signed in."""
    kept = await signed_in.context.storage_state()
    page = await looker.open("/imports", java_script_enabled=False, storage_state=kept)
    await page.select_option("#kind", "area-facts")
    content = "source,external_id,area_code,on,households_total\nt,1,06091,2023-12-31,x\n"
    file = {"name": "facts.csv", "mimeType": "text/csv", "buffer": content.encode()}
    await page.set_input_files("#file", files=[file])
    await page.click("form.upload button[type=submit]")
    await page.wait_for_url("**/imports/*-*")
    assert "1 bị từ chối" in await page.inner_text("main")
    assert "households_total" in await page.inner_text("#table-refused")
    # Without the key of the session the same form is another site's.
    forged = await page.context.request.post(
        f"{looker.address}/v1/imports",
        multipart={"kind": "area-facts", "dry_run": "true", "file": file},
    )
    assert (forged.status, (await forged.json())["code"]) == (403, "form_of_another_site")
    await page.context.close()


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
        await _send_a_file_without_script(looker, page)
        await page.get_by_role("button", name="Đăng xuất").click()
        await page.goto(PLACE)
        assert await page.get_by_role("link", name="Đăng nhập").count() == 1
        await page.context.close()
    finally:
        world.tokens = OFF
    # A refused page is an error to the browser's console, and to nobody else.
    assert all("401" in fault for fault in looker.faults)
    assert not looker.strangers()
