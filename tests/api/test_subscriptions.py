"""Subscriptions: made by registered clients within what they may see, and theirs alone."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio

from shared.access.caller import FUNDS_READ, HOUSEHOLDS_READ
from shared.http.auth import OFF, Tokens
from shared.kernel.database import Database
from tests.access.conftest import caller
from tests.access.letting_in import bearer, change, let_in, token_of
from tests.harness import Registry, registry

pytestmark = pytest.mark.asyncio(loop_scope="module")

URL = "https://bhxh.example/ngheo"
BODY = {"callback_url": URL, "types": ["household-status.changed"]}
PATH = "/v1/subscriptions"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(server: Any) -> AsyncIterator[Registry]:
    dsn = await server.create()
    async with registry(dsn) as running:
        running.tokens = Tokens((caller("static"),))
        yield running
        running.tokens = OFF
    await server.drop(dsn)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def province(world: Registry) -> dict[str, str]:
    client, secret = await let_in(world, "province", "20", [HOUSEHOLDS_READ])
    return bearer(await token_of(world, client, secret))


async def subscribe(world: Registry, headers: dict[str, str], **fields: Any) -> Any:
    answer = await world.post(PATH, BODY | fields, headers=headers)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def get(world: Registry, path: str, headers: dict[str, str]) -> httpx.Response:
    return await world.client.get(f"{PATH}{path}", headers=headers)


async def stored(database: Database, sql: str, *args: Any) -> Any:
    async with database.statement() as snapshot:
        return await snapshot.fetch(sql, *args)


async def test_the_secret_is_shown_once_and_kept_sealed(
    world: Registry, province: dict[str, str]
) -> None:
    made = await subscribe(world, province, area="181", filter={"list": "poor"})
    assert made["secret"].startswith("whsec_") and made["state"] == "active"
    assert (made["area"], made["filter"]) == ("181", {"kind": None, "list": "poor"})
    again = (await get(world, f"/{made['subscription_id']}", province)).json()
    assert "secret" not in again
    assert again == {name: value for name, value in made.items() if name != "secret"}
    listed = (await get(world, "", province)).json()["items"]
    assert [one["subscription_id"] for one in listed] == [made["subscription_id"]]
    for (sealed,) in await stored(
        world.context.database, "SELECT sealed FROM subscription_secrets"
    ):
        assert made["secret"].removeprefix("whsec_").encode() not in b64encode(sealed)


async def test_a_subscriber_may_bring_its_secret_or_verify_by_a_public_key(
    world: Registry, province: dict[str, str]
) -> None:
    own = b64encode(bytes(range(32))).decode()
    assert (await subscribe(world, province, secret=own))["secret"] == f"whsec_{own}"
    asymmetric = await subscribe(world, province, signature="v1a")
    assert "secret" not in asymmetric
    (key,) = asymmetric["public_keys"]
    assert key.startswith("whpk_")
    path = f"{PATH}/{asymmetric['subscription_id']}/rotate"
    rotated = (await world.post(path, {}, headers=province)).json()
    assert rotated["public_keys"][1:] == [key]
    at_once = (await world.post(path, {"overlap_hours": 0}, headers=province)).json()
    assert len(at_once["public_keys"]) == 1 and at_once["public_keys"] != [key]


async def test_of_two_secrets_the_older_is_valid_for_the_overlap(
    world: Registry, province: dict[str, str]
) -> None:
    made = await subscribe(world, province, signature="v1a")
    path = f"/{made['subscription_id']}"
    await world.post(f"{PATH}{path}/rotate", {"overlap_hours": 2}, headers=province)

    async def keys() -> int:
        return len((await get(world, path, province)).json()["public_keys"])

    assert await keys() == 2
    before = world.clock.now()
    world.clock.advance(timedelta(hours=2))
    async with world.context.database.transaction() as tx:
        await tx.execute("UPDATE clients SET created_at = created_at")
    # The token of fifteen minutes is over: it is the store that is asked.
    count = await stored(
        world.context.database,
        "SELECT count(*) FROM subscription_secrets WHERE subscription_id = $1 "
        "AND (expires_at IS NULL OR expires_at > $2)",
        made["subscription_id"],
        world.clock.now(),
    )
    assert count[0][0] == 1
    world.clock.advance(before - world.clock.now())


@pytest.mark.parametrize(
    ("fields", "pointer", "code"),
    [
        ({"callback_url": "http://bhxh.example/"}, "/callback_url", "not_https"),
        ({"callback_url": "https://127.0.0.1/"}, "/callback_url", "private_address"),
        ({"callback_url": "https://[::1]/"}, "/callback_url", "private_address"),
        ({"callback_url": "https://169.254.169.254/a"}, "/callback_url", "private_address"),
        ({"callback_url": "https://127.1/"}, "/callback_url", "private_address"),
        ({"callback_url": "https://0x7f000001/"}, "/callback_url", "private_address"),
        ({"callback_url": "https://a:b@bhxh.example/"}, "/callback_url", "invalid_address"),
        ({"callback_url": "https://bhxh.example:0/"}, "/callback_url", "invalid_address"),
        ({"callback_url": "https://[::1"}, "/callback_url", "invalid_address"),
        ({"callback_url": "ftp://bhxh.example/"}, "/callback_url", "invalid_format"),
        ({"types": []}, "/types", "no_items"),
        ({"types": ["household-event.recorded"]}, "/types/0", "invalid_choice"),
        ({"secret": "c2hvcnQ="}, "/secret", "invalid_secret"),
        ({"secret": "no base64, but long enough to be one"}, "/secret", "invalid_secret"),
        ({"signature": "v1a", "secret": "c2hvcnQ="}, "/secret", "secret_not_taken"),
        ({"filter": {"list": "rich"}}, "/filter/list", "invalid_choice"),
        ({"colour": "red"}, "/colour", "unknown_field"),
    ],
)
async def test_what_is_wrong_is_refused_by_its_field(
    world: Registry, province: dict[str, str], fields: dict[str, Any], pointer: str, code: str
) -> None:
    answer = await world.post(PATH, BODY | fields, headers=province)
    assert answer.status_code == 422, answer.text
    assert [(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]] == [
        (pointer, code)
    ]


async def test_an_area_outside_the_caller_s_is_unknown(
    world: Registry, province: dict[str, str]
) -> None:
    outside = await world.post(PATH, BODY | {"area": "01"}, headers=province)
    nowhere = await world.post(PATH, BODY | {"area": "99"}, headers=province)
    assert (outside.status_code, outside.json()["code"]) == (404, "unknown_area")
    assert outside.text.replace("'01'", "'99'") == nowhere.text
    # Without an area it is the caller's own, as it is granted now.
    assert (await subscribe(world, province))["area"] == "20"


async def test_only_registered_clients_subscribe(world: Registry) -> None:
    answer = await world.post(PATH, BODY, headers=bearer("static"))
    assert (answer.status_code, answer.json()["code"]) == (403, "client_not_registered")
    client, secret = await let_in(world, "money alone", scopes=[FUNDS_READ])
    token = bearer(await token_of(world, client, secret))
    refused = await world.post(PATH, BODY, headers=token)
    assert (refused.status_code, refused.json()["missing_scope"]) == (403, HOUSEHOLDS_READ)


async def test_another_s_subscription_does_not_exist(
    world: Registry, province: dict[str, str]
) -> None:
    made = await subscribe(world, province)
    client, secret = await let_in(world, "somebody else")
    other = bearer(await token_of(world, client, secret))
    nobody = "11111111-2222-4333-8444-555555555555"
    for method, end in (
        ("GET", ""),
        ("DELETE", ""),
        ("GET", "/deliveries"),
        ("POST", "/rotate"),
        ("POST", "/replay"),
        ("POST", "/test"),
    ):
        answers = [
            await world.client.request(
                method,
                f"{PATH}/{one}{end}",
                headers=other,
                **({"json": {}} if method == "POST" else {}),
            )
            for one in (made["subscription_id"], nobody, "x")
        ]
        assert {answer.status_code for answer in answers} == {404}, (method, end)
        assert len({answer.text for answer in answers}) == 1
    assert (await get(world, "", other)).json()["items"] == []


async def test_an_ended_subscription_stays_ended(world: Registry, province: dict[str, str]) -> None:
    made = await subscribe(world, province)
    path = f"{PATH}/{made['subscription_id']}"
    ended = await world.client.delete(path, headers=province)
    assert ended.json()["state"] == "ended"
    again = await world.client.delete(path, headers=province)
    assert again.json() == ended.json()
    for end, status in (("replay", 409), ("test", 409), ("rotate", 409)):
        answer = await world.post(f"{path}/{end}", {}, headers=province)
        assert answer.status_code == status, (end, answer.text)
    listed = (await get(world, "?limit=1000", province)).json()["items"]
    assert made["subscription_id"] not in {one["subscription_id"] for one in listed}
    assert not await stored(
        world.context.database,
        "SELECT 1 FROM subscription_secrets WHERE subscription_id = $1",
        made["subscription_id"],
    )


async def test_a_list_is_read_in_pages(world: Registry) -> None:
    client, secret = await let_in(world, "pages")
    headers = bearer(await token_of(world, client, secret))
    made = [(await subscribe(world, headers))["subscription_id"] for _ in range(5)]
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = (await get(world, f"?limit=2{cursor and f'&cursor={cursor}'}", headers)).json()
        seen += [one["subscription_id"] for one in page["items"]]
        cursor = page["next_cursor"]
    assert seen == sorted(made)


async def test_a_client_has_at_most_a_hundred(
    world: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.api.subscriptions.subscriptions.SUBSCRIPTIONS_MAX", 1)
    client, secret = await let_in(world, "greedy")
    headers = bearer(await token_of(world, client, secret))
    made = await subscribe(world, headers)
    refused = await world.post(PATH, BODY, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (409, "too_many_subscriptions")
    await world.client.delete(f"{PATH}/{made['subscription_id']}", headers=headers)
    await subscribe(world, headers)


async def test_trials_wait_in_the_log_and_are_not_piled_up(
    world: Registry, province: dict[str, str]
) -> None:
    made = await subscribe(world, province)
    path = f"{PATH}/{made['subscription_id']}"
    ids = [(await world.post(f"{path}/test", {}, headers=province)).json() for _ in range(10)]
    log = (await get(world, f"/{made['subscription_id']}/deliveries", province)).json()["items"]
    assert [one["webhook_id"] for one in log] == [one["webhook_id"] for one in reversed(ids)]
    assert {(one["type"], one["state"], one["attempts"]) for one in log} == {
        ("subscription.test", "waiting", 0)
    }
    refused = await world.post(f"{path}/test", {}, headers=province)
    assert (refused.status_code, refused.json()["code"]) == (409, "too_many_trials")
    parked = await get(world, f"/{made['subscription_id']}/deliveries?state=parked", province)
    assert parked.json()["items"] == []


async def test_a_revoked_client_is_shut_out(world: Registry) -> None:
    client, secret = await let_in(world, "leaving")
    headers = bearer(await token_of(world, client, secret))
    await subscribe(world, headers)
    await change(world.context.database, client, revoked_at=world.clock.now())
    world.context.registered._looked_at = -1e9
    assert (await get(world, "", headers)).status_code == 401
