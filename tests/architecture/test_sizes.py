"""Sizes: no function is longer than a screen; long files are reported, worth a second look."""

from __future__ import annotations

import ast
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[2]
FILE_LINES, FUNCTION_LINES = 250, 60


def _files() -> list[Path]:
    found = [p for top in ("services", "shared") for p in (ROOT / top).rglob("*.py")]
    return [path for path in found if "versions" not in path.parts]


def _functions(path: Path) -> list[tuple[str, int]]:
    tree = ast.parse(path.read_text("utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [
        (f"{path.relative_to(ROOT)}:{node.name}", (node.end_lineno or 0) - node.lineno + 1)
        for node in ast.walk(tree)
        if isinstance(node, kinds)
    ]


def test_no_function_is_longer_than_a_screen() -> None:
    lengths = {p: len(p.read_text("utf-8").splitlines()) for p in _files()}
    functions = [f for path in lengths for f in _functions(path)]
    long_files = sorted((n, str(p.relative_to(ROOT))) for p, n in lengths.items() if n > FILE_LINES)
    long_functions = sorted((n, name) for name, n in functions if n > FUNCTION_LINES)
    print(f"{len(lengths)} files, median {median(lengths.values()):.0f} lines")
    print(f"{len(functions)} functions, median {median(n for _, n in functions):.0f} lines")
    print("over the limits:", long_files, long_functions)
    assert functions
    assert not long_functions


def test_nothing_is_left_behind() -> None:
    marks = ("TO" + "DO", "FIX" + "ME", "XX" + "X", "Not" + "ImplementedError")
    for path in _files():
        text = path.read_text("utf-8")
        for mark in marks:
            assert mark not in text, path
