"""A walk along the money as a finance department takes it, where it may be lost or doubled."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio

from tests.harness import Registry, registry
from tests.ingest.money import (
    AREAS,
    divided,
    fund,
    gone,
    housed,
    kept,
    payment,
    post,
    refused,
    request,
    stored,
)

LINE = AREAS[0]


@pytest_asyncio.fixture
async def app(dsn: str) -> AsyncIterator[Registry]:
    async with registry(dsn) as running:
        yield running


def below(number: int = 1, **changes: Any) -> dict[str, Any]:
    made = {"external_id": f"below/{number}", "fund_id": f"BELOW-{number}", "area_code": LINE}
    return fund(**made, **{"parent": {"run_id": "R1", "area_code": LINE}, **changes})


async def test_a_line_is_paid_or_passed_on_and_never_both(app: Registry) -> None:
    line = (await divided(app))[LINE]
    await kept(app, "disbursements", payment(amount_vnd=100))
    refused(await post(app, "funds", below(amount_vnd=line - 99)), 409, "exceeds_parent")
    await kept(app, "funds", below(amount_vnd=line - 100))
    before = await stored(app)
    one = payment(external_id="pay/2", amount_vnd=1)
    refused(await post(app, "disbursements", one), 409, "exceeds_allocation")
    more = payment(revision=2, amount_vnd=101)
    refused(await post(app, "disbursements", more), 409, "exceeds_allocation")
    assert await stored(app) == before
    back = payment(external_id="back/1", amount_vnd=100, kind="returned")
    await kept(app, "disbursements", back)
    await kept(app, "funds", below(revision=2, amount_vnd=line))
    gave_back = gone(back, 2)
    refused(await post(app, "disbursements", gave_back), 409, "exceeds_allocation")
    (_, told) = await _progress(app)
    assert (told["net_paid_vnd"], told["passed_on_vnd"]) == (0, line)


async def test_paying_and_passing_on_at_once_spends_a_line_once(app: Registry) -> None:
    line = (await divided(app))[LINE]
    part = line // 4
    answers = await asyncio.gather(
        *(
            each
            for n in range(8)
            for each in (
                post(app, "disbursements", payment(external_id=f"p/{n}", amount_vnd=part)),
                post(app, "funds", below(n, amount_vnd=part)),
            )
        )
    )
    assert sorted(answer.status_code for answer in answers) == [202] * 4 + [409] * 12
    _, told = await _progress(app)
    assert told["net_paid_vnd"] + told["passed_on_vnd"] == 4 * part


async def _progress(app: Registry) -> tuple[dict[str, Any], dict[str, Any]]:
    found = await app.get("/v1/funds/LS-2026")
    return found, found["balance"]


async def test_a_fund_below_has_its_parents_money_and_no_households(app: Registry) -> None:
    await divided(app)
    await housed(app)
    for changes, status, code, field in (
        ({"funding_source": "local"}, 409, "differs_from_parent", "funding_source"),
        (
            {"program": "NTP-SPR-2021-2025", "year": 2026, "component": "P2"},
            409,
            "differs_from_parent",
            "program",
        ),
        (
            {"parent": {"run_id": "H1", "area_code": "LS-1"}},
            422,
            "unknown_line",
            "parent/area_code",
        ),
    ):
        answer = await post(app, "funds", below(amount_vnd=1, **changes))
        refused(answer, status, code, f"/funds/0/{field}")
    source = fund(revision=2, funding_source="local")
    refused(await post(app, "funds", source), 409, "fund_in_use", "/funds/0/funding_source")


async def test_every_area_that_cannot_be_a_line_is_named(app: Registry) -> None:
    await divided(app)
    wrong = ["06073", "06073", "99999", "06088", "00008", "20-unassigned"]
    answer = await request(app, run_id="R2", areas=wrong)
    refused(answer, 422, "area_outside_holder", "/areas")
    assert sorted(fault["code"] for fault in answer.json()["errors"]) == [
        "area_not_in_force",
        "area_outside_holder",
        "area_repeated",
        "area_unassigned",
        "unknown_area",
    ]


async def test_a_value_for_an_area_without_a_line_is_refused(app: Registry) -> None:
    await housed(app)
    livelihoods = fund(
        external_id="P2",
        fund_id="P2",
        program="NTP-SPR-2021-2025",
        component="P2",
        year=2024,
        area_code="181",
        decided_on="2024-01-05",
    )
    await kept(app, "funds", livelihoods)
    values = {"by_area": {"06091": "1.5", "06073": 2}, "legal_basis": "NQ 10"}
    answer = await request(
        app,
        run_id="R2",
        fund_id="P2",
        rule="qd02_2022_p2",
        as_of="2024-12-31",
        areas=["06091"],
        parameters={"values": {"c3_geography": values}},
    )
    at = "/parameters/values/c3_geography/by_area/06073"
    refused(answer, 422, "unknown_line", at)
    assert len(answer.json()["errors"]) == 1
