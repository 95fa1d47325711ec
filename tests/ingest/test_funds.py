"""Funds: what they are for, what they are made of, and what a revision may not take away."""

from __future__ import annotations

import asyncio
from itertools import permutations
from typing import Any

import orjson

from shared.messages import FUND_RECORDED
from tests.facts import ABSENT
from tests.harness import Registry, registry
from tests.ingest.items import fetch
from tests.ingest.money import (
    AREAS,
    balance,
    divided,
    fund,
    gone,
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

LINE = AREAS[0]
BAD = [
    (fund(fund_id="a/b"), "invalid_format", "fund_id"),
    (fund(fund_id="x" * 65), "invalid_format", "fund_id"),
    (fund(fund_id=ABSENT), "missing_field", "fund_id"),
    (fund(program="NTP-2050"), "unknown_program", "program"),
    (fund(year=2025), "program_not_in_force", "program"),
    (fund(year=2031), "program_not_in_force", "program"),
    (fund(program="NTP-SPR-2021-2025", year=2027), "program_not_in_force", "program"),
    (fund(program="FOR-THE-POOR", year=2015), "program_not_in_force", "program"),
    (fund(component="P5"), "unknown_component", "component"),
    (fund(program="FOR-THE-POOR", component="P5"), "unknown_component", "component"),
    (fund(year=2010), "out_of_range", "year"),
    (fund(year="2026"), "not_an_integer", "year"),
    (fund(funding_source="private"), "invalid_choice", "funding_source"),
    (fund(area_code="999"), "unknown_area", "area_code"),
    (fund(area_code="181"), "area_not_in_force", "area_code"),
    (fund(area_code="20-unassigned"), "area_unassigned", "area_code"),
    (fund(amount_vnd=-1), "out_of_range", "amount_vnd"),
    (fund(amount_vnd=10**15 + 1), "out_of_range", "amount_vnd"),
    (fund(amount_vnd=1e6), "not_an_integer", "amount_vnd"),
    (fund(amount_vnd="1000000"), "not_an_integer", "amount_vnd"),
    (fund(amount_vnd=ABSENT), "missing_field", "amount_vnd"),
    (fund(decided_on="2026-11-22"), "in_future", "decided_on"),
    (fund(decided_on="15/05/2026"), "invalid_date", "decided_on"),
    (fund(parent={"run_id": "R1"}), "missing_field", "parent/area_code"),
    (fund(parent="R1"), "not_an_object", "parent"),
    (fund(parent={"run_id": "none", "area_code": LINE}), "unknown_run", "parent/run_id"),
    (fund(parent={"run_id": "R1", "area_code": "06079"}), "unknown_line", "parent/area_code"),
    (fund(parent={"run_id": "P", "area_code": LINE}), "run_not_committed", "parent/run_id"),
    (fund(parent={"run_id": "W", "area_code": LINE}), "run_not_committed", "parent/run_id"),
    (fund(withdrawn="true"), "not_a_boolean", "withdrawn"),
    (fund(holder="x"), "unknown_field", "holder"),
]


def child(number: int = 1, **changes: Any) -> dict[str, Any]:
    return fund(
        **{
            "external_id": f"child/{number}",
            "fund_id": f"CHILD-{number}",
            "area_code": LINE,
            "amount_vnd": 1000,
            "parent": {"run_id": "R1", "area_code": LINE},
            **changes,
        }
    )


async def test_a_bad_fund_is_named_and_stores_nothing(app: Registry) -> None:
    await divided(app)
    await ran(app, run_id="P", mode="preview", supersedes="R1")
    assert (await request(app, run_id="W")).status_code == 202
    before = await stored(app)
    for item, code, field in BAD:
        # A fund of its own, so that it is not at odds with the one that is there.
        item = item | {"external_id": "bad"} | ({"fund_id": "BAD"} if "fund" not in field else {})
        answer = await post(app, "funds", item)
        refused(answer, 422, code, f"/funds/0/{field}")
        assert await stored(app) == before, (code, field)


async def test_every_programme_takes_funds(app: Registry) -> None:
    sent = [
        fund(program="NTP-SPR-2021-2025", component="P3.1", year=2026),
        fund(external_id="2", fund_id="2", program="NTP-MERGED-2026-2030", component="HP1.04"),
        fund(
            external_id="3",
            fund_id="QN",
            program="FOR-THE-POOR",
            year=2023,
            area_code="51",
            funding_source="mobilised",
            decided_on="2023-08-31",
        ),
        fund(external_id="4", fund_id="VN", area_code="VN", amount_vnd=10**15),
        fund(external_id="5", fund_id="zero", amount_vnd=0),
    ]
    answer = await kept(app, "funds", *sent)
    assert await told(app, FUND_RECORDED) == [{"fund_ids": ["2", "LS-2026", "QN", "VN", "zero"]}]
    assert await balance(app, "VN") == (10**15, 0)
    assert await state(app, answer) == "accepted"
    await app.drain()
    assert [await state(app, answer, n) for n in range(5)] == ["processed"] * 5
    (row,) = await fetch(app, "SELECT component, year FROM funds WHERE fund_id = 'LS-2026'")
    assert tuple(row.values()) == ("P3.1", 2026)


async def test_a_fund_belongs_to_one_external_id(app: Registry) -> None:
    await kept(app, "funds", fund())
    before = await stored(app)
    taken = fund(external_id="other")
    refused(await post(app, "funds", taken), 409, "fund_id_taken", "/funds/0/fund_id")
    twice = [fund(external_id="a", fund_id="NEW"), fund(external_id="b", fund_id="NEW")]
    refused(await post(app, "funds", *twice), 409, "fund_id_taken", "/funds/1/fund_id")
    renamed = fund(revision=2, fund_id="LS-2027")
    refused(await post(app, "funds", renamed), 409, "fund_id_changed", "/funds/0/fund_id")
    assert await stored(app) == before
    await kept(app, "funds", gone(fund(), 2))
    refused(await post(app, "funds", taken), 409, "fund_id_taken")
    await kept(app, "funds", fund(revision=3, amount_vnd=7))
    assert await balance(app) == (7, 0)
    # What was refused with others is not taken: it is free again.
    await kept(app, "funds", twice[1])


async def test_the_highest_revision_counts_in_any_order(app: Registry) -> None:
    for number, order in enumerate(permutations(range(3))):
        key = {"external_id": f"any/{number}", "fund_id": f"ANY-{number}"}
        sent = [
            fund(**key),
            gone(fund(**key), 2),
            fund(**key, revision=3, amount_vnd=900, area_code="24"),
        ]
        for position in order:
            await kept(app, "funds", sent[position])
        assert await balance(app, key["fund_id"]) == (900, 0), order
        await kept(app, "funds", gone(fund(**key), 4))
        assert await balance(app, key["fund_id"]) == (0, 0), order


async def test_what_is_allocated_stays(app: Registry) -> None:
    await divided(app)
    before = await stored(app)
    for changes, code, field in (
        ({"amount_vnd": 999_999}, "below_allocated", "/amount_vnd"),
        ({"amount_vnd": 0}, "below_allocated", "/amount_vnd"),
        ({"area_code": "24"}, "fund_in_use", "/area_code"),
        ({"component": "HP1.04"}, "fund_in_use", "/component"),
        ({"year": 2027}, "fund_in_use", "/year"),
        (
            {"program": "NTP-SPR-2021-2025", "amount_vnd": 2_000_000},
            "fund_in_use",
            "/program",
        ),
    ):
        answer = await post(app, "funds", fund(revision=2, **changes))
        refused(answer, 409, code, f"/funds/0{field}")
    refused(await post(app, "funds", gone(fund(), 2)), 409, "below_allocated", "/funds/0")
    assert await stored(app) == before
    await kept(app, "funds", fund(revision=5, amount_vnd=1_000_001, decision_no="13/QĐ"))
    assert await balance(app) == (1_000_001, 1_000_000)
    # It came late and counts for nothing, whatever it says.
    await kept(app, "funds", fund(revision=3, amount_vnd=1, area_code="24"), gone(fund(), 4))
    assert await balance(app) == (1_000_001, 1_000_000)
    await ran(app, run_id="R2", supersedes="R1")
    assert await balance(app) == (1_000_001, 1_000_001)


async def test_what_was_paid_of_a_superseded_run_stays_too(app: Registry) -> None:
    await divided(app)
    await kept(app, "disbursements", payment(amount_vnd=600))
    await ran(app, run_id="R2", supersedes="R1")
    assert await balance(app) == (1_000_000, 1_000_000)
    refused(await post(app, "funds", fund(revision=2, amount_vnd=999_999)), 409, "below_allocated")
    returned = payment(external_id="back", kind="returned", amount_vnd=200)
    await kept(app, "disbursements", returned)
    lowered = fund(revision=2, amount_vnd=999_800)
    await kept(app, "funds", lowered)
    assert await balance(app) == (999_800, 999_800)


async def test_children_share_their_parents_line(app: Registry) -> None:
    line = (await divided(app))[LINE]
    await kept(app, "funds", child(1, amount_vnd=line - 10))
    before = await stored(app)
    refused(await post(app, "funds", child(2, amount_vnd=11)), 409, "exceeds_parent")
    two = [child(2, amount_vnd=5), child(3, amount_vnd=6)]
    refused(await post(app, "funds", *two), 409, "exceeds_parent", "/funds/1/amount_vnd")
    assert await stored(app) == before
    await kept(app, "funds", child(2, amount_vnd=10))
    more = child(1, revision=2, amount_vnd=line)
    refused(await post(app, "funds", more), 409, "exceeds_parent", "/funds/0/amount_vnd")
    await kept(app, "funds", gone(child(2), 2), more)
    await kept(app, "funds", child(1, revision=3, amount_vnd=line - 4))
    await kept(app, "funds", child(4, amount_vnd=4))
    other = child(4, revision=2, amount_vnd=4, parent={"run_id": "R1", "area_code": AREAS[1]})
    await kept(app, "funds", other)
    await kept(app, "funds", child(5, amount_vnd=4))
    (sums,) = await fetch(
        app,
        "SELECT sum(amount_vnd) AS drawn FROM (SELECT DISTINCT ON (source, external_id) * "
        "FROM funds ORDER BY source, external_id, revision DESC) f "
        "WHERE NOT withdrawn AND parent_run = 'R1' AND parent_line = $1",
        LINE,
    )
    assert sums["drawn"] == line


async def test_a_fund_that_is_allocated_keeps_its_parent(app: Registry) -> None:
    """Else a fund could be made of what was made of it."""
    line = (await divided(app))[LINE]
    looped = fund(revision=2, amount_vnd=line, parent={"run_id": "R1", "area_code": LINE})
    refused(await post(app, "funds", looped), 409, "below_allocated")
    looped["amount_vnd"] = 1_000_000
    refused(await post(app, "funds", looped), 409, "fund_in_use", "/funds/0/parent")


async def test_a_superseded_run_passes_nothing_on(app: Registry) -> None:
    await divided(app)
    await ran(app, run_id="R2", supersedes="R1")
    refused(await post(app, "funds", child()), 409, "run_superseded", "/funds/0/parent/run_id")


async def test_many_children_at_once_never_exceed_the_line(app: Registry, dsn: str) -> None:
    line = (await divided(app))[LINE]
    part = line // 4
    async with registry(dsn) as other:
        # Once it has read the law it is as quick as the first one.
        refused(await post(other, "funds", child(amount_vnd=line + 1)), 409, "exceeds_parent")
        answers = await asyncio.gather(
            *(
                post(each, "funds", child(f"{n}-{name}", amount_vnd=part))
                for n in range(5)
                for name, each in (("a", app), ("b", other))
            )
        )
    assert sorted(a.status_code for a in answers) == [202] * 4 + [409] * 6
    assert {a.json()["code"] for a in answers if a.status_code == 409} == {"exceeds_parent"}


async def test_one_id_from_two_processes_has_one_owner(app: Registry, dsn: str) -> None:
    async with registry(dsn) as other:
        refused(await post(other, "funds", fund(program="none")), 422, "unknown_program")
        answers = await asyncio.gather(
            post(app, "funds", fund(external_id="a")), post(other, "funds", fund(external_id="b"))
        )
    assert sorted(a.status_code for a in answers) == [202, 409]
    assert len(await fetch(app, "SELECT 1 FROM funds")) == 1


async def test_a_revision_and_a_run_at_once_never_overspend(app: Registry) -> None:
    await divided(app)
    await kept(app, "funds", fund(revision=2, amount_vnd=1_500_000))
    assert (await request(app, run_id="R2")).status_code == 202
    _, answer = await asyncio.gather(
        app.drain(), post(app, "funds", fund(revision=3, amount_vnd=1_200_000))
    )
    amount, allocated = await balance(app)
    assert allocated <= amount
    assert (amount, allocated) in {(1_500_000, 1_500_000), (1_200_000, 1_200_000)}
    assert answer.status_code == (202 if amount == 1_200_000 else 409)


async def test_a_stream_keeps_its_good_lines(app: Registry) -> None:
    items = [
        fund(),
        fund(external_id="2"),
        fund(external_id="3", fund_id="3", program="none"),
        fund(revision=2, amount_vnd=5),
        fund(),
    ]
    content = b"".join(orjson.dumps(item) + b"\n" for item in items)
    headers = {"content-type": "application/x-ndjson"}
    answer = (await app.client.post("/v1/funds", content=content, headers=headers)).json()
    assert (answer["accepted"], answer["duplicates"], answer["rejected"]) == (2, 1, 2)
    rows = await fetch(app, "SELECT row, pointer, code FROM import_rejected ORDER BY row")
    assert [tuple(r.values()) for r in rows] == [
        (2, "/fund_id", "fund_id_taken"),
        (3, "/program", "unknown_program"),
    ]
    assert await balance(app) == (5, 0)


async def test_a_table_names_the_parent_in_two_columns(app: Registry) -> None:
    await divided(app)
    table = (
        "source;external_id;fund_id;program;year;funding_source;area_code;amount_vnd;decided_on;"
        "parent.run_id;parent.area_code\n"
        f"ls;c1;C1;NTP-MERGED-2026-2030;2026;central;{LINE};10;2026-06-01;R1;{LINE}\n"
        f"ls;c2;C2;NTP-MERGED-2026-2030;2026;central;{LINE};10;2026-06-01;;\n"
        f"ls;c3;C3;NTP-MERGED-2026-2030;2026;central;{LINE};10;2026-06-01;R9;{LINE}\n"
    )
    answer = await app.client.post(
        "/v1/imports", files={"file": ("f.csv", table.encode())}, data={"kind": "funds"}
    )
    assert (answer.json()["accepted"], answer.json()["rejected"]) == (2, 1), answer.text
    rows = await fetch(app, "SELECT fund_id, parent_run FROM funds WHERE source = 'ls' ORDER BY 1")
    assert [tuple(r.values()) for r in rows] == [("C1", "R1"), ("C2", None)]
    (bad,) = await fetch(app, "SELECT row, pointer, code FROM import_rejected")
    assert tuple(bad.values()) == (4, "/parent/run_id", "unknown_run")
