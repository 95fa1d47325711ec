"""The local counterpart of a fund: what its runs or the law ask for, and what was provided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

from msgspec import Meta, Struct

from shared.http.ask import Ask
from shared.kernel.database import Snapshot
from shared.law.allocation_rules import COUNTERPART, Rule, Rules
from shared.law.store import seeds
from shared.money.progress import counterpart_required
from shared.money.store import fund_reads
from shared.money.store.fund_reads import Balance
from shared.money.store.run_reads import StoredRun

RULES = "allocation_rules"


class Counterpart(Struct, frozen=True):
    """The local share that a rule asks for; null where the law's value is not known."""

    rule: Annotated[str | None, Meta(description="Id of the rule that asks for it.")]
    percent: Annotated[
        str | None, Meta(description="Percent of what is allocated; a decimal as text.")
    ]
    legal_basis: Annotated[list[str], Meta(description="The articles of law that ask for it.")]
    required_vnd: Annotated[int | None, Meta(description="Đồng that are asked for.")]
    provided_vnd: Annotated[
        int,
        Meta(description="Đồng of local funds of the same programme, component, year and area."),
    ]
    missing_vnd: Annotated[int | None, Meta(description="Required less provided, or 0, in đồng.")]


# Rule, percent, legal basis and đồng that are required.
_Required = tuple[str | None, str | None, list[str], int | None]


async def law(ask: Ask) -> Rules | None:
    """Return the allocation rules as known at an instant; ask before opening a snapshot."""
    async with ask.reads.snapshot() as snapshot:
        version = await seeds.latest(snapshot, RULES, ask.known_at)
    return None if version is None else await ask.context.allocation_rules.version(version.digest)


async def counterpart(
    snapshot: Snapshot,
    known_at: datetime | None,
    fund: Balance,
    active: Sequence[StoredRun],
    rules: Rules | None,
) -> Counterpart | None:
    """Return the counterpart; None where neither a run nor the law asks for one.

    The active runs say what they ask for, together; before the first one the law does.
    """
    stated = [each for run in active if (each := run.frozen.get("counterpart"))]
    share = _together(stated) if stated else _of_fund(fund, rules)
    if share is None:
        return None
    required = share[3]
    provided = await fund_reads.provided(snapshot, known_at, fund)
    missing = None if required is None else max(required - provided, 0)
    return Counterpart(*share, provided_vnd=provided, missing_vnd=missing)


def _together(stated: Sequence[Mapping[str, Any]]) -> _Required:
    percents = {each.get("percent") for each in stated}
    required = [each.get("required_vnd") for each in stated]
    amounts = [amount for amount in required if amount is not None]
    bases = (basis for each in stated for basis in _bases(each.get("legal_basis")))
    return (
        stated[-1].get("rule"),
        percents.pop() if len(percents) == 1 else None,
        list(dict.fromkeys(bases)),
        sum(amounts) if len(amounts) == len(required) else None,
    )


def _bases(stated: Any) -> Sequence[str]:
    return [stated] if isinstance(stated, str) else list(stated or ())


def _of_fund(fund: Balance, rules: Rules | None) -> _Required | None:
    """Return what the law asks for; only central money has a local counterpart."""
    if rules is None or fund.funding_source != "central":
        return None
    return by_law(fund.program, fund.year, fund.allocated, rules)


def by_law(program: str, year: int, central: int, rules: Rules) -> _Required | None:
    """Return what the law asks for beside so many đồng of a programme's central money."""
    rule = rules.counterpart(program, year) or _unknown(rules, program, year)
    if rule is None:
        return None
    percent = rule.entry.get("counterpart_percent")
    text = None if percent is None else str(percent)
    return (
        rule.id if rule.kind == COUNTERPART else None,
        text,
        list(rule.legal_basis),
        None if text is None else counterpart_required(central, text),
    )


def _unknown(rules: Rules, program: str, year: int) -> Rule | None:
    """Return the rule whose law sets a counterpart that was not found, if there is one."""
    for rule in rules.items.values():
        if rule.program == program and rule.in_force_in(year):
            unused = rule.entry.get("not_used") or ()
            if any(each["code"] == "counterpart_percent" for each in unused):
                return rule
    return None
