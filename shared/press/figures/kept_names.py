"""What a process that reads articles does: keep the names of all areas, and read a text at a time.

The names of 14,000 units take longer to put in order than a text to read.
"""

from __future__ import annotations

import gc
from datetime import date

from shared.areas.tree import AreaTree
from shared.press.figures.evidence import Span
from shared.press.figures.explaining import Weighed, explain
from shared.press.figures.extraction import Reading, extract
from shared.press.figures.gazetteer import Gazetteer

_KEPT: dict[str, Gazetteer] = {}


class NamesUnknown(Exception):
    """The process is new, or the areas were loaded anew: `keep` them first."""


def keep(areas: AreaTree) -> None:
    """Keep the names of these areas, and of no others."""
    gazetteer = Gazetteer(areas)
    _KEPT.clear()
    _KEPT[areas.digest] = gazetteer
    # What stays for good need not be looked through for rubbish at every text.
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def read(
    areas_digest: str, text: str, language: str | None, published_on: date | None, title: str | None
) -> Reading:
    """Read one article."""
    return extract(
        text,
        language=language,
        published_on=published_on,
        title=title,
        gazetteer=_gazetteer(areas_digest),
    )


def weigh(
    areas_digest: str, text: str, language: str | None, published_on: date | None, title: str | None
) -> dict[Span, tuple[Weighed, ...]]:
    """Read one article again, for what spoke for each reading."""
    return explain(
        text,
        language=language,
        published_on=published_on,
        title=title,
        gazetteer=_gazetteer(areas_digest),
    )


def _gazetteer(areas_digest: str) -> Gazetteer:
    if areas_digest not in _KEPT:
        raise NamesUnknown(areas_digest)
    return _KEPT[areas_digest]
