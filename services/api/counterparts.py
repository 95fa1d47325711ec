"""The local counterpart of a fund: what its runs or the law ask for, and what was provided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from asyncpg import Record

from shared.http.context import Context
from shared.kernel.database import Snapshot
from shared.law.allocation_rules import COUNTERPART, Rule, Rules
from shared.law.store import seeds
from shared.money.progress import counterpart_required
from shared.money.store import fund_reads

RULES = "allocation_rules"


async def law(context: Context, known_at: datetime | None) -> Rules | None:
    """Return the allocation rules as known at an instant; ask before opening a snapshot."""
    async with context.database.snapshot() as snapshot:
        version = await seeds.latest(snapshot, RULES, known_at)
    return None if version is None else await context.allocation_rules.version(version.digest)


async def of(
    snapshot: Snapshot,
    known_at: datetime | None,
    fund: Record,
    active: Sequence[Record],
    rules: Rules | None,
) -> dict[str, Any] | None:
    """Return the counterpart; None where neither a run nor the law asks for one.

    The active runs say what they ask for, together; before the first one the law does.
    """
    said = [(run["inputs"] or {}).get("counterpart") for run in active]
    stated = [each for each in said if each]
    asked = _together(stated) if stated else _by_law(fund, rules)
    if asked is None:
        return None
    provided = await fund_reads.provided(snapshot, known_at, fund)
    required = asked["required_vnd"]
    missing = None if required is None else max(required - provided, 0)
    return {**asked, "provided_vnd": provided, "missing_vnd": missing}


def _together(stated: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    percents = {each.get("percent") for each in stated}
    required = [each.get("required_vnd") for each in stated]
    known = [amount for amount in required if amount is not None]
    bases = (basis for each in stated for basis in _bases(each.get("legal_basis")))
    return {
        "rule": stated[-1].get("rule"),
        "percent": percents.pop() if len(percents) == 1 else None,
        "legal_basis": list(dict.fromkeys(bases)),
        "required_vnd": sum(known) if len(known) == len(required) else None,
    }


def _bases(said: Any) -> Sequence[str]:
    return [said] if isinstance(said, str) else list(said or ())


def _by_law(fund: Record, rules: Rules | None) -> dict[str, Any] | None:
    """Return what the law asks for; only central money has a local counterpart."""
    if rules is None or fund["funding_source"] != "central":
        return None
    program, year = fund["program"], fund["year"]
    rule = rules.counterpart(program, year) or _unknown(rules, program, year)
    if rule is None:
        return None
    percent = rule.entry.get("counterpart_percent")
    shown = None if percent is None else str(percent)
    return {
        "rule": rule.id if rule.kind == COUNTERPART else None,
        "percent": shown,
        "legal_basis": list(rule.legal_basis),
        "required_vnd": None if shown is None else counterpart_required(fund["allocated"], shown),
    }


def _unknown(rules: Rules, program: str, year: int) -> Rule | None:
    """Return the rule whose law sets a counterpart that was not found, if there is one."""
    for rule in rules.items.values():
        if rule.program == program and rule.in_force_in(year):
            unused = rule.entry.get("not_used") or ()
            if any(each["code"] == "counterpart_percent" for each in unused):
                return rule
    return None
