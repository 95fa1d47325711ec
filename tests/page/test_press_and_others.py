"""Findings, articles, changes, then against now, imports and operations."""

from __future__ import annotations

import csv
from hashlib import sha256
from io import StringIO

import pytest

from shared.http.auth import tokens_of
from tests.harness import Registry
from tests.page.reading import read
from tests.page.settlement import ARTICLE, DISTRICT, YEAR_END

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def _article(world: Registry) -> str:
    (article,) = (await world.get("/v1/articles"))["items"]
    return str(article["article_id"])


async def test_findings_are_counted_and_lead_to_the_words_that_say_them(world: Registry) -> None:
    counts = (await world.get("/v1/findings/counts"))["items"]
    page = await read(world, "/findings")
    assert page.numbers["total"] == str(sum(each["findings"] for each in counts))
    assert int(page.numbers["total"]) > 0
    article = await _article(world)
    (finding, *_) = (await world.get("/v1/findings", article=article))["items"]
    assert f"/articles/{article}#f-{finding['figures'][0]}" in page.links
    text = (await world.client.get("/findings")).text
    assert finding["explanation"]["vi"] in text
    assert finding["explanation"]["en"] in (await world.client.get("/findings?lang=en")).text


async def test_an_article_shows_its_text_with_marks_and_runs_nothing_of_it(
    world: Registry,
) -> None:
    assert "<script>" in ARTICLE
    article = await _article(world)
    page = await read(world, f"/articles/{article}")
    assert not page.inline
    figures = (await world.get(f"/v1/articles/{article}/figures"))["items"]
    assert figures
    for figure in figures:
        assert f"f-{figure['figure_id']}" in page.ids
        assert f"#f-{figure['figure_id']}" in page.links
    text = (await world.client.get(f"/articles/{article}")).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert f"/articles/{article}" in (await read(world, "/articles")).links


async def test_changes_are_those_of_the_feed(world: Registry) -> None:
    path = f"/changes?area={DISTRICT}&from_date=2023-01-01&to_date={YEAR_END}&csv=changes"
    answer = await world.client.get(path)
    rows = list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"))))
    feed = await world.get(
        "/v1/transitions", area=DISTRICT, from_date="2023-01-01", to_date=YEAR_END, limit=200
    )
    expected = [each["household_id"] for each in feed["items"] if "retracts" not in each]
    assert [row["household_id"] for row in rows] == expected
    assert expected


async def test_then_is_held_against_now(world: Registry, before: str) -> None:
    path = f"/places/{DISTRICT}/knowledge?as_of={YEAR_END}&known_at={before}"
    answer = await world.client.get(f"{path}&csv=knowledge")
    rows = {
        row["status"]: row for row in csv.DictReader(StringIO(answer.content.decode("utf-8-sig")))
    }
    now = await world.get(f"/v1/areas/{DISTRICT}/statistics", as_of=YEAR_END)
    assert (rows["poor"]["then"], rows["poor"]["now"]) == ("0", str(now["counts"]["poor"]))
    assert rows["poor"]["difference"] == rows["poor"]["now"]


async def test_operations_show_what_waits(world: Registry) -> None:
    page = await read(world, "/operations")
    assert (page.numbers["waiting"], page.numbers["refused"]) == ("0", "0")


@pytest.mark.parametrize(
    ("path", "scopes", "status"),
    [
        ("/operations", ["operations"], 200),
        ("/operations", ["statistics:read"], 403),
        ("/imports", ["ingest:write"], 200),
        ("/imports", ["statistics:read"], 403),
        ("/findings", ["articles:read"], 403),
    ],
)
async def test_a_view_needs_its_scope(
    world: Registry, path: str, scopes: list[str], status: int
) -> None:
    digest = sha256(b"token").hexdigest()
    entry = {"name": "someone", "token_sha256": digest, "scopes": scopes}
    before, world.tokens = world.tokens, tokens_of([entry])
    try:
        await read(world, path, status, authorization="Bearer token")
    finally:
        world.tokens = before
