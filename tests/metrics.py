"""`python -m tests.metrics`: writes docs/metrics.md, the list of what a process exports."""

from __future__ import annotations

from pathlib import Path

from prometheus_client import CollectorRegistry
from prometheus_client.metrics import MetricWrapperBase

from shared.observability.metrics import Metrics

LIST = Path(__file__).resolve().parents[1] / "docs" / "metrics.md"
# The unit that ends a name, before the `_total` of a counter; without one it is a number of things.
_UNITS = ("seconds", "days")


def listed() -> list[MetricWrapperBase]:
    """Return every metric that a process may export."""
    registry = CollectorRegistry()
    Metrics(registry)
    return sorted(_declared(registry), key=lambda one: one.describe()[0].name)


def _declared(registry: CollectorRegistry) -> list[MetricWrapperBase]:
    return [one for one in registry._collector_to_names if isinstance(one, MetricWrapperBase)]


def table() -> str:
    """Return the list as a document."""
    head = [
        "# Metrics",
        "",
        "What `/metrics` of each process exports, and nothing else: they are declared in",
        "`shared/observability/metrics.py`. Labels hold routes and kinds, never ids. A histogram",
        "has `_bucket`, `_sum` and `_count`; it and a counter have `_created`, their beginning.",
        "Alarms are in `deploy/prometheus/alerts.yml`, and what to do in `docs/runbook.md`.",
        "",
        "| Name | Kind | Unit | Labels | Meaning |",
        "|---|---|---|---|---|",
    ]
    return "\n".join([*head, *map(_row, listed()), ""])


def _row(metric: MetricWrapperBase) -> str:
    (family,) = metric.describe()
    name = f"{family.name}_total" if family.type == "counter" else family.name
    unit = next((unit for unit in _UNITS if family.name.endswith(f"_{unit}")), "number")
    labels = ", ".join(f"`{label}`" for label in metric._labelnames) or "–"
    return f"| `{name}` | {family.type} | {unit} | {labels} | {family.documentation} |"


if __name__ == "__main__":
    LIST.write_text(table(), "utf-8")
