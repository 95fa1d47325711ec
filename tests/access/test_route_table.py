"""Every route and method, asked by every kind of caller, against one table (`routes.yaml`)."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
import yaml

from shared.access.caller import SCOPES
from shared.http.auth import OFF, Tokens
from shared.http.operations import PlainRoute, operations
from shared.http.wrong_tokens import WrongTokens
from tests.access.conftest import caller
from tests.access.letting_in import bearer, change, let_in, token_of
from tests.facts import (
    area_fact,
    article,
    assessed,
    member,
    move_refusal,
    move_request,
    payment,
    support_record,
    total,
)
from tests.harness import PLURALS, Registry
from tests.ingest import money

pytestmark = pytest.mark.asyncio(loop_scope="module")

TABLE = yaml.safe_load(Path(__file__).with_name("routes.yaml").read_text("utf-8"))
UNKNOWN = ("none", "wrong", "expired", "revoked")
AREAS = {
    "other": "06094",
    "own": "06088",
    "merged": "06091",
    "district": "181",
    "province": "20",
    "country": "VN",
}
ASKED = [
    *((name, row) for part in ("things", "lists") for name, row in TABLE[part].items()),
    *((name, {"ask": ask, "sees": list(AREAS)}) for name, ask in TABLE["open"].items()),
    *((n, {"ask": a, "sees": list(AREAS), "writes": True}) for n, a in TABLE["templates"].items()),
]
PATHS = {
    "post_household_events": "household-events",
    "post_area_facts": "area-facts",
    "post_reference_figures": "reference-figures",
    "post_members": "members",
    "post_move_requests": "move-requests",
    "post_move_refusals": "move-refusals",
    "post_support_records": "support-records",
    "post_funds": "funds",
    "post_disbursements": "disbursements",
    "post_articles": "articles",
}


class Walked:
    """A registry that holds the table's things, and a header for every kind of caller."""

    def __init__(self, world: Registry, headers: dict[str, dict[str, str]]) -> None:
        self.world = world
        self.headers = headers
        self.names: dict[str, str] = {}

    async def get(self, path: str, kind: str) -> httpx.Response:
        """Ask as a kind of caller."""
        return await self.world.client.get(path.format(**self.names), headers=self.headers[kind])


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def walked(world: Registry) -> AsyncIterator[Walked]:
    world.app.state.wrong_tokens = WrongTokens(sleep=lambda _: None)
    names = await _fill(world)
    client, secret = await let_in(world, "expired")
    expired = await token_of(world, client, secret)
    world.clock.advance(timedelta(minutes=16))
    client, secret = await let_in(world, "revoked")
    revoked = await token_of(world, client, secret)
    await change(world.context.database, client, revoked_at=world.clock.now())
    known = [caller(kind, area) for kind, area in AREAS.items()]
    world.tokens = Tokens((*known, caller("scopeless", scopes=frozenset())))
    tokens = {"wrong": "x", "expired": expired, "revoked": revoked, "scopeless": "scopeless"}
    headers = {kind: bearer(token) for kind, token in tokens.items()} | {"none": {}}
    walked = Walked(world, headers | {kind: bearer(kind) for kind in AREAS})
    walked.names = names
    yield walked
    world.tokens = OFF


async def _fill(world: Registry) -> dict[str, str]:
    """Store the table's things; return the ids that the registry gave them."""
    review = assessed("T-1", "2023-12-14", area_code="06088", recognised="non_poor")
    kept = await world.send([review])
    await world.send([total("06088", "2023-12-31", 100)], "area-facts")
    zones = [area_fact(a, "2026-01-01", households_total=9, zone="III") for a in money.AREAS]
    await world.send(zones, "area-facts")
    given = support_record(external_id="T-S", area_code="06088", on="2023-08-31")
    await world.send([given], "support-records")
    await world.send([money.fund(fund_id="T-F")], "funds")
    run = await world.post("/v1/allocation-runs", money.run(run_id="T-R", fund_id="T-F"))
    assert run.status_code == 202, run.text
    await world.drain()
    await _queue(world)
    await world.send([payment(money.AREAS[0], run_id="T-R")], "disbursements")
    told = await world.send([article("Huyện Bình Gia có 2.100 hộ nghèo năm 2023.")], "articles")
    wanted = move_request("T-1", "2023-12-31", "00004", external_id="T-M")
    asked = await world.send([wanted], "move-requests")
    lines = json.dumps(assessed("T-2", "2023-12-14", area_code="99999")).encode()
    sent = await world.client.post(
        "/v1/imports", files={"file": ("a.ndjson", lines)}, data={"kind": "household-events"}
    )
    return {
        "event_id": kept["receipts"][0]["event_id"],
        "article_id": told["receipts"][0]["article_id"],
        "import_id": sent.json()["import_id"],
        "request_id": asked["receipts"][0]["request_id"],
    }


async def _queue(world: Registry) -> None:
    """Store a run over households, T-H, on a fund of the province."""
    poor = total("181", "2023-01-01", 14_208, attributes=["poor_district"])
    await world.send([poor], "area-facts")
    of = {"program": "NTP-SPR-2021-2025", "component": "P5", "year": 2023, "fund_id": "T-P"}
    await world.send([money.fund(external_id="T-P", decided_on="2023-02-20", **of)], "funds")
    said = {"rule": "housing_p5_new", "as_of": "2023-12-31", "mode": "preview", "areas": None}
    said |= {"parameters": {"waive": money.WAIVED}}
    body = money.run(run_id="T-H", fund_id="T-P", **said)
    run = await world.post("/v1/allocation-runs", body)
    assert run.status_code == 202, run.text
    await world.drain()


async def test_every_route_stands_in_the_table(walked: Walked) -> None:
    others = {"kinds", "pages", "exports"}
    rows = [name for part in TABLE if part not in others for name in TABLE[part]]
    assert len(rows) == len(set(rows))
    assert set(rows) == {operation.name for operation in operations(walked.world.app)}
    routes = [each for each in walked.world.app.routes if isinstance(each, PlainRoute)]
    assert set(TABLE["pages"]) == {each.path for each in routes if each.operation is None}


@pytest.mark.parametrize(("name", "path"), TABLE["public"].items(), ids=TABLE["public"])
async def test_what_is_public_is_the_same_for_everybody(
    walked: Walked, name: str, path: str
) -> None:
    for kind in walked.headers:
        answer = await walked.get(path, kind)
        assert answer.status_code in {200, 404, 503}, (name, kind)


@pytest.mark.parametrize(("name", "row"), ASKED, ids=[name for name, _ in ASKED])
async def test_each_kind_of_caller_gets_what_the_table_says(
    walked: Walked, name: str, row: dict[str, Any]
) -> None:
    (operation,) = (each for each in operations(walked.world.app) if each.name == name)
    for kind in UNKNOWN:
        assert (await walked.get(row["ask"], kind)).status_code == 401, kind
    expected = 403 if operation.scope in SCOPES or row.get("writes") else 200
    assert (await walked.get(row["ask"], "scopeless")).status_code == expected
    for kind in AREAS:
        await _check(walked, row, kind)


@pytest.mark.parametrize(("name", "row"), TABLE["pages"].items(), ids=TABLE["pages"])
async def test_pages_show_who_asks_what_the_operations_would(
    walked: Walked, name: str, row: dict[str, Any]
) -> None:
    for kind in UNKNOWN:
        answer = await walked.get(row["ask"], kind)
        assert answer.status_code == row.get("open", 401), (name, kind)
    for kind in AREAS if "sees" in row else ():
        answer = await walked.get(row["ask"], kind)
        assert answer.status_code == (200 if kind in row["sees"] else 404), (name, kind)


@pytest.mark.parametrize(("name", "row"), TABLE["exports"].items(), ids=TABLE["exports"])
async def test_files_hold_what_each_kind_of_caller_sees(
    walked: Walked, name: str, row: dict[str, Any]
) -> None:
    for kind in UNKNOWN:
        assert (await walked.get(row["ask"], kind)).status_code == 401, (name, kind)
    assert (await walked.get(row["ask"], "scopeless")).status_code == 403, name
    for kind in AREAS:
        answer = await walked.get(row["ask"], kind)
        assert answer.status_code == (200 if kind in row["sees"] else 404), (kind, answer.text)


@pytest.mark.parametrize(("name", "path"), TABLE["streams"].items(), ids=TABLE["streams"])
async def test_nobody_opens_a_stream_without_a_token(walked: Walked, name: str, path: str) -> None:
    for kind in UNKNOWN:
        assert (await walked.get(path, kind)).status_code == 401, (name, kind)
    assert (await walked.get(path, "scopeless")).status_code == 403, name


@pytest.mark.parametrize(("name", "row"), TABLE["gated"].items(), ids=TABLE["gated"])
async def test_nobody_asks_about_persons_without_the_scope(
    walked: Walked, name: str, row: dict[str, Any]
) -> None:
    scopeless = row.get("scopeless", 403)
    for kind, status in {**dict.fromkeys(UNKNOWN, 401), "scopeless": scopeless}.items():
        answer = await walked.world.client.request(
            row["method"], row["path"], headers=walked.headers[kind], json={}
        )
        assert answer.status_code == status, (name, kind)


async def _check(walked: Walked, row: dict[str, Any], kind: str) -> None:
    answer, sees = await walked.get(row["ask"], kind), kind in row["sees"]
    if "hidden" in row and not sees:
        nothing = await walked.get(row["hidden"], kind)
        text = _alike(answer.text, row["ask"])
        assert (answer.status_code, text) == (404, _alike(nothing.text, row["hidden"])), kind
        return
    assert answer.status_code == 200, (kind, answer.text)
    if "shows" in row:
        assert (row["shows"] in answer.text) is sees, (kind, answer.text)


def _alike(text: str, path: str) -> str:
    """Take out of an answer what the question named."""
    for part in path.partition("?")[0].split("/"):
        if any(letter.isdigit() for letter in part):
            text = text.replace(part, "X")
    return text


def _body(walked: Walked, name: str, kind: str) -> dict[str, Any]:
    own = {"source": "table", "external_id": f"{name}-{kind}"}
    made = {
        "post_household_events": lambda: assessed(
            f"T-{kind}", "2023-12-14", area_code="06088", **own
        ),
        "post_area_facts": lambda: total("06088", "2023-12-30", 99, **own),
        "post_reference_figures": lambda: {
            **own,
            "area_code": "06088",
            "measure": "poor_households",
            "value": 12,
            "on": "2023-12-31",
        },
        "post_members": lambda: member("T-1", "2023-12-20", member_id=kind, **own),
        "post_move_requests": lambda: move_request("T-0", "2023-12-20", "06088", **own),
        "post_move_refusals": lambda: move_refusal(
            walked.names["request_id"], refused_on="2024-01-20", **own
        ),
        "post_support_records": lambda: support_record(area_code="06088", on="2023-08-30", **own),
        "post_funds": lambda: money.fund(**own, fund_id=f"T-{kind}"),
        "post_disbursements": lambda: payment(money.AREAS[0], run_id="T-R", **own),
        "post_articles": lambda: article(f"Bài báo {kind}.", **own),
        "post_allocation_run": lambda: money.run(run_id=f"T-{kind}", fund_id="T-F", mode="preview"),
    }
    return made[name]()


async def _sent(walked: Walked, name: str, kind: str) -> httpx.Response:
    client, headers = walked.world.client, walked.headers[kind]
    if name == "post_import":
        line = json.dumps(_body(walked, "post_household_events", f"{kind}-row")).encode()
        files, fields = {"file": ("a.ndjson", line)}, {"kind": "household-events"}
        return await client.post("/v1/imports", files=files, data=fields, headers=headers)
    if name == "post_allocation_run":
        return await client.post(
            "/v1/allocation-runs", json=_body(walked, name, kind), headers=headers
        )
    door = PATHS[name]
    plural = {**PLURALS, "reference-figures": "figures"}[door]
    body = {plural: [_body(walked, name, kind)]}
    return await client.post(f"/v1/{door}", json=body, headers=headers)


@pytest.mark.parametrize(("name", "row"), TABLE["doors"].items(), ids=TABLE["doors"])
async def test_each_door_takes_from_each_kind_of_caller_what_the_table_says(
    walked: Walked, name: str, row: dict[str, Any]
) -> None:
    for kind in UNKNOWN:
        assert (await _sent(walked, name, kind)).status_code == 401
    assert (await _sent(walked, name, "scopeless")).status_code == 403
    for kind in AREAS:
        answer = await _sent(walked, name, kind)
        takes = kind in row["takes"]
        if name == "post_import":
            counts = answer.json()["accepted"], answer.json()["rejected"]
            assert counts == ((1, 0) if takes else (0, 1)), (kind, answer.text)
        elif takes:
            assert answer.status_code == 202, (kind, answer.text)
        else:
            assert answer.json()["code"] == row["refused"], (kind, answer.text)
