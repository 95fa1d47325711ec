"""Two steps of reading, one meaning: what the fast step takes, the one that names faults takes too.

Facts are drawn as sources send them, and then spoilt: a field of another type, one too many, one
too few. Both steps must agree on what is taken, on the row, and on its digest.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import date
from typing import Any
from unicodedata import normalize

import msgspec
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.bodies import parse
from services.ingest.documents import example
from shared.facts import FACTS
from shared.http.problems import Problem
from shared.kernel import reading
from shared.kernel.facts import Fact, FactKind
from shared.kernel.revisions import composed, content_hash, event_id_of

KINDS = list(FACTS.values())
STRANGE: list[Any] = [
    *(None, True, False, 0, 1, -1, 2**63, 2**70, 10**15 + 1, 1.0, 0.5, "", "x", "a b", "a\n"),
    *("\x00", "2023-02-28", "2023-02-30", "2010-12-31", "1850-01-01", "99999-01-01", "７", "7.5"),
    *("1e5", "Tày", normalize("NFD", "Tày"), [], ["x"], [1], [None], {}, {"a": 1}, "x" * 65),
    *("x" * 201, "https://a.b/c", "assessed", "poor", "withdrawn", [["x"]], {"source": "x"}),
]


@st.composite
def posted(draw: Callable[..., Any]) -> tuple[FactKind, Any]:
    """Draw a kind and something like a fact of it."""
    kind = draw(st.sampled_from(KINDS))
    fact = copy.deepcopy(example(draw(st.sampled_from(kind.types))))
    names = sorted({*fact, *kind.withdrawal.__struct_fields__, "note"})
    for name in draw(st.lists(st.sampled_from(names), max_size=4)):
        value = draw(st.sampled_from([*STRANGE, ...]))
        if value is ...:
            fact.pop(name, None)
        else:
            fact[name] = value
    return kind, fact


def walked(shape: type[msgspec.Struct], fact: dict[str, Any]) -> Any:
    """Read by the slow step alone."""
    walk = reading._Walk()
    value = walk.struct(reading._shape(shape), fact, "")
    return walk.faults or value


@given(posted())
def test_what_the_fast_step_takes_the_slow_one_takes_alike(drawn: tuple[FactKind, Any]) -> None:
    kind, fact = drawn
    shape = kind._shape(fact)
    if shape is None or reading.has_own_form(shape):
        return
    slow = walked(shape, fact)
    try:
        fast = msgspec.convert(fact, shape)
    except msgspec.ValidationError:
        assert isinstance(slow, list), "the slow step took what the fast one refuses"
        return
    assert fast == slow


@given(posted())
def test_both_steps_are_one_reading(drawn: tuple[FactKind, Any]) -> None:
    kind, fact = drawn
    result = kind.read(fact)
    shape = kind._shape(fact)
    assert isinstance(result, list) == (shape is None or isinstance(walked(shape, fact), list))
    if isinstance(result, list):
        assert all(fault.code and fault.pointer.startswith(("/", "")) for fault in result)


@given(posted(), st.sampled_from(["NFC", "NFD"]))
def test_digests_do_not_depend_on_how_text_is_composed(
    drawn: tuple[FactKind, Any], form: str
) -> None:
    _, fact = drawn
    spelt = orjson.loads(normalize(form, orjson.dumps(_small(fact)).decode()))
    assert content_hash(composed(spelt)) == content_hash(composed(_small(fact)))


def _small(fact: Any) -> Any:
    """Return the fact without numbers that the digest never sees."""
    return {
        name: value
        for name, value in fact.items()
        if not isinstance(value, int) or abs(value) < 2**63
    }


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_type_says_its_example_and_reads_it(kind: FactKind) -> None:
    for each in kind.types:
        fact = kind.read(example(each))
        assert isinstance(fact, Fact), fact


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_field_has_a_sentence_and_its_column_both_headings(kind: FactKind) -> None:
    for each in (*kind.types, kind.withdrawal):
        for field in msgspec.inspect.type_info(each).fields:
            described = field.type
            assert isinstance(described, msgspec.inspect.Metadata), (each, field.name)
            sentence = (described.extra_json_schema or {}).get("description", "")
            assert sentence.endswith("."), (each, field.name)


def test_a_key_named_twice_is_refused_before_either_step() -> None:
    twice = b'{"source": "a", "source": "b"}'
    assert msgspec.json.decode(twice) == {"source": "b"}
    with pytest.raises(Problem, match="duplicate_key"):
        parse(twice)


def test_a_day_out_of_bounds_is_no_fact_however_it_is_made() -> None:
    disbursement = FACTS["disbursements"].types[0]
    fields = msgspec.to_builtins(FACTS["disbursements"].read(example(disbursement)))
    for day in (date(2010, 12, 31), date(2100, 1, 1)):
        with pytest.raises(ValueError, match="from 2011-01-01 on and before 2100-01-01"):
            disbursement(**{**fields, "paid_on": day})


def test_ids_are_those_of_the_rows_that_databases_hold() -> None:
    made = event_id_of("household-events", "langson", "2023/06091/000123", 1)
    assert str(made) == "90f61dcb-51e5-5e9c-912e-d79066bb089c"
    posted = {"source": "langson", "external_id": "1", "revision": 1, "amount_vnd": 5}
    assert (
        content_hash(posted).hex()
        == "75fc0f13afbe605a86626e46c9890d41e3e84acabe0dcffa383ba7c77e5115e0"
    )
