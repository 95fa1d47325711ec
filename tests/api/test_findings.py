"""Findings: the list, its filters, answers of the past, and who sees which."""

from __future__ import annotations

from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

import pytest

from shared.http.auth import OFF, tokens_of
from shared.kernel import knowledge
from shared.press.store import findings
from shared.press.store.findings import NewFinding
from tests.api import ledger
from tests.api.paging import pages
from tests.harness import Registry

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def _raise(world: Registry, subject: str, kind: str, **said: Any) -> UUID:
    body = {
        "figures": [{"kind": "house", "amount_vnd": 61}],
        "expected": 59,
        "stated": 61,
        "tolerance": 0,
        "explanation": {"en": "More than the fund.", "vi": "Vượt quỹ."},
    }
    found = NewFinding(subject, kind, body, **said)
    async with world.context.database.transaction() as tx:
        await findings.raise_(tx, [found], await knowledge.tick(tx))
    return found.finding_id


async def _withdraw(world: Registry, subject: str) -> None:
    async with world.context.database.transaction() as tx:
        standing = await findings.standing(tx, [subject])
        await findings.withdraw(tx, list(standing.values()), await knowledge.tick(tx))


async def test_findings_stand_until_withdrawn_and_the_past_keeps_them(world: Registry) -> None:
    place = await ledger.area_id(world, "181", ledger.date(2024, 1, 1))
    finding = await _raise(world, "fund:A", "uses_exceed_fund", area_id=place)
    at = await ledger.now(world)
    (shown,) = await pages(world, "/v1/findings", fund="A")
    assert (shown["finding_id"], shown["kind"]) == (str(finding), "uses_exceed_fund")
    assert (shown["expected"], shown["stated"], shown["tolerance"]) == (59, 61, 0)
    assert shown["explanation"] == {"en": "More than the fund.", "vi": "Vượt quỹ."}
    assert (shown["subject"], shown["area"]["code"]) == ("fund:A", "181")
    await _withdraw(world, "fund:A")
    assert await pages(world, "/v1/findings", fund="A") == []
    assert await pages(world, "/v1/findings", fund="A", known_at=at) == [shown]


async def test_filters_and_pages(world: Registry) -> None:
    article, day = uuid4(), ledger.date(2024, 1, 1)
    place = await ledger.area_id(world, "06091", day)
    await _raise(world, "article:1", "rate_count_mismatch", article_id=article, area_id=place)
    await _raise(world, "article:1", "parts_exceed_total", article_id=article)
    await _raise(world, "article:2", "parts_exceed_total", article_id=uuid4())

    async def found(**asked: Any) -> list[tuple[str, str]]:
        items = await pages(world, "/v1/findings", limit=1, **asked)
        return [(i["subject"], i["kind"]) for i in items if i["article_id"]]

    mismatch, parts = ("article:1", "rate_count_mismatch"), ("article:1", "parts_exceed_total")
    assert await found(article=str(article)) == [mismatch, parts]
    assert await found(kind="parts_exceed_total") == [parts, ("article:2", "parts_exceed_total")]
    assert await found(area="20") == await found(area="06091") == [mismatch]
    assert await found(area="01") == []


async def test_who_sees_which_findings(world: Registry) -> None:
    day = ledger.date(2024, 1, 1)
    here, there = [await ledger.area_id(world, code, day) for code in ("06091", "00004")]
    for subject, place in (("fund:W", here), ("household:W", here), ("article:W", there)):
        await _raise(world, subject, "stale_year", area_id=place)
    await _raise(world, "article:V", "stale_year")
    everything = ["statistics:read", "funds:read", "households:read"]
    world.tokens = tokens_of(
        [
            {"name": name, "token_sha256": sha256(name.encode()).hexdigest(), **said}
            for name, said in {
                "all": {"scopes": everything},
                "counter": {"scopes": ["statistics:read"]},
                "payer": {"scopes": ["statistics:read", "funds:read"]},
                "bound": {"scopes": everything, "area": "20"},
                "other": {"scopes": ["funds:read"]},
            }.items()
        ]
    )
    try:
        for name, seen in (
            ("all", {"fund:W", "household:W", "article:W", "article:V"}),
            ("counter", {"article:W", "article:V"}),
            ("payer", {"fund:W", "article:W", "article:V"}),
            ("bound", {"fund:W", "household:W"}),
        ):
            headers = {"Authorization": f"Bearer {name}"}
            response = await world.client.get("/v1/findings?kind=stale_year", headers=headers)
            assert {i["subject"] for i in response.json()["items"]} == seen, name
        refused = await world.client.get("/v1/findings", headers={"Authorization": "Bearer other"})
        assert (refused.status_code, refused.json()["missing_scope"]) == (403, "statistics:read")
    finally:
        world.tokens = OFF


async def test_tags_and_refusals(world: Registry) -> None:
    response = await world.client.get("/v1/findings")
    assert response.headers["cache-control"] == "no-store"
    again = await world.client.get(
        "/v1/findings", headers={"If-None-Match": response.headers["etag"]}
    )
    assert again.status_code == 304
    for query, code in (("article=x", "invalid_value"), ("as_of=2024-01-01", "unknown_parameter")):
        response = await world.client.get(f"/v1/findings?{query}")
        assert (response.status_code, response.json()["code"]) == (422, code)


async def test_findings_are_counted_by_kind(world: Registry) -> None:
    async def counts(**asked: str) -> dict[str, int]:
        items = (await world.get("/v1/findings/counts", **asked))["items"]
        return {item["kind"]: item["findings"] for item in items}

    before, at = await counts(), await ledger.now(world)
    await _raise(world, "fund:COUNTED", "uses_exceed_fund")
    after = await counts()
    assert after == before | {"uses_exceed_fund": before["uses_exceed_fund"] + 1}
    assert await counts(known_at=at) == before
    for kind, number in after.items():
        assert len(await pages(world, "/v1/findings", kind=kind)) == number
