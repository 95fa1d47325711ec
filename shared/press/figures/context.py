"""What stands around a number: the words that lead to it, its noun phrase, and what follows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import msgspec

from shared.press.figures.cues import Cue, Cued
from shared.press.figures.passages import Sentence
from shared.press.figures.quantities import Quantity

_STOP = re.compile("[,;:()\n]")
_CUT = re.compile("[;:()\n.]")
_LISTING = frozenset({"role:list", "role:of_which"})
_PHRASE = 90
_LEAD = 160
_GAP_WORDS = 3
_CUES_MAX = 60
_INTRO_MAX = 12


class Context(msgspec.Struct, frozen=True):
    """A number in its sentence.

    `lead` are the cues between the number before and this one, the nearest last; `phrase` those of
    its own noun phrase; `tail` all up to the next number, `to_stop` to the first comma or bracket;
    `ahead` all of the sentence before it.
    """

    quantity: Quantity
    cued: Cued
    sentence: Sentence
    lead: Sequence[Cue]
    phrase: Sequence[Cue]
    tail: Sequence[Cue]
    ahead: Sequence[Cue]
    previous: Quantity | None
    following: Quantity | None
    numbers: Sequence[Quantity]
    to_stop: Sequence[Cue]

    def near(self, family: str) -> Cue | None:
        """Return the nearest cue of a family that leads to the number."""
        return next((cue for cue in reversed(self.lead) if cue.has(family)), None)

    def leads(self, *tags: str) -> bool:
        """Say whether a tag stands in the lead."""
        return any(tag in cue.tags for cue in self.lead for tag in tags)

    def follows(self, *tags: str) -> bool:
        """Say whether a tag stands in the tail."""
        return any(tag in cue.tags for cue in self.tail for tag in tags)

    def text_before(self) -> str:
        """Return the text from the number before to this one."""
        start = self.previous.end if self.previous else self.sentence.start
        return self.cued.text[max(start, self.quantity.start - _LEAD) : self.quantity.start]


def context(cued: Cued, sentence: Sentence, found: Sequence[Quantity], index: int) -> Context:
    """Gather what stands around the number found[index] of a sentence."""
    quantity = found[index]
    previous = found[index - 1] if index else None
    following = found[index + 1] if index + 1 < len(found) else None
    start = previous.end if previous else sentence.start
    stop = following.start if following else sentence.end
    tail = _before_semicolon(cued, quantity.end, stop)
    return Context(
        quantity=quantity,
        cued=cued,
        sentence=sentence,
        lead=_after_semicolon(cued, start, quantity.start),
        phrase=_phrase(cued, quantity, stop),
        tail=tail,
        ahead=cued.between(sentence.start, quantity.start)[-_CUES_MAX:],
        previous=previous,
        following=following,
        numbers=found,
        to_stop=_to_stop(cued.text, quantity.end, tail),
    )


def _to_stop(text: str, end: int, tail: Sequence[Cue]) -> list[Cue]:
    found = _STOP.search(text, end, end + _PHRASE)
    stop = found.start() if found else end + _PHRASE
    return [cue for cue in tail if cue.start < stop]


def intro_cues(context: Context) -> Sequence[Cue]:
    """Return the cues of the words that introduce a list: "Budget: 3 billion of the province …"."""
    start = context.sentence.start
    colon = context.cued.text.find(": ", start, context.quantity.start)
    return context.cued.between(start, colon)[-_INTRO_MAX:] if colon >= 0 else ()


def _after_semicolon(cued: Cued, start: int, end: int) -> Sequence[Cue]:
    cut = cued.text.rfind(";", start, end)
    return _ended(cued.between(max(start, cut + 1), end)[-_CUES_MAX:], end)


def _before_semicolon(cued: Cued, start: int, end: int) -> Sequence[Cue]:
    cut = cued.text.find(";", start, end)
    return cued.between(start, cut if cut >= 0 else end)[:_CUES_MAX]


def _ended(cues: Sequence[Cue], end: int) -> Sequence[Cue]:
    return [cue for cue in cues if cue.end <= end]


def _phrase(cued: Cued, quantity: Quantity, stop: int) -> Sequence[Cue]:
    """Return the cues of the noun phrase that begins with the number; lists of groups included."""
    start = quantity.digits_end or quantity.end
    end = min(stop, start + _PHRASE, cued.end)
    found: list[Cue] = []
    position = start
    for cue in cued.between(start, end):
        gap = cued.text[position : cue.start]
        if _CUT.search(gap) or len(gap.split()) > _GAP_WORDS or cue.has_any(_LISTING):
            break
        if found and " " in gap and _is_thai_noun(cued.text, cue):
            break
        if "," in gap and not _goes_on(found, cue):
            break
        found.append(cue)
        position = cue.end
    return found


def _goes_on(found: Sequence[Cue], cue: Cue) -> bool:
    """Say whether a noun phrase goes on behind a comma: "poor, near-poor households"."""
    if found and not any(c.has("group") for c in found):
        return False
    return cue.has("group") or (bool(found) and cue.has("unit") and not cue.has("num"))


def _is_thai_noun(text: str, cue: Cue) -> bool:
    noun = cue.has("unit") and not cue.has("group")
    return noun and "\u0e00" < text[cue.start] <= "\u0e7f"


def unit_cues(context: Context) -> list[Cue]:
    """Return the word of a number's unit as a cue; nothing where it has none."""
    unit = context.quantity.unit
    return [Cue(unit.start, unit.end, unit.tags)] if unit else []


def groups(cues: Iterable[Cue]) -> set[str]:
    """Return the groups of people that cues name."""
    return set().union(*[cue.values("group") for cue in cues if "group" in cue.tags])
