"""Grafana's own types take the dashboards, and leave nothing of them out."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.architecture.test_deploy import DEPLOY
from tests.architecture.test_kubernetes import LINTERS

# By the library that Grafana makes of its schemas: what it reads and writes again is what it knows.
AGAIN = """
import json, sys
from grafana_foundation_sdk.cog import encoder, plugins
from grafana_foundation_sdk.models.dashboard import Dashboard
plugins.register_default_plugins()
print(encoder.JSONEncoder().encode(Dashboard.from_json(json.load(sys.stdin))))
"""


def left_out(given: object, again: object, at: str = "") -> list[str]:
    """Return the places that stand in what was given alone, or otherwise."""
    if isinstance(given, dict) and isinstance(again, dict):
        return [
            p
            for key, value in given.items()
            for p in left_out(value, again.get(key), f"{at}/{key}")
        ]
    if isinstance(given, list) and isinstance(again, list) and len(given) == len(again):
        pairs = enumerate(zip(given, again, strict=True))
        return [place for n, pair in pairs for place in left_out(*pair, f"{at}/{n}")]
    return [] if given == again else [at]


@pytest.mark.parametrize(
    "path", sorted((DEPLOY / "grafana" / "dashboards").glob("*.json")), ids=lambda path: path.stem
)
def test_a_dashboard_is_of_grafanas_schema(path: Path) -> None:
    python = LINTERS / "python"
    text = path.read_text("utf-8")
    command = [str(python), "-W", "error", "-c", AGAIN]
    if (
        not python.exists()
        or subprocess.run([python, "-c", AGAIN.split("plugins.")[0]], check=False).returncode
    ):
        pytest.skip("no grafana-foundation-sdk (make tools): dashboards are not held to its schema")
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert left_out(json.loads(text), json.loads(done.stdout)) == []


def test_what_grafana_does_not_know_is_found() -> None:
    assert left_out({"a": 1, "b": [{"c": 2}]}, {"b": [{"c": 3}]}) == ["/a", "/b/0/c"]
