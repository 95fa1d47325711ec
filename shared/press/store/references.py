"""All that articles are held against: the official figures of the seeds, and those posted since."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from fractions import Fraction

from shared.areas.tree import AreaTree
from shared.kernel.database import Snapshot
from shared.law.store.seeds import SeedCache
from shared.press.reference_figures import ReferenceFigure, References
from shared.press.store import reference_figures
from shared.press.store.reference_figures import OfficialFigure
from shared.press.store.seeded_figures import SEEDED_FIGURES


async def official(
    snapshot: Snapshot, seeds: SeedCache, areas: AreaTree, known_at: datetime | None = None
) -> References:
    """Return the official figures, as known at an instant (None: now)."""
    loaded = await seeds.read(snapshot, SEEDED_FIGURES, known_at)
    posted = [
        _reference(each, areas.by_id(each.area_id).code)
        for each in await reference_figures.list_counting(snapshot, known_at)
    ]
    return replace(loaded, figures=(*loaded.figures, *posted)) if posted else loaded


def _reference(official: OfficialFigure, code: str) -> ReferenceFigure:
    exponent = official.value.as_tuple().exponent
    return ReferenceFigure(
        area_code=code,
        measure=official.measure,
        on=official.on_date,
        value=Fraction(official.value),
        step=Fraction(10) ** (exponent if isinstance(exponent, int) else 0),
        standard=official.standard,
        decision_no=official.decision_no,
        soft=official.preliminary,
    )
