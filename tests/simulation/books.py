"""What has been stored about money, and the sums that follow from it, naively.

Nothing here may come from the registry's own code.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Item = Mapping[str, Any]


@dataclass
class Books:
    """Everything stored, each with the instant of its recording; runs as they are told."""

    stored: list[tuple[datetime, str, Item]] = field(default_factory=list)
    runs: dict[str, Item] = field(default_factory=dict)
    documents: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    lines: dict[str, dict[str, int]] = field(default_factory=dict)
    _counting: dict[tuple[str, datetime | None], list[Item]] = field(default_factory=dict)
    _moved: dict[datetime | None, Counter[tuple[str, str, str]]] = field(default_factory=dict)

    def current(self, door: str, at: datetime | None) -> list[Item]:
        """Return the highest revisions recorded by then, those withdrawn left out."""
        if (door, at) not in self._counting:
            self._counting[door, at] = self._current(door, at)
        return self._counting[door, at]

    def _current(self, door: str, at: datetime | None) -> list[Item]:
        highest: dict[tuple[str, str], Item] = {}
        for recorded, kind, item in self.stored:
            if kind != door or (at is not None and recorded > at):
                continue
            key = item["source"], item["external_id"]
            if key not in highest or item.get("revision", 1) > highest[key].get("revision", 1):
                highest[key] = item
        return [item for item in highest.values() if not item.get("withdrawn")]

    def fund(self, fund_id: str, at: datetime | None) -> Item | None:
        """Return a fund as it stood."""
        found = [f for f in self.current("funds", at) if f["fund_id"] == fund_id]
        return found[0] if found else None

    def moved(self, run_id: str, line: str | None, kind: str, at: datetime | None) -> int:
        """Return what was paid, or came back, of a run or of one line of it."""
        if at not in self._moved:
            self._moved[at] = Counter()
            for d in self.current("disbursements", at):
                self._moved[at][d["run_id"], d["line"], d["kind"]] += d["amount_vnd"]
        if line is not None:
            return self._moved[at][run_id, line, kind]
        lines = self._moved[at].items()
        return sum(amount for (run, _, k), amount in lines if (run, k) == (run_id, kind))

    def net(self, run_id: str, line: str | None, at: datetime | None) -> int:
        """Return what is out."""
        paid = self.moved(run_id, line, "paid", at)
        return paid - self.moved(run_id, line, "returned", at)

    def committed(self, at: datetime | None) -> list[Item]:
        """Return the runs that had been completed, previews left out."""
        done = [r for r in self.runs.values() if r["state"] == "completed"]
        done = [r for r in done if r["mode"] == "commit"]
        return [r for r in done if at is None or instant(r["completed_at"]) <= at]

    def superseder(self, run_id: str, at: datetime | None) -> str | None:
        """Return the run that had superseded another."""
        found = [r["run_id"] for r in self.committed(at) if r["supersedes"] == run_id]
        return found[0] if found else None

    def held(self, fund_id: str, at: datetime | None, releasing: str | None = None) -> int:
        """Return how much of a fund is held: active runs whole, superseded ones as paid."""
        total = 0
        for run in self.committed(at):
            name = run["run_id"]
            if run["fund_id"] == fund_id:
                gone = name == releasing or self.superseder(name, at) is not None
                total += self.net(name, None, at) if gone else run["allocated_vnd"]
        return total

    def drawing(self, run_id: str, at: datetime | None) -> set[str]:
        """Return the lines of a run on which other funds draw."""
        parents = [f["parent"] for f in self.current("funds", at) if f.get("parent")]
        amounts = [f["amount_vnd"] for f in self.current("funds", at) if f.get("parent")]
        drawn = zip(parents, amounts, strict=True)
        return {p["area_code"] for p, amount in drawn if p["run_id"] == run_id and amount > 0}


def instant(text: str) -> datetime:
    """Read an instant as it is told."""
    return datetime.fromisoformat(text)
