"""Messages that are answered later: acknowledged, called back, asked about; changes told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from joserfc.jwk import OKPKey

from services.api.spdci import exchanges as api
from shared.http.auth import OFF, tokens_of
from shared.spdci.senders import Sender
from shared.spdci.signatures import verify, verifying_keys
from shared.spdci.store import exchanges, senders
from shared.spdci.store.exchanges import Attempted
from tests.access.letting_in import change, let_in, token_of
from tests.facts import assessed
from tests.harness import Registry
from tests.spdci.messages import SENT, by_expression, by_id, envelope, search
from tests.spdci.receiving import CalledBack, answering, called_back
from tests.waiting import until


@pytest_asyncio.fixture
async def spmis() -> AsyncIterator[CalledBack]:
    async with called_back() as made:
        yield made


@pytest_asyncio.fixture
async def app(dsn: str) -> AsyncIterator[Registry]:
    async with answering(dsn) as made:
        yield made


async def post(app: Registry, path: str, message: Any, **kwargs: Any) -> Any:
    response = await app.post(f"/registry/{path}", message, **kwargs)
    assert response.status_code == 200, response.text
    ack = response.json()["message"]
    assert ack["ack_status"] == "ACK" and ack["timestamp"]
    return ack


def status_of(kind: str, attribute: str, value: Any, **header: Any) -> Any:
    query = {
        "reference_id": "q-1",
        "txn_type": kind,
        "attribute_type": attribute,
        "attribute_value": value,
    }
    message = {"transaction_id": "t-q", "txnstatus_request": query}
    return envelope("txn-status", message, **{"message_id": str(uuid4()), **header})


def wanted(filter_: Any, **more: Any) -> Any:
    query = {"value": {"expression": {"query": filter_}}}
    return {
        "reg_event_type": "vn:HouseholdStatusChanged",
        "filter_type": "expression",
        "filter": query,
        "notify_record_type": "Group",
        **more,
    }


def subscribing(uri: str, *all_wanted: Any, **header: Any) -> Any:
    items = [
        {"reference_id": f"s-{n}", "timestamp": SENT, "subscribe_criteria": each}
        for n, each in enumerate(all_wanted)
    ]
    message = {"transaction_id": "t-s", "subscribe_request": items}
    more = {"message_id": str(uuid4()), "sender_uri": uri, **header}
    return envelope("subscribe", message, len(items), **more)


async def asked(app: Registry, kind: str, attribute: str, value: Any) -> Any:
    response = await app.post("/registry/sync/txn/status", status_of(kind, attribute, value))
    assert response.status_code == 200, response.text
    assert response.json()["header"]["action"] == "txn-on-status"
    return response.json()["message"]["txnstatus_response"]["txn_status"]


async def test_searches_are_called_back_and_their_status_can_be_asked(
    app: Registry, spmis: CalledBack
) -> None:
    await app.send([assessed("A", "2023-12-14")])
    spmis.status = 503
    message = search(
        by_id("household_id", "A"),
        by_id("MOBILE", "1"),
        sender_uri=spmis.uri("on-search"),
        meta={"as_of": "2024-06-30"},
    )
    ack = await post(app, "search", message)
    again = await post(app, "search", message)
    assert again["correlation_id"] == ack["correlation_id"]
    body = await spmis.next()
    assert spmis.came[0][0] == "/registry/on-search"
    assert (body["header"]["action"], body["header"]["status"]) == ("on-search", "succ")
    assert body["header"]["receiver_id"] == "spmis.example.org"
    assert body["message"]["transaction_id"] == "t-1"
    assert body["message"]["correlation_id"] == ack["correlation_id"]
    found, rejected = body["message"]["search_response"]
    assert found["data"]["reg_records"][0]["classification_code"] == "poor"
    assert rejected["status_reason_code"] == "rjct.filter.invalid"
    # It was not taken: it comes again, and what was found so far can be asked.
    spmis.status = 200
    async with app.context.database.transaction() as tx:
        await tx.execute("UPDATE spdci_exchanges SET due_at = $1", app.clock.now())
    await until(lambda: len(spmis.came) >= 2)

    async def delivered() -> bool:
        async with app.context.database.statement() as snapshot:
            state = await snapshot.fetchval("SELECT state FROM spdci_exchanges")
        return bool(state == "delivered")

    await until(delivered)
    for attribute, value in (
        ("transaction_id", "t-1"),
        ("correlation_id", ack["correlation_id"]),
        ("reference_id_list", ["r-0", "r-1"]),
    ):
        answer = await asked(app, "search", attribute, value)
        assert answer["correlation_id"] == ack["correlation_id"]
        assert [each["status"] for each in answer["search_response"]] == ["succ", "rjct"]
        assert answer["search_response"][1]["status_reason_code"] == "rjct.filter.invalid"
    nothing = await asked(app, "search", "transaction_id", "t-other")
    assert nothing["search_response"][0]["status_reason_code"] == "rjct.reference_id.invalid"
    assert (await asked(app, "subscribe", "transaction_id", "t-1"))["correlation_id"] == ""
    async with app.context.database.statement() as snapshot:
        assert await snapshot.fetchval("SELECT sealed FROM spdci_exchanges") is None


async def test_a_question_about_a_transaction_is_called_back_too(
    app: Registry, spmis: CalledBack
) -> None:
    message = status_of("search", "transaction_id", "t-1", sender_uri=spmis.uri("txn/on-status"))
    ack = await post(app, "txn/status", message)
    body = await spmis.next()
    assert body["header"]["action"] == "txn-on-status"
    assert body["message"]["correlation_id"] == ack["correlation_id"]
    assert body["message"]["txnstatus_response"]["txn_type"] == "search"


async def test_a_message_id_is_not_used_for_two_messages(app: Registry, spmis: CalledBack) -> None:
    uri = spmis.uri("on-search")
    await post(app, "search", search(by_id("household_id", "A"), sender_uri=uri))
    other = search(by_id("household_id", "B"), sender_uri=uri)
    refused = await app.post("/registry/search", other)
    assert refused.status_code == 400
    assert "rjct.message_id.duplicate" in refused.json()["message"]["error"]["message"]


async def test_nothing_is_sent_to_addresses_that_are_none(app: Registry) -> None:
    for uri in ("", None, "ftp://example.org/x", "http://user@example.org/"):
        message = search(by_id("household_id", "A"), sender_uri=uri)
        refused = await app.post("/registry/search", message)
        assert refused.json()["message"]["error"]["code"] == "err.sender_uri.invalid", uri
    app.change(settings=app.context.settings.model_copy(update={"webhooks_inside": False}))
    for uri in ("http://127.0.0.1:1/registry", "https://127.0.0.1/registry", "https://127.1/"):
        message = search(by_id("household_id", "A"), sender_uri=uri)
        refused = await app.post("/registry/search", message)
        assert refused.json()["message"]["error"]["code"] == "err.sender_uri.invalid", uri


async def test_changes_are_told_to_who_subscribed_until_that_is_ended(
    app: Registry, spmis: CalledBack
) -> None:
    uri = spmis.uri("callback")
    all_wanted = [
        wanted({"area_code": "06091"}),
        wanted({"classification_code": "poor", "area_code": "06091"}),
        wanted({"group_size": 4}),
        wanted({"$or": [{"area_code": "06091"}, {"area_code": "06097"}]}),
        wanted({"area_code": "nowhere"}),
        wanted({"area_code": "06091"}, frequency={"frequency": "0 0 * * *"}),
        wanted({"area_code": "06091"}, reg_event_type="LiveBirth"),
        wanted({"area_code": "06091"}, filter_type="idtype-value"),
    ]
    all_wanted[1]["filter"]["value"]["expression"]["query"] = {"area_code": "06097"}
    ack = await post(app, "subscribe", subscribing(uri, *all_wanted))
    body = await spmis.next()
    assert body["header"]["action"] == "on-subscribe"
    assert body["message"]["correlation_id"] == ack["correlation_id"]
    answers = body["message"]["subscribe_response"]
    assert [each["status"] for each in answers] == ["succ", "succ", *["rjct"] * 6]
    assert {each["status_reason_code"] for each in answers[2:]} == {
        "rjct.notify_details.invalid",
        "rjct.notify_types.invalid",
    }
    [made] = answers[0]["subscriptions"]
    assert made["status"] == "subscribe"
    await app.send([assessed("A", "2023-12-14"), assessed("B", "2023-12-14", area_code="06100")])
    told = await spmis.next(2)
    assert (told["header"]["action"], told["message"]["transaction_id"]) == ("notify", "t-s")
    [event] = told["message"]["notify_event"]
    record = event["data"]["reg_records"]
    assert record["group_identifier"][0]["identifier_value"] == "A"
    assert (record["classification_code"], record["previous_classification_code"]) == ("poor", None)
    assert event["data"]["vn_event_type"] == "vn:HouseholdStatusChanged"
    codes = [made["code"], str(uuid4()), "x" * 99]
    ending = {"transaction_id": "t-u", "timestamp": SENT, "subscription_codes": codes}
    more = {"message_id": str(uuid4()), "sender_uri": uri}
    await post(app, "unsubscribe", envelope("unsubscribe", ending, **more))
    ended = (await spmis.next(3))["message"]
    assert (ended["status"], ended["status_reason_code"]) == (
        "rjct",
        "rjct.subscription_code.invalid",
    )
    assert ended["subscription_status"] == [{"code": made["code"], "status": "unsubscribe"}]
    status = await asked(app, "subscribe", "transaction_id", "t-s")
    assert [each["status"] for each in status["search_response"]] == ["succ"] * 2 + ["rjct"] * 6
    await app.send([assessed("C", "2023-12-14")])
    await app.send([assessed("D", "2023-12-14", area_code="06097")])
    last = await spmis.next(4)
    record = last["message"]["notify_event"][0]["data"]["reg_records"]
    assert record["group_identifier"][0]["identifier_value"] == "D"


async def test_who_was_shut_out_is_not_called_back_and_signed_callbacks_verify(
    app: Registry, spmis: CalledBack
) -> None:
    await app.send([assessed("IN", "2023-12-14"), assessed("OUT", "2023-12-14", area_code="06097")])
    key = OKPKey.generate_key("Ed25519", {"kid": "k"})
    client, secret = await let_in(app, "spmis", area="06091", scopes=["households:read"])
    async with app.context.database.transaction() as tx:
        own = [dict(key.as_dict(private=False))]
        await senders.save(tx, Sender(client.client_id, "spmis.example.org", own, False))
    token = await token_of(app, client, secret)
    static = tokens_of([])
    app.tokens = static
    headers = {"authorization": f"Bearer {token}"}
    message = search(
        by_expression({"classification_code": "poor"}),
        sender_uri=spmis.uri("on-search"),
        meta={"as_of": "2024-06-30"},
    )
    await post(app, "search", message, headers=headers)
    body = await spmis.next()
    records = body["message"]["search_response"][0]["data"]["reg_records"]
    assert [record["@id"].rpartition(":")[2] for record in records] == ["IN"]
    published = (await app.get("/.well-known/jwks.json"))["keys"]
    now = app.clock.now().timestamp()
    keys = verifying_keys(published)
    verify(body["signature"], spmis.came[0][2], "poverty-registry", keys, now)
    spmis.status = 500
    message["header"]["message_id"] = "m-2"
    await post(app, "search", message, headers=headers)
    await spmis.next(2)
    await change(app.context.database, client, revoked_at=app.clock.now())
    app.clock.advance(timedelta(minutes=5))

    async def withheld() -> bool:
        async with app.context.database.statement() as snapshot:
            states = await snapshot.fetch("SELECT state FROM spdci_exchanges ORDER BY message_id")
        return [row[0] for row in states] == ["delivered", "withheld"]

    await until(withheld)
    assert len(spmis.came) == 2
    app.tokens = OFF


async def test_a_client_has_so_many_messages_waiting_and_no_more(
    app: Registry, spmis: CalledBack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "WAITING_MAX", 1)
    spmis.status = 500
    first = search(by_id("household_id", "A"), sender_uri=spmis.uri("on-search"))
    ack = await post(app, "search", first)
    second = search(by_id("household_id", "A"), sender_uri=spmis.uri("on-search"))
    second["header"]["message_id"] = "m-2"
    refused = await app.post("/registry/search", second)
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_at_once")
    assert refused.json()["message"]["error"]["code"] == "err.request.too_many_requests"
    assert (await post(app, "search", first))["correlation_id"] == ack["correlation_id"]
    spmis.status = 200
    app.clock.advance(timedelta(minutes=1))

    async def ended() -> bool:
        return await _state(app) == "delivered"

    await until(ended)
    await post(app, "search", second)


async def test_what_is_never_taken_is_given_up_after_three_days(
    app: Registry, spmis: CalledBack
) -> None:
    spmis.status = 500
    message = search(by_id("household_id", "A"), sender_uri=spmis.uri("on-search"))
    await post(app, "search", message)
    await spmis.next()
    app.clock.advance(timedelta(days=3, minutes=1))
    await spmis.next(2)

    async def parked() -> bool:
        return await _state(app) == "parked"

    await until(parked)
    answer = await asked(app, "search", "transaction_id", "t-1")
    assert answer["search_response"][0]["status"] != "pdng"


async def test_what_cannot_be_answered_is_tried_with_patience_and_given_up(
    app: Registry, spmis: CalledBack
) -> None:
    message = search(by_id("household_id", "A"), sender_uri=spmis.uri("on-search"))
    async with app.context.database.transaction() as tx:
        # As the answer to a question fails that takes longer than any may.
        await tx.execute("ALTER TABLE episodes RENAME TO episodes_away")
    await post(app, "search", message)

    async def become(*expected: str) -> None:
        async def is_so() -> bool:
            async with app.context.database.statement() as snapshot:
                row = await snapshot.fetchrow("SELECT state, fault FROM spdci_exchanges")
            return tuple(row) == expected

        await until(is_so)

    await become("waiting", "answer_failed")
    app.clock.advance(timedelta(days=3, minutes=1))
    await become("parked", "answer_failed")
    assert not spmis.came


async def test_who_was_too_long_about_an_exchange_does_not_take_it_up_again(
    app: Registry, spmis: CalledBack
) -> None:
    ack = await post(
        app, "search", search(by_id("household_id", "A"), sender_uri=spmis.uri("on-search"))
    )

    async def ended() -> bool:
        return await _state(app) == "delivered"

    await until(ended)
    now = app.clock.now()
    late = Attempted(UUID(ack["correlation_id"]), "waiting", now, now, None, "timeout")
    async with app.context.database.transaction() as tx:
        await exchanges.settle(tx, late)
    assert await _state(app) == "delivered"


async def _state(app: Registry) -> str:
    async with app.context.database.statement() as snapshot:
        state: str = await snapshot.fetchval("SELECT state FROM spdci_exchanges")
    return state
