"""One word, one meaning: the README's glossary holds for code, columns and messages."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import shared.migrations.tables  # every table is declared once it is imported
from shared.kernel.metadata import METADATA
from shared.messages import MESSAGE_TYPES

assert shared.migrations.tables

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text("utf-8")
ROW = re.compile(r"^\| (.+?) \| (.+?) \| (.+?) \| `(\w+)` in `(\S+\.py)` \|$", re.MULTILINE)
GLOSSARY = ROW.findall(README.partition("\n## Words\n")[2].partition("\n## ")[0])

# What a term is not called, and its one name.
SYNONYMS = {
    "posted": "fact",
    "posting": "fact",
    "submission": "fact",
    "prepared": "fact",
    "candidate": "fact",
    "version_no": "revision",
    "cancelled": "withdrawn",
    "deleted": "withdrawn",
    "region": "area",
    "district_code": "area_code",
    "province_code": "area_code",
    "family": "household",
    "beneficiary": "household",
    "review_result": "assessment",
    "budget": "fund",
    "payment": "disbursement",
    "payout": "disbursement",
    "replaced_by": "superseded_by",
    "effective_at": "valid_from",
    "asof": "as_of",
    "known_as_of": "known_at",
    "headline": "article",
    "contradiction": "finding",
    "dead_letter": "quarantine",
}
# `data` is CloudEvents' name for what a message holds, so it is allowed.
EMPTY_NAMES = {"manager", "helper", "helpers", "util", "utils", "info", "misc", "stuff"}
# A local variable is a noun: what it holds, not what was done to it.
PARTICIPLES = {
    "found",
    "asked",
    "told",
    "said",
    "made",
    "named",
    "given",
    "counted",
    "wanted",
    "shown",
}
PURE = ("areas", "access", "law", "households", "money", "spdci")


def test_the_glossary_has_its_terms_and_each_once() -> None:
    terms = [term for term, *_ in GLOSSARY]
    assert len(terms) >= 40
    assert len(terms) == len(set(terms))


@pytest.mark.parametrize("row", GLOSSARY, ids=lambda row: row[0])
def test_a_term_stands_where_the_glossary_says(row: tuple[str, ...]) -> None:
    term, vietnamese, meaning, name, path = row
    assert re.search(rf"\b{name}\b", (ROOT / path).read_text("utf-8")), f"{term}: {name} in {path}"
    assert vietnamese and len(meaning.split()) > 2


def words(name: str) -> set[str]:
    return set(re.split(r"[_.\-]", name)) | {name}


def test_columns_and_messages_use_no_other_word() -> None:
    names = {column.name for table in METADATA.tables.values() for column in table.columns}
    names |= set(METADATA.tables) | {kind.name for kind in MESSAGE_TYPES}
    assert names
    other = {
        f"{name}: say {SYNONYMS[word]}" for name in names for word in words(name) & {*SYNONYMS}
    }
    assert not other


def test_money_columns_say_their_unit() -> None:
    columns = [c for table in METADATA.tables.values() for c in table.columns]
    assert not [c.name for c in columns if c.name in ("amount", "paid", "allocated", "norm")]


def names_of(path: Path) -> Iterator[str]:
    """Yield what a module defines or assigns: classes, functions, parameters and variables."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def modules(*tops: str) -> list[Path]:
    paths = [p for top in tops for p in sorted((ROOT / top).rglob("*.py"))]
    return [path for path in paths if "versions" not in path.parts]


def definitions_of(path: Path) -> set[str]:
    body = ast.parse(path.read_text("utf-8")).body
    kinds = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    return {node.name for node in body if isinstance(node, kinds)}


def test_no_name_is_empty() -> None:
    empty = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in modules("services", "shared")
        for name in (path.stem, *(path.parts[len(ROOT.parts) : -1]), *names_of(path))
        if name.lower() in EMPTY_NAMES
    }
    assert not empty


def variables_of(path: Path) -> Iterator[str]:
    """Yield what a module's functions take and assign."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


@pytest.mark.parametrize("subject", PURE)
def test_variables_of_what_is_decided_are_nouns(subject: str) -> None:
    names = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in modules(f"shared/{subject}")
        for name in variables_of(path)
        if name in PARTICIPLES and "store" not in path.parts
    }
    assert not names


def test_a_class_of_what_is_decided_has_its_name_alone() -> None:
    """Two meanings under one name read alike in every import; stores may say the same of rows."""
    homes: dict[str, list[str]] = {}
    for path in modules(*(f"shared/{subject}" for subject in ("kernel", *PURE))):
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.ClassDef) and "store" not in path.parts:
                homes.setdefault(node.name, []).append(str(path.relative_to(ROOT)))
    assert not {name: paths for name, paths in homes.items() if len(paths) > 1}


@pytest.mark.parametrize("subject", ["households", "money"])
def test_what_stores_give_is_in_their_functions_names(subject: str) -> None:
    """`list_funds` and `FundFilter` say in an import what `page` and `Filter` hide."""
    mute = {"many", "one", "page", "get", "row", "Asked", "Filter", "Row"}
    names = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in modules(f"shared/{subject}/store")
        for name in definitions_of(path) & mute
    }
    assert not names
