"""Support without a run: words and units of the vocabulary, exact quantities, one place each."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import orjson
import pytest
import yaml

from shared.kernel.errors import PolicyError
from shared.law.store.files import ROOT
from shared.law.support_kinds import read_support_kinds
from shared.messages import MONEY_REVIEW_DUE
from tests.facts import ABSENT
from tests.harness import Registry
from tests.ingest.items import fetch
from tests.ingest.money import fund, gone, kept, post, refused, state, stored, support, told

HEADERS = {"content-type": "application/json"}
BAD = [
    (support(kind="dreams"), "unknown_kind", "kind"),
    (support(unit="tonne"), "unit_not_of_kind", "unit"),
    (support(kind="rice"), "unit_not_of_kind", "unit"),
    (support(quantity=-1), "out_of_range", "quantity"),
    (support(quantity="-1"), "not_a_decimal", "quantity"),
    (support(quantity="1,5"), "not_a_decimal", "quantity"),
    (support(quantity="1e3"), "not_a_decimal", "quantity"),
    (support(quantity=True), "not_a_decimal", "quantity"),
    (support(quantity=[1]), "not_a_decimal", "quantity"),
    (support(quantity="0.0000001"), "too_precise", "quantity"),
    (support(quantity=0.0000001), "too_precise", "quantity"),
    (support(quantity=10**15 + 1), "out_of_range", "quantity"),
    (support(quantity=1e300), "out_of_range", "quantity"),
    (support(quantity=ABSENT), "missing_field", "quantity"),
    (support(amount_vnd=1.5), "not_an_integer", "amount_vnd"),
    (support(amount_vnd=2.0), "not_an_integer", "amount_vnd"),
    (support(amount_vnd=-1), "out_of_range", "amount_vnd"),
    (support(kind="other", unit="vnd", quantity=7), "amount_mismatch", "amount_vnd"),
    (support(program="none"), "unknown_program", "program"),
    (support(on="2016-12-28"), "program_not_in_force", "program"),
    (support(on="2026-11-22"), "in_future", "on"),
    (support(on="2025-07-01", area_code="181"), "area_not_in_force", "area_code"),
    (support(area_code="999"), "unknown_area", "area_code"),
    (support(area_code="20-unassigned", on="2025-08-01"), "area_unassigned", "area_code"),
    (support(household_id="LS-1"), "place_ambiguous", ""),
    (support(area_code=ABSENT), "place_missing", ""),
    (support(fund_id="none"), "unknown_fund", "fund_id"),
    (support(note="x"), "unknown_field", "note"),
]


async def quantity(app: Registry, external_id: str = "support/1") -> Any:
    rows = await fetch(
        app, "SELECT quantity FROM support_records WHERE external_id = $1", external_id
    )
    return rows[0]["quantity"]


async def test_a_bad_record_is_named_and_stores_nothing(app: Registry) -> None:
    before = await stored(app)
    for item, code, field in BAD:
        pointer = f"/records/0/{field}" if field else "/records/0"
        refused(await post(app, "support-records", item), 422, code, pointer)
        assert await stored(app) == before, (code, field)


async def test_quantities_are_kept_as_written(app: Registry) -> None:
    rice = {"kind": "rice", "unit": "tonne", "amount_vnd": None}
    for number, written in enumerate(
        (b"7517", b"7.5", b"0.1", b"0.000001", b"7.50", b"1e3", b"1000000000000000", b"0", b"-0.0")
    ):
        item = orjson.dumps({"records": [support(external_id=f"q/{number}", **rice)]})
        content = item.replace(b'"quantity":697', b'"quantity":' + written)
        answer = await app.client.post("/v1/support-records", content=content, headers=HEADERS)
        assert answer.status_code == 202, answer.text
        assert await quantity(app, f"q/{number}") == Decimal(written.decode())
    long = item.replace(b'"quantity":697', b'"quantity":0.' + b"1" * 40)
    answer = await app.client.post("/v1/support-records", content=long, headers=HEADERS)
    refused(answer, 422, "too_precise", "/records/0/quantity")
    for absurd in (b"1e99999999999999999999", b"NaN", b"1" * 5000):
        content = item.replace(b'"quantity":697', b'"quantity":' + absurd)
        answer = await app.client.post("/v1/support-records", content=content, headers=HEADERS)
        refused(answer, 400, "invalid_json")


async def test_a_quantity_written_otherwise_is_the_same_fact(app: Registry) -> None:
    await kept(app, "support-records", support(quantity="7.5"))
    for same in ("7.50", "7.500000", 7.5):
        again = await kept(app, "support-records", support(quantity=same))
        assert again["duplicates"] == 1, same
    refused(await post(app, "support-records", support(quantity="7.51")), 409, "event_conflict")


async def test_support_without_a_fund_is_processed_at_once(app: Registry) -> None:
    answer = await kept(app, "support-records", support())
    assert await told(app, MONEY_REVIEW_DUE) == []
    assert await state(app, answer) == "processed"
    (row,) = await fetch(app, "SELECT content, area_id, household_id FROM support_records")
    assert row["content"] == "housing"
    assert row["area_id"] is not None
    bicycles = support(
        external_id="b",
        kind="bicycles",
        unit="bicycle",
        household_id="LS-1",
        area_code=ABSENT,
        amount_vnd=ABSENT,
        program=ABSENT,
    )
    await kept(app, "support-records", bicycles)
    (row,) = await fetch(
        app, "SELECT content, area_id, household_id FROM support_records WHERE external_id = 'b'"
    )
    assert tuple(row.values()) == (None, None, "LS-1")


async def test_support_of_a_fund_waits_for_its_review(app: Registry) -> None:
    await kept(app, "funds", fund(), fund(external_id="2", fund_id="SECOND"))
    await app.drain()
    answer = await kept(app, "support-records", support(fund_id="LS-2026"))
    assert await told(app, MONEY_REVIEW_DUE) == [{"fund_ids": ["LS-2026"]}]
    assert await state(app, answer) == "accepted"
    await app.drain()
    assert await state(app, answer) == "processed"
    moved = await kept(app, "support-records", support(revision=2, fund_id="SECOND"))
    # Both are reviewed: the one that the record has left has more money again.
    assert await told(app, MONEY_REVIEW_DUE) == [{"fund_ids": ["LS-2026", "SECOND"]}]
    assert await state(app, moved) == "accepted"
    await app.drain()
    assert await state(app, moved) == "processed"
    assert await state(app, answer) == "processed"
    await kept(app, "support-records", gone(support(), 3))
    assert await told(app, MONEY_REVIEW_DUE) == [{"fund_ids": ["LS-2026", "SECOND"]}]


async def test_uses_beyond_their_fund_become_a_finding(app: Registry) -> None:
    await kept(app, "funds", fund(amount_vnd=59_500_000_000))
    uses = [
        support(external_id=str(n), fund_id="LS-2026", amount_vnd=amount)
        for n, amount in enumerate((40_000_000_000, 2_000_000_000, 36_900_000_000))
    ]
    await kept(app, "support-records", *uses)
    await app.drain()
    assert [r["kind"] for r in await fetch(app, "SELECT kind FROM findings")] == [
        "uses_exceed_fund"
    ]


async def test_a_withdrawn_fund_is_no_fund(app: Registry) -> None:
    await kept(app, "funds", fund(), gone(fund(), 2))
    unknown = support(fund_id="LS-2026")
    refused(await post(app, "support-records", unknown), 422, "unknown_fund", "/records/0/fund_id")
    await kept(app, "support-records", support(revision=2))
    # It came late and counts for nothing.
    await kept(app, "support-records", unknown)


async def test_a_withdrawal_says_no_more_than_its_key(app: Registry) -> None:
    withdrawn = gone(support(), 2)
    await kept(app, "support-records", support(), withdrawn)
    said = withdrawn | {"household_id": [1.5], "quantity": 1.25, "kind": {}, "fund_id": "none"}
    assert (await kept(app, "support-records", said))["duplicates"] == 1


async def test_a_table_and_a_stream_keep_their_good_rows(app: Registry) -> None:
    table = (
        "source,external_id,kind,quantity,unit,area_code,area_name,on\n"
        "st,1,rice,7517.25,tonne,94,tỉnh Sóc Trăng,2021-12-31\n"
        'st,2,rice,"7,5",tonne,94,tỉnh Sóc Trăng,2021-12-31\n'
        "st,3,rice,7,head,94,tỉnh Sóc Trăng,2021-12-31\n"
    )
    answer = await app.client.post(
        "/v1/imports", files={"file": ("s.csv", table.encode())}, data={"kind": "support-records"}
    )
    assert (answer.json()["accepted"], answer.json()["rejected"]) == (1, 2), answer.text
    assert await quantity(app, "1") == Decimal("7517.25")
    lines = b"".join(
        orjson.dumps(item) + b"\n"
        for item in (support(quantity=0.1), support(external_id="2", fund_id="none"))
    )
    headers = {"content-type": "application/x-ndjson"}
    answer = await app.client.post("/v1/support-records", content=lines, headers=headers)
    assert (answer.json()["accepted"], answer.json()["rejected"]) == (1, 1), answer.text
    assert await quantity(app) == Decimal("0.1")
    codes = await fetch(app, "SELECT code FROM import_rejected ORDER BY 1")
    assert [r["code"] for r in codes] == ["not_a_decimal", "unit_not_of_kind", "unknown_fund"]


def test_the_vocabulary_speaks_both_languages_and_knows_its_units() -> None:
    document = yaml.safe_load((ROOT / "policy" / "support_kinds.yaml").read_text("utf-8"))
    kinds = read_support_kinds(document)
    assert {k.id for k in kinds.items.values() if k.content == "housing"} == {
        "houses_new",
        "houses_repaired",
    }
    assert all(unit["en"] and unit["vi"] for unit in document["units"].values())
    entry = document["kinds"][0]
    for broken in ([{**entry, "units": ["ell"]}], [entry, entry], [{**entry, "units": []}]):
        with pytest.raises(PolicyError):
            read_support_kinds({**document, "kinds": broken})
