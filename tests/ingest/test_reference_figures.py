"""Official figures: what the vocabulary, the areas and plain numbers refuse, and what is kept."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import orjson
import pytest

from shared.kernel.errors import PolicyError
from shared.law.measures import Measures
from shared.messages import REFERENCE_FIGURE_RECORDED
from tests.facts import ABSENT, Fact, changed
from tests.harness import Registry
from tests.ingest.items import article, fetch
from tests.ingest.money import gone, refused, state, told

HEADERS = {"content-type": "application/json"}
COLUMNS = "revision, withdrawn, measure, value, on_date, standard, preliminary"


def official(**changes: Any) -> Fact:
    return changed(
        {
            "source": "langson",
            "external_id": "2023/181/poor",
            "area_code": "181",
            "measure": "poor_households",
            "value": 2100,
            "on": "2023-12-31",
            "standard": "VN-2022-2025",
            "decision_no": "3345/QĐ-UBND",
        },
        changes,
    )


BAD = [
    (official(measure="happiness"), "unknown_measure", "measure"),
    (official(measure="Poor_Households"), "unknown_measure", "measure"),
    (official(measure=""), "too_short", "measure"),
    (official(measure=["poor_households"]), "not_a_string", "measure"),
    (official(measure=ABSENT), "missing_field", "measure"),
    (official(value=-1), "out_of_range", "value"),
    (official(value="-1"), "not_a_decimal", "value"),
    (official(value="14,78"), "not_a_decimal", "value"),
    (official(value="1e3"), "not_a_decimal", "value"),
    (official(value=True), "not_a_decimal", "value"),
    (official(value=None), "not_a_decimal", "value"),
    (official(value={}), "not_a_decimal", "value"),
    (official(value="0.0000001"), "too_precise", "value"),
    (official(value="1.0000000"), "too_precise", "value"),
    (official(value=1e-7), "too_precise", "value"),
    (official(value=10**15 + 1), "out_of_range", "value"),
    (official(value=ABSENT), "missing_field", "value"),
    (official(on="2026-11-22"), "in_future", "on"),
    (official(on="2010-12-31"), "out_of_range", "on"),
    (official(on="31/12/2023"), "invalid_date", "on"),
    (official(on="2025-07-01"), "area_not_in_force", "area_code"),
    (official(area_code="999"), "unknown_area", "area_code"),
    (official(area_code="20-unassigned", on="2025-08-01"), "area_unassigned", "area_code"),
    (official(area_code=181), "not_a_string", "area_code"),
    (official(standard="VN-1999"), "unknown_standard", "standard"),
    (official(preliminary="yes"), "not_a_boolean", "preliminary"),
    (official(preliminary=1), "not_a_boolean", "preliminary"),
    (official(decision_no=7), "not_a_string", "decision_no"),
    (official(note="x"), "unknown_field", "note"),
    (official(external_id="x" * 65), "invalid_format", "external_id"),
    (official(revision=0), "out_of_range", "revision"),
]


async def send(app: Registry, *items: Fact) -> dict[str, Any]:
    answer = await app.post("/v1/reference-figures", {"figures": list(items)})
    assert answer.status_code == 202, answer.text
    return answer.json()


async def rows(app: Registry) -> list[dict[str, Any]]:
    return await fetch(app, f"SELECT {COLUMNS} FROM reference_figures ORDER BY external_id, 1")


async def test_a_bad_figure_is_named_and_stores_nothing(app: Registry) -> None:
    for item, code, field in BAD:
        answer = await app.post("/v1/reference-figures", {"figures": [official(), item]})
        refused(answer, 422, code, f"/figures/1/{field}")
    assert await rows(app) == []
    assert await told(app, REFERENCE_FIGURE_RECORDED) == []


async def test_every_fault_of_a_request_is_named(app: Registry) -> None:
    bad = official(measure="x", area_code="999", on="2027-01-01", standard="y")
    answer = await app.post("/v1/reference-figures", {"figures": [bad, official(value=-1)]})
    found = [(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]]
    assert found == [
        ("/figures/0/on", "in_future"),
        ("/figures/0/area_code", "unknown_area"),
        ("/figures/0/measure", "unknown_measure"),
        ("/figures/0/standard", "unknown_standard"),
        ("/figures/1/value", "out_of_range"),
    ]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (b"14.80", "14.80"),
        (b'"14.80"', "14.80"),
        (b"14.8", "14.8"),
        (b"0", "0"),
        (b"-0.0", "0.0"),
        (b"1e3", "1000"),
        (b"0.000001", "0.000001"),
        (b"1000000000000000", "1000000000000000"),
    ],
)
async def test_a_value_is_kept_as_it_is_printed(app: Registry, sent: bytes, kept: str) -> None:
    content = orjson.dumps({"figures": [official(measure="poverty_rate")]})
    content = content.replace(b'"value":2100', b'"value":' + sent)
    answer = await app.client.post("/v1/reference-figures", content=content, headers=HEADERS)
    assert answer.status_code == 202, answer.text
    stored = await fetch(app, "SELECT value::text, payload FROM reference_figures")
    assert [(r["value"], r["payload"]["value"]) for r in stored] == [(kept, kept)]


async def test_revisions_repeats_and_withdrawals(app: Registry) -> None:
    await send(app, official())
    repeated = await send(app, official(), official(standard="VN-2022-2025"))
    assert (repeated["accepted"], repeated["duplicates"]) == (0, 2)
    conflict = await app.post("/v1/reference-figures", {"figures": [official(value=2101)]})
    refused(conflict, 409, "event_conflict", "/figures/0")
    await send(app, official(value=2101, revision=2, preliminary=True), gone(official(), 3))
    found = await rows(app)
    assert [(r["value"], r["preliminary"], r["withdrawn"]) for r in found] == [
        (Decimal(2100), False, False),
        (Decimal(2101), True, False),
        (None, None, True),
    ]
    messages = await told(app, REFERENCE_FIGURE_RECORDED)
    assert sum(len(m["event_ids"]) for m in messages) == 3


async def test_the_country_and_a_day_before_the_standard_are_taken(app: Registry) -> None:
    await send(app, official(area_code="VN", on="2021-12-31", measure="poverty_rate", value="5.2"))
    assert (await rows(app))[0]["standard"] == "VN-2022-2025"


async def test_a_stream_and_a_table_keep_their_good_rows(app: Registry) -> None:
    lines = [official(), official(external_id="b", measure="x"), official(external_id="c")]
    answer = await app.client.post(
        "/v1/reference-figures",
        content=b"\n".join(map(orjson.dumps, lines)),
        headers={"content-type": "application/x-ndjson"},
    )
    assert (answer.json()["accepted"], answer.json()["rejected"]) == (2, 1)
    table = (
        "source,external_id,area_code,area_name,measure,value,on,preliminary\n"
        "t,1,181,huyện Bình Gia,poverty_rate,14.80,2023-12-31,true\n"
        "t,2,181,huyện Bình Gia,poverty_rate,14.80,2023-12-31,\n"
        't,3,181,huyện Bình Gia,poverty_rate,"14,80",2023-12-31,\n'
    )
    answer = await app.client.post(
        "/v1/imports",
        data={"kind": "reference-figures"},
        files={"file": ("official.csv", table.encode())},
    )
    assert (answer.json()["accepted"], answer.json()["rejected"]) == (2, 1)
    found = await fetch(
        app, "SELECT value, preliminary FROM reference_figures WHERE source = 't' ORDER BY 2"
    )
    assert [(str(r["value"]), r["preliminary"]) for r in found] == [
        ("14.80", False),
        ("14.80", True),
    ]


async def test_a_figure_that_nothing_waits_for_is_processed_at_once(app: Registry) -> None:
    assert await state(app, await send(app, official())) == "processed"


async def test_a_figure_is_processed_when_the_articles_about_it_are_read_again(
    app: Registry,
) -> None:
    text = "Cuối năm 2023, huyện Bình Gia còn 2.100 hộ nghèo."
    await app.send([article(text=text)], "articles")
    sent = await send(app, official(value=2200))
    assert await state(app, sent) == "accepted"
    await app.drain()
    assert await state(app, sent) == "processed"


async def test_an_article_is_processed_when_it_has_been_read(app: Registry) -> None:
    answer = await app.post("/v1/articles", {"articles": [article()]})
    sent = answer.json()
    assert await state(app, sent) == "accepted"
    await app.drain()
    assert await state(app, sent) == "processed"
    again = (await app.post("/v1/articles", {"articles": [article(text="Còn 3 hộ.")]})).json()
    assert await state(app, again) == "accepted"
    assert await state(app, sent) == "processed"
    ids = {"source": "press", "external_id": "bad/article", "withdrawn": True}
    withdrawn = (await app.post("/v1/articles", {"articles": [ids]})).json()
    await app.drain()
    assert [await state(app, s) for s in (again, withdrawn)] == ["processed", "processed"]


async def test_an_article_that_cannot_be_read_is_quarantined(
    app: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.worker.article_reader.READING_SECONDS", 0.0)
    answer = await app.post("/v1/articles", {"articles": [article()]})
    await app.drain()
    receipt = answer.json()["receipts"][0]
    found = await app.get(f"/v1/receipts/{receipt['event_id']}")
    assert (found["state"], found["reason"]) == ("quarantined", "reading_too_slow")


def test_without_a_vocabulary_no_measure_is_taken() -> None:
    with pytest.raises(PolicyError, match="not loaded"):
        Measures(None).check("poor_households")
