"""What the client says of the registry is what the registry serves, and its types hold."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests import generating
from tests.clients.conftest import CLIENTS


def test_the_client_is_made_of_the_document_as_it_is(tmp_path: Path) -> None:
    generating.generate(tmp_path)
    for name in ("models.py", "operations.py"):
        made, kept = (tmp_path / name).read_text(), (generating.FOLDER / name).read_text()
        assert made == kept, f"{name} is of another document: run `make client`"


def test_its_types_hold() -> None:
    mypy = Path(sys.executable).parent / "mypy"
    result = subprocess.run(
        [mypy, "--strict", "--config-file=", "--no-error-summary", "-p", "poverty_registry"],
        env=os.environ | {"MYPYPATH": str(CLIENTS)},
        cwd=CLIENTS,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout
