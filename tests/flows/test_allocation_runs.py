"""Allocation runs from the request to their lines: exact, refused by name, once, and repeatable."""

from __future__ import annotations

import asyncio
from datetime import date
from hashlib import sha256
from io import StringIO
from typing import Any

import orjson
import pytest
from rich.console import Console

from services.commands.rebuild import verify
from services.worker.allocations.recompute import recompute
from services.worker.handlers.allocate import Allocate
from shared.kernel import knowledge
from shared.law.store.seeds import SeedCache
from shared.messages import ALLOCATION_RUN_REQUESTED
from shared.messaging import outbox
from shared.messaging.message import Message
from shared.money.allocations import result_digest
from shared.money.store import lines as allocation_lines
from shared.money.store import runs as allocation_runs
from shared.money.store.runs import NewRun, Run
from tests.facts import ABSENT, RICH, assessed, closed, registered, support_record
from tests.harness import Registry

TODAY = date(2026, 6, 30)


def area_fact(code: str, on: str = "2026-01-01", **changes: Any) -> dict[str, Any]:
    fact = {"source": "flows", "external_id": f"f/{code}", "area_code": code, "on": on}
    return {**fact, "households_total": 500, **changes}


async def new_communes(app: Registry, province: str = "20") -> list[str]:
    tree = await app.context.areas.current()
    return [
        unit.code
        for unit in tree.children(tree.on(province, TODAY), TODAY)
        if not unit.code.endswith("-unassigned")
    ]


async def post_fund(app: Registry, fund_id: str = "F", **changes: Any) -> None:
    fund = {
        "source": "flows",
        "external_id": fund_id,
        "fund_id": fund_id,
        "program": "NTP-MERGED-2026-2030",
        "year": 2026,
        "funding_source": "central",
        "area_code": "20",
        "amount_vnd": 1_000_000_000,
        "decided_on": "2026-05-01",
        **changes,
    }
    await app.send([fund], "funds")


async def post_run(app: Registry, run_id: str, **changes: Any) -> None:
    body = {"run_id": run_id, "fund_id": "F", "rule": "qd16_2026", "as_of": "2026-06-30", **changes}
    answer = await app.post("/v1/allocation-runs", body)
    assert answer.status_code == 202, answer.text


def new_run(run_id: str, **changes: Any) -> NewRun:
    body = {"run_id": run_id, "fund_id": "F", "rule": "qd16_2026", "as_of": "2026-06-30", **changes}
    return NewRun(
        run_id,
        body["fund_id"],
        body["rule"],
        date.fromisoformat(body["as_of"]),
        None,
        body.get("mode", "commit"),
        body.get("supersedes"),
        body,
        sha256(orjson.dumps(body)).digest(),
    )


async def store_run(app: Registry, run_id: str, **changes: Any) -> None:
    """Store a run past the door, as if the facts had changed after it was let in."""
    async with app.context.database.transaction() as tx:
        at = await knowledge.tick(tx)
        assert await allocation_runs.insert(tx, new_run(run_id, **changes), at)
        await outbox.append(tx, [Message.new(ALLOCATION_RUN_REQUESTED, at, {"run_ids": [run_id]})])


async def ran(app: Registry, run_id: str, **changes: Any) -> Run:
    await post_run(app, run_id, **changes)
    await app.drain()
    return await found(app, run_id)


async def found(app: Registry, run_id: str) -> Run:
    async with app.context.database.snapshot() as snapshot:
        run = await allocation_runs.find(snapshot, run_id)
    assert run is not None
    return run


async def amounts(app: Registry, run_id: str) -> dict[str, int]:
    async with app.context.database.snapshot() as snapshot:
        return {x.line: x.amount_vnd for x in await allocation_lines.of_run(snapshot, run_id)}


async def value(app: Registry, sql: str, *given: Any) -> Any:
    async with app.context.database.snapshot() as snapshot:
        return await snapshot.fetchval(sql, *given)


async def balance(app: Registry, fund_id: str = "F") -> int:
    return await value(app, "SELECT allocated_vnd FROM fund_balances WHERE fund_id = $1", fund_id)


async def refused(app: Registry, run_id: str) -> list[tuple[str, str]]:
    refusals = await value(
        app,
        "SELECT refusals FROM allocation_runs WHERE run_id = $1 AND state = 'refused' "
        "AND completed_at IS NOT NULL AND code = refusals->0->>'code'",
        run_id,
    )
    return [(r["code"], r["subject"]) for r in refusals]


async def with_facts(app: Registry) -> list[str]:
    codes = await new_communes(app)
    zones = ("III", "II", "I", None)
    facts = [
        area_fact(code, zone=zones[n % 4], extremely_difficult_villages=n % 7)
        for n, code in enumerate(codes)
    ]
    await app.send(facts, "area-facts")
    return codes


async def test_a_run_gives_every_commune_its_share_of_the_whole_fund(app: Registry) -> None:
    codes = await with_facts(app)
    await post_fund(app, amount_vnd=1_000_000_007)
    run = await ran(app, "R1")
    assert run.state == "completed"
    async with app.context.database.snapshot() as snapshot:
        lines = await allocation_lines.of_run(snapshot, "R1")
        stored = await allocation_lines.digest(snapshot, "R1")
    assert [line.line for line in lines] == sorted(codes)
    assert sum(line.amount_vnd for line in lines) == 1_000_000_007 == await balance(app)
    assert stored == run.result_digest
    total = sum(int(line.score or 0) for line in lines)
    for line in lines:
        exact = 1_000_000_007 * int(line.score or 0) / total
        assert abs(line.amount_vnd - exact) < 1
    first = lines[0].reasons or {}
    assert first["criteria"][0]["coefficient"] == "50"
    assert first["legal_basis"] == ["16/2026/QĐ-TTg (2026-04-15)"]


async def test_a_commune_without_a_fact_refuses_the_run_and_each_is_named(app: Registry) -> None:
    codes = await new_communes(app)
    await app.send([area_fact(code) for code in codes[2:]], "area-facts")
    await post_fund(app)
    await ran(app, "R1")
    assert await refused(app, "R1") == [("area_fact_missing", code) for code in sorted(codes[:2])]
    assert await balance(app) == 0
    assert await amounts(app, "R1") == {}


async def test_unknown_coefficients_refuse_until_they_are_supplied(app: Registry) -> None:
    await post_fund(app, program="NTP-SPR-2021-2025", component="P4.3")
    await app.send([area_fact(code) for code in await new_communes(app)], "area-facts")
    await ran(app, "R1", rule="qd02_2022_p4_3")
    assert await refused(app, "R1") == [
        ("coefficient_unknown", "c1_poverty_rate"),
        ("coefficient_unknown", "c2_poverty_size"),
    ]
    code = (await new_communes(app))[0]
    await app.send([assessed(f"H{n}", "2026-01-05", area_code=code) for n in (1, 2)])
    supplied = {
        "c1_poverty_rate": {"value": "0.4", "legal_basis": "NQ 01"},
        "c2_poverty_size": {"value": 1, "legal_basis": "NQ 02"},
    }
    run = await ran(app, "R2", rule="qd02_2022_p4_3", parameters={"coefficients": supplied})
    assert run.state == "completed"
    # 2 of 500 are 0.4 percent: 0.4 x 0.4 + 1 x 2; nobody else is on a list.
    async with app.context.database.snapshot() as snapshot:
        lines = {line.line: line for line in await allocation_lines.of_run(snapshot, "R2")}
    assert lines[code].score == "2.16"
    assert lines[code].amount_vnd == 1_000_000_000
    rate = (lines[code].reasons or {})["criteria"][0]
    assert (rate["numerator"], rate["denominator"], rate["legal_basis"]) == (2, 500, "NQ 01")
    counterpart = (run.inputs or {})["counterpart"]
    assert counterpart["rule"] == "qd02_2022_counterpart" and counterpart["required_vnd"] is None


async def test_a_run_states_the_counterpart_that_the_law_asks_for(app: Registry) -> None:
    await with_facts(app)
    await post_fund(app, amount_vnd=1_000_000_001)
    run = await ran(app, "P1", mode="preview")
    unknown = (run.inputs or {})["counterpart"]
    assert (unknown["percent"], unknown["required_vnd"]) == (None, None)
    percent = {"counterpart_percent": {"value": "12.5", "legal_basis": "NQ 03"}}
    run = await ran(app, "P2", mode="preview", parameters=percent)
    assert (run.inputs or {})["counterpart"] == {
        "rule": None,
        "percent": "12.5",
        "legal_basis": ["NQ 03"],
        "required_vnd": 125_000_001,
    }
    await post_fund(app, "L", funding_source="local")
    run = await ran(app, "P3", mode="preview", fund_id="L")
    assert (run.inputs or {})["counterpart"] is None


async def test_a_run_names_the_provincial_law_that_it_applied(app: Registry) -> None:
    codes = await new_communes(app, "46")
    await app.send([area_fact(code) for code in codes], "area-facts")
    await app.send([assessed("H1", "2026-01-05", area_code=codes[0])])
    await post_fund(app, area_code="46", program="NTP-SPR-2021-2025", component="P4.1")
    given = {
        code: {"value": 1, "legal_basis": "NQ"}
        for code in ("c1_poverty_rate", "c2_poverty_size", "c3_geography")
    }
    zones = {"c3_geography": {"legal_basis": "NQ", "by_area": dict.fromkeys(codes, 1)}}
    parameters = {"coefficients": given, "values": zones}
    run = await ran(app, "R1", rule="qd02_2022_p4_1", parameters=parameters)
    assert run.state == "completed"
    (overlay,) = (run.inputs or {})["overlays"]
    assert (overlay["id"], overlay["applied"]) == ("hue_nq33_2025", True)
    async with app.context.database.snapshot() as snapshot:
        line = (await allocation_lines.of_run(snapshot, "R1"))[0]
    reasons = line.reasons or {}
    assert [c["code"] for c in reasons["criteria"]] == list(given)
    assert "33/2025/NQ-HĐND (Huế)" in reasons["legal_basis"]


async def test_a_run_sees_what_was_known_at_the_instant_it_names(app: Registry) -> None:
    codes = await with_facts(app)
    await post_fund(app)
    async with app.context.database.snapshot() as snapshot:
        before = (await knowledge.settled(snapshot)).isoformat()
    await app.send(
        [area_fact(code, revision=2, zone="III" if n else None) for n, code in enumerate(codes)],
        "area-facts",
    )
    old = await ran(app, "P1", mode="preview", known_at=before)
    new = await ran(app, "P2", mode="preview")
    older, newer = await amounts(app, "P1"), await amounts(app, "P2")
    assert older[codes[0]] > newer[codes[0]]
    assert old.inputs_digest != new.inputs_digest
    assert await proven(app) == {"P1": (), "P2": ()}


async def test_a_fund_is_spent_once(app: Registry) -> None:
    await with_facts(app)
    await post_fund(app)
    await ran(app, "R1")
    await ran(app, "R2")
    assert await refused(app, "R2") == [("fund_spent", "F")]
    assert await balance(app) == 1_000_000_000


async def test_a_preview_changes_nothing(app: Registry) -> None:
    await with_facts(app)
    await post_fund(app)
    preview = await ran(app, "P", mode="preview")
    assert (preview.state, await balance(app)) == ("completed", 0)
    committed = await ran(app, "R")
    assert committed.result_digest == preview.result_digest


async def test_fifty_runs_at_once_spend_a_fund_once(app: Registry) -> None:
    await with_facts(app)
    await post_fund(app)
    names = [f"R{n:02}" for n in range(50)]
    for name in names:
        await post_run(app, name)

    async def compute(name: str) -> None:
        async with app.context.database.transaction() as tx:
            await Allocate(app.context.seeds)(tx, [name])

    await asyncio.gather(*map(compute, names))
    runs = [await found(app, name) for name in names]
    assert sorted(run.state for run in runs) == ["completed"] + ["refused"] * 49
    assert await balance(app) == 1_000_000_000


async def test_a_run_delivered_again_is_computed_once(app: Registry) -> None:
    await with_facts(app)
    await post_fund(app)
    first = await ran(app, "R1")
    async with app.context.database.transaction() as tx:
        at = await knowledge.settled(tx)
        await outbox.append(tx, [Message.new(ALLOCATION_RUN_REQUESTED, at, {"run_ids": ["R1"]})])
    await app.drain()
    assert await found(app, "R1") == first
    assert await value(app, "SELECT count(*) FROM quarantine") == 0


async def test_a_run_supersedes_another_once_and_takes_over_its_money(app: Registry) -> None:
    codes = await with_facts(app)
    await post_fund(app)
    await ran(app, "R1")
    await app.send([area_fact(codes[0], zone="III", revision=2)], "area-facts")
    second = await ran(app, "R2", supersedes="R1")
    assert (second.state, second.allocated_from_vnd) == ("completed", 1_000_000_000)
    assert (await found(app, "R1")).superseded_by == "R2"
    assert await balance(app) == 1_000_000_000
    await store_run(app, "R3", supersedes="R1")
    await app.drain()
    assert await refused(app, "R3") == [("already_superseded", "R1")]


async def test_a_line_that_was_passed_on_keeps_its_run(app: Registry) -> None:
    codes = await with_facts(app)
    await post_fund(app)
    await ran(app, "R1")
    await post_fund(
        app, "G", amount_vnd=5, area_code=codes[0], parent={"run_id": "R1", "area_code": codes[0]}
    )
    await ran(app, "R2", supersedes="R1")
    assert await refused(app, "R2") == [("line_passed_on", codes[0])]
    preview = await ran(app, "R3", supersedes="R1", mode="preview")
    assert preview.state == "refused"


async def pay(app: Registry, run_id: str, line: str, amount: int, kind: str = "paid") -> None:
    payment = {
        "source": "flows",
        "external_id": f"{run_id}/{line}/{kind}/{amount}",
        "run_id": run_id,
        "line": line,
        "amount_vnd": amount,
        "paid_on": "2026-06-30",
        "kind": kind,
    }
    await app.send([payment], "disbursements")


async def test_what_was_paid_stays_held_when_a_run_is_superseded(app: Registry) -> None:
    codes = await with_facts(app)
    await post_fund(app)
    await ran(app, "R1")
    await pay(app, "R1", codes[0], 1000)
    await pay(app, "R1", codes[0], 300, "returned")
    run = await ran(app, "R2", supersedes="R1")
    assert run.allocated_from_vnd == 1_000_000_000 - 700
    assert sum((await amounts(app, "R2")).values()) == 1_000_000_000 - 700
    assert await balance(app) == 1_000_000_000
    # What comes back after that can be allocated once more.
    await pay(app, "R1", codes[0], 700, "returned")
    run = await ran(app, "R3")
    assert (run.allocated_from_vnd, await balance(app)) == (700, 1_000_000_000)


@pytest.mark.parametrize(
    ("fund", "asked", "refusals"),
    [
        ({}, {"fund_id": "G"}, [("unknown_fund", "G")]),
        ({"amount_vnd": 0}, {}, [("fund_spent", "F")]),
        (
            {"program": "NTP-SPR-2021-2025", "year": 2021, "decided_on": "2021-05-01"},
            {"rule": "qd02_2022_p2"},
            [("rule_not_in_force", "F")],
        ),
        ({"program": "NTP-SPR-2021-2025"}, {}, [("rule_not_of_program", "F")]),
        (
            {"program": "NTP-SPR-2021-2025"},
            {"rule": "qd02_2022_counterpart"},
            [("rule_divides_nothing", "qd02_2022_counterpart")],
        ),
        ({}, {"areas": ["01"]}, [("area_outside_holder", "20")]),
        ({}, {"supersedes": "R0"}, [("unknown_run", "R0")]),
        ({"area_code": "24", "decided_on": "2025-01-01"}, {}, [("area_not_in_force", "F")]),
    ],
)
async def test_what_cannot_be_computed_is_refused_by_name(
    app: Registry, fund: dict[str, Any], asked: dict[str, Any], refusals: list[tuple[str, str]]
) -> None:
    await post_fund(app, **fund)
    await store_run(app, "R1", **asked)
    await app.drain()
    assert await refused(app, "R1") == refusals
    assert await value(app, "SELECT count(*) FROM quarantine") == 0


async def proven(app: Registry) -> dict[str, tuple[str, ...]]:
    """Compute every completed run again; return what differs."""
    async with app.context.database.snapshot() as snapshot:
        names = await allocation_runs.completed_ids(snapshot)
    differences = {}
    for name in names:
        async with app.context.database.transaction() as tx:
            run = await allocation_runs.find(tx, name)
            assert run is not None
            found = await recompute(tx, SeedCache(), run)
            assert found.skipped is None
            differences[name] = found.differences
    async with app.context.database.snapshot() as snapshot:
        assert await allocation_runs.completed_ids(snapshot) == names
    assert not await value(app, "SELECT count(*) FROM allocation_lines WHERE run_id LIKE '% %'")
    return differences


async def test_a_run_computed_again_after_everything_changed_is_the_same(app: Registry) -> None:
    codes = await with_facts(app)
    await post_fund(app)
    await ran(app, "R1")
    await pay(app, "R1", codes[0], 1000)
    await ran(app, "R2", supersedes="R1")
    await ran(app, "P", mode="preview", supersedes="R2")
    await app.send([area_fact(code, revision=2, zone="III") for code in codes], "area-facts")
    await post_fund(app, revision=2, amount_vnd=2_000_000_000)
    await pay(app, "R1", codes[0], 1000, "returned")
    run = await ran(app, "R3")
    assert run.allocated_from_vnd == 1_000_001_000
    assert await proven(app) == {"R1": (), "R2": (), "R3": (), "P": ()}
    async with app.context.database.transaction() as tx:
        await tx.execute(
            "UPDATE allocation_lines SET amount_vnd = amount_vnd + 1 WHERE run_id = 'R1' "
            "AND line = $1",
            codes[0],
        )
    assert (await proven(app))["R1"] == ("its stored lines do not have its result_digest",)


HOUSING = {
    "rule": "housing_p5_new",
    "as_of": "2023-12-31",
    "parameters": {
        "waive": [
            "household.separate_since",
            "household.social_protection_member",
            "household.special_difficulty",
            "household.disaster_area",
        ]
    },
}


async def with_households(app: Registry, count: int = 4) -> None:
    homeless = ["housing_quality", "housing_area", "water"]
    await app.send(
        [
            assessed(f"H{n}", "2023-06-01", deprived=homeless, ethnic_group="Tày")
            for n in range(count)
        ]
        + [
            assessed("K1", "2023-06-01", ethnic_group="Kinh"),
            assessed("N", "2023-06-01", **RICH),
        ]
    )
    await app.send([area_fact("181", "2023-01-01", attributes=["poor_district"])], "area-facts")
    await post_fund(
        app,
        program="NTP-SPR-2021-2025",
        component="P5",
        year=2023,
        area_code="181",
        amount_vnd=130_000_000,
        decided_on="2023-06-01",
    )


async def test_a_household_run_serves_the_queue_until_the_money_ends(app: Registry) -> None:
    await with_households(app)
    run = await ran(app, "R1", **HOUSING)
    assert run.state == "completed", await refused(app, "R1")
    async with app.context.database.snapshot() as snapshot:
        lines = {line.line: line for line in await allocation_lines.of_run(snapshot, "R1")}
        stored = await allocation_lines.digest(snapshot, "R1")
    assert {name: line.outcome for name, line in lines.items()} == {
        "H0": "allocated",
        "H1": "allocated",
        "H2": "allocated",
        "H3": "fund_exhausted",
        "K1": "not_eligible",
    }
    assert (lines["H3"].place, lines["K1"].failed) == (4, ("non_durable_house", "under_8_m2"))
    # The same text whether it is put together in SQL or in Python.
    assert stored == run.result_digest == result_digest(lines.values())
    assert await balance(app) == 120_000_000
    await post_fund(app, "G", **{**GRANT, "amount_vnd": 80_000_000})
    await ran(app, "R2", fund_id="G", **{**HOUSING, "rule": "housing_p5_repair"})
    assert await amounts(app, "R2") == {"H0": 0, "H1": 0, "H2": 0, "H3": 20_000_000, "K1": 0}
    # A house that was begun is finished first, and what was paid for it is deducted.
    await pay(app, "R1", "H2", 28_000_000)
    await app.send([assessed("H9", "2023-07-01", deprived=["water"])])
    run = await ran(app, "R3", supersedes="R1", **HOUSING)
    assert run.allocated_from_vnd == 130_000_000 - 28_000_000
    assert (await amounts(app, "R3"))["H2"] == 12_000_000
    assert await proven(app) == {"R1": (), "R2": (), "R3": ()}


async def test_a_family_has_one_house_under_all_of_its_ids(app: Registry) -> None:
    await with_households(app, 1)
    await app.send(
        [
            assessed("OLD", "2022-12-14"),
            closed("OLD", "2023-05-01", reason="merged", into="H0"),
            registered("H0", "2023-05-01", continues="OLD"),
        ]
    )
    # Recorded under the old id, and after it had ended.
    house = support_record(household_id="OLD", area_code=ABSENT, on="2023-08-31", quantity=1)
    await app.send([house | {"amount_vnd": 40_000_000}], "support-records")
    await ran(app, "R1", **HOUSING)
    async with app.context.database.snapshot() as snapshot:
        lines = {x.line: x for x in await allocation_lines.of_run(snapshot, "R1")}
    assert (lines["H0"].outcome, lines["H0"].amount_vnd) == ("already_supported", 0)
    assert await proven(app) == {"R1": ()}


GRANT = {
    "program": "NTP-SPR-2021-2025",
    "component": "P5",
    "year": 2023,
    "area_code": "181",
    "decided_on": "2023-06-01",
}


async def test_an_input_that_the_register_lacks_refuses_unless_it_is_waived(app: Registry) -> None:
    await with_households(app, 1)
    await ran(app, "R1", **{**HOUSING, "parameters": {"waive": ["household.separate_since"]}})
    assert await refused(app, "R1") == [
        ("input_unavailable", "household.social_protection_member"),
        ("input_unavailable", "household.special_difficulty"),
        ("input_unavailable", "household.disaster_area"),
    ]


async def test_two_funds_at_once_do_not_house_one_household_twice(app: Registry) -> None:
    await with_households(app, 3)
    for n in range(6):
        await post_fund(app, f"G{n}", **GRANT, amount_vnd=200_000_000)
        await post_run(app, f"R{n}", fund_id=f"G{n}", **HOUSING)

    async def compute(name: str) -> None:
        async with app.context.database.transaction() as tx:
            await Allocate(app.context.seeds)(tx, [name])

    await asyncio.gather(*(compute(f"R{n}") for n in range(6)))
    given = [
        line for n in range(6) for line, amount in (await amounts(app, f"R{n}")).items() if amount
    ]
    assert sorted(given) == ["H0", "H1", "H2"]


async def test_runs_of_one_message_see_each_other(app: Registry) -> None:
    """The reconciler once ordered two runs in one message: each household got two houses."""
    await with_households(app, 3)
    for n in range(3):
        await post_fund(app, f"G{n}", **GRANT, amount_vnd=80_000_000)
    funds = {"R0": "G0", "R1": "G1", "R2": "G2", "R3": "G0"}
    async with app.context.database.transaction() as tx:
        at = await knowledge.tick(tx)
        for name, fund_id in funds.items():
            await allocation_runs.insert(tx, new_run(name, fund_id=fund_id, **HOUSING), at)
        await Allocate(app.context.seeds)(tx, list(funds))
    given = [
        line for n in range(3) for line, amount in (await amounts(app, f"R{n}")).items() if amount
    ]
    assert sorted(given) == ["H0", "H1", "H2"]
    assert await refused(app, "R3") == [("fund_spent", "G0")]
    instants = [(await found(app, name)).ledger_at for name in funds]
    assert instants == sorted(set(instants), key=str)


async def test_rebuild_computes_runs_again(app: Registry, dsn: str) -> None:
    await with_facts(app)
    await post_fund(app)
    await ran(app, "R1")
    out = StringIO()
    assert await verify(dsn, Console(file=out)) == 0, out.getvalue()
    assert "1 allocation runs" in out.getvalue()
    async with app.context.database.transaction() as tx:
        await tx.execute("UPDATE allocation_lines SET outcome = 'fund_exhausted'")
    out = StringIO()
    assert await verify(dsn, Console(file=out, width=200)) == 1
    assert "allocation run R1: its stored lines do not have its result_digest" in out.getvalue()


async def test_named_areas_set_the_lines(app: Registry) -> None:
    codes = await with_facts(app)
    await post_fund(app)
    await ran(app, "R1", areas=codes[:2])
    given = await amounts(app, "R1")
    assert list(given) == sorted(codes[:2])
    assert sum(given.values()) == 1_000_000_000
