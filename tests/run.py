"""What `make test` runs: lint, types, import contracts, then the suite, its summary last.

A broker for the tests: REGISTRY_TEST_AMQP_URL, else localhost, else a private node of an installed
RabbitMQ, else (root on Debian) one installed by apt. Without any, those tests are reported loudly
as not run; with REGISTRY_REQUIRE_BROKER=1 the run fails.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests import evidence
from tests.broker import broker

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
# Each has a PostgreSQL of its own: some 400 MB.
PROCESSES_MAX = 4
# Many modules have a world of their own, so neighbours stay together until an idle process steals.
PARALLEL = ("-n", str(min(os.cpu_count() or 1, PROCESSES_MAX)), "--dist", "worksteal")
CHECKS = (
    ("lint", ["ruff", "check", "--quiet", "."]),
    ("format", ["ruff", "format", "--quiet", "--check", "."]),
    ("types", ["mypy", "--no-error-summary"]),
    ("import contracts", ["lint-imports", "--no-logo"]),
    ("complexity", ["complexipy", "services", "shared", "--failed", "--plain"]),
)


def main() -> int:
    """Run what was asked for; return the first failing exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lint-only", action="store_true")
    parser.add_argument("--proof", action="store_true", help="thousands of seeds")
    asked, rest = parser.parse_known_args()
    for name, command in CHECKS:
        print(f"== {name}", flush=True)
        if code := subprocess.run(
            [BIN / command[0], *command[1:]], cwd=ROOT, check=False
        ).returncode:
            print(f"== {name} failed", flush=True)
            return code
    if asked.lint_only:
        return 0
    return _tests(proof=asked.proof, rest=rest)


def _tests(*, proof: bool, rest: list[str]) -> int:
    shutil.rmtree(evidence.FOLDER, ignore_errors=True)
    environment = {**os.environ, "PYTHONWARNINGS": "error::DeprecationWarning:shared"}
    if proof:
        environment |= {"REGISTRY_SEEDS": "5000", "REGISTRY_KILLS": "300", "REGISTRY_PROOF": "1"}
    with broker() as url:
        if url is None and os.environ.get("REGISTRY_REQUIRE_BROKER") == "1":
            print("== no RabbitMQ can be had, and REGISTRY_REQUIRE_BROKER=1", flush=True)
            return 1
        if url is None:
            print("== NOT RUN: every test that needs RabbitMQ, for there is none", flush=True)
        else:
            environment["REGISTRY_TEST_AMQP_URL"] = url
            environment["REGISTRY_REQUIRE_BROKER"] = "1"
        print("== tests", flush=True)
        command = [sys.executable, "-m", "pytest", *PARALLEL, "--durations=20", *rest]
        return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
