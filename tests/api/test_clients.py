"""Who was let in, and who read what: for who may know, and of his own part of the country."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest_asyncio

from shared.access.caller import OPERATIONS
from shared.access.store import clients
from shared.http.auth import Tokens
from tests.access.letting_in import bearer, let_in, token_of
from tests.facts import COMMUNE, assessed
from tests.harness import Registry, registry

READ, ANSWERS = "/v1/households/A-1", "/v1/audit/answers"
DISTRICT, ELSEWHERE = "181", "01"


@pytest_asyncio.fixture
async def audited(dsn: str) -> AsyncIterator[Registry]:
    """A registry with audit on, and a household."""
    async with registry(dsn, audit="on") as running:
        await running.send([assessed("A-1", "2023-12-14"), assessed("A-2", "2023-12-14")])
        yield running


async def _headers(world: Registry, name: str, area: str) -> tuple[str, dict[str, str]]:
    client, secret = await let_in(world, name, area)
    world.clock.advance(timedelta(seconds=5))
    return client.client_id, bearer(await token_of(world, client, secret))


async def test_clients_are_shown_without_their_secrets(audited: Registry) -> None:
    client, _ = await let_in(audited, "a commune", COMMUNE, [OPERATIONS], ["s"])
    async with audited.context.database.transaction() as tx:
        await clients.save_client(tx, replace(client, revoked_at=audited.clock.now()))
    (shown,) = (await audited.get("/v1/clients"))["items"]
    assert shown.pop("created_at") <= shown.pop("revoked_at")
    assert shown == {
        "client_id": client.client_id,
        "name": "a commune",
        "scopes": [OPERATIONS],
        "area": COMMUNE,
        "sources": ["s"],
        "purpose": "a test",
        "bound_to_certificate": False,
    }


async def test_clients_come_in_pages(audited: Registry) -> None:
    names = [f"client {number}" for number in range(5)]
    for name in names:
        await let_in(audited, name)
        audited.clock.advance(timedelta(seconds=5))
    seen, cursor = [], None
    while True:
        given = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = await audited.get("/v1/clients", **given)
        seen += [each["name"] for each in page["items"]]
        if (cursor := page["next_cursor"]) is None:
            break
    assert seen == names


async def test_a_part_of_the_country_sees_its_own_clients_and_what_they_read(
    audited: Registry,
) -> None:
    audited.tokens = Tokens(())
    country, everywhere = await _headers(audited, "the country", "VN")
    own, headers = await _headers(audited, "the district", DISTRICT)
    inside, in_commune = await _headers(audited, "its commune", "06088")
    outside, in_hanoi = await _headers(audited, "elsewhere", ELSEWHERE)
    for sent in (in_commune, in_hanoi):
        await audited.client.get(READ, headers=sent)
    assert await _ids(audited, "/v1/clients", headers, "client_id") == [own, inside]
    every = [country, own, inside, outside]
    assert await _ids(audited, "/v1/clients", everywhere, "client_id") == every
    assert {*await _ids(audited, ANSWERS, headers, "client")} == {own, inside}
    assert {*await _ids(audited, ANSWERS, everywhere, "client")} == {"anybody", *every}
    of_outside = f"{ANSWERS}?client={outside}"
    assert await _ids(audited, of_outside, headers, "client") == []
    assert await _ids(audited, of_outside, everywhere, "client") == [outside]


async def _ids(world: Registry, path: str, headers: dict[str, str], name: str) -> list[str]:
    answer = await world.client.get(path, headers=headers)
    assert answer.status_code == 200, answer.text
    return [each[name] for each in answer.json()["items"]]


async def test_what_was_read_comes_newest_first_over_all_chains(audited: Registry) -> None:
    for household in ("A-1", "A-2", "A-1"):
        await audited.client.get(f"/v1/households/{household}")
        audited.clock.advance(timedelta(seconds=5))
    # Another process begins a chain of its own.
    audited.context.audit.head = None
    await audited.client.get("/v1/households?as_of=2024-01-01")
    seen, cursor = [], None
    while True:
        given = {"limit": 3, "client": "anybody"} | ({"cursor": cursor} if cursor else {})
        page = await audited.get(ANSWERS, **given)
        seen += page["items"]
        # Reading it is read too: what came since stands before the first page.
        if (cursor := page["next_cursor"]) is None:
            break
    instants = [each["at"] for each in seen]
    assert instants == sorted(instants, reverse=True)
    first = seen[0]
    assert (first["route"], first["subjects"], first["status"]) == ("/v1/households", 2, 200)
    assert "A-1" not in str(seen)
    async with audited.context.database.statement() as snapshot:
        rows = await snapshot.fetch(
            "SELECT request_id FROM audit_rows WHERE route <> '/v1/audit/answers' "
            "ORDER BY at DESC, chain DESC, seq DESC"
        )
    assert [each["request_id"] for each in seen] == [row[0] for row in rows]


async def test_a_household_s_readings_come_in_either_order(audited: Registry) -> None:
    for purpose in ("one", "two", "three"):
        await audited.client.get(READ, headers={"Purpose": purpose})
        audited.clock.advance(timedelta(seconds=5))
    oldest = (await audited.get("/v1/audit/subjects/A-1"))["items"]
    assert [each["purpose"] for each in oldest[-3:]] == ["one", "two", "three"]
    # Asking is a reading too; the cursor goes on behind what the first page showed.
    newest = await audited.get("/v1/audit/subjects/A-1", limit=2, order="newest")
    cursor = newest["next_cursor"]
    behind = await audited.get("/v1/audit/subjects/A-1", order="newest", cursor=cursor)
    assert newest["items"][1:] + behind["items"] == oldest[::-1]
