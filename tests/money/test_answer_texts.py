"""Every sentence that callers read, kept to the byte: a changed one is a decision, not a slip."""

from __future__ import annotations

from pathlib import Path

import yaml

from tests.money.answer_texts import texts

TEXTS = Path(__file__).parent / "cases" / "texts.yaml"


def test_answers_say_what_they_said_before() -> None:
    assert texts() == yaml.safe_load(TEXTS.read_text("utf-8"))
