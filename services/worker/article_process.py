"""What the reader's process does: keep the names of all areas, and read one text at a time."""

from __future__ import annotations

from datetime import date

from shared.areas.tree import AreaTree
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


def read(
    areas_digest: str, text: str, language: str | None, published_on: date | None, title: str | None
) -> Reading:
    """Read one article."""
    if areas_digest not in _KEPT:
        raise NamesUnknown(areas_digest)
    return extract(
        text,
        language=language,
        published_on=published_on,
        title=title,
        gazetteer=_KEPT[areas_digest],
    )
