"""A route declared by a function: parameters, clocks, pages, tags and refusals follow from it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, cast

import httpx
import pytest
from msgspec import Meta, Struct

from shared.http import parameters
from shared.http.app import create_app
from shared.http.ask import Ask, Known, Page
from shared.http.context import Context
from shared.http.deprecation import Deprecation
from shared.http.openapi import document
from shared.http.operations import Routes
from shared.http.parameters import PathParameter
from shared.http.problems import ProblemType, not_found
from shared.observability.metrics import Metrics
from tests.http.documents import Parts

ROUTES = Routes("areas")
COLOURS = ("red", "blue")


class Thing(Struct, frozen=True):
    """A thing."""

    name: Annotated[str, Meta(description="Its name.")]
    colour: Annotated[str | None, Meta(description="Its colour.")]


class Things(Struct, frozen=True):
    """A page of things."""

    items: Annotated[list[int], Meta(description="Numbers.")]
    next_cursor: Annotated[str | None, Meta(description="Where it goes on.")]


def unknown_thing() -> Exception:
    """Return the answer for things that do not exist."""
    return not_found("unknown_thing", "no such thing")


def _name(text: str) -> str:
    if text == "nothing":
        raise unknown_thing()
    return text


@ROUTES.get(
    "/things/{name}", scope=None, clock=Known, problems=[ProblemType("None", unknown_thing())]
)
async def get_thing(
    ask: Ask,
    name: Annotated[str, PathParameter(_name, "Its name.", "ball")],
    list_: Annotated[str | None, parameters.choice(COLOURS, "Its colour.")] = None,
) -> Thing:
    """A thing.

    Whatever it is.
    """
    ask.settle(parameters.read_instant("2026-01-01T00:00:00Z"))
    return Thing(name, list_)


@ROUTES.get("/things", scope=None, cursor=[parameters.whole_number])
async def list_things(
    ask: Ask, most: Annotated[int, parameters.whole("The last.", 0, 9)]
) -> Things:
    """Things up to a number."""
    first = ask.page.after[0] + 1 if ask.page.after else 0
    shown, next_cursor = ask.page.cut(range(first, most + 1)[: ask.page.fetch], lambda n: [n])
    return Things(list(shown), next_cursor)


ENDING = Deprecation(date(2026, 1, 1), date(2027, 1, 1), "/things")


@ROUTES.get("/old-things/{name}", scope=None, deprecated=ENDING, answers={"text/csv": str})
async def get_old_thing(
    ask: Ask, name: Annotated[str, PathParameter(_name, "Its name.", "ball")]
) -> Thing:
    """A thing as it was."""
    return Thing(name, None)


@pytest.fixture
async def client() -> Any:
    app = create_app(
        cast("Context", Parts()), [ROUTES], process="api", checks={}, metrics=Metrics()
    )
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://things.test") as asking:
        yield asking


async def test_arguments_are_parameters_and_a_last_underscore_is_none(client: Any) -> None:
    answer = (await client.get("/things/ball?list=red")).json()
    assert answer == {
        "name": "ball",
        "colour": "red",
        "known_at": None,
        "settled_at": "2026-01-01T00:00:00Z",
    }
    refused = await client.get("/things/ball?list=green&colour=red")
    assert [fault["code"] for fault in refused.json()["errors"]] == [
        "unknown_value",
        "unknown_parameter",
    ]


async def test_a_path_that_names_nothing_is_unknown_whatever_else_is_asked(client: Any) -> None:
    answer = await client.get("/things/nothing?foo=1")
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_thing")


async def test_echoes_stay_out_of_the_tag(client: Any) -> None:
    first = await client.get("/things/ball")
    again = await client.get("/things/ball", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = await client.get("/things/doll")
    assert other.headers["etag"] != first.headers["etag"]


async def test_pages_join_up_and_end(client: Any) -> None:
    items, cursor = [], None
    while True:
        place = {"cursor": cursor} if cursor else {}
        page = (await client.get("/things", params={"most": 6, "limit": 3, **place})).json()
        assert 1 <= len(page["items"]) <= 3
        items += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert items == list(range(7))
    missing = await client.get("/things")
    assert missing.json()["code"] == "missing_parameter"


def test_a_page_that_is_just_full_is_the_last() -> None:
    assert Page(None, 2).cut([1, 2], lambda n: [n]) == ([1, 2], None)
    shown, cursor = Page(None, 2).cut([1, 2, 3], lambda n: [n])
    assert (list(shown), cursor is None) == ([1, 2], False)


def test_the_document_says_what_the_function_says() -> None:
    app = create_app(
        cast("Context", Parts()), [ROUTES], process="api", checks={}, metrics=Metrics()
    )
    made = document(app)
    operation = made["paths"]["/things/{name}"]["get"]
    assert (operation["operationId"], operation["summary"]) == ("get_thing", "A thing")
    assert operation["description"] == "Whatever it is."
    names = [(p["name"], p["in"], p["required"]) for p in operation["parameters"]]
    assert names == [("name", "path", True), ("list", "query", False), ("known_at", "query", False)]
    assert set(made["components"]["schemas"]["Thing"]["required"]) == {
        "name",
        "colour",
        "known_at",
        "settled_at",
    }
    cases = operation["responses"]["404"]["content"]["application/problem+json"]["examples"]
    assert cases["unknown_thing"]["value"]["detail"] == "no such thing"
    most = made["paths"]["/things"]["get"]["parameters"][0]
    assert (most["name"], most["required"]) == ("most", True)


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("*/*", 200),
        ("application/*;q=0.1", 200),
        ("text/html, application/json;q=0.9", 200),
        ("nonsense", 200),
        ("application/json;q=0, */*", 406),
        ("application/xml", 406),
        ("text/csv", 406),
    ],
)
async def test_what_is_accepted_is_answered_or_refused_with_what_there_is(
    client: Any, accept: str, status: int
) -> None:
    answer = await client.get("/things/ball", headers={"accept": accept})
    assert answer.status_code == status
    if status == 406:
        assert (answer.json()["code"], answer.json()["offered"]) == (
            "not_acceptable",
            ["application/json"],
        )


@pytest.mark.parametrize("name", ["ball", "nothing"])
async def test_a_route_that_is_to_end_says_so_in_every_answer(client: Any, name: str) -> None:
    answer = await client.get(f"/old-things/{name}")
    assert answer.status_code == (200 if name == "ball" else 404)
    assert answer.headers["deprecation"] == "@1767225600"
    assert answer.headers["sunset"] == "Fri, 01 Jan 2027 00:00:00 GMT"
    assert answer.headers.get_list("link") == [
        '</guide/versions>; rel="deprecation"; type="text/html"',
        '</things>; rel="successor-version"',
    ]
    assert ("vary" in answer.headers) is (name == "ball")
    assert "deprecation" not in (await client.get("/things/ball")).headers


async def test_documents_say_what_is_to_end(client: Any) -> None:
    paths = (await client.get("/openapi.json")).json()["paths"]
    assert paths["/old-things/{name}"]["get"]["deprecated"] is True
    assert ENDING.sentence in paths["/old-things/{name}"]["get"]["description"]
    assert "deprecated" not in paths["/things"]["get"]


def test_no_route_ends_sooner_than_is_promised() -> None:
    with pytest.raises(ValueError, match="12 months"):
        Deprecation(date(2026, 1, 2), date(2027, 1, 1), "/things")
