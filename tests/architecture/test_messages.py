"""What is told to the world happened: `X.recorded` is said by ingest, and by nobody else."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from services.worker.due import due_works
from shared import messages
from shared.law.store.seeds import SeedCache

ROOT = Path(__file__).resolve().parents[2]
RECORDED = {
    name: value
    for name, value in vars(messages).items()
    if isinstance(value, str) and value.endswith(".recorded")
}
# The table of types, who listens to them, what else carries work that is due, the facts, which say
# what ingest sends, and what subscribers are told of under the same names.
FACTS = {"areas", "households", "money", "press"}
TABLES = {
    "shared/messages.py",
    "services/worker/routes.py",
    "services/worker/due.py",
    "services/worker/webhooks/news.py",
    "shared/subscriptions/subscription.py",
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


@pytest.mark.parametrize("table", ["routes", "due", "webhooks/news"])
def test_the_tables_of_the_worker_send_nothing(table: str) -> None:
    tree = ast.parse((ROOT / f"services/worker/{table}.py").read_text("utf-8"))
    called = {ast.unparse(n.func) for n in ast.walk(tree) if isinstance(n, ast.Call)}
    assert not called & {"Message", "Message.new", "outbox.append", "outbox.resend"}


def test_a_work_order_is_not_called_like_something_that_happened() -> None:
    for kind in messages.MESSAGE_TYPES:
        order = ".due" in kind.name or "-due" in kind.name
        assert order == (kind.audience == "workers"), kind.name


def test_what_is_due_is_ordered_and_never_said_to_have_been_recorded() -> None:
    for work in due_works(SeedCache()):
        orders = work.orders(["fund:F"])
        assert orders and not set(orders) & set(RECORDED.values()), work.name
