"""What is older than it must be kept is removed; every other answer stays, byte for byte."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from rich.console import Console

from services.commands import audit as audit_command
from services.commands.rebuild import verify
from services.commands.retain import Kept, outlook, remove
from shared.access.audit import Head, first_link, linked
from shared.access.store import audit, audit_cuts
from shared.access.store.audit import AUDIT_ROWS
from shared.households.store import tally_recount
from shared.kernel import retention
from shared.messaging import quarantine
from shared.messaging.quarantine import Refusal
from shared.runtime.errors import StartError
from tests.access.test_audit_chain import CHAIN, entry
from tests.facts import RICH, assessed, total
from tests.flows.test_allocation_runs import HOUSING, found, proven, ran, with_households
from tests.flows.test_frozen_history import (
    answer,
    ask_everything,
    correction,
    last_commit,
    some_events,
)
from tests.harness import Registry
from tests.ingest.test_streams import imported


async def sound(dsn: str) -> str:
    out = io.StringIO()
    code = await verify(dsn, Console(file=out, width=300, highlight=False))
    return "" if code == 0 else out.getvalue()


async def rows(app: Registry, table: str = "episodes") -> int:
    async with app.context.database.statement() as snapshot:
        number: int = await snapshot.fetchval(f"SELECT count(*) FROM {table}")
    return number


async def lived(app: Registry, dsn: str, rng: Random) -> tuple[list[Any], list[str]]:
    """Let a registry live through corrections; return what was asked, and the instants of it."""
    sent: list[dict[str, Any]] = []
    asked, instants, revisions = [], [], dict[str, int]()
    for number in range(8):
        new = some_events(rng, 20)
        await app.send(new)
        fact = total(rng.choice(("20", "06091")), f"{2021 + number % 4}-12-31", 1000 + number)
        await app.send([fact], "area-facts")
        sent += new
        batch = []
        for event in rng.sample(sent, 15):
            revision = revisions[event["external_id"]] = revisions.get(event["external_id"], 1) + 1
            batch.append(correction(rng, event, revision))
        await app.send(batch)
        instants.append(await last_commit(app))
        asked.append(await ask_everything(app, rng, instants[-1]))
        assert await sound(dsn) == ""
    return asked, instants


async def test_answers_from_the_horizon_on_stay_and_those_before_are_refused(
    app: Registry, dsn: str
) -> None:
    asked, instants = await lived(app, dsn, Random(11))
    horizon = 5
    before = datetime.fromisoformat(instants[horizon])
    told = await outlook(app.context.database, Kept.KNOWLEDGE, before)
    stood = await rows(app)
    assert 0 < told["episodes"].rows < stood
    done = await remove(app.context.database, Kept.KNOWLEDGE, before, grace=0)
    assert replace(done["episodes"], digest=told["episodes"].digest) == told["episodes"]
    assert await rows(app) == stood - told["episodes"].rows
    for questions in asked[horizon:]:
        for path, params, first in questions:
            assert await answer(app, path, params) == first, (path, params)
    for questions in asked[:horizon]:
        for path, params, _ in questions:
            refused = await app.client.get(path, params=params)
            assert (refused.status_code, refused.json()["code"]) == (422, "not_kept"), path
    # Digests frozen at and after the horizon hold, those before are gone with it.
    assert await sound(dsn) == ""
    assert await rows(app, "history_digests") == len(instants) - horizon + 1
    # Again removes nothing, and a lower horizon lowers none.
    again = await remove(app.context.database, Kept.KNOWLEDGE, before, grace=0)
    earlier = await remove(app.context.database, Kept.KNOWLEDGE, before - timedelta(1), grace=0)
    assert [again["episodes"].rows, earlier["episodes"].rows] == [0, 0]
    async with app.context.database.transaction() as tx:
        assert await retention.kept_from(tx) == before
        await tally_recount.refill(tx)
    assert await sound(dsn) == ""


async def test_a_row_that_goes_without_being_counted_is_found(app: Registry, dsn: str) -> None:
    _, instants = await lived(app, dsn, Random(12))
    before = datetime.fromisoformat(instants[4])
    await remove(app.context.database, Kept.KNOWLEDGE, before, grace=0)
    async with app.context.database.transaction() as tx:
        await tx.execute(
            "DELETE FROM episodes WHERE ctid = (SELECT ctid FROM episodes WHERE known_to > $1 "
            "AND status = 'poor' LIMIT 1)",
            before,
        )
    faults = await sound(dsn)
    assert "has changed" in faults and "the tallies of" in faults


async def test_a_run_is_computed_again_from_what_was_known_before_the_horizon(
    app: Registry, dsn: str
) -> None:
    await with_households(app)
    await ran(app, "R1", **HOUSING)
    asked = {"as_of": "2023-12-31", "known_at": (await found(app, "R1")).known_at.isoformat()}
    # Whoever was on the list is found to have been rich, gone, or elsewhere.
    await app.send([assessed(f"H{n}", "2023-06-01", revision=2, **RICH) for n in range(3)])
    await app.send([assessed("H3", "2023-06-01", revision=2, ethnic_group="Kinh")])
    await app.send([assessed("N", "2023-06-01", revision=2)])
    before = datetime.fromisoformat(await last_commit(app))
    done = await remove(app.context.database, Kept.KNOWLEDGE, before, grace=0)
    # `N`, who was on no list, and what lay before anybody's first review.
    assert done["episodes"].rows > 0
    assert (await proven(app)) == {"R1": ()}
    assert await sound(dsn) == ""
    assert (await app.client.get("/v1/households/H0", params=asked)).json()["code"] == "not_kept"
    body = {"run_id": "R2", "fund_id": "F", **HOUSING, "known_at": asked["known_at"]}
    refused = await app.post("/v1/allocation-runs", body)
    assert refused.json()["errors"][0]["code"] == "not_kept"


async def test_refused_rows_and_settled_quarantine_have_horizons_of_their_own(
    app: Registry,
) -> None:
    database = app.context.database
    lines = json.dumps(assessed("H1", "2023-12-14", income_vnd=-1)).encode()
    sent = await imported(app, "review.ndjson", lines)
    assert sent["rejected"] == 1
    path = f"/v1/imports/{sent['import_id']}/rejected"
    assert (await app.client.get(path)).status_code == 200
    async with database.transaction() as tx:
        await quarantine.put(tx, [Refusal("r", uuid4(), "", "t", "{}", "malformed_message", "?")])
        await quarantine.put(tx, [Refusal("r", uuid4(), "", "t", "{}", "malformed_message", "?")])
        await quarantine.discard(tx, 1, "somebody", "nobody can read it")
    later = datetime.now(UTC) + timedelta(days=1)
    told = await outlook(database, Kept.IMPORTS, later) | await outlook(
        database, Kept.QUARANTINE, later
    )
    assert told["import_rejected"].rows > 0
    assert told["quarantine"].rows == 1
    for what in (Kept.IMPORTS, Kept.QUARANTINE):
        await remove(database, what, later, grace=0)
    gone = await app.client.get(path)
    assert (gone.status_code, gone.json()["code"]) == (410, "rows_not_kept")
    assert await rows(app, "import_rejected") == 0
    assert await rows(app, "quarantine") == 1
    # Neither is the horizon of what was known.
    assert (await app.client.get("/v1/households")).status_code == 200
    async with database.statement() as snapshot:
        assert await retention.kept_from(snapshot) is None


async def test_an_audit_chain_is_cut_and_still_verified(app: Registry) -> None:
    database = app.context.database
    chain, head = linked(Head(CHAIN, 0, first_link(CHAIN)), map(entry, range(1, 41)))
    async with database.transaction() as tx:
        await audit.begin(tx, Head(CHAIN, 0, first_link(CHAIN)), "test", chain[0].entry.at)
        await audit.add(tx, Head(CHAIN, 0, first_link(CHAIN)), chain, head)
    anchors = {CHAIN: {place: chain[place - 1].link for place in (3, 20, 40)}}
    before = chain[20].entry.at
    assert (await outlook(database, Kept.AUDIT, before))[audit_cuts.TABLE].rows == 20
    assert (await remove(database, Kept.AUDIT, before, grace=0))[audit_cuts.TABLE].rows == 20
    flaws, _, entries = await audit_command.examine(database, anchors)
    assert (flaws, entries) == ([], 20)
    async with database.transaction() as tx:
        assert await audit.cut(tx) == []
        more, longer = linked(head, [entry(41)])
        await audit.add(tx, head, more, longer)
    assert (await audit_command.examine(database, anchors))[0] == []
    # A cut made elsewhere, or a row behind it that is not the one that was written, is a flaw.
    wrong = {CHAIN: {20: bytes(32)}}
    assert [flaw.kind for flaw in (await audit_command.examine(database, wrong))[0]] == [
        "not_anchored"
    ]
    async with database.transaction() as tx:
        await tx.execute(f"UPDATE {AUDIT_ROWS.name} SET client = 'x' WHERE seq = 21")
    flaws, _, _ = await audit_command.examine(database, anchors)
    assert [(flaw.seq, flaw.kind) for flaw in flaws] == [(21, "changed")]
    # All but the last entry may go; what is flawed does not.
    later = chain[-1].entry.at + timedelta(days=1)
    with pytest.raises(StartError, match="has a flaw at 21"):
        await remove(database, Kept.AUDIT, later, grace=0)
    assert (await audit_command.examine(database, anchors))[2] == 21
