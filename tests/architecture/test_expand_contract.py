"""Migrations expand first: what the release before still reads or writes stays as it is.

While an upgrade runs, old doors work on the new schema (`make compose-test`, step `upgrade`). What
takes something away from them is listed here, with the reason why it may.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

VERSIONS = Path(__file__).resolve().parents[2] / "shared" / "migrations" / "versions"
# What takes something away all the same, and why old code bears it.
ALLOWED = {
    # Merged before this rule; `make compose-test` goes over them from 0.1.0 and loses nothing.
    "0005": {"add_column that old writers leave out", "drop_column", "drop_constraint"},
    "0009": {"drop_constraint"},
    "0011": {"drop_constraint"},
    # Of the versions of seeds, which `registry seed` alone writes, and `migrate` has run it.
    "0035": {"drop_constraint"},
    # Of subscriptions, which no release before this one has.
    "0036": {"alter_column"},
}
TAKES_AWAY = {"drop_table", "drop_column", "rename_table", "alter_column", "drop_constraint"}


def faults(source: str) -> set[str]:
    """Return what an upgrade does that old code, or a large table, may not bear."""
    upgrades = [
        node
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef) and node.name != "downgrade"
    ]
    calls = [c for each in upgrades for c in ast.walk(each) if isinstance(c, ast.Call)]
    return {fault for call in calls if (fault := _fault(call))}


def _fault(call: ast.Call) -> str | None:
    if not (isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name)):
        return None
    if call.func.value.id != "op":
        return None
    name, given = call.func.attr, {word.arg for word in call.keywords}
    if name == "alter_column":
        return (
            name if given & {"new_column_name", "type_"} or _says(call, "nullable", False) else None
        )
    if name in TAKES_AWAY:
        return name
    if name == "add_column" and (column := _column(call)) is not None:
        needed = _says(column, "nullable", False)
        filled = any(word.arg == "server_default" for word in column.keywords)
        return "add_column that old writers leave out" if needed and not filled else None
    return None


def _column(call: ast.Call) -> ast.Call | None:
    return next((one for one in call.args if isinstance(one, ast.Call)), None)


def _says(call: ast.Call, name: str, value: object) -> bool:
    return any(
        word.arg == name and isinstance(word.value, ast.Constant) and word.value.value is value
        for word in call.keywords
    )


@pytest.mark.parametrize("path", sorted(VERSIONS.glob("0*.py")), ids=lambda path: path.stem)
def test_a_migration_takes_nothing_away(path: Path) -> None:
    assert faults(path.read_text("utf-8")) == ALLOWED.get(path.stem[:4], set())


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ('op.drop_column("funds", "name")', "drop_column"),
        ('op.alter_column("funds", "name", new_column_name="title")', "alter_column"),
        ('op.alter_column("funds", "name", nullable=False)', "alter_column"),
        ('op.alter_column("funds", "name", nullable=True)', None),
        ('op.add_column("funds", sa.Column("name", sa.Text(), nullable=True))', None),
        (
            'op.add_column("funds", sa.Column("name", sa.Text(), nullable=False))',
            "add_column that old writers leave out",
        ),
        (
            'op.add_column("f", sa.Column("n", sa.Text(), nullable=False, server_default=""))',
            None,
        ),
    ],
)
def test_what_the_rule_sees(line: str, fault: str | None) -> None:
    assert faults(f"def upgrade():\n    {line}") == ({fault} - {None})
    assert faults(f"def downgrade():\n    {line}") == set()
