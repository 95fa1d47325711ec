"""Lists "respectively": which number goes with which place, time or group."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from msgspec.structs import replace

from shared.press.figures.cues import Cue, Cued, carries
from shared.press.figures.gazetteer import Named
from shared.press.figures.mentions import Mention
from shared.press.figures.passages import Sentence
from shared.press.figures.quantities import Quantity
from shared.press.figures.slots.place import without_parents
from shared.press.figures.times.moment import Moment

_STEP = 34
_LIST_GAP = 14
_PAIR = 20
_GROUPS: dict[str, str] = {"poor": "poverty", "near_poor": "near_poverty"}
_TOPICS: dict[str, str] = {"poverty": "poverty", "near_poverty": "near_poverty"}


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
            unit = replace(other.unit, attached=False)
            if scale > 0:
                one = replace(one, value=one.value.scaleb(scale), amount=one.amount.scaled(scale))
            found[index] = replace(one, unit=unit, scale=other.scale)
    return found


def _is_list_gap(gap: str) -> bool:
    return len(gap) <= 6 and not any(c in gap for c in ".()")


def _cues(cued: Cued, sentence: Sentence) -> list[int]:
    cues = cued.between(sentence.start, sentence.end)
    return [cue.start for cue in cues if "respectively" in cue.tags]


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


def poor_and_near(
    cued: Cued, sentence: Sentence, counted: Sequence[Quantity], index: int
) -> tuple[str, ...]:
    """Return the stems of two numbers behind "the poor and the near-poor", from counted[index]."""
    run = counted[index : index + 2]
    if len(run) < 2 or not _is_pair(cued, sentence, run):
        return ()
    start = counted[index - 1].end if index else sentence.start
    return _order(cued.between(start, run[0].start))


def _is_pair(cued: Cued, sentence: Sentence, run: Sequence[Quantity]) -> bool:
    """Say whether two numbers of one unit stand in a row: joined by "and", or "respectively"."""
    one, other = run
    same = (one.unit.name if one.unit else "") == (other.unit.name if other.unit else "")
    if not same or other.start - one.end > max(_PAIR, _STEP):
        return False
    gap = cued.between(one.end, other.start)
    if carries(gap, "topic") or carries(gap, "dir"):
        return False
    if carries(cued.between(one.end, other.end + _PAIR), "group"):
        return False
    joined = other.start - one.end <= _PAIR and carries(gap, "and")
    return joined or (other.start - one.end <= _STEP and bool(_cues(cued, sentence)))


def _order(cues: Sequence[Cue]) -> tuple[str, ...]:
    """Return in which order the poor and the near-poor are named, side by side."""
    found: list[tuple[str, Cue]] = []
    for cue in cues:
        groups = cue.values("group") & {"poor", "near_poor"}
        if cue.value("topic") == "both" or len(groups) == 2:
            return ("poverty", "near_poverty")
        stem = _GROUPS.get(next(iter(groups), "")) or _TOPICS.get(cue.value("topic") or "")
        stem = "poverty" if stem is None and cue.has("weak_topic") else stem
        if stem:
            found.append((stem, cue))
    one, other = found[-2:] if len(found) > 1 else (None, None)
    if not one or not other or one[0] == other[0] or other[1].start - one[1].end > _LIST_GAP:
        return ()
    return (one[0], other[0])


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
