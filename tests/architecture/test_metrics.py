"""Each metric is listed with meaning and unit; no process exports another one."""

from __future__ import annotations

import re
from pathlib import Path

from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from shared.observability.metrics import Measured, Metrics
from tests.metrics import LIST, listed, table

ROOT = Path(__file__).resolve().parents[2]


def test_the_list_is_what_is_declared() -> None:
    assert LIST.read_text("utf-8") == table(), "run `python -m tests.metrics`"


def test_each_says_what_it_means_in_a_sentence() -> None:
    for metric in listed():
        (family,) = metric.describe()
        assert re.fullmatch(r"[A-Z].*\.", family.documentation), family.name
        assert family.name.startswith("registry_")


def test_nothing_unlisted_is_exported() -> None:
    metrics = Metrics()
    metrics.http("BREW", "/v1/things", 418, 0.1)
    Measured(metrics).batch("assess_households", 3, 0.1, 1)
    text = generate_latest(metrics.registry).decode()
    # With each counter and histogram comes the instant since which it counts.
    families = text_string_to_metric_families(text)
    exported = {family.name.removesuffix("_created") for family in families}
    names = set(re.findall(r"^\| `(\w+?)(?:_total)?` ", LIST.read_text("utf-8"), re.MULTILINE))
    assert exported <= names
    assert len(names) == len(listed())


def test_no_metric_is_made_anywhere_else() -> None:
    """A process exports the one registry of `Metrics`: what else is made nobody sees."""
    makers = re.compile(r"\b(Counter|Gauge|Histogram|Summary)\(\s*[\"']")
    for top in ("services", "shared"):
        for path in (ROOT / top).rglob("*.py"):
            if path.name != "metrics.py":
                assert not makers.search(path.read_text("utf-8")), path
