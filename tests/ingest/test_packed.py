"""Bodies as they travel: marked, packed, and asked for by HEAD."""

from __future__ import annotations

import gzip
import sys
from collections.abc import Callable
from typing import Any

import httpx
import orjson
import pytest

from tests.harness import Registry, registry
from tests.ingest.items import assessed, stored

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

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


Pack = Callable[[bytes], bytes]
PACKED: list[tuple[str, Pack]] = [
    ("gzip", gzip.compress),
    ("x-gzip", gzip.compress),
    ("zstd", zstd.compress),
]
both = pytest.mark.parametrize(("encoding", "pack"), PACKED[::2], ids=["gzip", "zstd"])


@pytest.mark.parametrize(("encoding", "pack"), PACKED, ids=[name for name, _ in PACKED])
async def test_a_packed_body_is_read(app: Registry, encoding: str, pack: Pack) -> None:
    packed = await post(app, pack(body()), content_encoding=encoding, **JSON)
    assert (packed.status_code, packed.json()["accepted"]) == (202, 2)
    again = await post(app, pack(lines(3000)), content_encoding=encoding, **NDJSON)
    assert (again.json()["accepted"], again.json()["duplicates"]) == (2998, 2)


@both
async def test_packed_files_that_were_joined_lose_nothing(
    app: Registry, encoding: str, pack: Pack
) -> None:
    rows = lines(40).splitlines(keepends=True)
    joined = b"".join(pack(b"".join(rows[n : n + 10])) for n in range(0, 40, 10))

    async def dripping() -> Any:
        for place in range(0, len(joined), 7):
            yield joined[place : place + 7]

    for content in (joined, dripping()):
        headers = NDJSON | {"content-encoding": encoding}
        answer = await app.client.post("/v1/household-events", content=content, headers=headers)
        assert answer.json()["accepted"] + answer.json()["duplicates"] == 40


@pytest.mark.parametrize("encoding", ["br", "deflate", "gzip, gzip", "zstd, gzip"])
async def test_other_packing_is_refused_by_its_name(app: Registry, encoding: str) -> None:
    answer = await post(app, body(), content_encoding=encoding, **JSON)
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_encoding")
    assert encoding in answer.json()["detail"]
    assert answer.headers["accept-encoding"] == "gzip, zstd"


@both
@pytest.mark.parametrize("spoil", ["plain", "cut", "nothing", "more", "changed"])
async def test_what_is_not_packed_as_it_says_is_refused(
    app: Registry, encoding: str, pack: Pack, spoil: str
) -> None:
    whole = pack(body())
    middle = len(whole) // 2
    content = {
        "plain": body(),
        "cut": whole[:-9],
        "nothing": b"",
        "more": whole + b"and more",
        "changed": whole[:middle] + bytes(8) + whole[middle + 8 :],
    }[spoil]
    before = await stored(app)
    answer = await post(app, content, content_encoding=encoding, **JSON)
    assert answer.status_code == 400, answer.text
    assert answer.json()["code"] in {"body_not_packed", "invalid_json"}
    assert await stored(app) == before


@both
async def test_a_small_body_that_unpacks_to_much_is_refused(
    dsn: str, encoding: str, pack: Pack
) -> None:
    bomb = pack(b"\n" * 2**26)
    async with registry(dsn, stream_bytes_max=2**20) as app:
        for media in (JSON, NDJSON):
            for content in (bomb, pack(b"") * 10 + bomb):
                answer = await post(app, content, content_encoding=encoding, **media)
                assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


async def test_a_window_larger_than_the_standard_allows_is_refused(app: Registry) -> None:
    """RFC 9659: whoever unpacks would have to hold as much memory as the sender likes."""
    options: dict[int, int] = {zstd.CompressionParameter.window_log: 27}
    packer = zstd.ZstdCompressor(options=options)
    content = packer.compress(lines(3)) + packer.flush()
    answer = await post(app, content, content_encoding="zstd", **NDJSON)
    assert (answer.status_code, answer.json()["code"]) == (400, "body_not_packed")


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
