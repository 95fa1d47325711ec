"""`registry` is a program after `make`: it runs from anywhere, out of a folder of any name."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from shared import VERSION

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ".venv/bin/registry"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout whose environment is there already: that of the tests, which stays as it is."""
    folder = tmp_path / "bản sao của tôi"
    (folder / ".venv" / "bin").mkdir(parents=True)
    for name in ("Makefile", "requirements.lock", "services", "shared", "seeds"):
        (folder / name).symlink_to(ROOT / name)
    environment = Path(sys.prefix)
    for name in ("lib", "pyvenv.cfg"):
        (folder / ".venv" / name).symlink_to(environment / name)
    (folder / ".venv" / "bin" / "python").symlink_to(environment / "bin" / "python")
    (folder / ".venv" / "runtime").touch()
    return folder


def test_the_program_runs_from_anywhere(checkout: Path, tmp_path: Path) -> None:
    subprocess.run(["make", "-s", PROGRAM], cwd=checkout, check=True)
    command = [str(checkout / PROGRAM), "--version"]
    told = subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, text=True)
    assert told.stdout == f"registry {VERSION}\n"


def test_make_run_makes_it(checkout: Path) -> None:
    planned = subprocess.run(
        ["make", "-n", "run"], cwd=checkout, check=True, capture_output=True, text=True
    )
    assert f"> {PROGRAM}" in planned.stdout
