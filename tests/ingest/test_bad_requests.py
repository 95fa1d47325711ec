"""Every bad request that we could think of: the exact answer, and that nothing was written.

One row a request: its name, what is sent to which door, and the status, code and pointer it gets.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import pytest_asyncio

from tests.facts import ABSENT
from tests.harness import PLURALS, Registry, registry
from tests.ingest.items import (
    article,
    assessed,
    closed,
    fact,
    moved,
    registered,
    scored,
    stored,
    withdrawn,
)
from tests.servers import Server

pytestmark = pytest.mark.asyncio(loop_scope="module")

MEMBER = {"member_id": "1"}
TWELVE = [f"D{n:02}" for n in range(1, 13)]


@dataclass(frozen=True)
class Bad:
    name: str
    door: str
    content: bytes
    status: int
    code: str
    pointer: str | None = None
    says: str = ""
    media: str | None = "application/json"
    query: str = ""


ROWS: list[Bad] = []


def items(name: str, door: str, *sent: Any, **answer: Any) -> None:
    """Add a row that sends items as they should be sent."""
    whole(name, door, {PLURALS[door]: list(sent)}, **answer)


def whole(name: str, door: str, body: Any, **answer: Any) -> None:
    """Add a row that sends a body of its own making."""
    raw(name, door, json.dumps(body, ensure_ascii=False).encode(), **answer)


def raw(name: str, door: str, content: bytes, **answer: Any) -> None:
    """Add a row that sends bytes."""
    ROWS.append(Bad(name, door, content, **answer))


def event(name: str, sent: Any, code: str, field: str | None = None, **more: Any) -> None:
    """Add a row that sends one household event and gets 422 at one of its fields."""
    pointer = None if field is None else f"/events/0/{field}" if field else "/events/0"
    items(name, "household-events", sent, status=422, code=code, pointer=pointer, **more)


def facts(name: str, sent: Any, code: str, field: str, **more: Any) -> None:
    pointer = f"/facts/0/{field}"
    items(name, "area-facts", sent, status=422, code=code, pointer=pointer, **more)


def articles(name: str, sent: Any, code: str, field: str = "") -> None:
    pointer = f"/articles/0/{field}" if field else "/articles/0"
    items(name, "articles", sent, status=422, code=code, pointer=pointer)


def spelt(name: str, old: str, new: bytes, status: int, code: str, pointer: str) -> None:
    """Add a row whose JSON has one piece of text replaced by other bytes."""
    sent = json.dumps({"events": [assessed()]}).encode()
    assert old.encode() in sent
    content = sent.replace(old.encode(), new)
    raw(name, "household-events", content, status=status, code=code, pointer=pointer)


# --- areas ----------------------------------------------------------------------------------------
event("commune that never was", assessed(area_code="99999"), "unknown_area", "area_code")
event("area code with a blank", assessed(area_code="06 91"), "invalid_format", "area_code")
event("area code as a number", assessed(area_code=6091), "not_a_string", "area_code")
event("no area code", assessed(area_code=ABSENT), "missing_field", "area_code")
event(
    "commune of the old map on a day of the new one, its successor named",
    moved(area_code="06088", effective_from="2025-07-01"),
    "area_not_in_force",
    "area_code",
    says="06091",
)
event(
    "split commune on a day of the new map, its successors named",
    moved(area_code="00007", effective_from="2025-08-01"),
    "area_not_in_force",
    "area_code",
    says="00008",
)
event(
    "commune of the new map on a day of the old one",
    moved(area_code="11948", effective_from="2025-06-30"),
    "area_not_in_force",
    "area_code",
)
event("province instead of a commune", moved(area_code="20"), "area_not_commune", "area_code")
event("district instead of a commune", moved(area_code="181"), "area_not_commune", "area_code")
event("the whole country", moved(area_code="VN"), "area_not_commune", "area_code")
event(
    "the waiting room of a province",
    moved(area_code="20-unassigned", effective_from="2025-07-01"),
    "area_not_commune",
    "area_code",
)
event(
    "the waiting room before there was one",
    moved(area_code="20-unassigned"),
    "area_not_in_force",
    "area_code",
)
event("area type in Vietnamese", assessed(area_type="nông thôn"), "invalid_choice", "area_type")
event("area type missing", registered(area_type=ABSENT), "missing_field", "area_type")

# --- what is lacking ------------------------------------------------------------------------------
event(
    "thirteen deprivations of twelve",
    assessed(deprived=[*TWELVE, "D13"]),
    "unknown_indicator",
    "deprived/12",
)
event(
    "thirteen deprivations, one twice",
    assessed(deprived=[*TWELVE, "water"]),
    "indicator_repeated",
    "deprived",
)
event(
    "one deprivation twice by key",
    assessed(deprived=["water", "water"]),
    "indicator_repeated",
    "deprived",
)
event(
    "one deprivation by code and by key",
    assessed(deprived=["D09", "water"]),
    "indicator_repeated",
    "deprived",
)
event("unknown deprivation", assessed(deprived=["happiness"]), "unknown_indicator", "deprived/0")
event(
    "deprivation of the standard before",
    assessed(deprived=["health_services"]),
    "unknown_indicator",
    "deprived/0",
)
event(
    "deprivation under a standard that counted none",
    assessed(assessed_on="2014-10-01", effective_from="2014-12-01", deprived=["water"]),
    "unknown_indicator",
    "deprived/0",
)
event("deprivations as a text", assessed(deprived="water"), "not_a_list", "deprived")
event("deprivations as a number", assessed(deprived=3), "not_a_list", "deprived")
event("deprivation as a number", assessed(deprived=[9]), "not_a_string", "deprived/0")
event("65 deprivations", assessed(deprived=["water"] * 65), "too_many_items", "deprived")
event("empty name of a deprivation", assessed(deprived=[""]), "too_short", "deprived/0")

# --- money ----------------------------------------------------------------------------------------
event("money with a fraction of zero", assessed(income_vnd=1200000.0), "not_an_integer")
event("money as a text", assessed(income_vnd="1200000"), "not_an_integer", "income_vnd")
event("money as Vietnamese text", assessed(income_vnd="1.200.000"), "not_an_integer", "income_vnd")
event("money below zero", assessed(income_vnd=-1), "out_of_range", "income_vnd")
event("more money than there is", assessed(income_vnd=10**15 + 1), "out_of_range", "income_vnd")
event("money of 71 bits", assessed(income_vnd=2**70), "out_of_range", "income_vnd")
event("money of 64 bits", assessed(income_vnd=2**63), "out_of_range", "income_vnd")
event("money as true", assessed(income_vnd=True), "not_an_integer", "income_vnd")
event("money as a list", assessed(income_vnd=[1200000]), "not_an_integer", "income_vnd")
money = ("1200000", "/events/0/income_vnd")
spelt("money as 1.5e6", money[0], b"1.5e6", 422, "not_an_integer", money[1])
spelt("money as 1e6", money[0], b"1e6", 422, "not_an_integer", money[1])
spelt("money as 1e400", money[0], b"1e400", 422, "not_an_integer", money[1])
spelt("money as -1e400", money[0], b"-1e400", 422, "not_an_integer", money[1])
spelt("money as NaN", money[0], b"NaN", 400, "invalid_json", "")
spelt("money as Infinity", money[0], b"Infinity", 400, "invalid_json", "")
spelt("money as -Infinity", money[0], b"-Infinity", 400, "invalid_json", "")
spelt("money of 5000 digits", money[0], b"1" * 5000, 400, "invalid_json", "")
spelt("money with a leading zero", money[0], b"01200000", 400, "invalid_json", "")
spelt("money in hex", money[0], b"0x124F80", 400, "invalid_json", "")

# --- bytes that are not the JSON we take ----------------------------------------------------------
DOOR = "household-events"
GOOD = json.dumps({"events": [assessed()]}).encode()
raw("body over 8 MiB", DOOR, b" " * (8 * 2**20 + 1), status=413, code="body_too_large")
raw("empty body", DOOR, b"", status=400, code="invalid_json", pointer="")
raw("truncated body", DOOR, GOOD[:-20], status=400, code="invalid_json", pointer="")
raw("two bodies", DOOR, GOOD + GOOD, status=400, code="invalid_json", pointer="")
raw("UTF-16", DOOR, GOOD.decode().encode("utf-16"), status=400, code="invalid_json", pointer="")
raw("not JSON at all", DOOR, b"type=assessed", status=400, code="invalid_json", pointer="")
raw("single quotes", DOOR, b"{'events': []}", status=400, code="invalid_json", pointer="")
raw("trailing comma", DOOR, GOOD[:-2] + b",]}", status=400, code="invalid_json", pointer="")
raw("lists 10,000 deep", DOOR, b"[" * 10_000 + b"]" * 10_000, status=400, code="invalid_json")
raw(
    "objects 10,000 deep",
    DOOR,
    b'{"events":' * 10_000 + b"1" + b"}" * 10_000,
    status=400,
    code="invalid_json",
)
raw("key twice at the top", DOOR, b'{"events":[],"events":[]}', status=400, code="duplicate_key")
spelt("key twice in an item", '"review"', b'"type": "moved", "review"', 400, "duplicate_key", "")
spelt(
    "key twice, once escaped",
    '"review"',
    b'"t\\u0079pe": "moved", "review"',
    400,
    "duplicate_key",
    "",
)
raw(
    "key twice in a member",
    DOOR,
    json.dumps({"events": [registered()]})
    .replace('"member_id"', '"member_id": "2", "member_id"')
    .encode(),
    status=400,
    code="duplicate_key",
    pointer="",
)
HOME = "LS-1"
spelt("NUL byte in a text", HOME, b"LS\x00-1", 400, "invalid_json", "")
spelt("escaped NUL in an id", HOME, b"LS\\u0000", 422, "invalid_format", "/events/0/household_id")
spelt("lone leading surrogate", HOME, b"LS\\ud800", 400, "invalid_json", "")
spelt("lone trailing surrogate", HOME, b"LS\\udc00", 400, "invalid_json", "")
spelt("invalid UTF-8", HOME, b"LS\xff", 400, "invalid_json", "")
spelt("overlong UTF-8", HOME, b"LS\xc0\xaf", 400, "invalid_json", "")
spelt("surrogate in UTF-8", HOME, b"LS\xed\xa0\x80", 400, "invalid_json", "")
spelt("newline in a text", HOME, b"LS\n", 400, "invalid_json", "")
event("escaped NUL in a text", registered(ethnic_group="T\x00"), "control_character")
event("escape character in a text", assessed(decision_no="\x1b[31m"), "control_character")
event("field named __proto__", assessed(__proto__={}), "unknown_field", "__proto__")

# --- days -----------------------------------------------------------------------------------------
event(
    "in force before it was assessed",
    assessed(effective_from="2023-10-11"),
    "effective_before_assessed",
    "effective_from",
)
event("year 9999", moved(effective_from="9999-12-31"), "out_of_range", "effective_from")
event("year 2100", closed(effective_from="2100-01-01"), "out_of_range", "effective_from")
event("year 1", assessed(assessed_on="0001-01-01"), "out_of_range", "assessed_on")
event("year 0", assessed(assessed_on="0000-01-01"), "invalid_date", "assessed_on")
event("the day before the first map", moved(effective_from="2010-12-31"), "out_of_range")
event("30 February", assessed(assessed_on="2023-02-30"), "invalid_date", "assessed_on")
event("29 February 2023", assessed(assessed_on="2023-02-29"), "invalid_date", "assessed_on")
event("instant", assessed(assessed_on="2023-10-12T00:00:00Z"), "invalid_date", "assessed_on")
event("midnight", assessed(assessed_on="2023-10-12 00:00"), "invalid_date", "assessed_on")
event("seconds in a text", assessed(assessed_on="1697068800"), "invalid_date", "assessed_on")
event("seconds", assessed(assessed_on=1697068800), "invalid_date", "assessed_on")
event("empty day", assessed(effective_from=""), "invalid_date", "effective_from")
event("day first", assessed(effective_from="14/12/2023"), "invalid_date", "effective_from")
event("day without dashes", assessed(effective_from="20231214"), "invalid_date", "effective_from")
event("week date", assessed(effective_from="2023-W50-4"), "invalid_date", "effective_from")
event("digits of another script", assessed(effective_from="２０２３-12-14"), "invalid_date")
event("no day", assessed(effective_from=None), "invalid_date", "effective_from")

# --- ids and revisions ----------------------------------------------------------------------------
for field in ("household_id", "source", "external_id"):
    event(f"{field} of 65 characters", assessed(**{field: "x" * 65}), "invalid_format", field)
    event(f"empty {field}", assessed(**{field: ""}), "invalid_format", field)
    event(f"{field} with a blank", assessed(**{field: "a b"}), "invalid_format", field)
    event(f"{field} with an accent", assessed(**{field: "hộ"}), "invalid_format", field)
    event(f"{field} with a line end", assessed(**{field: "a\n"}), "invalid_format", field)
    event(f"{field} as a number", assessed(**{field: 7}), "not_a_string", field)
    event(f"{field} missing", assessed(**{field: ABSENT}), "missing_field", field)
event("household id with a slash", assessed(household_id="a/b"), "invalid_format", "household_id")
for shown, revision in (("0", 0), ("-1", -1), ("2^31", 2**31), ("a million and one", 1_000_001)):
    event(f"revision {shown}", assessed(revision=revision), "out_of_range", "revision")
for shown, number in (("1.5", 1.5), ("1.0", 1.0), ("'1'", "1"), ("true", True), ("null", None)):
    event(f"revision {shown}", assessed(revision=number), "not_an_integer", "revision")

# --- shape ----------------------------------------------------------------------------------------
event("unknown type", assessed(type="counted"), "unknown_type", "type")
event("type 'withdrawn'", withdrawn(type="withdrawn"), "unknown_type", "type")
event("type 'withdrawn', not withdrawn", assessed(type="withdrawn"), "unknown_type", "type")
event("type as a list", assessed(type=["assessed"]), "unknown_type", "type")
event("type as a number", assessed(type=1), "unknown_type", "type")
event("no type", assessed(type=ABSENT), "missing_field", "type")
event("type null", assessed(type=None), "missing_field", "type")
event("unknown field", assessed(income=1), "unknown_field", "income")
event("field of another type", moved(reason="merged"), "unknown_field", "reason")
event("field with a slash", assessed(**{"a/b": 1}), "unknown_field", "a~1b")
event("field named like a type", assessed(closed=True), "unknown_field", "closed")
event("unknown field of a member", registered(members=[MEMBER | {"age": 3}]), "unknown_field")
event("member as a text", registered(members=["Mai"]), "not_an_object", "members/0")
event("members as an object", registered(members={}), "not_a_list", "members")
event("101 members", registered(members=[MEMBER] * 101), "too_many_items", "members")
event("item as a text", "assessed", "not_an_object", "")
event("item as null", None, "not_an_object", "")
event("item as a list", [assessed()], "not_an_object", "")
at_events = {"status": 422, "pointer": "/events"}
whole("no items", DOOR, {"events": []}, code="no_items", **at_events)
whole("1001 items", DOOR, {"events": [1] * 1001}, code="too_many_items", **at_events)
whole("items as an object", DOOR, {"events": assessed()}, code="not_a_list", **at_events)
whole("items null", DOOR, {"events": None}, code="missing_field", **at_events)
whole("items missing", DOOR, {}, code="missing_field", **at_events)
whole("body as a list", DOOR, [assessed()], status=422, code="not_an_object", pointer="")
whole("body as null", DOOR, None, status=422, code="not_an_object", pointer="")
whole("body as a number", DOOR, 1, status=422, code="not_an_object", pointer="")
whole("body as a text", DOOR, "events", status=422, code="not_an_object", pointer="")
whole(
    "unknown field beside the items",
    DOOR,
    {"events": [assessed()], "dry_run": True},
    status=422,
    code="unknown_field",
    pointer="/dry_run",
)
whole(
    "items of another door",
    DOOR,
    {"facts": [fact()]},
    status=422,
    code="unknown_field",
    pointer="/facts",
)

# --- requests -------------------------------------------------------------------------------------
for media in ("text/plain", "application/xml", "application/problem+json", "text/json"):
    raw(f"sent as {media}", DOOR, GOOD, status=415, code="unsupported_media_type", media=media)
raw(
    "unknown query parameter",
    DOOR,
    GOOD,
    status=422,
    code="unknown_parameter",
    pointer="/query/dry_run",
    query="?dry_run=true",
)
raw("query parameter without a value", DOOR, GOOD, status=422, code="unknown_parameter", query="?x")

# --- withdrawals and revisions; `langson` `kept/…` was stored before ------------------------------
event("withdrawn 'yes'", assessed(withdrawn="yes"), "not_a_boolean", "withdrawn")
event("withdrawn 1", assessed(withdrawn=1), "not_a_boolean", "withdrawn")
event("withdrawn 0", assessed(withdrawn=0), "not_a_boolean", "withdrawn")
event("withdrawal without source", withdrawn(source=ABSENT), "missing_field", "source")
event("withdrawal without id", withdrawn(external_id=ABSENT), "missing_field", "external_id")
event("withdrawal without type", withdrawn(type=ABSENT), "missing_field", "type")
event("withdrawal of an unknown type", withdrawn(type="counted"), "unknown_type", "type")
event("withdrawal with an unknown field", withdrawn(why="?"), "unknown_field", "why")
conflict = {"status": 409, "code": "event_conflict"}
items(
    "the same revision twice with other content",
    DOOR,
    assessed(external_id="bad/good"),
    assessed(),
    assessed(income_vnd=1),
    pointer="/events/2",
    **conflict,
)
items(
    "a stored revision with other content",
    DOOR,
    assessed(external_id="bad/good"),
    assessed(external_id="kept/1", household_id="LS-2"),
    pointer="/events/1",
    **conflict,
)
items(
    "a withdrawal under a stored revision",
    DOOR,
    withdrawn(external_id="kept/1", revision=1),
    pointer="/events/0",
    **conflict,
)
items(
    "a revision that changes the type",
    DOOR,
    moved(external_id="kept/1", revision=2),
    status=409,
    code="type_changed",
    pointer="/events/0/type",
)
items(
    "an older revision of another type than the newer one stored",
    DOOR,
    moved(external_id="kept/5", revision=3),
    status=409,
    code="type_changed",
    pointer="/events/0/type",
)
items(
    "two types for one id in one request",
    DOOR,
    moved(external_id="bad/5", revision=2),
    closed(external_id="bad/5", revision=1),
    status=409,
    code="type_changed",
    pointer="/events/1/type",
)
items(
    "a withdrawal of another type",
    DOOR,
    withdrawn(external_id="kept/1", type="closed"),
    status=409,
    code="type_changed",
    pointer="/events/0/type",
)
items("a stored fact changed", "area-facts", fact(external_id="kept/f", zone="I"), **conflict)
items(
    "a stored article changed under its revision",
    "articles",
    article(external_id="kept/a", revision=1, text="Khác."),
    pointer="/articles/0",
    **conflict,
)

# --- measures -------------------------------------------------------------------------------------
event("no measure", assessed(income_vnd=ABSENT, deprived=ABSENT), "measure_missing", "")
event("income without deprivations", assessed(deprived=ABSENT), "measure_missing", "deprived")
event("income, deprivations null", assessed(deprived=None), "measure_missing", "deprived")
event("deprivations without income", assessed(income_vnd=ABSENT), "measure_missing", "")
event("b1 without b2", scored(b2=ABSENT), "measure_missing", "b2")
event("b2 without b1", scored(b1=ABSENT), "measure_missing", "b1")
event("income and scores", assessed(b1=130, b2=30), "measure_ambiguous", "")
event("income and b1", assessed(b1=130), "measure_ambiguous", "")
event("income and b2", assessed(b2=30), "measure_ambiguous", "")
event("b2 of 30 with two deprivations", scored(deprived=["water", "toilet"]), "b2_mismatch", "b2")
event("b2 of 30 with no deprivation", scored(deprived=[]), "b2_mismatch", "b2")
event("b1 below zero", scored(b1=-1), "out_of_range", "b1")
event("b1 with half a point", scored(b1=140.5), "not_an_integer", "b1")
event(
    "standard of another time",
    assessed(standard="VN-2016-2020"),
    "standard_not_applicable",
    "standard",
)
event("no such standard", assessed(standard="VN-2099"), "standard_not_applicable", "standard")
event(
    "standard of next year before its first day",
    assessed(effective_from="2026-12-31", standard="VN-2027-2030", area_code="06091"),
    "standard_not_applicable",
    "standard",
)
for year, standard in (("2012", "VN-2011-2015"), ("2028", "VN-2027-2030")):
    event(
        f"scores in {year}, whose standard has no score table",
        scored(assessed_on=f"{year}-10-01", effective_from=f"{year}-12-01"),
        "standard_has_no_scoring",
        "b1",
        says=standard,
    )
event(
    "no standard yet in 2031",
    assessed(effective_from="2031-01-01"),
    "no_standard_in_force",
    "effective_from",
)
event("year 2099 has no standard", assessed(effective_from="2099-12-31"), "no_standard_in_force")
event("recognised as rich", assessed(recognised="rich"), "invalid_choice", "recognised")
event("recognised as recently exited", assessed(recognised="recently_exited"), "invalid_choice")
event("unknown review", assessed(review="monthly"), "invalid_choice", "review")
event("no review", assessed(review=ABSENT), "missing_field", "review")
event("household of nobody", assessed(household_size=0), "out_of_range", "household_size")
event("household of 101", assessed(household_size=101), "out_of_range", "household_size")
event("merit as a text", assessed(merit_member="yes"), "not_a_boolean", "merit_member")
event("ethnic group of 201 characters", assessed(ethnic_group="x" * 201), "too_long")
event("empty ethnic group", assessed(ethnic_group=""), "too_short", "ethnic_group")

# --- closures and registrations -------------------------------------------------------------------
event("closed for no known reason", closed(reason="vanished"), "invalid_choice", "reason")
event("closed without reason", closed(reason=ABSENT), "missing_field", "reason")
event("closed with an area", closed(area_code="06091"), "unknown_field", "area_code")
event("merged into itself", closed(into="LS-1"), "merged_into_itself", "into")
event("continues itself", registered(continues="LS-1"), "continues_itself", "continues")
event("continues a bad id", registered(continues="a/b"), "invalid_format", "continues")
for shown, born, code in (
    ("a day that is none", "1958-02-29", "invalid_date"),
    ("a day written day first", "28/02/1958", "invalid_date"),
    ("a year only", "1958", "invalid_date"),
    ("a number", 1958, "invalid_date"),
    ("a day in the future", "2026-11-22", "in_future"),
    ("a day of the 19th century before 1880", "1879-12-31", "out_of_range"),
):
    event(
        f"member born on {shown}",
        registered(members=[MEMBER | {"birth_date": born}]),
        code,
        "members/0/birth_date",
    )
event("member without id", registered(members=[{"name": "Mai"}]), "missing_field")
event("member of unknown sex", registered(members=[MEMBER | {"sex": "F"}]), "invalid_choice")
event(
    "identifier without value",
    registered(members=[MEMBER | {"identifiers": [{"type": "cccd"}]}]),
    "missing_field",
    "members/0/identifiers/0/value",
)

# --- area facts -----------------------------------------------------------------------------------
facts(
    "more minority than all",
    fact(minority_households_total=843),
    "part_exceeds_total",
    "minority_households_total",
)
facts("zone IV", fact(zone="IV"), "invalid_choice", "zone")
facts("zone 3", fact(zone=3), "invalid_choice", "zone")
facts("unknown attribute", fact(attributes=["coast"]), "invalid_choice", "attributes/0")
facts("repeated attribute", fact(attributes=["atk", "atk"]), "attribute_repeated", "attributes")
facts("households below zero", fact(households_total=-1), "out_of_range", "households_total")
facts("households as a float", fact(households_total=842.0), "not_an_integer", "households_total")
facts("no households", fact(households_total=ABSENT), "missing_field", "households_total")
facts("fact of no area", fact(area_code="999"), "unknown_area", "area_code")
facts(
    "fact of an area that is gone",
    fact(area_code="181", on="2025-07-01"),
    "area_not_in_force",
    "area_code",
)
facts(
    "fact of a waiting room",
    fact(area_code="20-unassigned", on="2025-12-31"),
    "area_unassigned",
    "area_code",
)
facts("fact on no day", fact(on="2023-11-31"), "invalid_date", "on")
facts("fact of 2100", fact(on="2100-01-01"), "out_of_range", "on")
facts("fact with a type of events", fact(type="assessed"), "unknown_type", "type")
facts("fact with an unknown field", fact(population=4000), "unknown_field", "population")
facts("fact withdrawn 'true'", fact(withdrawn="true"), "not_a_boolean", "withdrawn")

# --- articles -------------------------------------------------------------------------------------
articles("text and html", article(html="<p>a</p>"), "text_or_html")
articles("neither text nor html", article(text=ABSENT), "text_or_html")
articles("language xx", article(language="xx"), "invalid_choice", "language")
articles("url of another scheme", article(url="ftp://press.example/1"), "invalid_format", "url")
articles("url with a blank", article(url="https://press.example/a b"), "invalid_format", "url")
articles("url with NUL", article(url="https://press.example/\x00"), "control_character", "url")
articles("url of 2001 characters", article(url="https://" + "x" * 1993), "too_long", "url")
articles("published tomorrow", article(published_on="2026-11-22"), "in_future", "published_on")
articles("published on no day", article(published_on="20/11/2024"), "invalid_date", "published_on")
articles("text with NUL", article(text="a\x00b"), "control_character", "text")
articles("title with an escape", article(title="\x1b"), "control_character", "title")
articles("empty text", article(text=""), "too_short", "text")
articles("text as a list", article(text=["a"]), "not_a_string", "text")
articles(
    "page without text", article(text=ABSENT, html="<script>1</script><br>"), "no_text", "html"
)
articles("title of 1001 characters", article(title="x" * 1001), "too_long", "title")
articles("article with an unknown field", article(author="x"), "unknown_field", "author")
articles("article without id", article(external_id=ABSENT), "missing_field", "external_id")
articles("article of revision 0", article(revision=0), "out_of_range", "revision")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def app(server: Server) -> AsyncIterator[Registry]:
    """One registry for all rows, with a few facts that requests can be at odds with."""
    dsn = await server.create()
    async with registry(dsn) as running:
        kept = [
            assessed(external_id="kept/1"),
            closed(external_id="kept/5", revision=7, household_id="LS-9"),
        ]
        await running.send(kept)
        await running.send([fact(external_id="kept/f")], "area-facts")
        await running.send([article(external_id="kept/a", revision=1)], "articles")
        yield running
    await server.drop(dsn)


async def sent(app: Registry, row: Bad) -> httpx.Response:
    headers = {"content-type": row.media} if row.media else {}
    path = f"/v1/{row.door}{row.query}"
    return await app.client.post(path, content=row.content, headers=headers)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_a_bad_request_is_named_exactly_and_stores_nothing(app: Registry, row: Bad) -> None:
    before = await stored(app)
    response = await sent(app, row)
    problem = response.json()
    assert (response.status_code, problem["code"]) == (row.status, row.code), problem
    assert response.headers["content-type"] == "application/problem+json"
    assert problem["status"] == row.status
    assert {"type", "title", "detail"} <= set(problem)
    if row.pointer is not None:
        fault = problem["errors"][0]
        assert (fault["pointer"], fault["code"]) == (row.pointer, row.code), problem
    assert row.says in problem["detail"]
    assert await stored(app) == before


async def test_there_are_enough_rows_and_each_has_its_own_name() -> None:
    names = [row.name for row in ROWS]
    assert len(names) == len(set(names))
    assert len(names) >= 80


async def test_all_faults_of_all_items_are_named_at_once(app: Registry) -> None:
    two_faults = assessed(area_type="city", revision=0)
    one_fault = moved(area_code="99999")
    answer = await app.post("/v1/household-events", {"events": [two_faults, moved(), one_fault]})
    assert answer.status_code == 422
    assert {(e["pointer"], e["code"]) for e in answer.json()["errors"]} == {
        ("/events/0/area_type", "invalid_choice"),
        ("/events/0/revision", "out_of_range"),
        ("/events/2/area_code", "unknown_area"),
    }


async def test_all_conflicts_of_a_request_are_named_at_once(app: Registry) -> None:
    before = await stored(app)
    clash = assessed(external_id="kept/1", income_vnd=5)
    other = moved(external_id="kept/1", revision=4)
    answer = await app.post("/v1/household-events", {"events": [clash, scored(), other]})
    assert answer.status_code == 409
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [
        ("/events/0", "event_conflict"),
        ("/events/2/type", "type_changed"),
    ]
    assert await stored(app) == before


async def test_many_faults_are_answered_and_cut_at_a_thousand(app: Registry) -> None:
    item = assessed(**{f"x{n}": n for n in range(30)})
    answer = await app.post("/v1/household-events", {"events": [item] * 1000})
    assert answer.status_code == 422
    assert len(answer.json()["errors"]) == 1000


async def test_a_door_takes_only_posts(app: Registry) -> None:
    answer = await app.client.get("/v1/household-events")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
