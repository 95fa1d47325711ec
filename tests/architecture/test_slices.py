"""What the import contracts cannot say: a subject's pure part never reaches for its store."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"
SUBJECTS = ("areas", "access", "law", "households", "money", "press", "spdci", "subscriptions")


def imported(path: Path) -> set[str]:
    """Return every module that a file names in an import."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    return names


@pytest.mark.parametrize("subject", SUBJECTS)
def test_the_pure_part_of_a_subject_never_imports_a_store(subject: str) -> None:
    pure = [p for p in (SHARED / subject).rglob("*.py") if "store" not in p.parts]
    assert pure
    reached = {
        f"{path.relative_to(SHARED)} -> {name}"
        for path in pure
        for name in imported(path)
        if ".store." in name or name.startswith("shared.kernel.database")
    }
    assert not reached


STATEMENT = re.compile(
    r"\s*(SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH|SHOW|SET LOCAL|LOCK|TRUNCATE|ANALYZE)\b"
)
SQL_STANDS = {"kernel", "store", "messaging", "migrations"}


def statements(path: Path) -> set[str]:
    """Return the beginning of each SQL statement that a file holds."""
    texts = (
        node.value
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
    return {text.strip()[:40] for text in texts if STATEMENT.match(text)}


def test_sql_stands_in_the_kernel_in_the_stores_and_in_messaging() -> None:
    paths = [p for top in ("services", "shared") for p in (SHARED.parent / top).rglob("*.py")]
    found = {str(p): said for p in paths if (said := statements(p))}
    outside = {p: said for p, said in found.items() if not SQL_STANDS & set(Path(p).parts)}
    assert found, "a statement could no longer be told"
    assert not outside
