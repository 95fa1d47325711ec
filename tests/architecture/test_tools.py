"""What developers are given works: evidence of failures, one test, drafts of migrations."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests import evidence, one
from tests.migration import write_migration


def _failure(**parts: Any) -> Any:
    return SimpleNamespace(**{"when": "call", "longreprtext": "1 != 2", "sections": [], **parts})


def test_a_failing_test_leaves_its_report_its_log_and_what_it_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence, "FOLDER", tmp_path / "evidence")
    monkeypatch.setenv("REGISTRY_FIRST_SEED", "7")
    logs = tmp_path / "logs"
    logs.mkdir()
    (logs / "worker1.log").write_text("killed")
    report = _failure(sections=[("Captured log call", "a warning")])
    with evidence.source("logs", logs), evidence.source("schedule.txt", lambda: "before commit"):
        folder = evidence.keep("tests/money/test_x.py::test_it[embedded-3]", report)
    assert folder == tmp_path / "evidence" / "money_test_x.py_test_it_embedded-3_"
    texts = {str(p.relative_to(folder)): p.read_text() for p in folder.rglob("*") if p.is_file()}
    assert texts.pop("call.txt") == "1 != 2\n\n== Captured log call\na warning\n"
    assert "REGISTRY_FIRST_SEED=7" in texts.pop("machine.txt")
    assert texts == {"logs/worker1.log": "killed", "schedule.txt": "before commit"}
    again = evidence.keep("tests/money/test_x.py::test_it[embedded-3]", report)
    assert {p.name for p in again.iterdir()} == {"call.txt", "machine.txt"}


def test_what_an_error_leaves_is_there_until_it_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence, "FOLDER", tmp_path)
    with pytest.raises(ZeroDivisionError), evidence.source("schedule.txt", lambda: "1/0"):
        raise ZeroDivisionError
    texts = [(evidence.keep(f"t{n}", _failure()) / "schedule.txt").exists() for n in range(2)]
    assert texts == [True, False]


def test_one_takes_a_path_or_looks_for_the_files_that_speak_of_it() -> None:
    assert one.arguments("tests/money") == ["tests/money"]
    assert one.arguments("tests/kernel/test_ids.py::test_x") == ["tests/kernel/test_ids.py::test_x"]
    expression = "test_one_takes_a_path or equals_the_standard_librarys"
    here = "tests/architecture/test_tools.py"
    assert one.arguments(expression) == ["-k", expression, here, "tests/kernel/test_ids.py"]


async def test_no_migration_is_written_when_there_is_nothing_to_migrate(dsn: str) -> None:
    assert await write_migration(dsn, "nothing") is None
