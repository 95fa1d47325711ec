"""A new kind of fact speaks Vietnamese at once: its refusals, and the words of its closed lists."""

from __future__ import annotations

from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import pytest

from services.ingest.imports.reasons import DOORS_VI
from services.ingest.imports.words import CHOICES
from shared.facts import FACTS
from shared.kernel.facts import FactKind

# Seen in a sheet only as codes: no office writes another word for them.
AS_THEY_ARE = {("language", word) for word in ("vi", "id", "th", "en")}


def closed(hint: Any) -> set[Any]:
    """Return the words that a field may hold, if they are a closed list."""
    origin = get_origin(hint)
    if origin is Literal:
        return set(get_args(hint))
    if origin in (Annotated, list, tuple, Union, UnionType):
        return {word for part in get_args(hint) for word in closed(part)}
    return set()


@pytest.mark.parametrize("kind", FACTS.values(), ids=lambda kind: kind.name)
def test_every_refusal_has_a_vietnamese_sentence(kind: FactKind) -> None:
    missing = {**kind.refusals, **kind.conflicts}.keys() - DOORS_VI.keys()
    assert not missing, "add them to services/ingest/imports/reasons.py"


@pytest.mark.parametrize("kind", FACTS.values(), ids=lambda kind: kind.name)
def test_every_word_of_a_closed_list_has_what_offices_write_for_it(kind: FactKind) -> None:
    missing = {
        (name, word)
        for each in kind.types
        for name, hint in get_type_hints(each, include_extras=True).items()
        if name != "type" or kind.typed
        for word in closed(hint)
        if isinstance(word, str) and word not in CHOICES.get(name, {})
    }
    assert not missing - AS_THEY_ARE, "add them to services/ingest/imports/words.py"
