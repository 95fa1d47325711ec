"""What the document says is valid is well-formed: no bound is kept to ourselves.

What law, areas and the store say of it is another matter: no schema knows them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from services.api.app import routers as api_routers
from services.ingest.app import routers as ingest_routers
from services.ingest.bodies import parse
from shared.facts import FACTS
from shared.http.operations import PlainRoute
from shared.http.parameters import Parameter
from shared.kernel.facts import FactKind
from shared.kernel.fields import LAST_DAY
from shared.kernel.periods import FIRST_DAY
from shared.kernel.reading import read
from shared.money.run_request import AllocationRun
from tests.http.documents import whole_document

Schema = dict[str, Any]
# Opaque: only a list can say which of its places there are.
NOT_SAID = {"cursor"}


def valid(schema: Schema) -> SearchStrategy[Any]:
    """Draw what a schema of the document takes; days from where its sentence says."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return st.deferred(lambda: valid(whole_document()["components"]["schemas"][name]))
    if "anyOf" in schema:
        return st.one_of([valid(one) for one in schema["anyOf"]])
    if "const" in schema or "enum" in schema:
        return st.sampled_from(schema.get("enum") or [schema["const"]])
    return _KINDS[schema.get("type", "null")](schema)


def _text(schema: Schema) -> SearchStrategy[str]:
    if schema.get("format") == "date":
        first, before = _days(schema.get("description", ""))
        return st.dates(first, before).map(str)
    if schema.get("format") == "date-time":
        return st.datetimes(timezones=st.just(UTC)).map(lambda moment: moment.isoformat())
    if schema.get("format") == "uuid":
        return st.uuids().map(str)
    least, most = schema.get("minLength", 0), schema.get("maxLength", 100)
    if "pattern" not in schema:
        return st.text(min_size=least, max_size=min(most, 300))
    drawn = st.from_regex(schema["pattern"], fullmatch=True)
    return drawn.filter(lambda text: least <= len(text) <= most and not _halves(text))


def _halves(text: str) -> bool:
    """Halves of a pair are no text: no UTF-8 can carry them."""
    return any("\ud800" <= one <= "\udfff" for one in text)


def _days(sentence: str) -> tuple[date, date]:
    """Read the bounds that a sentence says."""
    _, said, words = sentence.rpartition("From ")
    if not said:
        return FIRST_DAY, LAST_DAY
    first, _, before = words.rstrip(".").partition(" on, before ")
    return date.fromisoformat(first), date.fromordinal(date.fromisoformat(before).toordinal() - 1)


def _numbers(schema: Schema) -> SearchStrategy[Any]:
    # Of decimals a description says how many may be given.
    most = schema.get("maximum")
    return st.integers(0, most) | st.floats(0, 10**6).map(lambda number: round(number, 6))


def _lists(schema: Schema) -> SearchStrategy[list[Any]]:
    least, most = schema.get("minItems", 0), min(schema.get("maxItems", 5), 5)
    items = valid(schema["items"])
    return st.lists(items, min_size=least, max_size=most, unique=schema.get("uniqueItems", False))


def _objects(schema: Schema) -> SearchStrategy[dict[str, Any]]:
    if "properties" not in schema:
        values = valid(schema["additionalProperties"])
        least = schema.get("minProperties", 0)
        names = valid(
            {"type": "string", **schema.get("propertyNames", {"pattern": "^[a-z]{1,9}$"})}
        )
        return st.dictionaries(names, values, min_size=least, max_size=3)
    fields = schema["properties"]
    needed = {name: valid(fields[name]) for name in schema.get("required", [])}
    others = {name: valid(fields[name]) for name in fields.keys() - needed.keys()}
    return st.fixed_dictionaries(needed, optional=others)


def _whole(schema: Schema) -> SearchStrategy[int]:
    least, most = schema.get("minimum"), schema.get("maximum")
    if (above := schema.get("exclusiveMinimum")) is not None:
        least = above + 1
    if (below := schema.get("exclusiveMaximum")) is not None:
        most = below - 1
    return st.integers(least, most)


_KINDS = {
    "null": lambda _: st.none(),
    "boolean": lambda _: st.booleans(),
    "integer": _whole,
    "number": _numbers,
    "string": _text,
    "array": _lists,
    "object": _objects,
}


def body_of(path: str) -> Schema:
    """Return the schema of what is posted there."""
    content = whole_document()["paths"][path]["post"]["requestBody"]["content"]
    schema: Schema = content["application/json"]["schema"]
    return schema


def posted(kind: FactKind) -> Schema:
    """Return the schema of one fact of a kind."""
    name = body_of(f"/v1/{kind.name}")["$ref"].rpartition("/")[2]
    schema: Schema = whole_document()["components"]["schemas"][name]
    facts: Schema = schema["properties"][kind.plural]
    assert (facts["minItems"], facts["maxItems"]) == (1, 1000)
    items: Schema = facts["items"]
    return items


@pytest.mark.parametrize("kind", FACTS.values(), ids=lambda kind: kind.name)
def test_a_fact_that_the_schema_takes_is_well_formed(kind: FactKind) -> None:
    @settings(max_examples=60, deadline=None)
    @given(valid(posted(kind)))
    def check(fact: Any) -> None:
        found = kind.read(parse(orjson.dumps(fact), exact=kind.exact))
        assert not isinstance(found, list), (found, fact)

    check()


@settings(max_examples=60, deadline=None)
@given(valid(body_of("/v1/allocation-runs")))
def test_a_run_that_the_schema_takes_is_well_formed(request: Any) -> None:
    found = read(AllocationRun, parse(orjson.dumps(request), exact=True))
    assert not isinstance(found, list), (found, request)


def parameters() -> Iterator[tuple[str, Parameter]]:
    """Return every parameter of a query, once."""
    seen: set[tuple[str, str]] = set()
    for router in (*api_routers(), *ingest_routers()):
        declared = [
            pair
            for route in router.routes
            if isinstance(route, PlainRoute) and route.operation is not None
            for pair in route.operation.parameters.items()
        ]
        for name, parameter in declared:
            key = (name, str(parameter.schema))
            if name not in NOT_SAID and key not in seen:
                seen.add(key)
                yield name, parameter


@pytest.mark.parametrize(("name", "parameter"), [*parameters()])
def test_a_parameter_that_the_schema_takes_is_read(name: str, parameter: Parameter) -> None:
    @settings(max_examples=30, deadline=None)
    @given(valid(dict(parameter.schema)))
    def check(value: Any) -> None:
        parameter.read(str(value))

    check()
