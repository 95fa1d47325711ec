"""Each decision is a page that says why, at what price, and when to look at it again."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RECORDS = sorted((ROOT / "docs" / "decisions").glob("*.md"))


def test_every_record_has_a_number_of_its_own() -> None:
    numbers = [path.name[:4] for path in RECORDS]
    assert len(numbers) >= 12
    assert len(numbers) == len(set(numbers))
    assert all(number.isdecimal() for number in numbers)


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_a_record_says_when_to_look_again(path: Path) -> None:
    text = path.read_text("utf-8")
    assert re.match(r"# \d+\. \S", text), "the title begins with the number"
    assert re.search(r"revisit when\W+\w.{20,}", text, re.IGNORECASE | re.DOTALL)


def test_the_readme_lists_every_record() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert not [path.name for path in RECORDS if f"docs/decisions/{path.name}" not in readme]


def test_nothing_is_deleted_but_what_a_decision_lets_go() -> None:
    """Decision 42 lists it: an answer once given rests on all other rows for ever."""
    decision = (ROOT / "docs/decisions/0042-what-was-known-stays.md").read_text("utf-8")
    listed = re.findall(r"^\| (`.+?) \|", decision, re.MULTILINE)
    files = [path for top in ("services", "shared") for path in (ROOT / top).rglob("*.py")]
    code = "\n".join(path.read_text("utf-8") for path in files if "versions" not in path.parts)
    deleted = set(re.findall(r"(?:DELETE FROM|TRUNCATE)\s+(\w+)", code))
    assert deleted
    assert deleted <= set(re.findall(r"`(\w+)`", " ".join(listed)))
