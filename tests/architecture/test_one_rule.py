"""Each rule stands once: what another file says again in its own words fails here.

A copy is right on the day it is written, and wrong from the first correction that reaches only one.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[2]


class OneRule(NamedTuple):
    """A rule, where it stands, how a copy of it looks, and why there may be none."""

    rule: str
    home: str
    copy: str
    reason: str
    also: tuple[str, ...] = ()


RULES = (
    OneRule(
        "the numbers of advisory locks",
        "shared/kernel/locks.py",
        r"\b7_?361_?\d{3}\b|advisory\w*\(\d|_LOCK = \d",
        "one number for two locks lets what has nothing in common wait for each other",
    ),
    OneRule(
        "which revision counts",
        "shared/kernel/revisions.py",
        r"DISTINCT ON \((\w+\.)?source|\bn\.revision >|ORDER BY [^)\n]*revision DESC",
        "a correction that one answer sees and the next one does not",
    ),
    OneRule(
        "net paid",
        "shared/money/store/net_paid.py",
        r"WHEN '(paid|returned)'|kind = '(paid|returned)'\)|\bpaid - (\w+\.)?returned\b",
        "a payment that counts in one sum and not in another makes money out of nothing",
        # Whether anything came back at all is another question than how much.
        ("shared/money/store/household_norm.py",),
    ),
    OneRule(
        "the published percentage",
        "shared/law/percent.py",
        r"20_000 \* |ROUND_HALF_(UP|EVEN)|round\(100 \*",
        "two roundings of one rate differ in the last digit, and a line's score with them",
        # What a figure of an article is compared with is rounded to the places that it prints.
        ("shared/press/figures/", "shared/press/findings.py"),
    ),
    OneRule(
        "the two lists",
        "shared/law/standards.py",
        r"""["']poor["'],\s*["']near_poor["']""",
        "a third list, or another order, would hold in one answer and not in the next",
        # There the names are tags of words, not the statuses of households.
        ("shared/press/figures/",),
    ),
    OneRule(
        "how Vietnamese writes numbers",
        "shared/kernel/texts.py",
        r"""replace\(["'],["'], ?["']\.["']\)|maketrans\(["'],\.["']""",
        "1.234 in one sentence and 1,234 in another are two numbers to their readers",
    ),
    OneRule(
        "what speaks against superseding a run",
        "shared/money/superseding.py",
        r"already_superseded|is no completed and committed run",
        "what the door takes, the worker must not refuse in other words a second later",
    ),
    OneRule(
        "which runs hold money",
        "shared/money/store/run_states.py",
        r"state = 'completed' AND \S*mode = 'commit'",
        "a preview that counts in one sum only would hold money that nobody has",
        # An index is declared by the columns themselves.
        ("shared/money/store/runs.py",),
    ),
    OneRule(
        "households listed per area and day",
        "shared/households/store/list_counts.py",
        r"status = ANY\([^)]*\)[^\"]*GROUP BY area_id, status|def listed\(",
        "scores, rates and articles must count the same households",
    ),
)


def sources() -> dict[str, str]:
    """Return every module of the product by its path; migrations are history and stay as made."""
    paths = [p for top in ("services", "shared") for p in (ROOT / top).rglob("*.py")]
    return {
        str(path.relative_to(ROOT)): path.read_text("utf-8")
        for path in paths
        if "versions" not in path.parts
    }


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.rule)
def test_each_rule_stands_once(rule: OneRule) -> None:
    copies = [
        f"{path}:{text[: copy.start()].count(chr(10)) + 1}: {copy.group()!r}"
        for path, text in sources().items()
        if path != rule.home and not path.startswith(rule.also or ("none",))
        for copy in re.finditer(rule.copy, text)
    ]
    assert not copies, f"{rule.rule} stands in {rule.home}, because {rule.reason}"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.rule)
def test_each_rule_is_where_it_is_said_to_be(rule: OneRule) -> None:
    assert (ROOT / rule.home).is_file()
    assert re.search(rule.copy, sources()[rule.home]), "a copy could no longer be told"
