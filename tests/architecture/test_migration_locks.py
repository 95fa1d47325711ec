"""What a migration locks while doors stay open, by squawk's rules.

New ones hold no lock that a large table feels: an index is of a new table or made concurrently, a
constraint comes `NOT VALID` first, a column has no default that is written to each row. Old ones
are listed with what they do.
"""

from __future__ import annotations

import importlib.util
import io
import json
import shutil
import subprocess
from collections import defaultdict
from pathlib import Path

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations

from tests.architecture.test_expand_contract import VERSIONS
from tests.architecture.test_kubernetes import LINTERS

# Of taste, or of the session: `registry migrate` is one transaction that waits for its own lock.
NOT_ASKED = (
    "prefer-bigint-over-int",
    "prefer-bigint-over-smallint",
    "require-lock-timeout",
    "require-statement-timeout",
)
# They ask the database what to do, so there is no text to look at before.
READING = {"0010", "0015", "0021", "0023", "0031", "0041"}
_CONCURRENTLY = "require-concurrent-index-creation"
# Merged before this rule, or of tables that are small when the migration meets them.
KNOWN = {
    "0005": {
        "adding-required-field",
        "adding-serial-primary-key-field",
        "ban-drop-column",
        "ban-drop-constraint",
        "constraint-missing-not-valid",
    },
    "0008": {_CONCURRENTLY},
    "0009": {
        "adding-serial-primary-key-field",
        "ban-drop-constraint",
        "constraint-missing-not-valid",
    },
    "0011": {"ban-drop-constraint", "constraint-missing-not-valid"},
    "0013": {_CONCURRENTLY},
    "0014": {_CONCURRENTLY},
    "0022": {_CONCURRENTLY},
    "0035": {
        "adding-serial-primary-key-field",
        "ban-drop-constraint",
        "constraint-missing-not-valid",
    },
    "0036": {_CONCURRENTLY, "adding-not-nullable-field"},
    # Episodes: ten million rows are a minute in which workers wait, and doors go on.
    "0038": {_CONCURRENTLY, "require-concurrent-index-deletion"},
    # Figures of articles, and three notices of a household that left the lists: seconds.
    "0042": {_CONCURRENTLY},
}


def statements(path: Path) -> str | None:
    """Return the SQL of an upgrade, None where it asks the database."""
    spec = importlib.util.spec_from_file_location(f"migration_{path.stem}", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    text = io.StringIO()
    options = {"as_sql": True, "output_buffer": text}
    context = MigrationContext.configure(dialect_name="postgresql", opts=options)
    with Operations.context(context):
        try:
            module.upgrade()
        except AttributeError:
            return None
    return f"BEGIN;\n{text.getvalue()}COMMIT;\n"


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the SQL of every migration that has one."""
    folder = tmp_path_factory.mktemp("migrations")
    for path in VERSIONS.glob("0*.py"):
        if (text := statements(path)) is not None:
            (folder / f"{path.stem}.sql").write_text(text, "utf-8")
    return folder


def squawk(files: list[Path]) -> dict[str, set[str]]:
    """Return the rules that each file breaks, by the number of its migration."""
    program = shutil.which("squawk", path=f"{LINTERS}") or shutil.which("squawk")
    if program is None:
        pytest.skip("no squawk (make tools): what migrations lock is not looked at")
    excluded = [f"--exclude={rule}" for rule in NOT_ASKED]
    command = [program, "--pg-version=17", "--reporter=json", *excluded, *map(str, files)]
    said = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    broken = defaultdict(set)
    for one in json.loads(said):
        broken[Path(one["file"]).name[:4]].add(one["rule_name"])
    return dict(broken)


def test_what_is_known_before_it_runs_is_written_down(written: Path) -> None:
    numbers = {path.stem[:4] for path in VERSIONS.glob("0*.py")}
    assert numbers - {path.stem[:4] for path in written.iterdir()} == READING


def test_migrations_lock_nothing_that_is_not_listed(written: Path) -> None:
    assert squawk(sorted(written.iterdir())) == KNOWN


def test_a_lock_is_found(tmp_path: Path) -> None:
    file = tmp_path / "0999.sql"
    file.write_text("BEGIN;\nCREATE INDEX ix ON episodes (status);\nCOMMIT;\n")
    assert squawk([file]) == {"0999": {_CONCURRENTLY}}
