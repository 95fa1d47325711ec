"""Documents are signed: the same bytes for the same knowledge, verified as long as they live."""

from __future__ import annotations

import io
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from openpyxl import load_workbook

from shared.access.documents import NotSigned, read_document, sign_document
from shared.access.store import signing_keys
from shared.access.tokens import WrongToken, new_key, read_token
from shared.http.ask import encode
from tests.access import issuing
from tests.facts import assessed
from tests.harness import Registry

pytestmark = pytest.mark.asyncio(loop_scope="module")

HERE = "06163"
BOOK = f"/v1/areas/{HERE}/year-end"


async def _make_key(world: Registry, *, rotate: bool = False) -> None:
    change = signing_keys.rotate if rotate else signing_keys.ensure
    async with world.context.database.transaction() as tx:
        await change(tx, world.context.keys.ring(), world.clock.now())


async def _verified(world: Registry, signature: str) -> Any:
    return await world.get(f"/v1/signatures/{signature}")


async def test_a_book_without_a_key_says_that_it_is_not_signed(world: Registry) -> None:
    await world.send([assessed("S-1", "2022-12-14", area_code=HERE)])
    assert (await world.get(BOOK, year=2023))["signature"] is None
    answer = await world.client.get(f"{BOOK}.pdf", params={"year": 2023})
    assert (answer.status_code, b"/v1/signatures/" in answer.content) == (200, False)


async def test_json_workbook_and_pages_carry_one_signature(world: Registry) -> None:
    await _make_key(world)
    book = await world.get(BOOK, year=2023)
    signature = book["signature"]
    said = await _verified(world, signature)
    assert said["about"] == {"area": HERE, "year": 2023, "basis": "recognised"}
    assert (said["digest"], said["kind"]) == (book["digest"], "year_end_book")
    assert (said["settled_at"], said["key_retired_at"]) == (book["settled_at"], None)
    content = {n: v for n, v in book.items() if n not in {"known_at", "settled_at", "signature"}}
    assert sha256(encode(content | {"digest": ""})).hexdigest() == book["digest"]

    asked = {"year": 2023, "known_at": book["settled_at"]}
    answer = await world.client.get(f"{BOOK}.xlsx", params=asked)
    sheet = load_workbook(io.BytesIO(answer.content))["Chữ ký số"]
    assert [sheet.cell(row, 2).value for row in (1, 4)] == [book["digest"], signature]

    first, again = [await world.client.get(f"{BOOK}.pdf", params=asked) for _ in range(2)]
    assert first.headers["content-type"] == "application/pdf"
    assert first.content == again.content
    assert first.content.startswith(b"%PDF-")
    assert f"/v1/signatures/{signature}".encode() in first.content
    cells = [row["start"] for form in book["lists"] for row in form["rows"]]
    assert all(f"{cell['href']})".encode() in first.content for cell in cells)


async def test_a_signature_outlives_its_key(world: Registry) -> None:
    signature = (await world.get(BOOK, year=2023))["signature"]
    kid = (await _verified(world, signature))["signed_by"]
    await _make_key(world, rotate=True)
    world.clock.advance(timedelta(minutes=30))
    await _make_key(world, rotate=True)
    published = await world.get("/.well-known/jwks.json")
    assert kid not in {key["kid"] for key in published["keys"]}
    said = await _verified(world, signature)
    assert said["signed_by"] == kid
    assert said["key_retired_at"] is not None
    newer = (await world.get(BOOK, year=2023))["signature"]
    assert newer != signature
    async with world.context.database.statement() as snapshot:
        (ended,) = await signing_keys.list_ended(snapshot)
    assert "d" not in ended.document


async def test_what_was_not_signed_here_is_not_known(world: Registry) -> None:
    signature = (await world.get(BOOK, year=2023))["signature"]
    head, said, sealed = signature.split(".")
    other = (await world.get(BOOK, year=2022))["signature"].split(".")
    strange = sign_document({"kind": "year_end_book"}, new_key())
    wrong = [
        f"{head}.{other[1]}.{sealed}",
        f"{head}.{said}.{other[2]}",
        strange,
        "x",
        f"{head}..{sealed}",
        f"{head}.{said}.",
        "a.b.c",
    ]
    for text in wrong:
        answer = await world.client.get(f"/v1/signatures/{text}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_signed_here"), text


async def test_no_token_is_a_document_and_no_document_a_token() -> None:
    key = new_key()
    keys = {str(key.kid): key}
    token = issuing.signed(key, issuing.claims())
    with pytest.raises(NotSigned):
        read_document(token, keys)
    with pytest.raises(WrongToken):
        read_token(
            sign_document({"kind": "year_end_book", "digest": "", "about": {}}, key),
            issuing.issuer(key),
        )
    assert read_document(sign_document({"a": "ă"}, key), keys) == (key.kid, {"a": "ă"})
