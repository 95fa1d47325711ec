"""Persons over HTTP: by number, in two households, likely the same, decided, verified."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import pytest

from shared.households.store import person_lookups, persons
from shared.http.auth import OFF, tokens_of
from tests.facts import assessed, closed, member, moved, registered, same_person
from tests.harness import KEYS, Registry

pytestmark = pytest.mark.asyncio(loop_scope="module")

SEARCH = "/v1/persons/search"
VERIFY = "/v1/verifications"
CLIENTS = {
    "all": ("VN", ["households:read", "persons:read", "persons:verify", "ingest:write"]),
    "reader": ("VN", ["households:read"]),
    "school": ("VN", ["persons:verify"]),
    "elsewhere": ("01", ["households:read", "persons:read", "persons:verify"]),
}


@pytest.fixture
def guarded(world: Registry) -> Iterator[Registry]:
    """The registry with auth on; the token of a client is its name."""
    world.tokens = tokens_of(
        [
            {
                "name": name,
                "token_sha256": sha256(name.encode()).hexdigest(),
                "scopes": scopes,
                "area": area,
            }
            for name, (area, scopes) in CLIENTS.items()
        ]
    )
    yield world
    world.tokens = OFF


def _as(name: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {name}"}


def person(number: str, name: str = "Lý Thị Mẩy", **more: Any) -> dict[str, Any]:
    identifiers = [{"type": "cccd", "value": number}]
    return {"member_id": "1", "name": name, "identifiers": identifiers, **more}


async def send(app: Registry, facts: list[dict[str, Any]], door: str = "household-events") -> None:
    app.tokens, kept = OFF, app.tokens
    await app.send(facts, door)
    app.tokens = kept


async def search(app: Registry, client: str, value: str, **more: Any) -> list[dict[str, Any]]:
    answer = await app.post(SEARCH, {"value": value, **more}, headers=_as(client))
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    return list(answer.json()["items"])


async def test_a_person_is_found_by_any_name_of_the_number_and_masked(guarded: Registry) -> None:
    number = "020180000011"
    await send(guarded, [registered("F-1", "2022-01-01", members=[person(number)])])
    await send(guarded, [assessed("F-1", "2023-12-14")])
    (found,) = await search(guarded, "all", number, type="personal_number")
    assert (found["household_id"], found["area_code"]) == ("F-1", "06091")
    assert (found["status"], found["masked"]) == ("poor", False)
    assert found["member"]["name"] == "Lý Thị Mẩy"
    (masked,) = await search(guarded, "reader", f"{number[:3]} {number[3:]}", type="CCCD")
    assert masked["masked"]
    assert masked["member"] == {
        "name": "L** T** M**",
        "identifiers": [{"type": "cccd", "value": "***011"}],
    }
    assert await search(guarded, "elsewhere", number) == []
    assert await search(guarded, "all", "020180999999") == []
    assert await search(guarded, "all", number, as_of="2021-12-31") == []
    refused = await guarded.post(SEARCH, {"value": number}, headers=_as("school"))
    assert (refused.status_code, refused.json()["missing_scope"]) == (403, "households:read")


async def test_a_number_in_an_address_or_an_unknown_field_is_refused(guarded: Registry) -> None:
    answer = await guarded.post(f"{SEARCH}?value=1", {"value": "1"}, headers=_as("all"))
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_parameter")
    answer = await guarded.post(SEARCH, {"value": "1", "name": "x"}, headers=_as("all"))
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_field")
    answer = await guarded.client.post(SEARCH, content=b"{", headers=_as("all"))
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_json")


async def test_what_a_correction_takes_away_is_not_found_any_more(guarded: Registry) -> None:
    number, other = "020180000021", "020180000022"
    fact = registered("F-2", "2022-01-01", members=[person(number)])
    await send(guarded, [fact])
    assert len(await search(guarded, "all", number)) == 1
    await send(guarded, [{**fact, "revision": 2, "members": [person(other)]}])
    assert await search(guarded, "all", number) == []
    assert len(await search(guarded, "all", other)) == 1


async def test_members_come_a_row_each_too(guarded: Registry) -> None:
    number = "020180000031"
    await send(guarded, [registered("F-3", "2022-01-01")])
    await send(guarded, [member("F-3", "2022-01-01", personal_number=number)], "members")
    (found,) = await search(guarded, "all", number)
    assert found["member"]["personal_number"] == number
    async with guarded.context.database.statement() as snapshot:
        stored = await snapshot.fetchval("SELECT string_agg(m::text, '') FROM members m")
    assert number not in stored
    assert "Mẩy" not in stored


async def test_a_spreadsheet_of_members_is_read_as_offices_write_it(guarded: Registry) -> None:
    guarded.tokens, kept = OFF, guarded.tokens
    await send(guarded, [registered("F-4", "2022-01-01")])
    sheet = (
        "Nguồn;Mã bản ghi;Mã hộ;Hiệu lực từ;STT nhân khẩu;Họ và tên;Giới tính;Ngày sinh;Số CCCD\r\n"
        "langson;m/1;F-4;01/01/2022;1;Nông Văn Tài;Nam;02/03/1980;020080000041\r\n"
        "langson;m/2;F-4;01/01/2022;2;Nông Thị Hoa;Nữ;05/06/2010;12\r\n"
    )
    answer = await guarded.client.post(
        "/v1/imports",
        files={"file": ("members.csv", sheet.encode())},
        data={"kind": "members"},
    )
    guarded.tokens = kept
    assert answer.status_code == 202, answer.text
    assert (answer.json()["accepted"], answer.json()["rejected"]) == (1, 1)
    (found,) = await search(guarded, "all", "020080000041")
    assert (found["member"]["sex"], found["member"]["birth_date"]) == ("male", "1980-03-02")


async def test_one_number_in_two_living_households_is_seen_and_in_an_ended_one_not(
    guarded: Registry,
) -> None:
    number = "020180000051"
    await send(
        guarded,
        [registered(f"F-5{letter}", "2022-01-01", members=[person(number)]) for letter in "abc"]
        + [closed("F-5c", "2023-01-01")],
    )
    day = guarded.clock.today()
    async with guarded.context.database.snapshot() as snapshot:
        shared = await person_lookups.in_two_households(snapshot, ["F-5a"], day)
        ended = await person_lookups.in_two_households(snapshot, ["F-5c"], day)
    assert [(s.household_id, s.other_household_id) for s in shared] == [("F-5a", "F-5b")]
    assert ended == []


async def _alike(app: Registry, *households: str, **changes: Any) -> None:
    one = person("020180000061", name="Đặng Thị Hoà", birth_date="1980-02-29", sex="female")
    facts = []
    for n, household in enumerate(households):
        # The number of each is its own: likeness is all they share.
        name = "Dang thi hoa" if n % 2 else "ĐẶNG THỊ HOÀ"
        each = {**one, "name": name, "identifiers": [], **changes}
        facts.append(registered(household, "2022-01-01", members=[each]))
    await send(app, facts)


async def likely(app: Registry, client: str = "all", **asked: Any) -> list[set[str]]:
    answer = await app.client.get("/v1/persons/likely-same", params=asked, headers=_as(client))
    assert answer.status_code == 200, answer.text
    pairs = answer.json()["items"]
    return [{p["first"]["household_id"], p["second"]["household_id"]} for p in pairs]


async def test_likely_same_persons_are_listed_until_somebody_decides(guarded: Registry) -> None:
    await _alike(guarded, "G-1", "G-2")
    await _alike(guarded, "G-3", birth_date="1980-03-01")
    await send(guarded, [moved("G-3", "2022-02-01", "06112", area_type_reason="a village in town")])
    assert await likely(guarded) == [{"G-1", "G-2"}]
    assert await likely(guarded, area="06091") == [{"G-1", "G-2"}]
    assert await likely(guarded, area="06112") == []
    assert await likely(guarded, "elsewhere") == []
    assert await likely(guarded, as_of="2021-12-31") == []
    refused = await guarded.client.get("/v1/persons/likely-same", headers=_as("reader"))
    assert refused.status_code == 403
    pair = (await guarded.client.get("/v1/persons/likely-same", headers=_as("all"))).json()
    first, second = (pair["items"][0][name]["person_id"] for name in ("first", "second"))
    decision = same_person(second, first)
    await send(guarded, [decision], "person-decisions")
    assert await likely(guarded) == []
    # What is computed anew leaves the decision as it is.
    await send(guarded, [assessed("G-1", "2023-12-14")])
    assert await likely(guarded) == []
    async with guarded.context.database.snapshot() as snapshot:
        ids = await persons.of_household(snapshot, "G-1")
        same = await person_lookups.decided(snapshot, ids)
    assert {str(one) for found in same.values() for one in found} == {first, second}
    withdrawal = {name: decision[name] for name in ("source", "external_id")}
    await send(guarded, [{**withdrawal, "revision": 2, "withdrawn": True}], "person-decisions")
    assert await likely(guarded) == [{"G-1", "G-2"}]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"other_person_id": "0b8f2a1c-4d5e-8f60-9a7b-1c2d3e4f5a6b"}, "one_person"),
        ({"other_person_id": "------------"}, "invalid_format"),
        ({"decided_on": "2099-01-01"}, "in_future"),
    ],
)
async def test_a_decision_that_cannot_be_is_refused(
    world: Registry, changes: dict[str, Any], code: str
) -> None:
    first = "0b8f2a1c-4d5e-8f60-9a7b-1c2d3e4f5a6b"
    fact = same_person(first, "7c6d5e4f-3a2b-8c1d-8e9f-0a1b2c3d4e5f") | changes
    answer = await world.post("/v1/person-decisions", {"decisions": [fact]})
    assert (answer.status_code, answer.json()["code"]) == (422, code)


async def verify(app: Registry, client: str, number: str, **more: Any) -> Any:
    asked = {"personal_id": number, "as_of": "2024-01-01", "purpose": "school fees", **more}
    answer = await app.post(VERIFY, asked, headers=_as(client))
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    return answer.json()


NOTHING = {"listed": "none", "since": None, "until": None}


async def test_a_citizen_is_verified_and_nothing_else_is_told(guarded: Registry) -> None:
    number = "020180000071"
    await send(guarded, [registered("V-1", "2022-01-01", members=[person(number)])])
    await send(guarded, [assessed("V-1", "2023-12-14")])
    listed = {"listed": "poor", "since": "2023-12-14", "until": None}
    assert await verify(guarded, "school", number) == listed
    assert await verify(guarded, "all", number, name="LY THI MAY") == listed
    assert await verify(guarded, "school", number, name="Lý Thị Hoa") == NOTHING
    assert await verify(guarded, "school", number, as_of="2023-01-01") == NOTHING
    assert await verify(guarded, "school", "020180999998") == NOTHING
    assert await verify(guarded, "elsewhere", number) == NOTHING
    async with guarded.context.database.transaction() as tx:
        await persons.erase(tx, "V-1")
    assert await verify(guarded, "school", number) == NOTHING


async def test_verification_needs_its_scope_a_number_and_a_purpose(guarded: Registry) -> None:
    asked = {"personal_id": "020180000071", "as_of": "2024-01-01", "purpose": "x"}
    refused = await guarded.post(VERIFY, asked, headers=_as("reader"))
    assert (refused.status_code, refused.json()["missing_scope"]) == (403, "persons:verify")
    for change, code in (
        ({"personal_id": "12"}, "invalid_personal_number"),
        ({"purpose": None}, "not_a_string"),
        ({"as_of": "yesterday"}, "invalid_date"),
        ({"household": "x"}, "unknown_field"),
    ):
        answer = await guarded.post(VERIFY, asked | change, headers=_as("school"))
        assert (answer.status_code, answer.json()["code"]) == (422, code), change


async def test_the_same_is_asked_of_the_store_whoever_exists(guarded: Registry) -> None:
    """The look-up is one statement on a keyed digest; the answer leaves at a tick of its clock."""
    ring = KEYS.ring()
    for number in ("020180000071", "020180777777"):
        digest = persons.identifier_digest(ring, "cccd", number)
        async with guarded.context.database.statement() as snapshot:
            rows = await person_lookups.by_digest(snapshot, ring, digest, guarded.clock.today())
        assert isinstance(rows, list)
