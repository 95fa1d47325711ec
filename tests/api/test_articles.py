"""The list of articles: the newest first, filters, counts, and a cursor that writes do not move."""

from __future__ import annotations

from uuid import UUID

import pytest

from shared.kernel import knowledge
from shared.press.store import findings
from shared.press.store.findings import NewFinding
from tests.api.paging import pages
from tests.facts import article
from tests.harness import Registry

pytestmark = pytest.mark.asyncio(loop_scope="module")
TEXT = "Huyện Bình Gia (Lạng Sơn) cuối năm 2023 có 2.100 hộ nghèo, chiếm 14,78%."


async def contradict(world: Registry, article_id: UUID) -> None:
    finding = NewFinding(f"article:{article_id}", "rate_count_mismatch", {}, article_id=article_id)
    async with world.context.database.transaction() as tx:
        await findings.raise_(tx, [finding], await knowledge.tick(tx))


async def titles(world: Registry, **asked: str) -> list[str]:
    return [item["title"] for item in await pages(world, "/v1/articles", **asked)]


async def test_articles_come_by_day_of_publication(world: Registry) -> None:
    days = {"old": "2023-05-01", "new": "2024-11-20", "undated": None, "middle": "2023-12-31"}
    facts = [article(TEXT, title=title, published_on=day, url=title) for title, day in days.items()]
    for fact in facts:
        del fact["url"]
        if fact["published_on"] is None:
            del fact["published_on"]
    await world.send(
        [*facts, article("Không có số.", title="empty", published_on="2022-01-01")], "articles"
    )
    newest_first = ["new", "middle", "old", "empty", "undated"]
    assert await titles(world) == newest_first
    assert await titles(world, limit="1") == newest_first
    assert await titles(world, from_date="2023-05-01", to_date="2023-12-31") == ["middle", "old"]
    (first, *_) = (await world.get("/v1/articles"))["items"]
    listed = await world.get(f"/v1/articles/{first['article_id']}/figures")
    assert first["figures"] == len(listed["items"]) > 0


async def test_articles_are_found_by_measure_place_and_contradictions(world: Registry) -> None:
    assert "empty" not in await titles(world, measure="poverty_rate")
    assert set(await titles(world, area="181")) == {"new", "middle", "old", "undated"}
    assert await titles(world, area="79") == []
    assert await titles(world, has_findings="true") == []
    ids = {a["title"]: a["article_id"] for a in (await world.get("/v1/articles"))["items"]}
    await contradict(world, UUID(ids["middle"]))
    counted = {a["title"]: a["findings"] for a in (await world.get("/v1/articles"))["items"]}
    assert counted == dict.fromkeys(ids, 0) | {"middle": 1}
    assert await titles(world, has_findings="true") == ["middle"]
    assert await titles(world, has_findings="false") == ["new", "old", "empty", "undated"]


async def test_a_newer_article_does_not_move_the_cursor(world: Registry) -> None:
    page = await world.get("/v1/articles", limit=2)
    await world.send([article(TEXT, title="newest", published_on="2025-01-01")], "articles")
    rest = await titles(world, cursor=page["next_cursor"])
    assert rest == ["old", "empty", "undated"]
    assert (await titles(world))[0] == "newest"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"measure": "wealth"}, "unknown_value"),
        ({"has_findings": "perhaps"}, "unknown_value"),
        ({"from_date": "2024"}, "invalid_date"),
        ({"cursor": "eA"}, "invalid_cursor"),
    ],
)
async def test_what_a_filter_does_not_take(
    world: Registry, query: dict[str, str], code: str
) -> None:
    response = await world.client.get("/v1/articles", params=query)
    assert (response.status_code, response.json()["code"]) == (422, code)
