"""Measures as a filter: one that there is not is refused."""

from __future__ import annotations

from shared.http.ask import Ask
from shared.http.problems import invalid
from shared.kernel.errors import Fault
from shared.law.store.seeds import MEASURES


async def check_measure(ask: Ask, measure: str) -> None:
    """Refuse a measure that there is not: an empty answer would say that nothing is known of it."""
    async with ask.reads.snapshot() as snapshot:
        names = (await ask.context.seeds.read(snapshot, MEASURES)).names
    if names is not None and measure not in names:
        detail = f"one of: {', '.join(sorted(names))}"
        raise invalid([Fault("/query/measure", "unknown_value", detail)])
