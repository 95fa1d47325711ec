"""A door carries its scope: money is written by whoever may, and by nobody else."""

from __future__ import annotations

from hashlib import sha256
from uuid import uuid4

import pytest
import pytest_asyncio

from shared.http.auth import tokens_of
from tests.facts import member, move_refusal, move_request, same_person
from tests.harness import PLURALS, Registry
from tests.ingest.items import assessed
from tests.ingest.money import fund, payment, run, support

SENT = {
    "household-events": assessed(),
    "funds": fund(),
    "disbursements": payment(),
    "support-records": support(),
    "members": member("S-1", "2023-12-14"),
    "person-decisions": same_person(str(uuid4()), str(uuid4())),
    "move-requests": move_request("S-1", "2023-12-14"),
    "move-refusals": move_refusal(str(uuid4())),
}
MONEY = {"funds", "disbursements", "support-records"}


def _entry(name: str, scopes: list[str]) -> dict[str, object]:
    digest = sha256(name.encode()).hexdigest()
    return {"name": name, "token_sha256": digest, "scopes": scopes, "area": "VN"}


@pytest_asyncio.fixture
async def guarded(app: Registry) -> Registry:
    app.tokens = tokens_of(
        [
            _entry("facts", ["ingest:write"]),
            _entry("money", ["funds:write"]),
            _entry("reader", ["funds:read"]),
        ]
    )
    return app


def bearer(name: str) -> dict[str, str]:
    return {"authorization": f"Bearer {name}"}


async def test_each_door_asks_for_its_own_scope(guarded: Registry) -> None:
    for door, item in SENT.items():
        needed = "funds:write" if door in MONEY else "ingest:write"
        allowed = "money" if door in MONEY else "facts"
        for name in ("facts", "money", "reader"):
            answer = await guarded.post(
                f"/v1/{door}", {PLURALS[door]: [item]}, headers=bearer(name)
            )
            if name == allowed:
                assert answer.status_code in {202, 422}, answer.text
            else:
                assert (answer.status_code, answer.json()["missing_scope"]) == (403, needed)
        assert (await guarded.post(f"/v1/{door}", {})).status_code == 401
    for name in ("facts", "reader"):
        answer = await guarded.post("/v1/allocation-runs", run(), headers=bearer(name))
        assert answer.status_code == 403


@pytest.mark.parametrize(("kind", "allowed"), [("funds", "money"), ("area-facts", "facts")])
async def test_files_and_receipts_ask_for_the_scope_of_their_kind(
    guarded: Registry, kind: str, allowed: str
) -> None:
    other = {"money": "facts", "facts": "money"}[allowed]
    files = {"file": ("a.ndjson", b"{}\n")}
    for name, expected in ((allowed, 202), (other, 403), ("reader", 403)):
        answer = await guarded.client.post(
            "/v1/imports", files=files, data={"kind": kind}, headers=bearer(name)
        )
        assert answer.status_code == expected, answer.text
        if name == allowed:
            path = f"/v1/imports/{answer.json()['import_id']}"
    # Who may write other kinds is not told that there is something of this one.
    for name, expected in ((allowed, 200), (other, 404), ("reader", 403)):
        for asked in (path, f"{path}/rejected"):
            answer = await guarded.client.get(asked, headers=bearer(name))
            assert answer.status_code == expected


async def test_a_receipt_is_shown_to_whoever_may_write_its_kind(guarded: Registry) -> None:
    answer = await guarded.post("/v1/funds", {"funds": [fund()]}, headers=bearer("money"))
    path = f"/v1/receipts/{answer.json()['receipts'][0]['event_id']}"
    for name, expected in (("money", 200), ("facts", 404), ("reader", 403), ("nobody", 401)):
        assert (await guarded.client.get(path, headers=bearer(name))).status_code == expected
