"""A client that spends money: it asks, pays, corrects itself and repeats itself, in any order."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from random import Random
from typing import Any, Protocol

import httpx

from tests.simulation import budgets, model, places
from tests.simulation.histories import NEW_WORLD, NEW_WORLD_FROM, OLD_WORLD, shift

Item = dict[str, Any]
Post = tuple[str, list[Item]]

PLURALS = {
    "area-facts": "facts",
    "funds": "funds",
    "disbursements": "disbursements",
    "support-records": "records",
}
RUNS = "allocation-runs"
# What a door takes at most; a line may be as large as that.
AMOUNT_MAX = 10**15
WAIVABLE = [
    "household.separate_since",
    "household.social_protection_member",
    "household.special_difficulty",
    "household.disaster_area",
]
# What may be at odds with what is stored; anything else would be a fault of ours.
REFUSALS = {
    "area-facts": set[str](),
    "funds": {"below_allocated", "exceeds_parent", "run_superseded"},
    "disbursements": {"exceeds_allocation", "exceeds_payment", "run_superseded"},
    "support-records": {"unknown_fund"},
    RUNS: {"unknown_fund", "unknown_run", "other_fund", "already_superseded", "area_not_in_force"},
}


class Office(Protocol):
    """What a client needs of a registry; answers of `tell` may be lost."""

    reader: httpx.AsyncClient
    clock: Any
    nodes: list[Any]

    async def tell(self, path: str, body: Any) -> httpx.Response | None:
        """Post to a door."""

    async def relay(self, node: Any) -> None:
        """Let the registry get on."""

    async def value(self, sql: str, *args: Any) -> Any:
        """Ask the database."""


class Spending:
    """The money of one seed: what is still to be sent, and what was accepted."""

    def __init__(self, sim: Office, seed: int) -> None:
        self.sim = sim
        self.seed = seed
        self.rng = Random(f"money {seed}")
        self.steps = self.rng.randint(30, 50)
        self.accepted: dict[str, tuple[str, Item]] = {}
        self.requested: set[str] = set()
        self.refused = 0
        self.waiting: list[Post] = []
        self._payments: list[Item] = []
        self._lines: dict[str, dict[str, int]] = {}
        self._number = 0

    @property
    def unfinished(self) -> bool:
        """Say whether anything is still to be done."""
        return self.steps > 0 or bool(self.waiting)

    def prepare(self) -> None:
        """Put the facts in a random order, funds mostly before what names them."""
        today = self.sim.clock.today().isoformat()
        first = [("area-facts", i) for i in budgets.area_facts(self.seed)]
        first += [("funds", item) for item in budgets.funds(self.seed, today)]
        then = [("support-records", item) for item in budgets.support(self.seed, today)]
        self.rng.shuffle(first)
        self.waiting = [(door, [item]) for door, item in first]
        for door, item in then:
            place = self.rng.randint(len(self.waiting) // 2, len(self.waiting))
            self.waiting.insert(place, (door, [item]))

    async def step(self) -> None:
        """Do one thing, or two at once."""
        self.steps -= 1
        posts = [await self._next() for _ in range(self.rng.choice((1, 1, 2)))]
        await self.send([post for post in posts if post is not None])

    async def _next(self) -> Post | None:
        if self.waiting and (self.steps < 0 or self.rng.random() < 0.4):
            return self._take()
        things = ((5, self._request), (8, self._pay), (2, self._pass_on), (1, self._revise_fund))
        [(_, thing)] = self.rng.choices(things, [weight for weight, _ in things])
        return await thing()

    def _take(self) -> Post:
        """Take what waits, with some more for the same door."""
        door, items = self.waiting.pop(0)
        for other in [w for w in self.waiting if w[0] == door != RUNS][: self.rng.choice((0, 2))]:
            self.waiting.remove(other)
            items = [*items, *other[1]]
        return door, items

    async def send(self, posts: Sequence[Post]) -> None:
        """Post some things at once and note what became of each."""
        answers = await asyncio.gather(*(self._tell(*post) for post in posts))
        for (door, items), answer in zip(posts, answers, strict=True):
            self._settle(door, items, answer)

    async def _tell(self, door: str, items: list[Item]) -> httpx.Response | None:
        body = items[0] if door == RUNS else {PLURALS[door]: items}
        return await self.sim.tell(f"/v1/{door}", body)

    def _settle(self, door: str, items: list[Item], answer: httpx.Response | None) -> None:
        if answer is None or answer.status_code == 503:
            self._wait(door, items)
        elif answer.status_code == 202:
            self._note(door, items, answer.json())
            if self.rng.random() < 0.12:
                self._wait(door, items)
        else:
            codes = {fault["code"] for fault in answer.json()["errors"]}
            assert answer.status_code in (409, 422) and codes <= REFUSALS[door], answer.text
            self.refused += len(items) == 1
            for item in items if len(items) > 1 else ():
                self._wait(door, [item])

    def _wait(self, door: str, items: list[Item]) -> None:
        self.waiting.insert(self.rng.randint(0, len(self.waiting)), (door, items))

    def _note(self, door: str, items: list[Item], told: Item) -> None:
        if door == RUNS:
            self.requested.add(told["run_id"])
            return
        ids = [model.event_id(item, door) for item in items]
        assert [receipt["event_id"] for receipt in told["receipts"]] == ids
        self.accepted |= {i: (door, item) for i, item in zip(ids, items, strict=True)}

    def _of(self, door: str) -> list[Item]:
        found = [item for kind, item in self.accepted.values() if kind == door]
        return [item for item in found if not item.get("withdrawn")]

    def _fresh(self) -> int:
        self._number += 1
        return self._number

    async def _request(self) -> Post | None:
        known = self._of("funds")
        if not known:
            return None
        fund = self.rng.choice(known)
        rule = self.rng.choice(budgets.RULES[fund["program"], fund.get("component")])
        today = self.sim.clock.today().isoformat()
        body: Item = {
            "run_id": f"R{self.seed}-{self._fresh()}",
            "fund_id": fund["fund_id"],
            "rule": rule,
            "as_of": self._day(fund, today),
            "mode": "preview" if self.rng.random() < 0.2 else "commit",
        }
        if (old := await self._superseded(fund["fund_id"])) is not None:
            body["supersedes"] = old
        if self.rng.random() < 0.25:
            at = await self.sim.value("SELECT at FROM knowledge_clock")
            body["known_at"] = at.isoformat()
        body["parameters"] = self._parameters(body, fund)
        return RUNS, [body]

    def _day(self, fund: Item, today: str) -> str:
        """Pick a day up to today, mostly one on which the holder is a unit."""
        last = min(today, "2025-06-30") if fund["area_code"] == budgets.DISTRICT else today
        first = "2026-02-01" if fund["program"] == budgets.MERGED else "2023-09-01"
        if fund.get("parent") is not None:
            first = fund["decided_on"]
        return min(shift(first, self.rng.randint(0, 900)), last)

    async def _superseded(self, fund_id: str) -> str | None:
        if self.rng.random() < 0.45:
            return None
        asked = {"state": "completed", "mode": "commit", "fund": fund_id}
        runs = (await self._get("/v1/allocation-runs", **asked))["items"]
        if self.rng.random() < 0.9:
            runs = [run for run in runs if run["superseded_by"] is None]
        return self.rng.choice(runs)["run_id"] if runs else None

    def _parameters(self, body: Item, fund: Item) -> Item:
        given: Item = {}
        if self.rng.random() < 0.3:
            given["counterpart_percent"] = {"value": "12.5", "legal_basis": "NQ 01"}
        if body["rule"].startswith("housing"):
            waived = WAIVABLE if self.rng.random() < 0.93 else WAIVABLE[:2]
            return given | {"waive": waived}
        codes = self._areas(body, fund)
        unknown = {"qd02_2022_p4_3": ("c1_poverty_rate", "c2_poverty_size")}
        unknown["qd02_2022_p4_1"] = (*unknown["qd02_2022_p4_3"], "c3_geography", "c4_commune_count")
        given["coefficients"] = {
            code: {"value": self.rng.choice((0, 1, "0.4", "2.75")), "legal_basis": "NQ 02"}
            for code in unknown.get(body["rule"], ())
            if self.rng.random() < 0.9
        }
        if body["rule"] == "qd02_2022_p4_1" and codes and self.rng.random() < 0.95:
            values = {code: self.rng.choice((0, "1.5", 3)) for code in codes}
            given["values"] = {"c3_geography": {"by_area": values, "legal_basis": "NQ 03"}}
        return given

    def _areas(self, body: Item, fund: Item) -> list[str]:
        """Name the lines, mostly those of which something is known."""
        day = body["as_of"]
        held = any(unit.exists(day) for unit in places.units()[fund["area_code"]])
        communes = places.communes(fund["area_code"], day) if held else []
        known = known_codes(day)
        if self.rng.random() < 0.9 and set(known) <= set(communes):
            body["areas"] = self.rng.sample(known, self.rng.randint(1, len(known)))
            return list(body["areas"])
        return communes if len(communes) < 30 else []

    async def _pay(self) -> Post | None:
        if self._payments and self.rng.random() < 0.25:
            return "disbursements", [self._revised(self.rng.choice(self._payments))]
        found = await self._line()
        if found is None:
            return None
        run_id, line, amount = found
        back = self._before(run_id, line) if self.rng.random() < 0.35 else []
        part = self.rng.choice((amount, amount, amount // 2, amount // 3, amount + 1))
        moved = self.rng.choice(back) if back else max(1, part)
        item: Item = {
            **budgets.names(self.seed, self._fresh()),
            "run_id": run_id,
            "line": line,
            "amount_vnd": min(moved, AMOUNT_MAX),
            "paid_on": shift(self.sim.clock.today().isoformat(), -self.rng.randint(0, 90)),
            "kind": "returned" if back else "paid",
        }
        self._payments.append(item)
        return "disbursements", [item]

    def _before(self, run_id: str, line: str) -> list[int]:
        """Return what was paid of a line before: each payment, and all together."""
        paid = [i for i in self._of("disbursements") if (i["run_id"], i["line"]) == (run_id, line)]
        amounts = [item["amount_vnd"] for item in paid if item["kind"] == "paid"]
        return [*amounts, sum(amounts)] if amounts else []

    def _revised(self, old: Item) -> Item:
        """Correct a payment; revisions come in any order, and each is another fact."""
        taken = {
            p.get("revision", 1) for p in self._payments if p["external_id"] == old["external_id"]
        }
        # A story may last longer than ten revisions of one payment.
        free = [n for n in range(2, 12) if n not in taken] or [max(taken) + 1]
        revision = self.rng.choice(free)
        amount = max(1, old["amount_vnd"] // self.rng.choice((1, 2, 3)))
        item = {**old, "revision": revision, "amount_vnd": amount}
        self._payments.append(item)
        return budgets.withdrawal(old, revision) if self.rng.random() < 0.25 else item

    async def _line(self) -> tuple[str, str, int] | None:
        """Pick a line with money, rather one that was paid before; None if there is none yet."""
        asked = {"state": "completed", "mode": "commit"}
        runs = (await self._get("/v1/allocation-runs", **asked))["items"]
        paid = {(p["run_id"], p["line"]) for p in self._payments}
        for run in self.rng.sample(runs, len(runs)):
            lines = await self._lines_of(run["run_id"])
            known = [line for line in lines if (run["run_id"], line) in paid]
            if lines:
                line = self.rng.choice([*lines, *known, *known])
                return run["run_id"], line, lines[line]
        await self.sim.relay(self.rng.choice(self.sim.nodes))
        return None

    async def _lines_of(self, run_id: str) -> dict[str, int]:
        if run_id not in self._lines:
            page = await self._get(f"/v1/allocation-runs/{run_id}/lines")
            amounts = {name_of(line): line["amount_vnd"] for line in page["items"]}
            self._lines[run_id] = {line: amount for line, amount in amounts.items() if amount}
        return self._lines[run_id]

    async def _pass_on(self) -> Post | None:
        """Make a fund of an area's line."""
        found = await self._line()
        if found is None or found[1].startswith("SIM"):
            return None
        run_id, line, amount = found
        number, run = self._fresh(), await self._get(f"/v1/allocation-runs/{run_id}")
        own = [fund for fund in self._of("funds") if fund["fund_id"] == run["fund_id"]]
        if not own:
            return None
        kept = ("program", "component", "year", "funding_source")
        child = {name: own[0][name] for name in kept if name in own[0]}
        child |= {
            **budgets.names(self.seed, 100 + number),
            "fund_id": f"C{self.seed}-{number}",
            "area_code": line,
            "amount_vnd": self.rng.choice((amount, amount // 2, amount // 2 + 1)),
            "decided_on": run["as_of"],
            "parent": {"run_id": run_id, "area_code": line},
        }
        return "funds", [child]

    async def _revise_fund(self) -> Post | None:
        known = self._of("funds")
        if not known:
            return None
        fund = self.rng.choice(known)
        amount = max(0, fund["amount_vnd"] * self.rng.choice((0, 1, 2, 3)) // 2)
        revision = 10 + self._fresh()
        if self.rng.random() < 0.1:
            return "funds", [budgets.withdrawal(fund, revision)]
        return "funds", [{**fund, "revision": revision, "amount_vnd": min(amount, AMOUNT_MAX)}]

    def readable(self) -> str:
        """Pick something about money that can be read as of an instant."""
        funds = sorted({f["fund_id"] for f in self._of("funds")}) or [f"F{self.seed}-0"]
        fund, run = self.rng.choice(funds), self.rng.choice(sorted(self.requested) or ["R0"])
        return self.rng.choice(
            (
                f"/v1/funds/{fund}",
                f"/v1/funds/{fund}/progress",
                f"/v1/allocation-runs/{run}",
                f"/v1/allocation-runs/{run}/lines",
                "/v1/allocation-runs",
                "/v1/disbursements",
                "/v1/support-records",
                "/v1/findings",
            )
        )

    async def _get(self, path: str, **asked: Any) -> Any:
        response = await self.sim.reader.get(path, params=asked)
        assert response.status_code == 200, response.text
        return response.json()


def name_of(line: Item) -> str:
    """Return the key of a line as it is told."""
    return str(line.get("household_id") or line["area_code"])


def known_codes(day: str) -> list[str]:
    """Return the communes of the day of which most is known."""
    return list(OLD_WORLD if day < NEW_WORLD_FROM else NEW_WORLD)
