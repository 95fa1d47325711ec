"""`python -m tests.dashboards`: writes what deploy/grafana/dashboards.yaml says for Grafana."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

GRAFANA = Path(__file__).resolve().parents[1] / "deploy" / "grafana"
# Of the 24 columns that Grafana has.
_COLUMNS = 24


def described() -> dict[str, dict[str, Any]]:
    """Return the dashboards as they are described, by subject."""
    words: dict[str, dict[str, Any]] = yaml.safe_load((GRAFANA / "dashboards.yaml").read_text())
    return words


def source() -> dict[str, str]:
    """Return where Grafana asks: the source that it is provisioned with."""
    provisioned = (GRAFANA / "provisioning/datasources/prometheus.yml").read_text()
    [one] = yaml.safe_load(provisioned)["datasources"]
    return {"type": one["type"], "uid": one["uid"]}


def written(subject: str, words: dict[str, Any]) -> str:
    """Return a dashboard as Grafana reads it."""
    dashboard = {
        "uid": f"poverty-registry-{subject}",
        "title": words["title"],
        "tags": ["registry"],
        # From each to the others, by their tag.
        "links": [{"type": "dashboards", "tags": ["registry"], "title": "", "keepTime": True}],
        "timezone": "Asia/Ho_Chi_Minh",
        "schemaVersion": 39,
        "version": 1,
        "editable": False,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "templating": {"list": []},
        "annotations": {"list": []},
        "panels": list(_placed(words["panels"])),
    }
    return json.dumps(dashboard, ensure_ascii=False, indent=1) + "\n"


def _placed(panels: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield the panels: the numbers in one row, below them the lines in pairs."""
    numbers = [panel for panel in panels if "alarm" in panel]
    lines = [panel for panel in panels if "alarm" not in panel]
    wide = _COLUMNS // len(numbers)
    for n, panel in enumerate(numbers):
        place = {"x": n * wide, "y": 0, "w": wide, "h": 4}
        yield {"id": n + 1, "gridPos": place, "type": "stat", **_panel(panel), **_NUMBER}
    for n, panel in enumerate(lines):
        place = {"x": n % 2 * 12, "y": 4 + n // 2 * 8, "w": 12, "h": 8}
        kind = {"type": "timeseries", **_panel(panel), **_LINES}
        yield {"id": len(numbers) + n + 1, "gridPos": place, **kind}


_NUMBER = {"options": {"reduceOptions": {"calcs": ["lastNotNull"]}, "colorMode": "value"}}
_LINES = {
    "options": {
        "legend": {"displayMode": "list", "placement": "bottom"},
        "tooltip": {"mode": "multi"},
    }
}


def _panel(panel: dict[str, Any]) -> dict[str, Any]:
    colours = [("green", None), ("orange", panel.get("warn")), ("red", panel.get("alarm"))]
    steps = [{"color": c, "value": v} for c, v in colours if c == "green" or v is not None]
    defaults = {
        "unit": panel["unit"],
        "min": 0,
        "thresholds": {"mode": "absolute", "steps": steps},
    }
    return {
        "title": panel["title"],
        "description": panel["says"],
        "datasource": source(),
        "targets": [
            {"refId": chr(ord("A") + n), "datasource": source(), "expr": expr, "legendFormat": name}
            for n, (name, expr) in enumerate(panel["lines"].items())
        ],
        "fieldConfig": {"defaults": defaults, "overrides": []},
    }


def main() -> None:
    """Write each dashboard."""
    for subject, words in described().items():
        (GRAFANA / "dashboards" / f"{subject}.json").write_text(written(subject, words), "utf-8")


if __name__ == "__main__":
    main()
