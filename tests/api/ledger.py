"""Funds, runs, payments and support as rows, for histories that the public doors would not take."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from shared.kernel import knowledge
from shared.kernel.database import Transaction
from tests.harness import Registry

PROGRAM = "NTP-SPR-2021-2025"
TOTALS = dict.fromkeys(
    ("lines", "allocated", "not_eligible", "already_supported", "fund_exhausted"), 0
)


async def _store(world: Registry, table: str, row: Mapping[str, Any]) -> datetime:
    """Store one revision; returns when it was recorded."""
    async with world.context.database.transaction() as tx:
        recording = await knowledge.next_recording(tx)
        full = {
            "event_id": uuid4(),
            "recording_id": recording,
            "source": "api-tests",
            "revision": 1,
            "withdrawn": False,
            "payload": {},
            "content_hash": b"",
            **row,
        }
        await _insert(tx, table, full)
        return await knowledge.record(tx, recording, table)


async def _insert(tx: Transaction, table: str, row: Mapping[str, Any]) -> None:
    places = ", ".join(f"${number}" for number in range(1, len(row) + 1))
    await tx.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})", *row.values())


async def area_id(world: Registry, code: str, day: date) -> int:
    """Return the id of the unit that has a code on a day."""
    return (await world.context.areas.current()).on(code, day).area_id


async def fund(world: Registry, fund_id: str, amount: int | None, **said: Any) -> datetime:
    """Store a revision of a fund of 2023 held by Bình Gia; no amount withdraws it."""
    area, day = said.pop("area", "181"), said.pop("decided_on", date(2023, 2, 20))
    if amount is None:
        return await _store(world, "funds", {"external_id": fund_id, "withdrawn": True, **said})
    row = {
        "external_id": fund_id,
        "fund_id": fund_id,
        "program": PROGRAM,
        "component": "P5",
        "year": 2023,
        "funding_source": "central",
        "area_id": await area_id(world, area, day),
        "amount_vnd": amount,
        "decided_on": day,
        **said,
    }
    return await _store(world, "funds", row)


async def request_run(world: Registry, run_id: str, fund_id: str, **said: Any) -> datetime:
    """Store a pending run; returns when it was requested."""
    async with world.context.database.transaction() as tx:
        at = await knowledge.tick(tx)
        row = {
            "run_id": run_id,
            "fund_id": fund_id,
            "rule": "qd02_2022_p2",
            "as_of": date(2023, 12, 31),
            "known_at": at,
            "mode": "commit",
            "request": {},
            "request_hash": b"",
            "requested_at": at,
            **said,
        }
        await _insert(tx, "allocation_runs", row)
    return at


async def complete_run(
    world: Registry, run_id: str, amount: int, lines: Mapping[str, Any], **said: Any
) -> datetime:
    """Store the lines (an amount, or columns) and the end of a run; returns when it ended."""
    async with world.context.database.transaction() as tx:
        day = await tx.fetchval("SELECT as_of FROM allocation_runs WHERE run_id = $1", run_id)
        total = 0
        for line, columns in lines.items():
            given = {"amount_vnd": columns} if isinstance(columns, int) else dict(columns)
            place = given.pop("area", line)
            row = {
                "run_id": run_id,
                "line": line,
                "area_id": await area_id(world, place, day),
                "outcome": "allocated",
                "content": said.get("content"),
                **given,
            }
            total += row["amount_vnd"]
            await _insert(tx, "allocation_lines", row)
        at = await knowledge.tick(tx)
        ended = {
            "state": "completed",
            "completed_at": at,
            "ledger_at": at,
            "inputs": {},
            "totals": {**TOTALS, "lines": len(lines), "allocated": len(lines)},
            "allocated_from_vnd": amount,
            "allocated_vnd": total,
            "unallocated_vnd": amount - total,
            "inputs_digest": "0" * 64,
            "result_digest": "1" * 64,
            **said,
        }
        settings = ", ".join(f"{name} = ${n}" for n, name in enumerate(ended, start=2))
        await tx.execute(
            f"UPDATE allocation_runs SET {settings} WHERE run_id = $1", run_id, *ended.values()
        )
    return at


async def run(
    world: Registry, run_id: str, fund_id: str, amount: int, lines: Mapping[str, Any], **said: Any
) -> datetime:
    """Store a completed run."""
    of_result = {name: said.pop(name) for name in ("content", "inputs") if name in said}
    await request_run(world, run_id, fund_id, **said)
    return await complete_run(world, run_id, amount, lines, **of_result)


async def refuse_run(world: Registry, run_id: str, code: str) -> datetime:
    """End a pending run with one refusal."""
    refusals = [{"code": code, "subject": "06091", "detail": "post it"}]
    async with world.context.database.transaction() as tx:
        at = await knowledge.tick(tx)
        await tx.execute(
            "UPDATE allocation_runs SET state = 'refused', code = $2, refusals = $3, "
            "completed_at = $4, ledger_at = $4 WHERE run_id = $1",
            run_id,
            code,
            refusals,
            at,
        )
    return at


async def pay(
    world: Registry, key: str, run_id: str, line: str, amount: int, on: str, **said: Any
) -> datetime:
    """Store a payment, or what else `said` makes of it."""
    row = {
        "external_id": key,
        "run_id": run_id,
        "line": line,
        "amount_vnd": amount,
        "paid_on": date.fromisoformat(on),
        "kind": "paid",
        **said,
    }
    return await _store(world, "disbursements", row)


async def withdraw_payment(world: Registry, key: str, revision: int) -> datetime:
    """Store the withdrawal of a payment."""
    row = {"external_id": key, "revision": revision, "withdrawn": True}
    return await _store(world, "disbursements", row)


async def support(world: Registry, key: str, on: str, **said: Any) -> datetime:
    """Store a support record."""
    day, code = date.fromisoformat(on), said.pop("area", None)
    place = None if code is None else await area_id(world, code, day)
    row = {"external_id": key, "program": PROGRAM, "on_date": day, "area_id": place, **said}
    return await _store(world, "support_records", row)


async def now(world: Registry) -> str:
    """Return the instant of the last commit, for a later `known_at`."""
    async with world.context.database.snapshot() as snapshot:
        return (await knowledge.settled(snapshot)).isoformat()
