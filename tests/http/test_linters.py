"""What others run on the documents: linters; no error and no warning.

`make test` installs those of npm where there is npm; without them this skips, and says so.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import orjson
import pytest

from shared.http import asyncapi
from tests.http.documents import whole_document

TOOLS = Path(__file__).resolve().parents[1] / "tools"
PROGRAMS = TOOLS / "node_modules" / ".bin"

needs_npm = pytest.mark.skipif(
    shutil.which("node") is None or not PROGRAMS.exists(),
    reason="node and tests/tools/node_modules are needed (`make tools`): documents are not linted",
)


def run(folder: Path, document: dict[str, Any], program: str, *arguments: str) -> str:
    """Run a program on a document; fails with what it says."""
    path = folder / "document.json"
    path.write_bytes(orjson.dumps(document))
    command = [str(PROGRAMS / program), *(str(path) if a == "DOCUMENT" else a for a in arguments)]
    result = subprocess.run(command, capture_output=True, text=True, check=False, cwd=TOOLS)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout + result.stderr


@needs_npm
def test_redocly_finds_nothing(tmp_path: Path) -> None:
    text = run(tmp_path, whole_document(), "redocly", "lint", "--config=redocly.yaml", "DOCUMENT")
    assert "Your API description is valid" in text
    assert "warning" not in text.replace("Deprecation warning", "")


@needs_npm
@pytest.mark.parametrize(
    "document", [whole_document(), asyncapi.document()], ids=["openapi", "asyncapi"]
)
def test_spectral_finds_nothing(tmp_path: Path, document: dict[str, Any]) -> None:
    options = ("--ruleset=spectral.yaml", "--fail-severity=warn", "--display-only-failures")
    text = run(tmp_path, document, "spectral", "lint", *options, "DOCUMENT")
    assert "No results with a severity of 'warn' or higher found" in text
