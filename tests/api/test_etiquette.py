"""What one client may ask and hold, and what every answer tells a browser."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from hashlib import sha256
from typing import Any

import httpx
import pytest

from shared.access.caller import SCOPES
from shared.http import heavy, limits
from shared.http.auth import tokens_of
from tests.harness import Registry, registry


def _entry(name: str, *scopes: str, area: str = "VN") -> dict[str, Any]:
    digest = sha256(name.encode()).hexdigest()
    return {
        "name": name,
        "token_sha256": digest,
        "scopes": sorted(scopes or SCOPES),
        "area": area,
    }


def _as(name: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {name}"}


async def test_a_client_that_asks_too_often_is_told_when_to_come_again(dsn: str) -> None:
    async with registry(dsn, requests_per_minute=3) as app:
        app.tokens = tokens_of([_entry("busy"), _entry("calm")])
        answers = [await app.client.get("/v1/areas/20", headers=_as("busy")) for _ in range(4)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
        first, last = answers[0], answers[-1]
        assert first.headers["ratelimit-policy"] == '"requests";q=3;w=60'
        assert first.headers["ratelimit"] == '"requests";r=2;t=0'
        assert last.json()["code"] == "rate_limited"
        assert 0 < int(last.headers["retry-after"]) <= 20
        assert last.headers.get_list("ratelimit") == [last.headers["ratelimit"]]
        assert (await app.client.get("/v1/areas/20", headers=_as("calm"))).status_code == 200
        assert (await app.client.get("/health/live")).status_code == 200


async def test_with_authentication_off_nothing_is_counted(dsn: str) -> None:
    async with registry(dsn, requests_per_minute=1) as app:
        for _ in range(3):
            answer = await app.client.get("/v1/areas/20")
            assert (answer.status_code, "ratelimit" in answer.headers) == (200, False)


async def test_look_ups_of_persons_have_a_rate_of_their_own(dsn: str) -> None:
    async with registry(dsn, lookups_per_minute=2) as app:
        app.tokens = tokens_of([_entry("agency")])
        asked = {"personal_id": "020180000001", "as_of": "2026-01-01", "purpose": "school fees"}
        statuses = [
            (await app.post(path, body, headers=_as("agency"))).status_code
            for path, body in (
                ("/v1/verifications", asked),
                ("/v1/persons/search", {"value": "020180000001"}),
                ("/v1/verifications", asked),
            )
        ]
        assert statuses == [200, 200, 429]
        assert (await app.client.get("/v1/areas/20", headers=_as("agency"))).status_code == 200


async def test_one_client_never_has_every_turn_of_heavy_questions(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(heavy, "WAIT_SECONDS", 0.02)
    turns = heavy.Turns(3)
    async with AsyncExitStack() as held:
        for _ in range(2):
            await held.enter_async_context(turns.turn("greedy"))
        with pytest.raises(Exception, match="too_many_heavy_questions"):
            await held.enter_async_context(turns.turn("greedy"))
        await held.enter_async_context(turns.turn("other"))
    async with turns.turn("greedy"), turns.turn("greedy"), turns.turn("other"):
        pass


async def test_a_client_has_so_many_streams_at_once_and_no_more(
    app: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.ingest.routes.doors.STREAMS_MAX", 1)
    app.tokens = tokens_of([_entry("district"), _entry("other")])
    begun, end = asyncio.Event(), asyncio.Event()

    async def lines() -> Any:
        yield b"\n"
        begun.set()
        await end.wait()

    async def stream(name: str, content: Any) -> httpx.Response:
        headers = {**_as(name), "content-type": "application/x-ndjson"}
        return await app.client.post("/v1/area-facts", content=content, headers=headers)

    first = asyncio.create_task(stream("district", lines()))
    await begun.wait()
    refused = await stream("district", b"\n")
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_at_once")
    assert (await stream("other", b"\n")).status_code == 202
    end.set()
    assert (await first).status_code == 202
    assert (await stream("district", b"\n")).status_code == 202
    assert limits.STREAMS_MAX > 1


async def test_every_answer_has_the_headers_that_browsers_need(app: Registry) -> None:
    for path in ("/v1/areas/20", "/v1/households/nobody", "/nowhere", "/health/live"):
        headers = (await app.client.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "strict-transport-security" not in headers
        assert "access-control-allow-origin" not in headers


async def test_behind_tls_browsers_are_told_to_use_nothing_else(dsn: str) -> None:
    async with registry(dsn, behind_tls=True) as app:
        headers = (await app.client.get("/v1/areas/20")).headers
        assert headers["strict-transport-security"].startswith("max-age=")


async def test_only_origins_that_are_named_may_read_answers(dsn: str) -> None:
    origin = "https://portal.example"
    async with registry(dsn, cors_origins=origin) as app:
        answer = await app.client.get("/v1/areas/20", headers={"Origin": origin})
        assert answer.headers["access-control-allow-origin"] == origin
        other = await app.client.get("/v1/areas/20", headers={"Origin": "https://evil.example"})
        assert "access-control-allow-origin" not in other.headers
        before = {"Access-Control-Request-Method": "GET", "Origin": origin}
        asked = await app.client.options("/v1/areas/20", headers=before)
        assert asked.headers["access-control-allow-origin"] == origin
