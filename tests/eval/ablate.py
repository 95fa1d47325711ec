"""What each rule is worth: the leave-out scores without it, beside those with all.

Usage: python -m tests.eval.ablate [NAME…] (half a minute a rule)

A rule is a function that finds something; it is left out by finding nothing. One whose removal
costs nothing on articles that the weights have not seen goes.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from shared.press.figures import comparisons, elided, mentions, reading, surveys
from shared.press.figures.slots import meaning, period, place
from tests.eval.__main__ import sets
from tests.eval.folds import left_out


def _none(*_: Any, **__: Any) -> None:
    return None


def _nothing(*_: Any, **__: Any) -> tuple[()]:
    return ()


def _no(*_: Any, **__: Any) -> bool:
    return False


def _yes(*_: Any, **__: Any) -> bool:
    return True


def _same(one: Any, *_: Any, **__: Any) -> Any:
    return one


def _dict(*_: Any, **__: Any) -> dict[int, Any]:
    return {}


RULES: dict[str, tuple[Any, str, Callable[..., Any]]] = {
    "elided: joined nouns and acts": (elided, "_elided", _none),
    "elided: carried": (elided, "_carried", _none),
    "elided: listed": (elided, "_listed", _none),
    "elided: labelled": (elided, "_labelled", _none),
    "elided: lifespan": (elided, "_is_lifespan", _no),
    "respectively: units": (elided, "shared_units", lambda _cued, _sentence, counted: counted),
    "respectively: places": (reading, "places", _dict),
    "respectively: times": (reading, "listed_times", _dict),
    "pairs of poor and near-poor": (reading, "poor_and_near", _nothing),
    "levels in lists": (mentions, "_listed_level", _none),
    "levels behind lists": (mentions, "_levelled_behind", lambda _cued, found: found),
    "doubtful short names": (mentions, "_is_doubtful", _no),
    "names of persons": (mentions, "_is_person", _no),
    "small units of the province": (surveys, "_in_province", lambda *_: set()),
    "sure ends of Thai names": (surveys, "_is_sure", _yes),
    "title's year": (surveys, "titled", _none),
    "whole units": (place, "_wholes", _nothing),
    "events": (place, "_is_event", _no),
    "parents in brackets": (place, "without_parents", lambda _cued, found: list(found)),
    "moves": (period, "_add_move", _none),
    "times that lead on": (period, "_onward", _nothing),
    "proportions": (meaning, "is_proportion", _no),
    "repeated money": (meaning, "is_repeated", _no),
    "base from a level": (comparisons, "_from_level", _none),
    "headings": (reading, "heading", _none),
    "introductions": (reading, "introduced", lambda _cues: "actual"),
}  # fmt: skip


@contextmanager
def _without(name: str | None) -> Iterator[None]:
    if name is None:
        yield
        return
    module, rule, instead = RULES[name]
    kept = getattr(module, rule)
    setattr(module, rule, instead)
    try:
        yield
    finally:
        setattr(module, rule, kept)


def main(names: list[str]) -> None:
    """Print value F1 and joint F1 of every set, with all rules and without each."""
    for name in [None, *(names or RULES)]:
        with _without(name):
            found = left_out(sets())
        shown = [f"{s} {x['all'].value()[2]:.3f} {x['all'].joint()[2]:.3f}"
                 for s, x in sorted(found.items())]  # fmt: skip
        print(f"{name or 'all rules':32}", "   ".join(shown), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
