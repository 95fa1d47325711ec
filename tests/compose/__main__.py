"""Walk the steps on an engine, print a table, end with 1 if one fails."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

import yaml
from rich.console import Console
from rich.table import Table

from tests.compose.engine import ROOT, NoEngine, environment
from tests.compose.stack import Stack
from tests.compose.steps import NotRun, Walk

out = Console(highlight=False, width=150)
# Without them nothing that follows can run.
NEEDED = {"secrets", "build", "up"}


def main() -> int:
    """Run every step, or those named after the first four."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("only", nargs="*", help="steps beside those that start the stack")
    parser.add_argument("--keep", action="store_true", help="leave the stack running")
    asked = parser.parse_args()
    try:
        variables = environment(_images())
    except NoEngine as error:
        out.print(f"NOT RUN: there is no container engine: {error}")
        return 2
    with tempfile.TemporaryDirectory(prefix="registry-compose-") as folder:
        walk = Walk(Stack.copied(Path(folder) / "registry", variables))
        try:
            return _walk(walk, set(asked.only))
        finally:
            if not asked.keep:
                walk.stack.compose("--profile", "*", "down", "-v", check=False)


def _walk(walk: Walk, only: set[str]) -> int:
    table, failed = Table("step", "seconds", "", "seen"), 0
    for step in walk.steps():
        name = step.__name__
        if only and name not in NEEDED | only:
            continue
        out.print(f"{name}: {step.__doc__}")
        start = time.monotonic()
        try:
            outcome, seen = "ok", step()
        except NotRun as error:
            outcome, seen = "not run", str(error)
        except Exception as error:  # each step is told of, whatever ended it
            outcome, seen, failed = "FAILED", f"{type(error).__name__}: {error}", failed + 1
        table.add_row(name, f"{time.monotonic() - start:.0f}", outcome, seen)
        out.print(f"  {outcome}: {seen}", markup=False)
        if outcome == "FAILED" and name in NEEDED:
            break
    out.print(table)
    return 1 if failed else 0


def _images() -> list[str]:
    """Return the images that the compose file names by default."""
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))["services"]
    named = [services["migrate"]["build"]["args"]["PYTHON_IMAGE"]]
    named += [service["image"] for service in services.values()]
    return [one.split(":-", 1)[1].rstrip("}") for one in named if one.count(":-") == 1]


if __name__ == "__main__":
    sys.exit(main())
