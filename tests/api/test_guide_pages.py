"""The guides are served without the internet, and their links lead where something is."""

from __future__ import annotations

import re

import pytest

from services.api.guide import GUIDES
from tests.harness import Registry

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_every_guide_is_a_page_in_both_languages_whose_links_lead_on(
    world: Registry,
) -> None:
    index = (await world.client.get("/guide")).text
    for name, path in GUIDES.items():
        assert f'href="/guide/{name}"' in index
        page = await world.client.get(f"/guide/{name}")
        assert page.headers["content-type"].startswith("text/html"), name
        assert "default-src 'none'" in page.headers["content-security-policy"]
        first = path.read_text("utf-8").partition("\n")[0].removeprefix("# ")
        assert f"<h1>{first}</h1>" in page.text
        for link in re.findall(r'href="(/[^"]*)"', page.text):
            assert (await world.client.get(link)).status_code == 200, (name, link)
        held = {"if-none-match": page.headers["etag"]}
        assert (await world.client.get(f"/guide/{name}", headers=held)).status_code == 304
    assert (await world.client.get("/guide/nothing")).status_code == 404
