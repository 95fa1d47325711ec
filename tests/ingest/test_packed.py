"""Bodies as they travel: marked, packed, and asked for by HEAD."""

from __future__ import annotations

import gzip
import io
from typing import Any

import httpx
import orjson
import pytest

from tests.harness import Registry, registry
from tests.ingest.items import assessed, stored

JSON = {"content-type": "application/json"}
NDJSON = {"content-type": "application/x-ndjson"}
MARK = b"\xef\xbb\xbf"


def events(count: int) -> list[dict[str, Any]]:
    return [assessed(external_id=f"P/{n}", household_id=f"P-{n}") for n in range(count)]


def body(count: int = 2) -> bytes:
    return orjson.dumps({"events": events(count)})


def lines(count: int = 2) -> bytes:
    return b"".join(orjson.dumps(event) + b"\n" for event in events(count))


async def post(app: Registry, content: bytes, **headers: str) -> httpx.Response:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return await app.client.post("/v1/household-events", content=content, headers=given)


async def test_a_byte_order_mark_before_a_body_is_no_part_of_it(app: Registry) -> None:
    assert (await post(app, MARK + body(), **JSON)).json()["accepted"] == 2
    assert (await post(app, MARK + lines(), **NDJSON)).json()["duplicates"] == 2


async def test_a_packed_body_is_read(app: Registry) -> None:
    packed = await post(app, gzip.compress(body()), content_encoding="gzip", **JSON)
    assert (packed.status_code, packed.json()["accepted"]) == (202, 2)
    again = await post(app, gzip.compress(lines(3000)), content_encoding="x-gzip", **NDJSON)
    assert (again.json()["accepted"], again.json()["duplicates"]) == (2998, 2)


@pytest.mark.parametrize("encoding", ["zstd", "br", "gzip, gzip"])
async def test_other_packing_is_refused_by_its_name(app: Registry, encoding: str) -> None:
    answer = await post(app, body(), content_encoding=encoding, **JSON)
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_encoding")
    assert encoding in answer.json()["detail"]
    assert answer.headers["accept-encoding"] == "gzip"


@pytest.mark.parametrize("content", [b"{}", gzip.compress(body())[:-9], b""])
async def test_what_is_not_packed_as_it_says_is_refused(app: Registry, content: bytes) -> None:
    before = await stored(app)
    answer = await post(app, content, content_encoding="gzip", **JSON)
    assert (answer.status_code, answer.json()["code"]) == (400, "body_not_packed")
    assert await stored(app) == before


async def test_a_small_body_that_unpacks_to_much_is_refused(dsn: str) -> None:
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="w") as file:
        for _ in range(64):
            file.write(b"\n" * 2**20)
    async with registry(dsn, stream_bytes_max=2**20) as app:
        for media in (JSON, NDJSON):
            answer = await post(app, out.getvalue(), content_encoding="gzip", **media)
            assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


async def test_long_answers_are_packed_when_asked(app: Registry) -> None:
    path = "/v1/areas?limit=50"
    plain = await app.client.get(path, headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    packed = await app.client.get(path, headers={"accept-encoding": "gzip;q=0.5"})
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < len(plain.content)
    assert packed.json() == plain.json()
    held = {"if-none-match": packed.headers["etag"], "accept-encoding": "gzip"}
    assert (await app.client.get(path, headers=held)).status_code == 304
    short = await app.client.get("/health/live", headers={"accept-encoding": "gzip"})
    assert "content-encoding" not in short.headers


async def test_a_stream_of_an_answer_is_packed_as_it_comes(app: Registry) -> None:
    bad = b"".join(orjson.dumps({"type": "assessed", "n": n}) + b"\n" for n in range(300))
    import_id = (await post(app, bad, **NDJSON)).json()["import_id"]
    path = f"/v1/imports/{import_id}/rejected"
    packed = await app.client.get(path, headers={"accept-encoding": "gzip"})
    plain = await app.client.get(path, headers={"accept-encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.text == plain.text
    assert len(plain.text.splitlines()) > 300


async def test_head_is_answered_wherever_get_is(app: Registry) -> None:
    for path in ("/v1/areas/20", "/health/ready", "/metrics", "/openapi.json", "/v1/areas/nowhere"):
        whole, head = await app.client.get(path), await app.client.head(path)
        assert (head.status_code, head.content) == (whole.status_code, b""), path
        assert head.headers["content-type"] == whole.headers["content-type"]
    assert (await app.client.head("/v1/household-events")).status_code == 405
