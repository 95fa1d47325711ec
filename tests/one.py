"""What `make one T=…` runs: the tests of a path, or those whose names an expression describes.

Only the files that speak of the expression's words are collected: all of them take ten seconds.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OPERATORS = {"and", "or", "not"}


def main() -> int:
    """Run pytest; return its exit code."""
    wanted = " ".join(sys.argv[1:]).strip()
    if not wanted:
        print('say which: make one T=tests/money/test_apportionment.py, or T="funds and not bad"')
        return 2
    command = [sys.executable, "-m", "pytest", "-q", "--durations=3", *arguments(wanted)]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def arguments(wanted: str) -> list[str]:
    """Return what pytest needs to be told."""
    if (ROOT / wanted.partition("::")[0]).exists():
        return [wanted]
    return ["-k", wanted, *files(wanted)]


def files(expression: str) -> list[str]:
    """Return the test files that could hold a match; none, which means all, if no word is known."""
    words = {word.lower() for word in re.findall(r"\w+", expression)} - OPERATORS
    return [
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / "tests").rglob("test_*.py"))
        if any(
            word in f"{path.relative_to(ROOT)}{path.read_text('utf-8')}".lower() for word in words
        )
    ]


if __name__ == "__main__":
    sys.exit(main())
