"""Payments of lines: never more than a line has, never more back than was paid, in any order."""

from __future__ import annotations

import asyncio
from itertools import permutations
from typing import Any

import orjson

from services.ingest.guards import DisbursementGuard
from shared.kernel import knowledge, revisions
from shared.kernel.revisions import Revision, revision_of
from shared.messages import DISBURSEMENT_RECORDED
from shared.money.facts import DISBURSEMENTS
from tests.facts import ABSENT
from tests.harness import Registry, registry
from tests.ingest.items import assessed, fetch
from tests.ingest.money import (
    AREAS,
    balance,
    divided,
    fund,
    gone,
    housed,
    kept,
    payment,
    post,
    ran,
    refused,
    request,
    state,
    stored,
    told,
)
from tests.waiting import until_locked_out

LINE = AREAS[0]


async def net(app: Registry, line: str = LINE) -> int:
    (row,) = await fetch(
        app,
        "SELECT coalesce(sum(CASE kind WHEN 'paid' THEN 1 ELSE -1 END * amount_vnd), 0) AS net "
        "FROM (SELECT DISTINCT ON (source, external_id) * FROM disbursements "
        "ORDER BY source, external_id, revision DESC) d WHERE NOT withdrawn AND line = $1",
        line,
    )
    return int(row["net"])


def back(**changes: Any) -> dict[str, Any]:
    return payment(**({"external_id": "back/1", "kind": "returned"} | changes))


BAD = [
    (payment(run_id="none"), 422, "unknown_run", "run_id"),
    (payment(line="99999"), 422, "unknown_line", "line"),
    (payment(amount_vnd=0), 422, "out_of_range", "amount_vnd"),
    (payment(amount_vnd=-1), 422, "out_of_range", "amount_vnd"),
    (payment(amount_vnd=1000.0), 422, "not_an_integer", "amount_vnd"),
    (payment(amount_vnd="1000"), 422, "not_an_integer", "amount_vnd"),
    (payment(amount_vnd=10**15 + 1), 422, "out_of_range", "amount_vnd"),
    (payment(paid_on="2026-11-22"), 422, "in_future", "paid_on"),
    (payment(paid_on="2026-02-30"), 422, "invalid_date", "paid_on"),
    (payment(kind="lent"), 422, "invalid_choice", "kind"),
    (payment(kind=ABSENT), 422, "missing_field", "kind"),
    (payment(run_id="a/b"), 422, "invalid_format", "run_id"),
    (payment(note="x"), 422, "unknown_field", "note"),
    (payment(type="fund"), 422, "unknown_type", "type"),
    (payment(amount_vnd=10**9), 409, "exceeds_allocation", "amount_vnd"),
    (back(), 409, "exceeds_payment", "amount_vnd"),
]


async def test_a_bad_payment_is_named_and_stores_nothing(app: Registry) -> None:
    await divided(app)
    before = await stored(app)
    for item, status, code, field in BAD:
        answer = await post(app, "disbursements", item)
        refused(answer, status, code, f"/disbursements/0/{field}")
        assert await stored(app) == before, code


async def test_runs_that_hold_no_money_are_not_paid(app: Registry) -> None:
    await divided(app)
    await ran(app, run_id="P", mode="preview", supersedes="R1")
    assert (await request(app, run_id="spent")).status_code == 202
    await app.drain()
    assert (await request(app, run_id="pending")).status_code == 202
    before = await stored(app)
    for run_id in ("P", "spent", "pending"):
        answer = await post(app, "disbursements", payment(run_id=run_id))
        refused(answer, 409, "run_not_committed", "/disbursements/0/run_id")
    assert await stored(app) == before


async def test_a_line_is_paid_to_the_last_dong_and_no_further(app: Registry) -> None:
    line = (await divided(app))[LINE]
    await kept(app, "disbursements", payment(amount_vnd=line - 1))
    answer = await post(app, "disbursements", payment(external_id="pay/2", amount_vnd=2))
    refused(answer, 409, "exceeds_allocation", "/disbursements/0/amount_vnd")
    await kept(app, "disbursements", payment(external_id="pay/3", amount_vnd=1))
    await kept(app, "disbursements", back(amount_vnd=line))
    answer = await post(app, "disbursements", back(external_id="back/2", amount_vnd=1))
    refused(answer, 409, "exceeds_payment", "/disbursements/0/amount_vnd")
    assert await net(app) == 0


async def test_one_request_is_judged_as_a_whole(app: Registry) -> None:
    line = (await divided(app))[LINE]
    before = await stored(app)
    half = line // 2 + 1
    two = [payment(amount_vnd=half), payment(external_id="pay/2", amount_vnd=half)]
    refused(await post(app, "disbursements", *two), 409, "exceeds_allocation")
    assert await stored(app) == before
    # What was refused is forgotten: the same money is there for the next request.
    await kept(app, "disbursements", payment(amount_vnd=line), back(amount_vnd=line))
    faults = await post(
        app, "disbursements", payment(external_id="x", run_id="none"), back(external_id="y")
    )
    refused(faults, 422, "unknown_run", "/disbursements/0/run_id")
    assert len(faults.json()["errors"]) == 2


async def test_repeats_are_duplicates_even_when_nothing_is_left(app: Registry) -> None:
    line = (await divided(app))[LINE]
    first = await kept(app, "disbursements", payment(amount_vnd=line))
    before = await stored(app)
    again = await kept(app, "disbursements", payment(amount_vnd=line), payment(amount_vnd=line))
    assert again["duplicates"] == 2
    assert again["receipts"][0]["event_id"] == first["receipts"][0]["event_id"]
    refused(await post(app, "disbursements", payment(amount_vnd=1)), 409, "event_conflict")
    await ran(app, run_id="R2", supersedes="R1")
    assert (await kept(app, "disbursements", payment(amount_vnd=line)))["duplicates"] == 1
    assert (await stored(app))["disbursements"] == before["disbursements"]


async def test_revisions_count_alike_in_any_order(app: Registry) -> None:
    line = (await divided(app))[LINE]
    for number, order in enumerate(permutations(range(3))):
        key = {"external_id": f"any/{number}"}
        sent = [
            payment(**key, amount_vnd=5000),
            payment(**key, revision=2, amount_vnd=3000, line=AREAS[1]),
            payment(**key, revision=3, amount_vnd=700),
        ]
        for position in order:
            await kept(app, "disbursements", sent[position])
        assert (await net(app), await net(app, AREAS[1])) == (700 * (number + 1), 0), order
    left = line - 6 * 700
    answer = await post(app, "disbursements", payment(external_id="rest", amount_vnd=left + 1))
    refused(answer, 409, "exceeds_allocation")
    await kept(app, "disbursements", payment(external_id="rest", amount_vnd=left))


async def test_a_late_lower_revision_that_would_not_fit_changes_nothing(app: Registry) -> None:
    line = (await divided(app))[LINE]
    await kept(app, "disbursements", payment(revision=2, amount_vnd=10))
    await kept(app, "disbursements", payment(amount_vnd=line + 10**6))
    assert await net(app) == 10


async def test_a_correction_judges_every_line_that_it_touches(app: Registry) -> None:
    await divided(app)
    await kept(app, "disbursements", payment(amount_vnd=500), back(amount_vnd=400))
    moved = payment(revision=2, amount_vnd=500, line=AREAS[1])
    refused(await post(app, "disbursements", moved), 409, "exceeds_payment", "/disbursements/0")
    lowered = payment(revision=2, amount_vnd=399)
    pointer = "/disbursements/0/amount_vnd"
    refused(await post(app, "disbursements", lowered), 409, "exceeds_payment", pointer)
    withdrawn = gone(payment(), 2)
    refused(await post(app, "disbursements", withdrawn), 409, "exceeds_payment", "/disbursements/0")
    await kept(app, "disbursements", gone(back(), 2), withdrawn)
    assert await net(app) == 0


async def test_of_a_superseded_run_money_only_comes_back_and_the_balance_follows(
    app: Registry,
) -> None:
    await divided(app)
    await kept(app, "disbursements", payment(amount_vnd=900))
    await ran(app, run_id="R2", supersedes="R1")
    assert await balance(app) == (1_000_000, 1_000_000)
    before = await stored(app)
    for more in (
        payment(external_id="pay/2", amount_vnd=1),
        payment(revision=2, amount_vnd=901),
        payment(revision=2, amount_vnd=901, line=AREAS[1]),
    ):
        refused(await post(app, "disbursements", more), 409, "run_superseded")
    assert await stored(app) == before
    await kept(app, "disbursements", back(amount_vnd=300))
    assert await balance(app) == (1_000_000, 999_700)
    await kept(app, "disbursements", payment(revision=2, amount_vnd=800))
    assert await balance(app) == (1_000_000, 999_600)
    refused(await post(app, "disbursements", gone(back(), 2)), 409, "run_superseded")
    await kept(app, "disbursements", back(external_id="back/2", amount_vnd=500))
    assert await balance(app) == (1_000_000, 999_100)


async def test_workers_hear_of_funds_and_households_and_the_receipt_waits(app: Registry) -> None:
    assert await housed(app) == {"LS-1": 40_000_000}
    paid = payment(run_id="H1", line="LS-1", amount_vnd=28_000_000)
    answer = await kept(app, "disbursements", paid)
    assert await told(app, DISBURSEMENT_RECORDED) == [
        {"fund_ids": ["BG-P5"], "household_ids": ["LS-1"]}
    ]
    assert await state(app, answer) == "accepted"
    await app.drain()
    assert await state(app, answer) == "processed"
    answer = await kept(app, "disbursements", gone(paid, 2))
    assert await state(app, answer) == "accepted"
    assert await told(app, DISBURSEMENT_RECORDED) == [
        {"fund_ids": ["BG-P5"], "household_ids": ["LS-1"]}
    ]
    await app.drain()
    assert await state(app, answer) == "processed"


async def test_areas_are_no_households(app: Registry) -> None:
    await divided(app)
    await app.drain()
    answer = await kept(app, "disbursements", payment())
    assert await told(app, DISBURSEMENT_RECORDED) == [
        {"fund_ids": ["LS-2026"], "household_ids": []}
    ]
    await app.drain()
    assert await state(app, answer) == "processed"


async def test_a_quarantined_review_shows_in_the_receipt(app: Registry) -> None:
    await divided(app)
    await app.drain()
    answer = await kept(app, "disbursements", payment())
    async with app.context.database.transaction() as tx:
        await tx.execute(
            "INSERT INTO quarantine (route, message_id, item, type, payload, reason, detail) "
            "VALUES ('review_findings', gen_random_uuid(), 'fund:LS-2026', 't', '{}', 'x', 'x')"
        )
    assert await state(app, answer) == "quarantined"


async def test_a_withdrawal_of_something_never_seen_is_processed(app: Registry) -> None:
    answer = await kept(app, "disbursements", gone(payment(), 5))
    assert await told(app, DISBURSEMENT_RECORDED) == []
    assert await state(app, answer) == "processed"
    await divided(app)
    await kept(app, "disbursements", payment(amount_vnd=10**12))
    assert await net(app) == 0


async def test_many_at_once_never_pay_more_than_the_line(app: Registry) -> None:
    line = (await divided(app))[LINE]
    part = line // 5
    answers = await asyncio.gather(
        *(
            post(app, "disbursements", payment(external_id=f"p/{n}", amount_vnd=part))
            for n in range(20)
        )
    )
    assert sorted(a.status_code for a in answers) == [202] * 5 + [409] * 15
    assert await net(app) == 5 * part


async def test_two_processes_never_pay_more_than_the_line(app: Registry, dsn: str) -> None:
    line = (await divided(app))[LINE]
    part = line // 5
    async with registry(dsn) as other:
        # Once it has read the law it is as quick as the first one.
        refused(await post(other, "disbursements", payment(run_id="none")), 422, "unknown_run")
        answers = await asyncio.gather(
            *(
                post(each, "disbursements", payment(external_id=f"{name}/{n}", amount_vnd=part))
                for n in range(10)
                for name, each in (("a", app), ("b", other))
            )
        )
    assert {a.status_code for a in answers} == {202, 409}
    codes = {a.json()["code"] for a in answers if a.status_code == 409}
    assert codes == {"exceeds_allocation"}
    assert await net(app) == 5 * part


async def test_whoever_comes_second_waits_for_the_line(app: Registry) -> None:
    line = (await divided(app))[LINE]
    async with app.context.database.transaction() as tx:
        paid = _revision(amount_vnd=line)
        guard = await DisbursementGuard.hold(tx, [paid])
        assert guard.admit(paid) is None
        second = asyncio.create_task(post(app, "disbursements", payment(external_id="2")))
        await until_locked_out(app.context.database)
        assert not second.done()
        recording = await knowledge.next_recording(tx)
        await revisions.insert(tx, DISBURSEMENTS, recording, [paid])
        await knowledge.record(tx, recording, "disbursements")
    refused(await second, 409, "exceeds_allocation", "/disbursements/0/amount_vnd")


def _revision(**changes: Any) -> Revision:
    posted = payment(**changes)
    return revision_of(DISBURSEMENTS, DISBURSEMENTS.read(posted), posted, None)


async def test_a_run_is_not_superseded_while_its_line_is_being_paid(app: Registry) -> None:
    await divided(app)
    assert (await request(app, run_id="R2", supersedes="R1")).status_code == 202
    async with app.context.database.transaction() as tx:
        await DisbursementGuard.hold(tx, [_revision()])
        computing = asyncio.create_task(app.drain())
        await until_locked_out(app.context.database)
        (row,) = await fetch(app, "SELECT state FROM allocation_runs WHERE run_id = 'R2'")
        assert row["state"] == "pending"
    await computing
    (row,) = await fetch(app, "SELECT state FROM allocation_runs WHERE run_id = 'R2'")
    assert row["state"] == "completed"


async def test_the_same_revision_from_two_processes_is_stored_once(app: Registry, dsn: str) -> None:
    await divided(app)
    async with registry(dsn) as other:
        answers = await asyncio.gather(
            *(post(each, "disbursements", payment()) for _ in range(5) for each in (app, other))
        )
    assert {a.status_code for a in answers} == {202}
    assert sum(a.json()["accepted"] for a in answers) == 1
    assert await net(app) == 1000


async def test_a_stream_keeps_its_good_lines(app: Registry) -> None:
    line = (await divided(app))[LINE]
    items = [
        payment(external_id="s/1", amount_vnd=line - 5),
        payment(external_id="s/2", amount_vnd=6),
        payment(external_id="s/3", amount_vnd=5),
        payment(external_id="s/4", run_id="none"),
        back(external_id="s/5", amount_vnd=line),
        payment(external_id="s/1", amount_vnd=line - 5),
    ]
    content = b"".join(orjson.dumps(item) + b"\n" for item in items)
    headers = {"content-type": "application/x-ndjson"}
    answer = await app.client.post("/v1/disbursements", content=content, headers=headers)
    told_back = answer.json()
    assert answer.status_code == 202, answer.text
    assert (told_back["accepted"], told_back["duplicates"], told_back["rejected"]) == (3, 1, 2)
    rows = await fetch(app, "SELECT row, pointer, code FROM import_rejected ORDER BY row")
    assert [tuple(r.values()) for r in rows] == [
        (2, "/amount_vnd", "exceeds_allocation"),
        (4, "/run_id", "unknown_run"),
    ]
    assert await net(app) == 0


async def test_a_file_of_payments_is_imported_and_a_rehearsal_keeps_nothing(app: Registry) -> None:
    line = (await divided(app))[LINE]
    table = (
        "source,external_id,run_id,line,amount_vnd,paid_on,kind\r\n"
        f"langson,c/1,R1,{LINE},{line},2026-06-01,paid\r\n"
        f"langson,c/2,R1,{LINE},1,2026-06-01,paid\r\n"
        f"langson,c/3,R1,{LINE},1.5,2026-06-01,paid\r\n"
    )
    before = await stored(app)
    for dry_run in ("true", "false"):
        answer = await app.client.post(
            "/v1/imports",
            files={"file": ("p.csv", table.encode())},
            data={"kind": "disbursements", "dry_run": dry_run},
        )
        found = answer.json()
        assert (found["accepted"], found["rejected"]) == (1, 2), found
        if dry_run == "true":
            assert await stored(app) == before
    rows = await fetch(app, "SELECT DISTINCT row, code FROM import_rejected ORDER BY row")
    assert [r["code"] for r in rows] == ["exceeds_allocation", "not_an_integer"]
    assert await net(app) == line


async def test_a_fund_that_is_being_allocated_holds_no_other_door_up(app: Registry) -> None:
    await divided(app)
    waiting = None
    async with app.context.database.transaction() as tx:
        await tx.execute("SELECT 1 FROM fund_balances FOR UPDATE")
        raised = fund(revision=2, amount_vnd=2_000_000)
        waiting = asyncio.create_task(post(app, "funds", raised))
        await until_locked_out(app.context.database)
        await kept(app, "disbursements", payment())
        await kept(app, "household-events", assessed())
        assert not waiting.done()
    assert (await waiting).status_code == 202
    assert await balance(app) == (2_000_000, 1_000_000)
