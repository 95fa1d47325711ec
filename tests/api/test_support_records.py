"""Support without a run: the list, exact totals, and where a household's support counts."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from shared.http.auth import OFF, tokens_of
from tests.api import ledger
from tests.api.paging import pages
from tests.api.test_funds import _as, _entry
from tests.facts import assessed, moved
from tests.harness import Registry

pytestmark = pytest.mark.asyncio(loop_scope="module")


def _rice(quantity: str, **said: Any) -> dict[str, Any]:
    return {"kind": "rice", "unit": "tonne", "quantity": Decimal(quantity), **said}


async def test_the_list_shows_current_revisions_with_exact_quantities(world: Registry) -> None:
    await ledger.support(world, "A-1", "2024-02-01", area="06091", **_rice("0.0450"))
    await ledger.support(
        world, "A-2", "2024-01-01", area="181", kind="house", unit="house", quantity=Decimal(12)
    )
    at = await ledger.now(world)
    said = _rice("7", fund_id="F", amount_vnd=70)
    await ledger.support(world, "A-1", "2024-02-02", area="06103", revision=2, **said)

    async def found(**asked: Any) -> list[tuple[str, Any, str | None]]:
        items = await pages(world, "/v1/support-records", limit=1, program=ledger.PROGRAM, **asked)
        return [(i["external_id"], i["quantity"], i["area"]["code"]) for i in items]

    assert await found(known_at=at) == [("A-2", 12, "181"), ("A-1", "0.045", "06091")]
    assert await found() == [("A-2", 12, "181"), ("A-1", 7, "06103")]
    assert await found(kind="house") == [("A-2", 12, "181")]
    assert await found(fund="F") == await found(from_date="2024-02-02") == [("A-1", 7, "06103")]
    assert await found(to_date="2024-01-31") == await found(area="181", kind="house")
    assert await found(area="06091") == []


async def test_a_household_counts_where_it_lived_on_the_day(world: Registry) -> None:
    await world.send([assessed("Q-1", "2023-12-14"), moved("Q-1", "2024-06-01", "00004")])
    for key, on in (("Q-a", "2024-01-01"), ("Q-b", "2024-07-01"), ("Q-c", "2023-01-01")):
        await ledger.support(world, key, on, household_id="Q-1", **_rice("1", program="NTP-Q"))
    items = await pages(world, "/v1/support-records", household="Q-1")
    places = {i["external_id"]: i["area"] and i["area"]["code"] for i in items}
    assert places == {"Q-a": "06091", "Q-b": "00004", "Q-c": None}
    found = await world.get("/v1/support-records/totals", program="NTP-Q")
    sums = {(t["area"] and t["area"]["code"], t["year"]): t["records"] for t in found["items"]}
    assert sums == {("20", 2024): 1, ("01", 2024): 1, (None, 2023): 1}
    world.tokens = tokens_of([_entry("langson", "20")])
    try:
        response = await world.client.get(
            "/v1/support-records?household=Q-1", headers=_as("langson")
        )
        assert [i["external_id"] for i in response.json()["items"]] == ["Q-a"]
        assert response.headers["cache-control"] == "no-store"
        response = await world.client.get(
            "/v1/support-records/totals?program=NTP-Q", headers=_as("langson")
        )
        assert [t["records"] for t in response.json()["totals"]] == [1]
    finally:
        world.tokens = OFF


async def test_totals_by_kind_unit_area_and_year_are_exact(world: Registry) -> None:
    said = {"program": "NTP-T"}
    for number, (on, area, quantity) in enumerate(
        (
            ("2023-05-01", "06091", "0.1"),
            ("2023-06-01", "06103", "0.2"),
            ("2024-01-01", "06091", "999999999999999.000001"),
            ("2024-02-01", "00004", "3"),
        )
    ):
        await ledger.support(world, f"T-{number}", on, area=area, **_rice(quantity, **said))
    loan = {"kind": "credit", "unit": "loan", "quantity": Decimal(2), "amount_vnd": 10**15, **said}
    await ledger.support(world, "T-l1", "2024-03-01", area="06091", **loan)
    await ledger.support(world, "T-l2", "2024-04-01", area="06091", **loan)

    async def sums(**asked: Any) -> list[tuple[Any, ...]]:
        items = await pages(world, "/v1/support-records/totals", program="NTP-T", limit=1, **asked)
        return [
            (i["kind"], i["area"]["code"], i["year"], i["quantity"], i["amount_vnd"]) for i in items
        ]

    assert await sums() == [
        ("credit", "20", 2024, 4, 2 * 10**15),
        ("rice", "01", 2024, 3, None),
        ("rice", "20", 2023, "0.3", None),
        ("rice", "20", 2024, "999999999999999.000001", None),
    ]
    assert await sums(level="commune", year=2023) == [
        ("rice", "06091", 2023, "0.1", None),
        ("rice", "06103", 2023, "0.2", None),
    ]
    assert await sums(level="country", kind="rice", year=2024) == [
        ("rice", "VN", 2024, "1000000000000002.000001", None)
    ]
    assert await sums(area="01") == [("rice", "01", 2024, 3, None)]
    totals = (await world.get("/v1/support-records/totals", program="NTP-T", limit=1))["totals"]
    assert [(t["kind"], t["unit"], t["records"], t["quantity"]) for t in totals] == [
        ("credit", "loan", 2, 4),
        ("rice", "tonne", 4, "1000000000000002.300001"),
    ]


async def test_each_record_counts_on_the_map_of_its_day(world: Registry) -> None:
    said = _rice("1", program="NTP-M")
    await ledger.support(world, "M-1", "2025-06-30", area="06091", **said)
    await ledger.support(world, "M-2", "2025-07-01", area="06085", **said)
    items = await pages(world, "/v1/support-records/totals", program="NTP-M", limit=1)
    assert [(i["area"]["code"], i["area"]["valid_from"]) for i in items] == [
        ("20", "2011-01-01"),
        ("20", "2025-07-01"),
    ]


async def test_tags_and_refusals(world: Registry) -> None:
    for path in ("/v1/support-records", "/v1/support-records/totals"):
        tag = (await world.client.get(path)).headers["etag"]
        assert (await world.client.get(path, headers={"If-None-Match": tag})).status_code == 304
        for query, code in (
            ("as_of=2024-01-01", "unknown_parameter"),
            ("cursor=WyJ4Il0", "invalid_cursor"),
            ("area=99999", "unknown_area"),
        ):
            response = await world.client.get(f"{path}?{query}")
            assert response.json()["code"] == code, (path, query)
