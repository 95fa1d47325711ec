"""What is told to the world happened: `X.recorded` is said by ingest, and by nobody else."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from shared import messages

ROOT = Path(__file__).resolve().parents[2]
RECORDED = {
    name: value
    for name, value in vars(messages).items()
    if isinstance(value, str) and value.endswith(".recorded")
}
# The table of types, the table of who listens to them, and the facts, which say what ingest sends.
FACTS = {"areas", "households", "money", "press"}
TABLES = {
    "shared/messages.py",
    "services/worker/routes.py",
    *(f"shared/{subject}/facts.py" for subject in FACTS),
}


def files() -> list[Path]:
    """Return every file of the product outside ingest and the two tables."""
    found = [p for top in ("services", "shared") for p in (ROOT / top).rglob("*.py")]
    names = {p: p.relative_to(ROOT).as_posix() for p in found}
    return [p for p in found if names[p] not in TABLES and "services/ingest/" not in names[p]]


@pytest.mark.parametrize("path", files(), ids=lambda p: p.relative_to(ROOT).as_posix())
def test_only_ingest_can_say_that_something_was_recorded(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    names = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
    names |= {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)}
    names |= {n.name for n in ast.walk(tree) if isinstance(n, ast.alias)}
    texts = {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant)}
    assert not names & RECORDED.keys()
    assert not texts & set(RECORDED.values())


def test_the_table_of_routes_only_listens() -> None:
    tree = ast.parse((ROOT / "services/worker/routes.py").read_text("utf-8"))
    called = {ast.unparse(n.func) for n in ast.walk(tree) if isinstance(n, ast.Call)}
    assert not called & {"Message", "Message.new", "outbox.append", "outbox.resend"}


def test_a_work_order_is_not_called_like_something_that_happened() -> None:
    for kind in messages.MESSAGE_TYPES:
        order = ".due" in kind.name or "-due" in kind.name
        assert order == (kind.audience == "workers"), kind.name
