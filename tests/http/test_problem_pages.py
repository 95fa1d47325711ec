"""Every problem that the source can answer has a page, and what is recorded of them is so today."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import orjson

from services.api.spdci.speaking import refusal
from shared.http import problem_pages
from shared.spdci.reasons import ErrorCode, MessageRefused
from tests.generating import problem_types
from tests.http.documents import whole_document

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("shared", "services/api", "services/ingest")
# What workers put aside, and cells that are misread, have codes of their own; no answer has them.
OTHERS = ("shared/messaging", "services/ingest/imports/values.py")
# Where the code stands in a call of what refuses.
PLACES = {"Problem": 1, "not_found": 0, "Fault": 1, "refuse": 1, "Refusal": 1, "raw_problem": 2}
PLACES |= dict.fromkeys(("DomainError", "PolicyError", "Refused"), 0)


def _files() -> Iterator[Path]:
    for folder in FOLDERS:
        for path in (ROOT / folder).rglob("*.py"):
            if not str(path.relative_to(ROOT)).startswith(OTHERS):
                yield path


def _codes(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            place = PLACES.get(name, len(node.args))
            code = node.args[place] if place < len(node.args) else None
            if isinstance(code, ast.Constant) and isinstance(code.value, str):
                yield code.value


def test_every_code_that_is_answered_has_a_page_in_both_languages() -> None:
    answered = {code for path in _files() for code in _codes(path)}
    assert len(answered) > 150
    answered |= problem_types(whole_document()).keys()
    answered |= {refusal(MessageRefused(code, "")).code for code in get_args(ErrorCode)}
    assert answered - set(problem_pages.codes()) == set()


def test_what_is_recorded_is_what_is_declared() -> None:
    recorded = orjson.loads(problem_pages.RECORDED.read_bytes())
    assert recorded == problem_types(whole_document()), "`make client` writes it"
