"""`Idempotency-Key`: three refusals, one effect, one answer; what a dead process did is said."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import msgspec
import pytest
import pytest_asyncio

from services.ingest.answers import FactReceipt, Receipts
from shared.access.store import idempotency_keys as store
from shared.access.store.idempotency_keys import KEPT, KEYS_MAX, LEASE, Claim
from shared.http import idempotency
from shared.http.operations import operations
from tests.access.conftest import as_known, caller
from tests.facts import assessed
from tests.harness import Registry, registry

pytestmark = pytest.mark.asyncio(loop_scope="module")

EXPORTS = "/v1/exports"
BODY = {"question": "/v1/households?as_of=2024-01-01", "format": "csv"}
# They change nothing, or have an id of their own that says the same (`message_id` of SPDCI).
OTHERS = {
    "post_token",
    "look_up_households",
    "search_persons",
    "verify_person",
    "ask_what_if",
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(server: Any) -> AsyncIterator[Registry]:
    dsn = await server.create()
    async with registry(dsn) as running:
        yield running
    await server.drop(dsn)


def keyed(key: str, **headers: str) -> dict[str, str]:
    return {"idempotency-key": key, **headers}


async def order(world: Registry, key: str, **fields: Any) -> httpx.Response:
    return await world.post(EXPORTS, BODY | fields, headers=keyed(key))


async def number(world: Registry, table: str = "exports") -> int:
    async with world.context.database.statement() as snapshot:
        found: int = await snapshot.fetchval(f"SELECT count(*) FROM {table}")
    return found


@pytest_asyncio.fixture(autouse=True, loop_scope="module")
async def apart(world: Registry) -> AsyncIterator[None]:
    yield
    async with world.context.database.transaction() as tx:
        await tx.execute("DELETE FROM exports; DELETE FROM idempotency_keys")


async def test_every_order_takes_a_key(world: Registry) -> None:
    posts = [each for each in operations(world.app) if each.method == "POST"]
    without = {each.name for each in posts if not each.keyed}
    assert {name for name in without if "registry_" not in name} == OTHERS
    assert all(idempotency.NAME in each.headers for each in posts if each.keyed)


async def test_the_same_again_is_answered_alike_and_done_once(world: Registry) -> None:
    first = await order(world, '"one"')
    again = await order(world, "one")
    assert (
        (again.status_code, again.content)
        == (first.status_code, first.content)
        == (202, first.content)
    )
    assert again.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers
    assert await number(world) == 1
    assert (await order(world, '"two"')).json()["export_id"] != first.json()["export_id"]


async def test_refusals_are_kept_too_but_not_who_asks(world: Registry) -> None:
    refused = await order(world, "r-1", question="/v1/households?area=99999")
    again = await order(world, "r-1", question="/v1/households?area=99999")
    assert (refused.status_code, again.content) == (404, refused.content)
    blind, seeing = caller("same", scopes=frozenset()), caller("same")
    header = keyed("r-2", authorization="Bearer same")
    with as_known(world, blind):
        assert (await world.post(EXPORTS, BODY, headers=header)).status_code == 403
    with as_known(world, seeing):
        assert (await world.post(EXPORTS, BODY, headers=header)).status_code == 202


@pytest.mark.parametrize("key", ["", '""', '"open', "two words", "ü", "x" * 256, '"a", "b"'])
async def test_what_is_no_key_is_refused(world: Registry, key: str) -> None:
    answer = await world.client.post(
        EXPORTS, json=BODY, headers={b"idempotency-key": key.encode("latin-1")}
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_malformed")
    assert not await number(world)


async def test_another_request_by_the_key_is_refused(world: Registry) -> None:
    await order(world, "k")
    other = await order(world, "k", format="xlsx")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    elsewhere = await world.post("/v1/household-events", {"events": []}, headers=keyed("k"))
    assert elsewhere.json()["code"] == "idempotency_key_reused"
    assert await number(world) == 1


async def test_of_two_at_once_one_is_told_to_wait(world: Registry) -> None:
    answers = await asyncio.gather(*(order(world, "race") for _ in range(6)))
    codes = sorted(answer.status_code for answer in answers)
    assert codes[0] == 202 and set(codes) <= {202, 409}
    waiting = [each for each in answers if each.status_code == 409]
    assert all(each.json()["code"] == "idempotency_key_in_use" for each in waiting)
    assert all(each.headers["retry-after"] == "1" for each in waiting)
    made = {answer.content for answer in answers if answer.status_code == 202}
    assert len(made) == 1 and await number(world) == 1
    assert (await order(world, "race")).content in made


async def test_keys_are_a_clients_own(world: Registry) -> None:
    with as_known(world, caller("a"), caller("b")):
        made = [
            await world.post(EXPORTS, BODY, headers=keyed("k", authorization=f"Bearer {name}"))
            for name in ("a", "b")
        ]
        unknown = await world.post(EXPORTS, BODY, headers=keyed("k", authorization="Bearer c"))
    assert [each.status_code for each in made] == [202, 202]
    assert made[0].content != made[1].content and unknown.status_code == 401


async def test_facts_streams_and_files_take_keys(world: Registry) -> None:
    fact = assessed("K-1", "2023-12-14")
    posted = [
        await world.post("/v1/household-events", {"events": [fact]}, headers=keyed("facts"))
        for _ in range(2)
    ]
    assert posted[0].json()["accepted"] == 1 and posted[1].content == posted[0].content
    line = httpx.Request("POST", "http://x", json=assessed("K-2", "2023-12-14")).content
    headers = keyed("lines") | {"content-type": "application/x-ndjson"}
    streamed = [
        await world.client.post("/v1/household-events", content=line * 3, headers=headers)
        for _ in range(2)
    ]
    assert streamed[0].status_code == 202 and streamed[1].content == streamed[0].content
    # A form is sent with another boundary each time, and is the same form.
    form = {"files": {"file": ("a.ndjson", line)}, "data": {"kind": "household-events"}}
    sent = [await world.client.post("/v1/imports", headers=keyed("file"), **form) for _ in range(2)]
    assert sent[0].status_code == 202 and sent[1].content == sent[0].content
    form["files"] = {"file": ("a.ndjson", line + line)}
    other = await world.client.post("/v1/imports", headers=keyed("file"), **form)
    assert other.json()["code"] == "idempotency_key_reused"


async def test_errors_of_ours_are_not_kept(
    world: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def failing(*_: Any) -> int:
        raise RuntimeError

    with monkeypatch.context() as broken:
        broken.setattr("services.api.exports.exports.store.count_own", failing)
        assert (await order(world, "again")).status_code == 500
    assert (await order(world, "again")).status_code == 202


async def test_what_a_dead_process_did_is_not_done_again(world: Registry) -> None:
    """The key is marked in the transaction of the effect; without a mark it is free again."""
    claim = Claim("anybody", "dead", uuid4())
    async with world.context.database.transaction() as tx:
        assert await store.take(tx, claim, world.clock.now())
    assert (await order(world, "dead")).json()["code"] == "idempotency_key_in_use"
    world.clock.advance(LEASE + timedelta(seconds=1))
    assert (await order(world, "dead")).status_code == 202
    async with world.context.database.transaction() as tx:
        # As if the process had died between the effect and the answer.
        await tx.execute("UPDATE idempotency_keys SET sealed = NULL, fingerprint = NULL")
    world.clock.advance(LEASE + timedelta(seconds=1))
    lost = await order(world, "dead")
    assert (lost.status_code, lost.json()["code"]) == (409, "idempotency_answer_lost")
    assert await number(world) == 1


async def test_keys_expire_and_are_bounded(
    world: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    await order(world, "old")
    world.clock.advance(KEPT)
    assert "idempotency-replayed" not in (await order(world, "old")).headers
    assert await number(world, "idempotency_keys") == 1
    monkeypatch.setattr(store, "KEYS_MAX", 3)
    monkeypatch.setattr(store, "_LOOKS_FOR_SURPLUS", 1)
    for name in range(6):
        await world.post("/v1/household-events", {"events": []}, headers=keyed(f"n-{name}"))
    assert await number(world, "idempotency_keys") <= 4 < KEYS_MAX


async def test_answers_are_kept_sealed(world: Registry) -> None:
    made = await order(world, "sealed")
    async with world.context.database.statement() as snapshot:
        kept = await snapshot.fetchval("SELECT sealed FROM idempotency_keys")
    assert made.json()["export_id"].encode() not in kept


async def test_what_a_door_answers_to_as_many_facts_as_it_takes_is_kept() -> None:
    """Longer answers are refusals alone, and to refuse again changes nothing."""
    name, largest = UUID(int=2**128 - 1), 2**31 - 1
    receipt = FactReceipt(
        external_id="x" * 64,
        revision=largest,
        event_id=name,
        outcome="duplicate",
        article_id=name,
    )
    answer = Receipts(accepted=0, duplicates=1000, receipts=[receipt] * 1000)
    assert len(msgspec.json.encode(answer)) <= idempotency.ANSWER_BYTES_MAX
