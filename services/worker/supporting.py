"""What households and areas were supported with, put together for the findings about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from shared.kernel.database import Transaction
from shared.law.store.seeds import ALLOCATION_RULES, SUPPORT_KINDS, SeedCache
from shared.law.support_kinds import SupportKinds
from shared.money import household_norm, payment_findings
from shared.money.payment_findings import Given, SupportedLine
from shared.money.register_findings import RegisterFinding
from shared.money.store import supports
from shared.money.store.supports import PaidLine


@dataclass
class Support:
    """All that one household was paid and given; `area_id`: the unit of its last line."""

    household_id: str
    area_id: int | None = None
    lines: list[SupportedLine] = field(default_factory=list)
    given: list[Given] = field(default_factory=list)

    def findings(self, closed_on: date | None) -> Iterator[RegisterFinding]:
        """Return what does not agree in it."""
        return payment_findings.of_household(self.lines, self.given, closed_on)


async def of_households(
    tx: Transaction, seeds: SeedCache, household_ids: Sequence[str]
) -> list[Support]:
    """Return the support of households that have any, in order of their ids."""
    kinds = await seeds.read(tx, SUPPORT_KINDS)
    every = {household: Support(household) for household in household_ids}
    for paid in await supports.lines_of_households(tx, household_ids):
        support = every[paid.line.line]
        support.area_id = paid.area_id
        support.lines.append(await _with_tranches(tx, seeds, paid))
    for record in await supports.records(tx, household_ids):
        content = _content(kinds, record.kind)
        every[record.household_id].given.append(record.given(content))
    return [every[household] for household in sorted(every)]


def _content(kinds: SupportKinds, kind: str) -> str | None:
    """Return what a kind is given once for; one that is no longer listed may be given again."""
    known = kinds.items.get(kind)
    return None if known is None else known.supports


async def _with_tranches(tx: Transaction, seeds: SeedCache, paid: PaidLine) -> SupportedLine:
    """Read the tranches as the rule had them when the run was made."""
    rules = await seeds.read(tx, ALLOCATION_RULES, paid.known_at)
    rule = household_norm.read(rules.named(paid.rule).entry)
    return replace(paid.line, percents=tuple(tranche.percent for tranche in rule.tranches))
