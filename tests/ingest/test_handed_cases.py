"""Small inputs that once went wrong, as they were handed over; the project retells each elsewhere.

Members and persons are retold in `tests/flows/test_household_findings.py`, files of offices are in
`tests/ingest/imports`.
"""

from __future__ import annotations

from datetime import date

import orjson
import pytest

from services.ingest.feeds.entries import Entry, entries_of
from services.ingest.feeds.reading import read_feed
from tests.harness import Registry
from tests.ingest.imports.test_imports import CASES, imported
from tests.ingest.items import fetch

pytestmark = pytest.mark.skipif(
    not CASES.is_dir(), reason="the small files lie beside the project, not in it"
)
TODAY = date(2026, 11, 29)

# What the door says of each registration; none: it is taken.
REFUSED = {
    "reg-sm": "member_repeated",
    "reg-ba": "born_after_registration",
    "reg-cz": "invalid_personal_number",
    "reg-cy2": "continues_ring",
}
FOUND = {
    ("two_heads", "household:reg-2h"),
    ("person_in_two_households", "household:reg-c1"),
    ("person_in_two_households", "household:reg-c2"),
}


async def test_members_are_refused_or_found(app: Registry) -> None:
    events = orjson.loads((CASES / "m_members.json").read_bytes())["events"]
    codes: dict[str, str] = {}
    for event in events:
        answer = await app.post("/v1/household-events", {"events": [event]})
        if answer.status_code != 202:
            codes[event["household_id"]] = answer.json()["errors"][0]["code"]
    assert codes == REFUSED
    await app.drain()
    every = (await app.get("/v1/findings"))["items"]
    assert {(f["kind"], f["subject"]) for f in every} == FOUND


async def test_a_byte_order_mark_is_no_part_of_the_first_line(app: Registry) -> None:
    content = (CASES / "b1_bom.ndjson").read_bytes()
    headers = {"content-type": "application/x-ndjson"}
    answer = await app.client.post("/v1/household-events", content=content, headers=headers)
    assert (answer.status_code, answer.json()["accepted"]) == (202, 2), answer.text


async def test_kinh_in_no_spelling_is_a_minority(app: Registry) -> None:
    content = (CASES / "k7i_tcvn3_mojibake.csv").read_bytes()
    await imported(app, "k7i_tcvn3_mojibake.csv", content)
    await app.drain()
    rows = await fetch(app, "SELECT DISTINCT payload ->> 'ethnic_group' AS g FROM household_events")
    assert all(row["g"] is None or row["g"][0].isupper() for row in rows), rows


async def entries(name: str) -> list[Entry]:
    content = (CASES / name).read_bytes()
    document = await read_feed(content, "application/rss+xml", "https://bao.vn/rss")
    return entries_of(document, "https://bao.vn/rss", TODAY)


@pytest.mark.parametrize("name", ["f1_dates_gmt7.xml", "f2_dates_no_zone.xml"])
async def test_a_vietnamese_feed_has_the_clock_of_viet_nam(name: str) -> None:
    assert {entry.published_on for entry in await entries(name)} == {date(2026, 11, 28)}


async def test_one_guid_for_all_is_nobodys() -> None:
    assert len(await entries("f6_one_guid_for_all.xml")) == 2
