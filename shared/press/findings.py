"""Findings: what in an article contradicts arithmetic, official numbers or the register.

Only actuals are compared, only what can be read one way, and only like with like: one place, one
population, one unit, one day. What rounding, words such as "nearly" or a later revision explain is
no finding.

>>> from decimal import Decimal
>>> from shared.press.figures.figure import Figure
>>> def people(value: str, start: int, role: str) -> Figure:
...     return Figure("persons_supported", Decimal(value), "persons", start, start + 5, "",
...                   role=role, sentence=0)
>>> found = check([people("46366", 0, "total"), people("43314", 10, "part"),
...                people("3492", 20, "part"), people("110", 30, "part")], References())
>>> [(f.kind, f.expected, f.stated) for f in found]
[('parts_exceed_total', Decimal('46916'), Decimal('46366'))]
>>> found[0].explanation_en
'The parts 43,314 + 3,492 + 110 make 46,916 persons, 550 more than the total of 46,366.'
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from shared.press.figures.checks import (
    averages,
    changed_bases,
    changes,
    identities,
    parts,
    rates,
    restated,
    spending,
    unit_amounts,
)
from shared.press.figures.checks import references as official
from shared.press.figures.checks.finding import Finding, FindingKind
from shared.press.figures.checks.items import Item, is_listed, is_sure, items
from shared.press.figures.checks.levels import tables
from shared.press.figures.checks.lists import lists
from shared.press.figures.figure import Figure
from shared.press.reference_figures import References, Register

__all__ = ["Finding", "FindingKind", "check"]


def check(
    figures: Sequence[Figure], references: References, register: Register | None = None
) -> list[Finding]:
    """Return what contradicts what, in the order of the text; linear in the number of figures."""
    every = items(figures)
    unique = {(one.kind, one.figures): one for one in _findings(every, references, register)}
    order = {item.position: rank for rank, item in enumerate(every)}
    return sorted(unique.values(), key=lambda one: ([order[at] for at in one.figures], one.kind))


def _findings(
    listed: Sequence[Item], references: References, register: Register | None
) -> Iterator[Finding]:
    every = [item for item in listed if is_sure(item)]
    levels = tables(every, references)
    stated = changes.changes(every, levels)
    yield from parts.check(lists([item for item in listed if is_listed(item)]))
    yield from identities.check(levels)
    yield from rates.check(list(levels.values()), references)
    yield from changes.check(stated)
    yield from changed_bases.check(stated, references)
    yield from restated.check(every, references)
    yield from averages.check(every, levels)
    yield from spending.check(every)
    yield from unit_amounts.check(every, references.norms)
    yield from official.check(every, references)
    if register is not None:
        yield from official.against_register(every, register)
