"""Areas, policy and articles over HTTP."""

from __future__ import annotations

import pytest

from tests.harness import Registry

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_unit_knows_its_predecessors_and_successors(world: Registry) -> None:
    old = await world.get("/v1/areas/24", as_of="2025-06-30")
    new = await world.get("/v1/areas/24", as_of="2025-07-01")
    assert (old["name"], old["valid_to"], old["successors"]) == ("Bắc Giang", "2025-07-01", ["24"])
    assert new["name"] == "Bắc Ninh"
    assert new["predecessors"] == ["24", "27"]
    assert new["version"]["digest"] and new["version"]["recorded_at"]


async def test_units_are_found_without_accents_by_level_and_parent(world: Registry) -> None:
    found = await world.get("/v1/areas", q="LANG son", level="province")
    assert [item["code"] for item in found["items"]] == ["20"]
    communes = await world.get("/v1/areas", parent="181", as_of="2024-01-01")
    assert {item["level"] for item in communes["items"]} == {"commune"}
    assert "06091" in {item["code"] for item in communes["items"]}
    provinces = await world.get("/v1/areas", level="province", limit=1000)
    assert len(provinces["items"]) == 34
    alias = await world.get("/v1/areas", q="thua thien hue", as_of="2024-01-01")
    assert "46" in {item["code"] for item in alias["items"]}


async def test_pages_of_units_join_up(world: Registry) -> None:
    codes: list[str] = []
    cursor = None
    while True:
        asked: dict[str, str] = {"cursor": cursor} if cursor else {}
        page = await world.get("/v1/areas", level="province", limit=9, as_of="2024-01-01", **asked)
        codes += [item["code"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert (len(codes), codes) == (63, sorted(set(codes)))


async def test_a_page_links_to_the_next(world: Registry) -> None:
    """RFC 8288: who follows links needs to know nothing of cursors."""
    codes: list[str] = []
    address: str | None = "/v1/areas?level=province&limit=25&as_of=2024-01-01"
    while address is not None:
        answer = await world.client.get(address)
        codes += [item["code"] for item in answer.json()["items"]]
        address = answer.links.get("next", {}).get("url")
    assert (len(codes), codes) == (63, sorted(set(codes)))


async def test_standards_in_force_on_a_day_with_their_sources(world: Registry) -> None:
    found = await world.get("/v1/standards", on="2027-01-01")
    assert [item["id"] for item in found["items"]] == ["VN-2027-2030"]
    assert found["items"][0]["legal_basis"]
    assert found["digest"] and found["recorded_at"]
    last = await world.get("/v1/standards", on="2026-12-31")
    assert [item["id"] for item in last["items"]] == ["VN-2022-2025"]
    for path in ("/v1/programs", "/v1/rules"):
        assert isinstance((await world.get(path))["items"], list)


async def test_articles_are_listed_and_shown_with_their_text(world: Registry) -> None:
    article = {"source": "press", "external_id": "1", "language": "vi", "text": "2.100 hộ nghèo."}
    answer = await world.send([article], "articles")
    article_id = answer["receipts"][0]["article_id"]
    listed = (await world.get("/v1/articles"))["items"]
    assert [(i["article_id"], "text" in i) for i in listed] == [(article_id, False)]
    found = await world.get(f"/v1/articles/{article_id}")
    assert (found["text"], found["language"], found["revision"]) == (article["text"], "vi", 1)
    for unknown in ("x", "0b2f8e7e-0f43-5c0a-9d52-6a5c39f0b1aa"):
        response = await world.client.get(f"/v1/articles/{unknown}")
        assert (response.status_code, response.json()["code"]) == (404, "unknown_article")
