"""Articles read in a child process, which is given the names of the areas when it lacks them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TypeVar

from shared.areas.tree import AreaTree
from shared.press.figures.kept_names import NamesUnknown, keep
from shared.press.store.articles import StoredArticle
from shared.runtime.child import Child

T = TypeVar("T")
# Our own names, not a stranger's text: on a busy machine the process may take long to begin.
KEEPING_SECONDS = 60.0

ByNames = Callable[[str, str, str | None, date | None, str | None], T]


async def read_apart(
    child: Child, seconds: float, function: ByNames[T], areas: AreaTree, row: StoredArticle
) -> T:
    """Return what a function of `kept_names` makes of an article; `TooSlow` past its time."""
    article = row.text or "", row.language, row.published_on, row.title
    try:
        return await child.call(seconds, function, areas.digest, *article)
    except NamesUnknown:
        await child.call(KEEPING_SECONDS, keep, areas)
        return await child.call(seconds, function, areas.digest, *article)
