"""The languages that the reader knows: one file of data each, `seeds/languages/<code>.yaml`."""

from __future__ import annotations

from importlib.resources import files

import msgspec

from shared.press.figures.language import Language

FOLDER = files("seeds") / "languages"
SCHEMA = "schema.yaml"
_FIRST = ("vi", "id", "th", "en")  # where nothing tells languages apart, the first is taken


class _Numbers(msgspec.Struct, forbid_unknown_fields=True):
    """The marks of numbers: 1.234,5 or 1,234.5."""

    decimal: str
    group: str


class _Script(msgspec.Struct, forbid_unknown_fields=True):
    """What the engine must know of how the language is written."""

    spaced: bool
    noun_first: bool
    adjective_words: int
    letters: str


class _File(msgspec.Struct, forbid_unknown_fields=True):
    """A file of a language."""

    code: str
    numbers: _Numbers
    script: _Script
    function_words: list[str]
    abbreviations: list[str]
    openers: list[str]
    words: dict[str, list[str]]


class Schema(msgspec.Struct, forbid_unknown_fields=True):
    """What a language file may and must say: each tag with its meaning in one sentence."""

    tags: dict[str, str]
    needed: list[str]


def read_language(text: str) -> Language:
    """Return the language that a file describes; ValidationError where it is no such file."""
    given = msgspec.yaml.decode(text, type=_File)
    return Language(
        code=given.code,
        decimal=given.numbers.decimal,
        group=given.numbers.group,
        function_words=frozenset(given.function_words),
        letters=frozenset(given.script.letters),
        adjective_words=given.script.adjective_words,
        noun_first=given.script.noun_first,
        cues={tag: tuple(words) for tag, words in given.words.items()},
        abbreviations=frozenset(given.abbreviations),
        openers=tuple(given.openers),
        spaced=given.script.spaced,
    )


def read_schema() -> Schema:
    """Return the schema of the language files."""
    return msgspec.yaml.decode(FOLDER.joinpath(SCHEMA).read_text("utf-8"), type=Schema)


def faults(language: Language, schema: Schema) -> list[str]:
    """Return the tags that a language uses undeclared, and those it must have and lacks."""
    used = {tag for meaning in language.cues for tag in meaning.split()}
    undeclared = sorted(tag for tag in used if tag not in schema.tags)
    missing = sorted(tag for tag in schema.needed if tag not in used)
    return [f"undeclared {tag}" for tag in undeclared] + [f"missing {tag}" for tag in missing]


def _read_all() -> dict[str, Language]:
    names = [f.name for f in FOLDER.iterdir() if f.name.endswith(".yaml") and f.name != SCHEMA]
    found = [read_language(FOLDER.joinpath(name).read_text("utf-8")) for name in sorted(names)]
    order = {code: rank for rank, code in enumerate(_FIRST)}
    found.sort(key=lambda language: order.get(language.code, len(order)))
    return {language.code: language for language in found}


LANGUAGES: dict[str, Language] = _read_all()
