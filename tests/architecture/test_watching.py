"""Rules, runbook and dashboards: they speak of what exists, and leave nothing out."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.worker.due import due_works
from services.worker.routes import routes
from shared.law.store.seeds import SeedCache
from shared.settings import Settings
from tests.dashboards import GRAFANA, described, written
from tests.metrics import LIST

ROOT = Path(__file__).resolve().parents[2]
PROMETHEUS = ROOT / "deploy" / "prometheus"
OWN = set(re.findall(r"^\| `(\w+)`", LIST.read_text("utf-8"), re.MULTILINE))
# What Prometheus and RabbitMQ measure themselves.
OTHERS = {
    "up",
    "rabbitmq_alarms_free_disk_space_watermark",
    "rabbitmq_alarms_memory_used_watermark",
    "rabbitmq_queue_messages_ready",
    "rabbitmq_queue_messages_unacked",
}
# What PromQL has besides metrics, as far as these files use it.
PROMQL = {
    *("sum", "max", "min", "by", "on", "and", "or", "unless", "topk", "rate", "increase", "deriv"),
    *("absent", "vector", "histogram_quantile", "min_over_time"),
    *("le", "job", "method", "outcome", "reason", "route", "status", "work"),
}
RULES: list[dict[str, Any]] = [
    rule
    for group in yaml.safe_load((PROMETHEUS / "alerts.yml").read_text("utf-8"))["groups"]
    for rule in group["rules"]
]
RUNBOOK = (ROOT / "docs" / "runbook.md").read_text("utf-8")
ENTRIES = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", RUNBOOK, re.MULTILINE | re.DOTALL))
EXPRESSIONS = {
    f"{subject}: {panel['title']}": " ".join(panel["lines"].values())
    for subject, words in described().items()
    for panel in words["panels"]
}


def metrics_in(expression: str) -> set[str]:
    bare = re.sub(r'"[^"]*"|\[[^\]]*\]', " ", expression)
    words = set(re.findall(r"\b[a-z_]\w*\b", bare)) - PROMQL
    return {word.removesuffix("_bucket") for word in words}


def test_alerts_use_what_is_measured_and_say_what_to_do() -> None:
    for rule in RULES:
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert rule["annotations"].keys() == {"summary", "action"}
        assert metrics_in(rule["expr"]) <= OWN | OTHERS, rule["alert"]
    assert len({rule["alert"] for rule in RULES}) == len(RULES)


def test_each_alert_has_its_entry_in_the_runbook_and_each_entry_its_alert() -> None:
    assert ENTRIES.keys() == {rule["alert"] for rule in RULES}
    for rule in RULES:
        entry = ENTRIES[rule["alert"]]
        assert entry.strip().startswith(f"*{rule['labels']['severity']}.*"), rule["alert"]
        for part in ("Look", "Do"):
            assert re.search(rf"^- \*\*{part}\*\*: .{{40,}}", entry, re.MULTILINE), rule["alert"]


def test_the_runbook_names_lines_of_the_log_that_are_written() -> None:
    named = set(re.findall(r"`([a-z]+\.[a-z_]+)`", RUNBOOK))
    code = [
        p.read_text("utf-8") for top in ("services", "shared") for p in (ROOT / top).rglob("*.py")
    ]
    written_lines = set(re.findall(r'\blog\.\w+\(\s*"([a-z]+\.[a-z_]+)"', "\n".join(code)))
    assert named
    assert named <= written_lines


@pytest.mark.parametrize("subject", described())
def test_a_dashboard_is_written_as_it_is_described(subject: str) -> None:
    kept = (GRAFANA / "dashboards" / f"{subject}.json").read_text("utf-8")
    assert kept == written(subject, described()[subject]), "run `python -m tests.dashboards`"


def test_dashboards_show_what_is_measured_and_all_of_it() -> None:
    assert {path.stem for path in (GRAFANA / "dashboards").iterdir()} == set(described())
    shown = set()
    for panel, expression in EXPRESSIONS.items():
        assert metrics_in(expression) <= OWN | OTHERS, panel
        shown |= metrics_in(expression)
    assert shown >= OWN


def test_panels_and_rules_select_what_there_is() -> None:
    """A panel about a route that was renamed would stay empty, and nobody would know why."""
    promised = (ROOT / "docs" / "contracts" / "v1.txt").read_text("utf-8")
    seeds = SeedCache()
    there = {
        "route": {
            *re.findall(r"\b(?:GET|POST) (/\S+)", promised),
            *(route.name for route in routes(Settings(), seeds)),
        },
        "work": {work.name for work in due_works(seeds)},
    }
    selected = re.compile(r'\b(route|work)=~?"([^"]+)"')
    for place, expression in [*EXPRESSIONS.items(), *((r["alert"], r["expr"]) for r in RULES)]:
        for label, alternatives in selected.findall(expression):
            for pattern in alternatives.split("|"):
                assert any(re.fullmatch(pattern, one) for one in there[label]), (place, pattern)


def test_the_rules_do_what_their_tests_say() -> None:
    program = shutil.which("promtool")
    if program is None:
        pytest.skip("no promtool (Debian: prometheus); `make compose-test` runs it from its image")
    command = [program, "test", "rules", "alerts_test.yml"]
    done = subprocess.run(command, cwd=PROMETHEUS, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_tests_of_the_rules_call_whoever_is_to_get_up() -> None:
    pages = {rule["alert"] for rule in RULES if rule["labels"]["severity"] == "page"}
    tested = (PROMETHEUS / "alerts_test.yml").read_text("utf-8")
    # Fired by one comparison with what others measure.
    plain = {"OutboxFilling", "BrokerAlarm", "AnnouncementsLate"}
    assert {
        name for name in pages - plain if f'"{name}",alertstate="firing"' not in tested
    } == set()
