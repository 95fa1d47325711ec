"""Every answer about money, live, is what its model says, field by field."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.api import ledger
from tests.api.shapes import shaped
from tests.api.test_allocation_runs import HOUSING, _fund, _houses, _housing, _poor_district
from tests.api.test_findings import _raise
from tests.facts import assessed
from tests.harness import Registry

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_live_answers_have_the_documented_shape(world: Registry) -> None:
    await _poor_district(world)
    await _houses(world, "X", 3)
    await _fund(world, "X", 80_000_000, decision_no="215/QĐ-UBND")
    await _housing(world, "X-1", "X")
    await world.send([assessed("X-9", "2023-12-14", **HOUSING, merit_member=True)])
    await ledger.pay(world, "X-p", "X-1", "X-0", 28_000_000, "2024-01-10")
    await _housing(world, "X-2", "X", supersedes="X-1")
    await ledger.pay(world, "X-q", "X-2", "X-0", 5, "2024-02-10")
    await ledger.fund(world, "X-20", 100, area="20")
    await ledger.run(world, "X-20-r", "X-20", 100, {"181": 100})
    await ledger.fund(world, "X-181", 50, parent_run="X-20-r", parent_line="181")
    rice = {"kind": "rice", "unit": "tonne", "quantity": Decimal("1.5")}
    await ledger.support(world, "X-s", "2024-01-01", area="06091", **rice)
    await _raise(world, "fund:X", "uses_exceed_fund")
    filled = {
        "/v1/funds": {},
        "/v1/allocation-runs": {},
        "/v1/allocation-runs/X-2/lines": {},
        "/v1/allocation-runs/X-20-r/lines": {},
        "/v1/allocation-runs/X-1/compare": {"with": "X-2"},
        "/v1/disbursements": {},
        "/v1/disbursements/stalled": {"days": 90},
        "/v1/support-records": {},
        "/v1/support-records/totals": {},
        "/v1/findings": {},
    }
    for path, asked in filled.items():
        assert (await shaped(world, path, **asked))["items"], path
    for path in (
        "/v1/funds/X",
        "/v1/funds/X-20",
        "/v1/funds/X-181",
        "/v1/funds/X/progress",
        "/v1/allocation-runs/X-1",
        "/v1/disbursements/progress",
    ):
        await shaped(world, path)
    fund = await world.get("/v1/funds/X")
    assert fund["decision_no"] == "215/QĐ-UBND"
    assert fund["balance"]["net_paid_vnd"] == 28_000_005
    async with world.context.database.statement() as snapshot:
        held = await snapshot.fetchrow("SELECT * FROM fund_balances WHERE fund_id = 'X'")
    assert fund["balance"]["allocated_vnd"] == held["allocated_vnd"]
    line = (await world.get("/v1/allocation-runs/X-2/lines", line="X-0"))["items"][0]
    assert line["amount_vnd"] == 12_000_000 and line["reasons"]["already_paid_vnd"] == 28_000_000
