"""What a failing test leaves in `.evidence/<test>/`, for whoever cannot make it fail again."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parent.parent / ".evidence"
Source = Path | Callable[[], str]
_SOURCES: dict[str, Source] = {}
_LEFT: set[str] = set()


@contextmanager
def source(name: str, what: Source) -> Iterator[None]:
    """Keep this folder, or this text, of a test that fails from now on until the end.

    Left by an error it stays until that is reported, which is later than the error.
    """
    _SOURCES[name] = what
    _LEFT.discard(name)
    try:
        yield
    except BaseException:
        _LEFT.add(name)
        raise
    del _SOURCES[name]


def keep(test: str, report: pytest.TestReport) -> Path:
    """Write what is there of a test that has just failed; return the folder."""
    folder = FOLDER / re.sub(r"[^\w.-]+", "_", test.removeprefix("tests/"))[:120]
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    captured = "".join(f"\n\n== {title}\n{text}" for title, text in report.sections)
    (folder / f"{report.when}.txt").write_text(f"{report.longreprtext}{captured}\n", "utf-8")
    (folder / "machine.txt").write_text(_machine(), "utf-8")
    for name, what in _SOURCES.items():
        if isinstance(what, Path):
            shutil.copytree(what, folder / name, ignore_dangling_symlinks=True)
        else:
            (folder / name).write_text(what(), "utf-8")
    while _LEFT:
        del _SOURCES[_LEFT.pop()]
    return folder


def _machine() -> str:
    settings = sorted(f"{k}={v}" for k, v in os.environ.items() if k.startswith("REGISTRY_"))
    return "\n".join([f"load {os.getloadavg()}, processors {os.cpu_count()}", *settings, ""])
