"""Lists "respectively": which number goes with which place, time or group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from shared.domain.figures.cues import Cued
from shared.domain.figures.gazetteer import Named
from shared.domain.figures.mentions import Mention
from shared.domain.figures.moments import Moment
from shared.domain.figures.passages import Sentence
from shared.domain.figures.quantities import Quantity
from shared.domain.figures.rates import Meaning
from shared.domain.figures.stems import Stem
from shared.domain.figures.whereabouts import without_parents

_STEP = 34
_LIST_GAP = 14


def shared_units(cued: Cued, sentence: Sentence, counted: Sequence[Quantity]) -> list[Quantity]:
    """Give "7.2, 5.65 and 4.9 billion" one unit and one multiplier."""
    if not _cues(cued, sentence):
        return list(counted)
    found = list(counted)
    for index in range(len(found) - 2, -1, -1):
        one, other = found[index], found[index + 1]
        gap = cued.text[one.end : other.start]
        if one.unit is None and other.unit is not None and _is_list_gap(gap):
            scale = other.scale - one.scale
            value = one.value.scaleb(scale) if scale > 0 else one.value
            unit = replace(other.unit, attached=False)
            found[index] = replace(one, unit=unit, value=value, scale=other.scale)
    return found


def _is_list_gap(gap: str) -> bool:
    return len(gap) <= 6 and not any(c in gap for c in ".()")


def _cues(cued: Cued, sentence: Sentence) -> list[int]:
    cues = cued.between(sentence.start, sentence.end)
    return [cue.start for cue in cues if cue.has("respectively")]


def places(
    cued: Cued, sentence: Sentence, counted: Sequence[Quantity], named: Sequence[Mention]
) -> dict[int, Named]:
    """Return the places of the numbers of such lists, by the numbers' starts."""
    found: dict[int, Named] = {}
    for at in _cues(cued, sentence):
        run = _run(counted, at)
        before = [m for m in named if run and m.end <= run[0].start]
        listed = _listed(before, len(run))
        alone = _listed(without_parents(cued, before), len(run))
        if len(without_parents(cued, listed)) < len(run) <= len(alone):
            listed = alone
        if len(run) > 1 and len(listed) == len(run):
            found |= {q.start: m.named for q, m in zip(run, listed, strict=True)}
    return found


def times(
    cued: Cued, sentence: Sentence, counted: Sequence[Quantity], moments: Sequence[Moment]
) -> dict[int, Moment]:
    """Return the times of the numbers of such lists: "in 2022 and 2023 was 7.8 % and 6.7 %"."""
    found: dict[int, Moment] = {}
    for at in _cues(cued, sentence):
        run = _run(counted, at)
        before = [m for m in moments if run and m.end <= run[0].start and m.role == ""]
        listed = before[-len(run) :]
        close = all(b.start - a.end <= _LIST_GAP for a, b in pairwise(listed))
        if len(run) > 1 and len(listed) == len(run) and close:
            found |= {q.start: m for q, m in zip(run, listed, strict=True)}
    return found


def stems(
    cued: Cued, sentence: Sentence, counted: Sequence[Quantity], known: Sequence[Meaning]
) -> dict[int, Stem]:
    """Return the stems of rates listed after the counts of the same groups."""
    found: dict[int, Stem] = {}
    for at in _cues(cued, sentence):
        run = [q for q in _run(counted, at) if q.is_rate]
        told = [m.stem for m in known if m.stem and m.unit == "households"][-len(run) :]
        if len(run) > 1 and len(told) == len(run) and len(set(told)) == len(told):
            found |= {q.start: stem for q, stem in zip(run, told, strict=True)}
    return found


def _listed(before: Sequence[Mention], count: int) -> list[Mention]:
    listed = list(before[-count:]) if count else []
    close = all(b.start - a.end <= _LIST_GAP for a, b in pairwise(listed))
    return listed if close else []


def _run(counted: Sequence[Quantity], at: int) -> list[Quantity]:
    """Return the numbers of one unit that stand in a row before the cue, else behind it."""
    before = [q for q in counted if q.end <= at]
    run = _tail(before)
    if len(run) > 1 and at - run[-1].end <= _STEP:
        return run
    after = [q for q in counted if q.start >= at]
    return _tail(after[::-1])[::-1] if after else []


def _tail(counted: Sequence[Quantity]) -> list[Quantity]:
    run: list[Quantity] = []
    for quantity in reversed(counted):
        name = quantity.unit.name if quantity.unit else ""
        if run:
            last = run[0].unit.name if run[0].unit else ""
            gap = max(run[0].start - quantity.end, quantity.start - run[0].end)
            if last != name or gap > _STEP:
                break
        run.insert(0, quantity)
    return run
