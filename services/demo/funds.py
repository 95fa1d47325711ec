"""The money of the demo, through the public doors: from a fund to paid lines, with a correction.

Every step has ids that follow from the plan (`seeds/demo/funds.yaml`), so that a story that a crash
cut short is simply told again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx
import yaml

SOURCE = "demo-money"
# Higher than any revision of the simulated stream.
CORRECTED_REVISION = 100
NEEDED = "housing_area"
PAGE = 1000
# What the registry tells of an event beside what was posted.
_TOLD = {"event_id", "withdrawn", "recorded_at", "members"}

Plan = Mapping[str, Any]
Item = dict[str, Any]


def load_plan(root: Path) -> Plan:
    """Read the plan of the demo's money."""
    found: Plan = yaml.safe_load((root / "demo" / "funds.yaml").read_text("utf-8"))
    return found


async def tell(client: httpx.AsyncClient, plan: Plan, settle: Callable[[], Awaitable[None]]) -> int:
    """Send the whole story, waiting where one step needs another; return how many facts it has."""
    story = _Story(client, plan, settle)
    await story.open()
    await story.divide_among_households()
    await story.pay()
    await story.divide_among_communes()
    return story.sent


class DemoRefused(Exception):
    """A door refused a part of the demo."""


class _Story:
    def __init__(
        self, client: httpx.AsyncClient, plan: Plan, settle: Callable[[], Awaitable[None]]
    ) -> None:
        self._client = client
        self._plan = plan
        self._settle = settle
        self.sent = 0

    async def open(self) -> None:
        """Post what money there is, and what was done without a run."""
        await self._post("area-facts", "facts", self._plan["area_facts"])
        await self._post("funds", "funds", self._plan["funds"])
        await self._post("support-records", "records", self._plan["support_records"])

    async def divide_among_households(self) -> None:
        """Run, correct two reviews, and run again in place of the first."""
        await self._run(self._plan["first_run"])
        lines = await self._lines(self._plan["first_run"]["run_id"], "allocated")
        events = [await self._latest_review(line["household_id"]) for line in lines]
        await self._post("household-events", "events", self._corrections(events))
        await self._settle()
        await self._run(self._plan["second_run"])

    def _corrections(self, events: Iterable[Item]) -> list[Item]:
        """Return reviews in which the house is large enough after all; the class stays the same."""
        fit = [e for e in events if NEEDED in e["deprived"] and _class_bears_it(e)]
        return [
            {
                **event,
                "revision": CORRECTED_REVISION,
                "deprived": [key for key in event["deprived"] if key != NEEDED],
            }
            for event in fit[: self._plan["corrected_households"]]
        ]

    async def pay(self) -> None:
        """Pay the tranches that are due, and take one back."""
        run_id = self._plan["second_run"]["run_id"]
        lines = await self._lines(run_id, "allocated")
        payments = [
            _payment(run_id, line, tranche, line["amount_vnd"] * tranche["percent"] // 100)
            for tranche in self._plan["payments"]
            for line in lines[: len(lines) * tranche["lines_of_100"] // 100]
        ]
        await self._post("disbursements", "disbursements", payments)
        back = self._plan["returned"]
        last = len(lines) * self._plan["payments"][0]["lines_of_100"] // 100
        paid = {payment["line"]: payment["amount_vnd"] for payment in payments}
        returns = [
            _payment(run_id, line, back, paid[line["household_id"]], "returned")
            for line in lines[last - back["lines"] : last]
        ]
        await self._post("disbursements", "disbursements", returns)

    async def divide_among_communes(self) -> None:
        """Run by score, and hand each commune its share as a fund of its own."""
        run = self._plan["area_run"]
        await self._run(run)
        funds = [self._passed_on(run, line) for line in await self._lines(run["run_id"], None)]
        await self._post("funds", "funds", funds)
        await self._settle()

    def _passed_on(self, run: Plan, line: Item) -> Item:
        code = line["area_code"]
        parent = next(f for f in self._plan["funds"] if f["fund_id"] == run["fund_id"])
        return {
            **{key: parent[key] for key in ("source", "program", "funding_source")},
            "external_id": f"fund/{run['run_id']}/{code}",
            "fund_id": f"{run['run_id']}-{code}",
            "area_code": code,
            "amount_vnd": line["amount_vnd"],
            "parent": {"run_id": run["run_id"], "area_code": code},
            **self._plan["passed_on"],
        }

    async def _post(self, door: str, plural: str, items: Sequence[Item]) -> None:
        for start in range(0, len(items), PAGE):
            body = {plural: items[start : start + PAGE]}
            _check(await self._client.post(f"/v1/{door}", json=body))
        self.sent += len(items)

    async def _run(self, run: Plan) -> None:
        _check(await self._client.post("/v1/allocation-runs", json=run))
        await self._settle()

    async def _lines(self, run_id: str, outcome: str | None) -> list[Item]:
        asked: dict[str, Any] = {"limit": PAGE} | ({"outcome": outcome} if outcome else {})
        answer = await self._client.get(f"/v1/allocation-runs/{run_id}/lines", params=asked)
        _check(answer)
        found: list[Item] = answer.json()["items"]
        return found

    async def _latest_review(self, household_id: str) -> Item:
        answer = await self._client.get(
            f"/v1/households/{household_id}/events", params={"limit": PAGE}
        )
        _check(answer)
        last = self._plan["first_run"]["as_of"]
        events = [e for e in answer.json()["items"] if e["revision"] < CORRECTED_REVISION]
        newest = {e["external_id"]: e for e in sorted(events, key=lambda e: e["revision"])}
        reviews = [
            {name: value for name, value in event.items() if name not in _TOLD}
            for event in newest.values()
            if event["type"] == "assessed"
            and not event["withdrawn"]
            and event["effective_from"] <= last
        ]
        return max(reviews, key=lambda r: (r["effective_from"], r["assessed_on"]))


def _check(answer: httpx.Response) -> None:
    """Fail with what the registry says is wrong: the plan and the doors have grown apart."""
    if answer.is_error:
        raise DemoRefused(f"{answer.request.url.path}: {answer.text[:500]}")


def _class_bears_it(event: Item) -> bool:
    """Say whether one indicator fewer leaves a household's class: not at the line of three."""
    return len(event["deprived"]) != 3


def _payment(run_id: str, line: Item, what: Plan, amount: int, kind: str = "paid") -> Item:
    step = what.get("tranche", kind)
    return {
        "source": SOURCE,
        "external_id": f"{step}/{run_id}/{line['household_id']}"[:64],
        "run_id": run_id,
        "line": line["household_id"],
        "amount_vnd": amount,
        "paid_on": what["paid_on"],
        "kind": kind,
    }
