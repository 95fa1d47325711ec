"""What must be true of the money of a drained registry, whatever happened to it before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

from tests.simulation import model, money
from tests.simulation.audit import Get, Rows
from tests.simulation.books import Books, Item, instant
from tests.simulation.money import Line
from tests.simulation.spending import name_of

Event = dict[str, Any]
Accepted = Mapping[str, tuple[str, Item]]

BALANCES = "SELECT fund_id, amount_vnd, allocated_vnd FROM fund_balances"
STORED = """
SELECT event_id FROM area_facts UNION ALL SELECT event_id FROM funds
UNION ALL SELECT event_id FROM disbursements UNION ALL SELECT event_id FROM support_records
"""


async def whole(path: str, get: Get, **asked: Any) -> list[Event]:
    """Follow a list to its end."""
    items: list[Event] = []
    while True:
        page = await get(path, limit=1000, **asked)
        items += page["items"]
        if page["next_cursor"] is None:
            return items
        asked["cursor"] = page["next_cursor"]


async def check(
    accepted: Accepted, requested: set[str], events: list[Event], get: Get, rows: Rows
) -> Counter[str]:
    """Compare all there is of money with the model; return how much there was of what."""
    assert {str(row[0]) for row in await rows(STORED)} == set(accepted)
    books = await read(accepted, get)
    assert set(books.runs) == requested
    for run in books.runs.values():
        await _check_run(books, run, events, get)
    await _check_funds(books, get, rows)
    await _check_payments(books, get)
    _check_lines(books)
    _check_supported_once(books)
    return _seen(books) + await _check_findings(books, events, get)


def _seen(books: Books) -> Counter[str]:
    """Count what there was, so that a report tells whether the checks had anything to check."""
    seen: Counter[str] = Counter()
    for run in books.runs.values():
        seen[f"run {run['code'] or run['mode']}"] += 1
        seen["superseded"] += run["superseded_by"] is not None
        for line in books.documents[run["run_id"]]:
            seen["area lines" if "area_code" in line else f"lines {line['outcome']}"] += 1
            seen["begun"] += "area_code" not in line and line["reasons"]["already_paid_vnd"] > 0
    for fund in books.current("funds", None):
        seen["child funds"] += "parent" in fund
    for payment in books.current("disbursements", None):
        seen[payment["kind"]] += 1
    return seen


async def read(accepted: Accepted, get: Get) -> Books:
    """Read the books from what callers can see: receipts, runs and lines."""
    books = Books()
    for name, (door, item) in accepted.items():
        receipt = await get(f"/v1/receipts/{name}")
        assert receipt["state"] == "processed", (door, item, receipt)
        books.stored.append((instant(receipt["recorded_at"]), door, item))
    for listed in await whole("/v1/allocation-runs", get):
        run_id = listed["run_id"]
        books.runs[run_id] = await get(f"/v1/allocation-runs/{run_id}")
        books.documents[run_id] = await whole(f"/v1/allocation-runs/{run_id}/lines", get)
        amounts = {name_of(line): line["amount_vnd"] for line in books.documents[run_id]}
        books.lines[run_id] = amounts
    return books


async def _check_run(books: Books, run: Item, events: list[Event], get: Get) -> None:
    assert run["state"] in ("completed", "refused"), run
    objections = money.objections(books, run, instant(run["ledger_at"]))
    # A preview takes no lock: what stands against it may have come a moment after it looked, and
    # be seen before it ends or not.
    if run["mode"] == "preview" and run["state"] == "refused" and not objections:
        objections = money.objections(books, run, instant(run["completed_at"]))
    decided: Any = objections
    if not objections or (run["mode"] == "preview" and run["state"] == "completed"):
        decided = money.decide(books, run, [])
        if not isinstance(decided, list):  # what refuses a run refuses it whoever lives there
            decided = money.decide(books, run, await _people(books, run, events, get))
    if isinstance(decided, list):
        told = [(refusal["code"], refusal["subject"]) for refusal in run["refusals"]]
        assert (run["state"], sorted(told)) == ("refused", sorted(decided)), run
        return
    assert run["state"] == "completed", (run, decided)
    found = {name_of(line): _read(line) for line in books.documents[run["run_id"]]}
    assert found.keys() == decided.keys(), run
    for name, line in decided.items():
        assert found[name] == line, f"{name} of {run['run_id']}: {found[name]} is told, not {line}"
    allocated = sum(line.amount for line in decided.values())
    fund = books.fund(run["fund_id"], instant(run["ledger_at"]))
    assert fund is not None
    held = books.held(run["fund_id"], instant(run["ledger_at"]), run["supersedes"])
    assert run["allocated_from_vnd"] == fund["amount_vnd"] - held
    assert run["allocated_vnd"] == allocated
    assert run["unallocated_vnd"] == run["allocated_from_vnd"] - allocated
    counted = Counter(line.outcome for line in decided.values())
    totals = {name: n for name, n in run["totals"].items() if n and name != "lines"}
    assert (run["totals"]["lines"], totals) == (len(decided), dict(counted))
    added = (run["inputs"]["counterpart"] or {}).get("required_vnd")
    assert added == money.counterpart(run, fund, allocated)


def _read(line: Item) -> Line:
    """Read a line as the model has it."""
    if "area_code" in line:
        return Line(line["amount_vnd"], Fraction(line["score"]))
    why = line["reasons"]
    return Line(
        line["amount_vnd"],
        outcome=line["outcome"],
        rank=None if why["priority"] is None else why["priority"]["rank"],
        place=why["place"],
        failed=why["failed"],
        supported_by=why["supported_by"],
        already_paid=why["already_paid_vnd"],
    )


async def _people(
    books: Books, run: Item, events: Iterable[Event], get: Get
) -> list[dict[str, Any]]:
    """Return the listed households of the holder's area with what is known of each."""
    fund = books.fund(run["fund_id"], instant(run["ledger_at"]))
    rule = money.rules()[run["rule"]]
    if fund is None or run["rule"] == "qd16_2026":
        return []
    clock = {"as_of": run["as_of"], "known_at": run["known_at"]}
    found: list[dict[str, Any]] = []
    for status in model.LISTS:
        asked = {"area": fund["area_code"], "status": status}
        found += await whole("/v1/households", get, **asked, **clock)
    if rule["kind"] == "household_norm":
        measured = {model.event_id(event): event for event in events}
        for person in found:
            path = f"/v1/households/{person['household_id']}"
            told = await get(path, **clock)
            basis = await get(f"{path}/explanation", **clock)
            person |= {"ethnic_group": told["ethnic_group"], "standard": told["standard"]}
            person |= measures(measured[basis["event_id"]], told["standard"])
    return found


# The model counts the indicators of this standard without knowing what they are about.
OLD, OLD_CODES = "VN-2016-2020", {"I5": "housing_quality", "I6": "housing_area"}


def measures(event: Event, standard: str | None) -> dict[str, Any]:
    """Return what an assessment says of a household, indicators by their keys."""
    [known] = [s for s in model.STANDARDS if s["id"] == standard]
    codes = OLD_CODES if standard == OLD else known["indicators"]
    return {
        "deprived": {codes.get(name) or name for name in event.get("deprived") or []},
        "merit_member": event.get("merit_member"),
    }


async def _check_funds(books: Books, get: Get, rows: Rows) -> None:
    """What runs hold of each fund is what the books say, and never more than there is."""
    balances = {row[0]: (row[1], row[2]) for row in await rows(BALANCES)}
    named = {i["fund_id"] for _, door, i in books.stored if door == "funds" and "fund_id" in i}
    assert set(balances) == named
    for fund_id, (amount, allocated) in balances.items():
        fund = books.fund(fund_id, None)
        held = books.held(fund_id, None)
        assert (amount, allocated) == (fund["amount_vnd"] if fund else 0, held), fund_id
        assert 0 <= held <= amount
        if fund is None:
            continue
        runs = [r["run_id"] for r in books.committed(None) if r["fund_id"] == fund_id]
        paid = sum(books.moved(run, None, "paid", None) for run in runs)
        returned = sum(books.moved(run, None, "returned", None) for run in runs)
        balance = (await get(f"/v1/funds/{fund_id}"))["balance"]
        progress = await get(f"/v1/funds/{fund_id}/progress")
        for told in (balance, progress):
            sums = told["allocated_vnd"], told["paid_vnd"], told["returned_vnd"]
            assert sums == (held, paid, returned), fund_id
        assert balance["unallocated_vnd"] == amount - held
    for run in books.committed(None):
        if (old := run["supersedes"]) is not None:
            assert books.superseder(old, None) == run["run_id"], "a run is superseded once"


async def _check_payments(books: Books, get: Get) -> None:
    """Every payment that counts is told, and nothing else is."""
    told = {item["event_id"]: item for item in await whole("/v1/disbursements", get)}
    wanted = {model.event_id(dict(i), "disbursements"): i for i in books.current(PAID, None)}
    assert set(told) == set(wanted)
    for name, item in wanted.items():
        assert told[name]["amount_vnd"] == item["amount_vnd"]
        assert told[name]["kind"] == item["kind"]


PAID = "disbursements"


def _check_lines(books: Books) -> None:
    """No line is overpaid, none has more returned than was paid, none is drawn on twice."""
    for run in books.committed(None):
        for line, amount in books.lines[run["run_id"]].items():
            assert 0 <= books.net(run["run_id"], line, None) <= amount, (run["run_id"], line)
    drawn: Counter[tuple[str, str]] = Counter()
    for fund in books.current("funds", None):
        if fund.get("parent"):
            drawn[fund["parent"]["run_id"], fund["parent"]["area_code"]] += fund["amount_vnd"]
    for (run_id, line), amount in drawn.items():
        assert amount <= books.lines[run_id][line]
        assert not amount or books.superseder(run_id, None) is None


def _check_supported_once(books: Books) -> None:
    """A household is given a second house only once the first came back."""
    given: dict[str, list[Item]] = {}
    for run in sorted(books.committed(None), key=lambda r: instant(r["completed_at"])):
        if money.rules()[run["rule"]].get("content") is None:
            continue
        for line, amount in books.lines[run["run_id"]].items():
            if amount and books.superseder(run["run_id"], None) is None:
                given.setdefault(line, []).append(run)
    for household, runs in given.items():
        for before, after in pairwise(runs):
            at = instant(after["ledger_at"])
            assert books.net(before["run_id"], household, at) == 0, household
            came_back = books.moved(before["run_id"], household, "returned", at)
            assert came_back > 0, f"{household} is supported by both: {before}, {after}"


# The kinds that this audit works out in a second way; the others have cases of their own.
MODELLED = {
    "uses_exceed_fund",
    "paid_not_eligible",
    "decision_differs",
    "area_type_differs",
}


async def _check_findings(books: Books, events: list[Event], get: Get) -> Counter[str]:
    listed = await whole("/v1/findings", get)
    found = [finding for finding in listed if finding["kind"] in MODELLED]
    told = sorted(_said(finding) for finding in found)
    assert told == sorted([*_overspent(books), *_ineligible(books, events), *_decided(events)])
    return Counter(finding["kind"] for finding in found)


def _said(finding: Item) -> tuple[str, str, str, str]:
    kind, about = finding["kind"], finding["about"]
    subject = finding["subject"].partition(":")[2]
    if kind == "paid_not_eligible":
        failed = finding["explanation"]["en"].rpartition(": ")[2]
        return kind, subject, about["run_id"], f"{finding['stated']} {failed}"
    if kind in {"decision_differs", "area_type_differs"}:
        return kind, subject, about["event_id"], f"{finding['stated']} {finding['expected']}"
    return kind, subject, "", f"{finding['stated']} {finding['expected']}"


def _overspent(books: Books) -> Iterable[tuple[str, str, str, str]]:
    for fund in books.current("funds", None):
        runs = [r["run_id"] for r in books.committed(None) if r["fund_id"] == fund["fund_id"]]
        used = sum(books.net(run, None, None) for run in runs)
        for record in books.current("support-records", None):
            if record.get("fund_id") == fund["fund_id"]:
                used += record.get("amount_vnd") or 0
        if used > fund["amount_vnd"]:
            yield "uses_exceed_fund", fund["fund_id"], "", f"{used} {fund['amount_vnd']}"


def _ineligible(books: Books, events: list[Event]) -> Iterable[tuple[str, str, str, str]]:
    """Name the lines that were paid though their household, as corrected, was not eligible."""
    for run in books.committed(None):
        rule = money.rules()[run["rule"]]
        if rule["kind"] != "household_norm":
            continue
        for line, amount in books.lines[run["run_id"]].items():
            net = books.net(run["run_id"], line, None)
            failed = _failing(rule["eligibility"], line, run["as_of"], events) if net else []
            if amount and failed:
                yield "paid_not_eligible", line, run["run_id"], f"{net} {', '.join(failed)}"


def _failing(criteria: Sequence[Item], household: str, day: str, events: list[Event]) -> list[str]:
    status = model.status_on(events, household, day)
    own = model.world_of(events).get(household, [])
    past = [result for result in model._assessments(own) if result["from"] <= day]
    deprived: set[str] = set()
    if past and status["status"] != "closed":
        ids = {model.event_id(event): event for event in own}
        deprived = measures(ids[past[-1]["event_id"]], status["standard"])["deprived"]
    failed = []
    for criterion in criteria:
        if criterion["input"] == "household.status":
            met = status["status"] in criterion["one_of"]
        elif criterion["input"] == "household.deprived":
            met = criterion["contains"] in deprived
        else:
            continue
        if not met:
            failed.append(criterion["code"])
    return failed


def _decided(events: list[Event]) -> Iterable[tuple[str, str, str, str]]:
    """Name the decisions that recognised another class than the figures give, or another line."""
    for household, own in model.world_of(events).items():
        last = {}
        order = "effective_from", "assessed_on", "external_id", "source"
        assessed = [event for event in own if event["type"] == "assessed"]
        for event in sorted(assessed, key=lambda e: [e[name] for name in order]):
            last[event["effective_from"]] = event
        for event in last.values():
            if event["area_type"] == "urban":  # all places of the story are communes
                yield "area_type_differs", household, model.event_id(event), "urban rural"
            computed, recognised = model.classify(event)[0], event.get("recognised")
            if recognised is not None and recognised != computed:
                yield (
                    "decision_differs",
                    household,
                    model.event_id(event),
                    (f"{recognised} {computed}"),
                )
