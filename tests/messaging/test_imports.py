"""What may know what inside the messaging core."""

from __future__ import annotations

import ast
from pathlib import Path

import shared.messaging

FOLDER = Path(shared.messaging.__file__).parent
PURE = ("received", "message", "outcome", "cancellation", "topology", "transport")


def imports(name: str) -> set[str]:
    """Return the modules that a module imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse((FOLDER / f"{name}.py").read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return found


def test_only_the_rabbitmq_modules_know_the_client() -> None:
    names = {path.stem for path in FOLDER.glob("*.py")}
    users = {name for name in names if any(i.startswith("aio_pika") for i in imports(name))}
    assert users == {"rabbitmq"}
    under = {
        name for name in names if any(i.startswith(("aiormq", "pamqp")) for i in imports(name))
    }
    assert under == {
        "rabbitmq",
        "rabbitmq_consuming",
        "rabbitmq_faults",
        "rabbitmq_spent",
        "rabbitmq_subscription",
    }


def test_nothing_here_knows_the_services_or_a_subject() -> None:
    subjects = tuple(f"shared.{s}" for s in ("areas", "law", "households", "money", "press"))
    for path in FOLDER.glob("*.py"):
        for name in imports(path.stem):
            assert not name.startswith(("services", "shared.messages", *subjects))


def test_rejecting_by_context_manager_and_iterating_are_not_used() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in FOLDER.glob("rabbitmq*.py"))
    assert ".process(" not in text and ".iterator(" not in text and "connect_robust" not in text


def test_the_pure_parts_start_nothing() -> None:
    for name in PURE:
        text = (FOLDER / f"{name}.py").read_text(encoding="utf-8")
        assert "create_task" not in text and "structlog" not in text
