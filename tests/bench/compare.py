"""`make bench-compare A=… B=… T=…`: two commits measured in turn by one bench, several rounds.

In turn, because a machine is busier at one time than at another; by this commit's bench, because an
older one measured other work. Only parts that go through the doors run on any commit.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

import orjson
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("bulk_embedded", "bulk_embedded_5", "single", "read_household", "timeline")

Rounds = dict[str, dict[str, list[dict[str, Any]]]]


def main() -> None:
    """Measure the parts on both commits and print the medians side by side."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("a", help="a commit")
    parser.add_argument("b", help="another")
    parser.add_argument("parts", nargs="*", default=list(PARTS))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--households", type=int, default=20_000)
    asked = parser.parse_args()
    rounds: Rounds = {part: {asked.a: [], asked.b: []} for part in asked.parts}
    with tempfile.TemporaryDirectory(prefix="registry-compare-") as folder:
        trees = {commit: _checkout(commit, Path(folder)) for commit in (asked.a, asked.b)}
        try:
            for number in range(asked.rounds):
                # First the one, then the other first: what grows warm serves both.
                for commit in sorted(trees, reverse=bool(number % 2)):
                    measured = _measure(trees[commit], asked)
                    for part in asked.parts:
                        rounds[part][commit].append(measured[part])
        finally:
            for tree in trees.values():
                _git("worktree", "remove", "--force", str(tree))
    _print(rounds, asked.a, asked.b)


def _checkout(commit: str, folder: Path) -> Path:
    tree = folder / _git("rev-parse", "--short", commit).strip()
    _git("worktree", "add", "--detach", str(tree), commit)
    shutil.rmtree(tree / "tests" / "bench")
    shutil.copytree(ROOT / "tests" / "bench", tree / "tests" / "bench")
    return tree


def _git(*arguments: str) -> str:
    return subprocess.run(
        ["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout


def _measure(tree: Path, asked: argparse.Namespace) -> dict[str, Any]:
    result = tree / "bench.json"
    command = [sys.executable, "-m", "tests.bench", *asked.parts]
    command += ["--households", str(asked.households), "--json", str(result)]
    subprocess.run(command, cwd=tree, check=True)
    measured: dict[str, Any] = orjson.loads(result.read_bytes())
    return measured


def _print(rounds: Rounds, a: str, b: str) -> None:
    table = Table("figure", f"{a}: ratio", f"{b}: ratio", "B/A", f"{a}: CPU µs", f"{b}: CPU µs")
    for part, by_commit in rounds.items():
        one, other = (median(m["ratio"] for m in by_commit[commit]) for commit in (a, b))
        spent = [median(map(_spent, by_commit[commit])) for commit in (a, b)]
        change = f"{other / one:.2f}"
        table.add_row(part, f"{one:.3f}", f"{other:.3f}", change, *(f"{s:.0f}" for s in spent))
    Console(highlight=False).print(table)


def _spent(figures: dict[str, Any]) -> float:
    """Return the processor's microseconds an event or an answer, of the last year if by years."""
    spent = figures.get("cpu_us_an_event", [figures.get("cpu_us_an_answer", {})])
    return float(sum(spent[-1].values()))


if __name__ == "__main__":
    main()
