"""The compliance requirements of a registry, each by its number (`cases/requirements.yaml`).

What they ask of the other side, the system that searches and is called back, is not the registry's
to meet; `docs/spdci.md` lists it so.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
import yaml

from shared.http.auth import tokens_of
from tests import servers
from tests.access.letting_in import let_in, token_of
from tests.facts import assessed
from tests.harness import Registry
from tests.spdci.messages import SENT, by_expression, by_id, criteria, envelope, search
from tests.spdci.receiving import CalledBack, answering, called_back
from tests.spdci.schemas import ack_schema, faults, request_schema
from tests.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "requirements.yaml").read_text("utf-8"))
DOCS = (Path(__file__).resolve().parents[2] / "docs" / "spdci.md").read_text("utf-8")


@dataclass
class Tried:
    """A registry under test, whom it calls back, and how its caller shows who it is."""

    app: Registry
    spmis: CalledBack
    headers: dict[str, str]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def tried(server: servers.Server) -> AsyncIterator[Tried]:
    dsn = await server.create()
    async with called_back() as spmis, answering(dsn, lookups_per_minute=100_000) as app:
        await app.send([assessed("A", "2023-12-14", household_size=4)])
        client, secret = await let_in(app, "spmis", scopes=["households:read"])
        token = await token_of(app, client, secret)
        app.tokens = tokens_of([])
        yield Tried(app, spmis, {"authorization": f"Bearer {token}"})
    await server.drop(dsn)


def _predicate(name: str, operator: str, value: str) -> dict[str, str]:
    return {"attribute_name": name, "operator": operator, "attribute_value": value}


_PAIR = {
    "seq_num": 1,
    "expression1": _predicate("group_size", "lt", "5"),
    "condition": "and",
    "expression2": _predicate("classification_code", "eq", "poor"),
}
_SUBSCRIBE = {
    "transaction_id": "t-s",
    "subscribe_request": [
        {
            "reference_id": "s-1",
            "timestamp": SENT,
            "subscribe_criteria": {
                "reg_event_type": "vn:HouseholdStatusChanged",
                "filter_type": "expression",
                "filter": {
                    "type": "ns:org:QueryType:expression",
                    "value": {"expression": {"query": {"area_code": "06091"}}},
                },
                "notify_record_type": "Group",
            },
        }
    ],
}
_UNSUBSCRIBE = {"transaction_id": "t-u", "timestamp": SENT, "subscription_codes": ["code"]}
_TXN_STATUS = {
    "transaction_id": "t-q",
    "txnstatus_request": {
        "reference_id": "q-1",
        "txn_type": "search",
        "attribute_type": "transaction_id",
        "attribute_value": "t-1",
    },
}
MESSAGES: dict[str, Any] = {
    "search": search(by_id("household_id", "A")),
    "expression": search(by_expression({"$and": [{"area_code": "06091"}, {"group_size": 4}]})),
    "predicate": search(criteria("predicate", [_PAIR])),
    "subscribe": envelope("subscribe", _SUBSCRIBE),
    "unsubscribe": envelope("unsubscribe", _UNSUBSCRIBE),
    "txn_status": envelope("txn-status", _TXN_STATUS),
}


def message_of(case: dict[str, Any], uri: str) -> Any:
    """Return what a case sends; a number where text is meant is a text of so many signs."""
    message = deepcopy(MESSAGES[case["send"]])
    message["header"] |= {"message_id": str(uuid4()), "sender_uri": uri}
    message["header"]["meta"] = {"as_of": "2024-06-30"}
    for place, value in case.get("change", {}).items():
        *above, last = place.split(".")
        at = message
        for step in above:
            at = at[int(step)] if step.isdigit() else at[step]
        at[int(last) if last.isdigit() else last] = "x" * value if type(value) is int else value
    return message


async def send(tried: Tried, case: dict[str, Any]) -> httpx.Response:
    name = case.get("as", "/registry/callback").removeprefix("/registry/")
    message = message_of(case, tried.spmis.uri(f"{name}/{case['id']}"))
    headers = {} if case["expect"] == "unauthorized" else tried.headers
    if case["expect"] in {"ack", "callback", "answer"}:
        assert faults(request_schema(case["path"]), message) == []
    return await tried.app.post(case["path"], message, headers=headers)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
async def test_requirement(tried: Tried, case: dict[str, Any]) -> None:
    response = await send(tried, case)
    body, expect = response.json(), case["expect"]
    if expect == "unauthorized":
        assert response.status_code == 401
        assert body["errors"][0].keys() == {"code", "message"}
        assert body["message"]["error"]["code"] == "err.request.unauthorized"
    elif expect == "refused":
        assert response.status_code == 400, body
        assert body["message"]["ack_status"] == "ERR"
        assert body["message"]["error"]["code"] == case.get("code", "err.request.bad")
        assert faults(ack_schema(), body) == []
    else:
        assert response.status_code == 200, body
        await CHECKS[expect](tried, case, body)


async def _ack(tried: Tried, case: dict[str, Any], body: Any) -> None:
    assert body["message"]["ack_status"] == "ACK"
    assert faults(ack_schema(), body) == []


async def _answer(tried: Tried, case: dict[str, Any], body: Any) -> None:
    assert faults(request_schema(case["as"]), body) == []
    assert body["header"]["status"] == "succ"
    if "records" in case:
        [answer] = body["message"]["search_response"]
        records = answer["data"]["reg_records"]
        assert len(records) == case["records"]
        assert records[0]["@type"] == "Group" and records[0]["@context"]


async def _callback(tried: Tried, case: dict[str, Any], body: Any) -> None:
    await _ack(tried, case, body)

    def came() -> list[Any]:
        return [each for path, each, _ in tried.spmis.came if path.endswith(case["id"])]

    await until(lambda: came())
    [told] = came()
    assert faults(request_schema(case["as"]), told) == []
    assert told["message"]["correlation_id"] == body["message"]["correlation_id"]
    sent = MESSAGES[case["send"]]["message"]["transaction_id"]
    assert told["message"]["transaction_id"] == sent


CHECKS = {"ack": _ack, "answer": _answer, "callback": _callback}


async def test_what_a_subscriber_is_told_is_of_the_standards_schema(tried: Tried) -> None:
    message = message_of({"send": "subscribe"}, tried.spmis.uri("told"))
    response = await tried.app.post("/registry/subscribe", message, headers=tried.headers)
    assert response.status_code == 200

    def told(action: str) -> list[Any]:
        came = [each for path, each, _ in tried.spmis.came if path.endswith("told")]
        return [each for each in came if each["header"]["action"] == action]

    await until(lambda: told("on-subscribe"))
    tried.app.tokens, static = tokens_of([]), tried.app.tokens
    writer, secret = await let_in(tried.app, "writer", scopes=["ingest:write"])
    token = await token_of(tried.app, writer, secret)
    body = {"events": [assessed("T", "2023-12-14")]}
    headers = {"authorization": f"Bearer {token}"}
    posted = await tried.app.post("/v1/household-events", body, headers=headers)
    assert posted.status_code == 202, posted.text
    await tried.app.drain()
    await until(lambda: told("notify"))
    assert faults(request_schema("/registry/notify"), told("notify")[0]) == []
    tried.app.tokens = static


async def test_every_requirement_of_a_registry_is_here_and_in_the_table() -> None:
    listed = dict(re.findall(r"^\| `([A-Z0-9-]+)` \| .* \| ([^|]+) \|$", DOCS, re.MULTILINE))
    here = [case["id"] for case in CASES]
    assert len(here) == len(set(here)) == 45
    assert len(listed) == 77
    assert {name for name, result in listed.items() if result == "met"} == set(here)
