"""What spoke for each figure of an article, read again when it is asked for."""

from __future__ import annotations

from typing import Any

import pytest

from services.api.press import evidence
from tests.facts import article
from tests.harness import Registry

pytestmark = pytest.mark.asyncio(loop_scope="module")

TEXT = "Cuối năm 2023, tỉnh Sơn La còn 2.100 hộ nghèo, chiếm 14,78%."
OTHER = "Cuối năm 2024, tỉnh Sơn La còn 1.900 hộ nghèo, chiếm 12,31%."


async def figures(world: Registry, title: str, **asked: Any) -> list[dict[str, Any]]:
    listed = (await world.get("/v1/articles"))["items"]
    (article_id,) = (each["article_id"] for each in listed if each["title"] == title)
    answer = await world.get(f"/v1/articles/{article_id}/figures", **asked)
    items: list[dict[str, Any]] = answer["items"]
    return items


async def test_every_slot_shows_its_readings_and_reasons(world: Registry) -> None:
    await world.send([article(TEXT, title="shown")], "articles")
    plain, explained = [
        await figures(world, "shown", **asked) for asked in ({}, {"explain": "true"})
    ]
    assert plain == await figures(world, "shown", explain="false")
    assert [{**item, "evidence": None} for item in plain] == [
        {**item, "evidence": None} for item in explained
    ]
    assert len(plain) == 2
    for before, item in zip(plain, explained, strict=True):
        assert "evidence" not in before
        slots = {slot["slot"]: slot for slot in item["evidence"]}
        assert slots["place"]["readings"][0]["reading"] == item["place"]["name"] == "Sơn La"
        assert slots["period"]["readings"][0]["reading"] == "2023-12-31/2023-12-31"
        assert slots["kind"]["readings"][0]["reading"] == item["kind"]
        for slot in slots.values():
            odds = [each["probability"] for each in slot["readings"]]
            assert odds == sorted(odds, reverse=True)
            assert slot["reasons"]
    (last,) = (await figures(world, "shown", explain="true", limit="2"))[1:]
    assert last == explained[1]


async def test_figures_of_words_that_are_gone_have_no_evidence(world: Registry) -> None:
    sent = article(TEXT, title="revised")
    await world.send([sent], "articles")
    listed = (await world.get("/v1/articles"))["items"]
    (article_id,) = (each["article_id"] for each in listed if each["title"] == "revised")
    path = f"/v1/articles/{article_id}/figures"
    before = (await world.get(path))["settled_at"]
    await world.send([{**sent, "text": OTHER, "revision": 2}], "articles")
    old = await world.get(path, explain="true", known_at=before)
    assert [item["evidence"] for item in old["items"]] == [None, None]
    new = await world.get(path, explain="true")
    assert all(item["evidence"] for item in new["items"])


async def test_a_text_that_takes_too_long_is_given_up(
    world: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.send([article(TEXT, title="slow")], "articles")
    listed = (await world.get("/v1/articles"))["items"]
    (article_id,) = (each["article_id"] for each in listed if each["title"] == "slow")
    path = f"/v1/articles/{article_id}/figures"
    with monkeypatch.context() as patched:
        patched.setattr(evidence, "EXPLAINING_SECONDS", 0.0)
        response = await world.client.get(path, params={"explain": "true"})
        assert (response.status_code, response.json()["code"]) == (503, "explaining_too_slow")
        assert int(response.headers["retry-after"]) > 0
    assert (await world.get(path, explain="true"))["items"]


async def test_an_article_that_does_not_exist_is_not_explained(world: Registry) -> None:
    path = "/v1/articles/00000000-0000-0000-0000-000000000000/figures"
    response = await world.client.get(path, params={"explain": "true"})
    assert (response.status_code, response.json()["code"]) == (404, "unknown_article")
    response = await world.client.get(path, params={"explain": "yes"})
    assert (response.status_code, response.json()["code"]) == (422, "unknown_value")
