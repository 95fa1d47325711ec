"""Searches over HTTP: what is found, what the caller may see of it, what is refused and how."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import httpx
import pytest

from shared.http.auth import OFF, tokens_of
from tests.facts import assessed, closed, registered
from tests.harness import Registry
from tests.spdci.messages import by_expression, by_id, criteria, envelope, search

PATH = "/registry/sync/search"
DAY = {"meta": {"as_of": "2024-06-30"}}
NUMBER = "020180000001"
PERSON = {
    "member_id": "1",
    "name": "Lý Thị Mẩy",
    "sex": "female",
    "birth_date": "1980-02-29",
    "relation": "head",
    "identifiers": [{"type": "cccd", "value": NUMBER}],
}


def token(name: str, area: str = "VN", *scopes: str) -> dict[str, Any]:
    held = scopes or ("households:read",)
    digest = sha256(name.encode()).hexdigest()
    return {"name": name, "token_sha256": digest, "scopes": list(held), "area": area}


@pytest.fixture
def guarded(app: Registry) -> Iterator[Registry]:
    """Serve a client of one commune, and two of the country's."""
    yield app
    app.tokens = OFF


async def ask(app: Registry, message: Any, name: str = "", path: str = PATH) -> httpx.Response:
    headers = {"authorization": f"Bearer {name}"} if name else {}
    return await app.post(path, message, headers=headers)


async def answers(app: Registry, message: Any, name: str = "") -> list[dict[str, Any]]:
    response = await ask(app, message, name)
    assert response.status_code == 200, response.text
    assert response.headers["cache-control"] == "no-store"
    body: dict[str, Any] = response.json()
    assert body["header"]["status"] == "succ", body["header"]
    assert body["header"]["completed_count"] == body["header"]["total_count"]
    found: list[dict[str, Any]] = body["message"]["search_response"]
    return found


def ids(answer: dict[str, Any]) -> list[str]:
    """Return whose records an answer holds, by the last part of their URNs."""
    assert answer["status"] == "succ", answer
    return [record["@id"].rpartition(":")[2] for record in answer["data"]["reg_records"]]


async def test_a_household_has_its_classification_in_the_national_profile(app: Registry) -> None:
    await app.send([assessed("A", "2023-12-14", household_size=4, decision_no="12/QĐ-UBND")])
    [answer] = await answers(app, search(by_id("household_id", "A"), **DAY))
    assert answer["pagination"] == {"page_size": 1000, "page_number": 1, "total_count": 1}
    [record] = answer["data"]["reg_records"]
    assert record == {
        "@type": "Group",
        "@context": "/registry/profiles/vn/context.jsonld",
        "@id": "urn:poverty-registry:household:A",
        "group_identifier": [
            {
                "@type": "Identifier",
                "identifier_type": "household_id",
                "identifier_value": "A",
            }
        ],
        "group_type": "household",
        "area_code": "06091",
        "area_type": "rural",
        "ethnic_group": None,
        "group_size": 4,
        "poverty_score": record["poverty_score"],
        "poverty_score_type": "B2",
        "classification_code": "poor",
        "classification_status": "in_force",
        "classification_validity_start": "2023-12-14",
        "classification_validity_end": None,
        "classification_source": record["classification_source"],
        "classification_reference": "12/QĐ-UBND",
        "reviewed_on": "2023-12-14",
    }
    assert record["poverty_score"] > 0 and record["poverty_score"] % 10 == 0
    profile = (await app.get(record["@context"]))["@context"]
    named = set(record) | set(record["group_identifier"][0])
    assert {name for name in named if not name.startswith("@")} <= set(profile)


async def test_a_closed_household_is_ended_and_one_never_assessed_is_not(app: Registry) -> None:
    await app.send([assessed("A", "2023-12-14"), closed("A", "2024-03-01")])
    await app.send([registered("B", "2024-01-01")])
    found = await answers(
        app, search(by_id("household_id", "A"), by_id("household_id", "B"), **DAY)
    )
    (ended,), (new,) = (each["data"]["reg_records"] for each in found)
    assert (ended["classification_code"], ended["classification_status"]) == ("closed", "ended")
    assert ended["classification_validity_start"] == "2024-03-01"
    assert (new["classification_code"], new["classification_status"]) == (None, "not_assessed")


async def test_both_clocks_can_be_asked_in_meta(app: Registry) -> None:
    posted = assessed("A", "2023-12-14")
    await app.send([posted])
    asked = by_id("household_id", "A")
    first = (await ask(app, search(asked, **DAY))).json()["header"]["meta"]
    assert (first["as_of"], first["known_at"]) == ("2024-06-30", None)
    await app.send([{**posted, "revision": 2, "income_vnd": 9_000_000, "deprived": []}])
    past = {"meta": {"as_of": "2024-06-30", "known_at": first["settled_at"]}}
    for header, code in ((DAY, "non_poor"), (past, "poor")):
        [answer] = await answers(app, search(asked, **header))
        assert answer["data"]["reg_records"][0]["classification_code"] == code
        [answer] = await answers(app, search(by_expression({"group_identifier": "A"}), **header))
        assert answer["data"]["reg_records"][0]["classification_code"] == code
    assert ids((await answers(app, search(asked, meta={"as_of": "2020-01-01"})))[0]) == []
    for meta, where in (
        ({"as_of": "x"}, "as_of"),
        ({"known_at": "2024-01-01T00:00:00"}, "known_at"),
    ):
        refused = await ask(app, search(asked, meta=meta))
        assert refused.status_code == 400
        assert refused.json()["errors"][0]["pointer"] == f"/header/meta/{where}"
    future = await ask(app, search(asked, meta={"known_at": "2099-01-01T00:00:00Z"}))
    assert (future.status_code, future.json()["code"]) == (422, "in_future")
    assert future.json()["message"]["error"]["code"] == "err.request.bad"


async def test_conditions_select_sort_and_page(app: Registry) -> None:
    await app.send(
        [
            assessed("A", "2023-12-14", household_size=4),
            assessed("B", "2023-12-15", household_size=2),
            assessed("C", "2023-12-16", household_size=7, area_code="06097"),
            assessed("D", "2023-12-17", household_size=5, income_vnd=9_000_000, deprived=[]),
        ]
    )
    poor = {"classification_code": "poor"}
    down = [{"attribute_name": "group_size", "sort_order": "desc"}]
    found = await answers(
        app,
        search(
            by_expression(poor),
            by_expression(poor, sort=down),
            by_expression(poor, sort=down, pagination={"page_size": 2, "page_number": 2}),
            by_expression(poor, pagination={"page_size": 2, "page_number": 9}),
            by_expression({"$or": [{"area_code": "06097"}, {"group_size": {"$lt": 3}}]}),
            by_expression({"$not": {"area_code": {"$in": ["06097"]}}}),
            criteria(
                "predicate",
                [
                    {
                        "seq_num": 1,
                        "expression1": {
                            "attribute_name": "reviewed_on",
                            "operator": "ge",
                            "attribute_value": "2023-12-15",
                        },
                        "condition": "not",
                        "expression2": {
                            "attribute_name": "poverty_score",
                            "operator": "eq",
                            "attribute_value": "0",
                        },
                    }
                ],
            ),
            **DAY,
        ),
    )
    assert [ids(each) for each in found] == [
        ["A", "B", "C"],
        ["C", "A", "B"],
        ["B"],
        [],
        ["B", "C"],
        ["A", "B", "D"],
        ["B", "C"],
    ]
    assert [each["pagination"]["total_count"] for each in found][:4] == [3, 3, 3, 3]


async def test_more_than_a_page_has_to_be_asked_for_in_pages(
    app: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.spdci.searching.PAGE_MAX", 2)
    await app.send([assessed(name, "2023-12-14") for name in ("A", "B", "C")])
    poor = {"classification_code": "poor"}
    message = search(by_expression(poor), by_expression(poor, pagination={"page_size": 2}), **DAY)
    whole, paged = await answers(app, message)
    assert whole["status_reason_code"] == "rjct.search.too_many_records_found"
    assert "data" not in whole
    assert ids(paged) == ["A", "B"]


async def test_one_bad_search_among_good_ones_is_its_own_answer(app: Registry) -> None:
    await app.send([assessed("A", "2023-12-14")])
    good = by_id("household_id", "A")
    message = search(good, by_id("MOBILE", "1"), by_expression({"income": 3}), good, **DAY)
    items = message["message"]["search_request"]
    items += [{**items[0], "reference_id": "twice"}, {**items[0], "reference_id": "twice"}]
    message["header"]["total_count"] = 6
    found = await answers(app, message)
    assert [each.get("status_reason_code") for each in found] == [
        None,
        "rjct.filter.invalid",
        "rjct.filter.invalid",
        None,
        "rjct.reference_id.duplicate",
        "rjct.reference_id.duplicate",
    ]
    assert all(each["status_reason_message"] for each in found if each["status"] == "rjct")
    assert [each["reference_id"] for each in found][:4] == ["r-0", "r-1", "r-2", "r-3"]


async def test_a_unit_that_is_unknown_or_not_in_force_matches_nothing_and_says_so(
    app: Registry,
) -> None:
    asked = [by_expression({"area_code": code}) for code in ("central_region", "181")]
    found = await answers(app, search(*asked, meta={"as_of": "2026-01-01"}))
    assert [each["status_reason_code"] for each in found] == ["rjct.filter.invalid"] * 2


async def test_a_thousand_identifiers_are_answered_in_their_order(app: Registry) -> None:
    names = [f"H-{n:04}" for n in range(1000)]
    await app.send([assessed(name, "2023-12-14") for name in names[::2]])
    asked = [by_id("household_id", name) for name in reversed(names)]
    found = await answers(app, search(*asked, **DAY))
    assert [ids(each) for each in found] == [
        [name] if number % 2 == 0 else [] for number, name in reversed([*enumerate(names)])
    ]
    more = search(*asked, by_id("household_id", "A"), **DAY)
    header = (await ask(app, more)).json()["header"]
    assert header["status_reason_code"] == "rjct.total_count.limit_exceeded"
    many = [by_expression({"group_size": n}) for n in range(21)]
    header = (await ask(app, search(*many, **DAY))).json()["header"]
    assert header["status_reason_code"] == "rjct.total_count.limit_exceeded"


async def test_what_lies_outside_is_as_what_is_not_there(guarded: Registry) -> None:
    await guarded.send(
        [assessed("IN", "2023-12-14"), assessed("OUT", "2023-12-14", area_code="06097")]
    )
    guarded.tokens = tokens_of([token("commune", "06091"), token("all")])
    asked = [by_id("household_id", name) for name in ("IN", "OUT", "NOBODY")]
    asked += [by_expression({"classification_code": "poor"})]
    asked += [by_expression({"$not": {"classification_code": "non_poor"}})]
    asked += [by_expression({"area_code": code}) for code in ("06097", "00000")]
    found = await answers(guarded, search(*asked, **DAY), "commune")
    assert [ids(each) for each in found[:5]] == [["IN"], [], [], ["IN"], ["IN"]]
    outside, unknown = (each["status_reason_message"] for each in found[5:])
    assert outside.replace("06097", "X") == unknown.replace("00000", "X")
    assert ids((await answers(guarded, search(*asked, **DAY), "all"))[3]) == ["IN", "OUT"]


async def test_persons_are_shown_as_the_search_of_persons_shows_them(guarded: Registry) -> None:
    await guarded.send([registered("P", "2022-01-01", members=[PERSON])])
    await guarded.send([assessed("P", "2023-12-14")])
    guarded.tokens = tokens_of(
        [
            token("reader"),
            token("persons", "VN", "households:read", "persons:read"),
            token("elsewhere", "06097", "households:read", "persons:read"),
        ]
    )
    member = by_id("UIN", NUMBER, response_entity="Member")
    message = search(member, by_id("national_id", NUMBER), by_id("UIN", "020180999999"), **DAY)
    open_, household, nobody = await answers(guarded, message, "persons")
    [record] = open_["data"]["reg_records"]
    assert record["@type"] == "Member" and record["masked"] is False
    assert record["demographic_info"]["name"] == {
        "@type": "Name",
        "surname": "Lý",
        "given_name": "Thị Mẩy",
    }
    assert record["member_identifier"][0]["identifier_value"] == NUMBER
    assert record["group_identifier"][0]["identifier_value"] == "P"
    assert (ids(household), ids(nobody)) == (["P"], [])
    masked, household, _ = await answers(guarded, message, "reader")
    [record] = masked["data"]["reg_records"]
    assert record["masked"] is True and NUMBER not in str(record)
    assert record["demographic_info"]["name"]["surname"] == "L**"
    assert (record["demographic_info"]["birth_date"], ids(household)) == ("1980", ["P"])
    assert [ids(each) for each in await answers(guarded, message, "elsewhere")] == [[], [], []]


async def test_persons_are_counted_against_the_limit_of_look_ups(guarded: Registry) -> None:
    guarded.tokens = tokens_of([token("reader")])
    asked = [by_id("UIN", f"0201800{n:05}") for n in range(61)]
    refused = await ask(guarded, search(*asked), "reader")
    assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
    assert refused.json()["message"]["error"]["code"] == "err.request.too_many_requests"
    assert int(refused.headers["retry-after"]) > 0
    assert (await ask(guarded, search(*asked[:60]), "reader")).status_code == 200
    assert (await ask(guarded, search(asked[0]), "reader")).status_code == 429


async def test_persons_cannot_be_asked_about_an_instant_of_knowledge(app: Registry) -> None:
    at = (await ask(app, search(by_id("UIN", NUMBER)))).json()["header"]["meta"]["settled_at"]
    [answer] = await answers(app, search(by_id("UIN", NUMBER), meta={"known_at": at}))
    assert answer["status_reason_code"] == "rjct.search_criteria.invalid"


BAD: list[tuple[str, dict[str, Any], str, str]] = [
    ("version", {"version": "2.0.0"}, "err.version.not_supported", "/header/version"),
    ("encrypted", {"is_msg_encrypted": True}, "err.encryption.invalid", "/header/is_msg_encrypted"),
    ("no zone", {"message_ts": "2026-11-21T05:00:00"}, "err.request.bad", "/header/message_ts"),
    ("count as text", {"total_count": "1"}, "err.request.bad", "/header/total_count"),
    ("a sign that nobody sees", {"sender_id": "a\x00b"}, "err.request.bad", "/header/sender_id"),
]


@pytest.mark.parametrize("path", [PATH, f"/sr{PATH}"])
async def test_a_message_that_cannot_be_taken_is_refused_in_both_manners(
    app: Registry, path: str
) -> None:
    for name, header, code, pointer in BAD:
        refused = await ask(app, search(by_id("UIN", NUMBER), **header), path=path)
        body = refused.json()
        assert refused.status_code == body["status"] == 400, name
        assert body["message"]["ack_status"] == "ERR"
        assert body["message"]["error"]["code"] == code
        assert body["message"]["timestamp"] and body["message"]["correlation_id"]
        assert body["errors"][0]["pointer"] == pointer


async def test_what_is_no_message_is_refused(app: Registry) -> None:
    for content in (b"", b"{", b"[]", b"{}", b'{"header": 1}', b"\xff", b"[" * 100_000):
        refused = await app.client.post(PATH, content=content)
        assert refused.status_code == 400, content[:20]
        assert refused.json()["message"]["error"]["code"] == "err.request.bad"
    sealed = {"header": {"alg": "x", "enc": "y", "kid": "z"}, "ciphertext": "…"}
    refused = await ask(app, envelope("search", sealed))
    assert refused.json()["message"]["error"]["code"] == "err.encryption.invalid"
    refused = await app.client.post(PATH, content=b" " * (4 * 1024 * 1024 + 1))
    assert (refused.status_code, refused.json()["code"]) == (413, "body_too_large")


async def test_a_wrong_header_is_rejected_in_the_answers_header(app: Registry) -> None:
    wrong: dict[str, dict[str, Any]] = {
        "rjct.action.invalid": {"action": "subscribe"},
        "rjct.total_count.invalid": {"total_count": 2},
    }
    for code, header in wrong.items():
        response = await ask(app, search(by_id("UIN", NUMBER), **header))
        body = response.json()
        assert response.status_code == 200
        assert (body["header"]["status"], body["header"]["status_reason_code"]) == ("rjct", code)
        assert body["message"]["search_response"] == []


async def test_a_message_for_another_receiver_is_refused_where_the_registry_has_a_name(
    app: Registry,
) -> None:
    settings = app.context.settings
    app.change(settings=settings.model_copy(update={"spdci_id": "registry.example"}))
    refused = await ask(app, search(by_id("UIN", NUMBER)))
    assert refused.json()["message"]["error"]["code"] == "err.receiver_id.invalid"
    taken = await ask(app, search(by_id("UIN", NUMBER), receiver_id="registry.example"))
    assert taken.json()["header"]["sender_id"] == "registry.example"
    app.change(settings=settings)
