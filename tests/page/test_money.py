"""Money followed on the page: the api's sums, two runs side by side, and what stands still."""

from __future__ import annotations

import csv
from io import StringIO

import pytest

from tests.harness import Registry
from tests.page.reading import read
from tests.page.settlement import CORRECTED, FUND, NEXT, NEXT_RUN, PAID, RUN

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def _rows(world: Registry, path: str) -> list[dict[str, str]]:
    answer = await world.client.get(path)
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"))))


async def test_a_fund_shows_what_was_allocated_and_paid(world: Registry) -> None:
    page = await read(world, f"/funds/{FUND}")
    progress = await world.get(f"/v1/funds/{FUND}/progress")
    for name in ("amount_vnd", "allocated_vnd", "paid_vnd", "returned_vnd"):
        assert page.numbers[name] == str(progress[name])
    assert page.numbers["rate_paid"] == str(progress["rates"]["paid"]["percent"])
    assert int(page.numbers["paid_vnd"]) > 0
    assert f"/runs/{NEXT_RUN}" in page.links
    assert f"/runs/{RUN}/compare?with={NEXT_RUN}" in page.links


async def test_all_funds_make_the_totals_of_the_api(world: Registry) -> None:
    page = await read(world, "/funds")
    totals = (await world.get("/v1/disbursements/progress"))["totals"]
    assert page.numbers["amount_vnd"] == str(totals["amount_vnd"])
    assert f"/funds/{FUND}" in page.links


async def test_a_run_shows_who_gets_money_and_why_others_do_not(world: Registry) -> None:
    page = await read(world, f"/runs/{NEXT_RUN}")
    run = await world.get(f"/v1/allocation-runs/{NEXT_RUN}")
    for outcome in ("allocated", "fund_exhausted", "not_eligible"):
        assert page.numbers[outcome] == str(run["totals"][outcome])
    gets = await _rows(world, f"/runs/{NEXT_RUN}?csv=lines")
    assert {row["line"] for row in gets} == {PAID, NEXT}
    without = await _rows(world, f"/runs/{NEXT_RUN}?outcome=not_eligible&csv=lines")
    assert all(row["why"] for row in without)
    assert CORRECTED in {row["line"] for row in without}


async def test_two_runs_are_compared_with_causes(world: Registry) -> None:
    path = f"/runs/{RUN}/compare?with={NEXT_RUN}"
    page = await read(world, path)
    summary = (await world.get(f"/v1/allocation-runs/{RUN}/compare", **{"with": NEXT_RUN}))[
        "summary"
    ]
    for name in ("gained", "lost", "unchanged"):
        assert page.numbers[name] == str(summary[name]["lines"])
    rows = {row["line"]: row for row in await _rows(world, f"{path}&csv=differences")}
    assert rows[CORRECTED]["difference_vnd"] == "-40000000"
    assert rows[NEXT]["difference_vnd"] == "40000000"
    assert all(row["causes"] for row in rows.values())


async def test_what_stands_still_is_shown_with_its_days(world: Registry) -> None:
    page = await read(world, "/stalled?days=0")
    lines = (await world.get("/v1/disbursements/stalled", days=0))["items"]
    assert page.numbers["lines"] == str(len(lines))
    assert page.numbers["left_vnd"] == str(sum(line["left_vnd"] for line in lines))
    rows = await _rows(world, "/stalled?days=0&csv=lines")
    days = [int(row["days"]) for row in rows]
    assert days == sorted(days, reverse=True)
    assert days[0] > 900
    (fund,) = await _rows(world, "/stalled?days=0&csv=by_fund")
    assert fund["days"] == str(days[0])
