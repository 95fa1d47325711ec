"""What a percentage states: a rate, its change in points, a share, coverage or progress."""

from __future__ import annotations

from dataclasses import dataclass

from shared.press.figures.context import Context, before_stop, groups, of_all
from shared.press.figures.cues import Cue
from shared.press.figures.figure import Direction
from shared.press.figures.stems import RATES, STEMS, Stem, first_stem, last_stem
from shared.press.figures.trends import Trend, trend

_MEMORY = 110
_WHO = 14
_RATE_UNITS = ("percent", "percentage_points")
_CLOSE = 12
_REDUCTION = 36
_SHORT_LEAD = 4
_SERVED = ("act:support", "act:train", "act:jobs")
_CARRYING = frozenset(
    {"from", "to", "dir", "by", "vs", "these", "link", "avg", "kind", "place", "whole"}
)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a number measures, in which unit, and whether it tells a change."""

    measure: str
    unit: str
    direction: Direction | None = None
    stem: Stem | None = None
    population: str | None = None


@dataclass(frozen=True, slots=True)
class Memory:
    """What the sentences before were about."""

    stem: Stem | None = None
    meaning: Meaning | None = None
    same_sentence: bool = False
    leveled: bool = False


def rate(context: Context, memory: Memory) -> Meaning | None:
    """Return what a percentage means, None where nothing says it."""
    move = trend(context)
    other = _other_topic(context, move)
    if other is not None:
        return other if other.measure else None
    if _is_minority_share(context, memory):
        return Meaning("share_of_total", "percent")
    if _is_compared(context, memory):
        return memory.meaning
    if _is_share_of_poor(context):
        return Meaning("share_of_total", "percent")
    if _holds(context):
        return Meaning("coverage_rate", "percent")
    counted = _of_count(context, memory) or _of_money(context, memory, move)
    if counted:
        return counted
    stem = _stem(context, memory)
    if stem is None and _is_reduction(context):
        return poverty_rate(context, "poverty", Trend(True, True, "decrease"))
    if stem is None:
        return _coverage(context) or _share(context)
    if _is_coverage(context):
        return _coverage(context)
    return poverty_rate(context, stem, _parallel(context, memory, move))


def _parallel(context: Context, memory: Memory, move: Trend) -> Trend:
    """Let a second percentage be a change too: "fell by 5.85 %, beating the target of 4 %"."""
    last = memory.meaning
    if context.leads("by") and last and last.direction and memory.same_sentence and not move.change:
        return Trend(True, True, last.direction)
    if move.change or last is None or not memory.same_sentence or last.direction is None:
        return move
    if memory.leveled and _new_subject(context):
        return move
    levels = any(c.has("to") and not c.has("kind") for c in context.lead)
    if levels and not context.leads("kind:none", "kind:target", "avg"):
        return move
    aimed = any(c.has("kind") or c.has("avg") for c in (*context.lead, *context.tail[:1]))
    named = any(
        c.has("topic") or c.has("from") or c.has("share") or "qual:below" in c.tags
        for c in context.lead
    )
    if named or not (aimed or any(c.has("group") or c.has("qual") for c in context.lead)):
        return move
    return Trend(True, True, last.direction)


def _new_subject(context: Context) -> bool:
    """Say whether a group of its own stands right before the number: "near-poor 8.2 %"."""
    last = context.lead[-1] if context.lead else None
    if last is None or not (last.has("group") or last.has("topic")):
        return False
    return len(context.cued.text[last.end : context.quantity.start].strip(" :")) == 0


def poverty_rate(context: Context, stem: Stem, move: Trend) -> Meaning:
    """Return a rate, or its change where the words tell one."""
    points = context.quantity.unit is not None and context.quantity.unit.name == "percentage_points"
    if points or move.change:
        measure = f"{RATES[stem]}_change_pp"
        return Meaning(measure, "percentage_points", move.direction, stem)
    return Meaning(RATES[stem], "percent", None, stem)


def _other_topic(context: Context, move: Trend) -> Meaning | None:
    """Read percentages of other topics; an empty measure says that it is no figure of ours."""
    nearest = next((c for c in reversed(context.lead) if c.has("topic") or c.has("rate")), None)
    topic = nearest.value("topic") if nearest else None
    following = next((c.value("topic") for c in before_stop(context) if c.has("topic")), None)
    if topic == "other" or (topic is None and following == "other"):
        return Meaning("", "")
    if topic == "income":
        return Meaning("income_change_percent", "percent", move.direction or "increase")
    planned = any(
        "of_plan" in c.tags and c.start - context.quantity.end < 4 for c in context.tail[:1]
    )
    if planned and not any(c.has("dir") for c in context.lead):
        return Meaning("progress_rate", "percent")
    if topic == "progress" and move.change:
        return None
    if topic == "progress" or following == "progress" or context.leads("money:disbursed"):
        if topic in STEMS and following != "progress":
            return None
        return Meaning("progress_rate", "percent")
    if topic == "coverage" and not context.follows("share"):
        return Meaning("coverage_rate", "percent")
    return None


def _of_count(context: Context, memory: Memory) -> Meaning | None:
    """Read "2,100 poor households, 14.78 %" and "... make up 60 % of all poor households"."""
    last = memory.meaning
    if last is None or last.stem is None or not memory.same_sentence or last.direction:
        return None
    bracketed = _bracketed(context)
    linked = any(c.has("share") or c.has("link") for c in context.lead)
    if not (bracketed or linked) or last.unit not in ("households", "persons"):
        return None
    if trend(context).change or any(c.value("topic") for c in context.lead):
        return None
    ahead = before_stop(context)
    whole = any(of_all(c) for c in ahead)
    if whole and groups(ahead) & {"poor", "near_poor"}:
        return Meaning("share_of_total", "percent", None, last.stem)
    if last.measure.endswith("households") or last.measure == "poor_persons":
        return Meaning(RATES[last.stem], "percent", None, last.stem)
    return None


def _is_minority_share(context: Context, memory: Memory) -> bool:
    """Read "ethnic minorities made up 95.7 % of those who remain": a share of the poor."""
    shared = any(c.has("share") and not c.has("by") for c in context.lead[-3:])
    who = context.leads("group:ethnic_minority") and not any(c.has("topic") for c in context.lead)
    poor = memory.stem is not None or groups(context.ahead) & {"poor"}
    return bool(shared and who and poor) and not _of_people(context)


def _is_reduction(context: Context) -> bool:
    """Read "the aim is poverty reduction of 3-4 % a year": only the act names the poor."""
    named = next((c for c in reversed(context.lead) if c.has("reduction")), None)
    if named is None or context.quantity.start - named.end > _REDUCTION:
        return False
    after = [c for c in context.lead if c.start > named.start]
    return not any(c.has("unit") or c.has("money") or c.has("act") for c in after)


def _is_share_of_poor(context: Context) -> bool:
    """Read "of the poor households, 57 % were ethnic minority" and "93 % of them are Mong"."""
    behind = before_stop(context)
    who = [c for c in behind if c.has("group:ethnic_minority")]
    if not who or any(c.has("topic") or c.has("act") for c in behind):
        return False
    of_poor = any(of_all(c) or c.has("part_of") for c in context.lead) and bool(
        groups(context.lead) & {"poor", "near_poor"}
    )
    first = [c for c in behind if c.start < who[0].start]
    return of_poor or (bool(groups(first) & {"poor"}) and any(c.has("to") for c in first))


def _is_compared(context: Context, memory: Memory) -> bool:
    """Read "reached 36.9 %, below the average (43.1 %)": the second is of the same kind."""
    last = memory.meaning
    if last is None or not memory.same_sentence or last.measure != "progress_rate":
        return False
    named = any(c.has("topic") or c.has("rate") or c.has("unit:households") for c in context.lead)
    if not named and context.leads("money:budget"):
        return True
    return not named and any(c.has("vs") or c.has("dir") or c.has("avg") for c in context.lead)


def _holds(context: Context) -> bool:
    """Read "98.8 % of residents hold a card": people right behind, and what they have."""
    tail = context.tail[:6]
    led = any(c.has("topic") or c.has("rate") or c.has("dir") for c in context.lead[-4:])
    who = any(c.has("unit") and c.start - context.quantity.end < _WHO for c in tail)
    has = any("unit:cards" in c.tags or c.value("topic") == "coverage" for c in tail)
    return who and has and not led


def _of_people(context: Context) -> bool:
    return any("people" in c.tags for c in before_stop(context))


def _of_money(context: Context, memory: Memory, move: Trend) -> Meaning | None:
    """Read "paid out 548 billion, or 89.5 %" and "loans of 431 billion, up 9.7 %"."""
    last = memory.meaning
    if last is None or last.unit != "VND" or not memory.same_sentence:
        return None
    if any(c.has("topic") and c.value("topic") != "progress" for c in context.lead):
        return None
    if last.measure.startswith("loan_amount") and move.change and move.direction:
        return Meaning("loan_amount_change", "percent", move.direction)
    linked = _bracketed(context) or any(
        c.has("share") or c.has("link") or c.has("to") for c in context.lead
    )
    paid = any("money:disbursed" in c.tags for c in (*context.ahead, *context.tail))
    return Meaning("progress_rate", "percent") if linked and paid else None


def _bracketed(context: Context) -> bool:
    return context.text_before().rstrip().endswith("(") and not context.lead


def _stem(context: Context, memory: Memory) -> Stem | None:
    if context.leads("sum") and memory.stem:
        return "both"
    named = _rate_stem(context) or _subject_stem(context, memory) or _poor_behind(context)
    if named:
        return named
    if any(of_all(c) for c in before_stop(context)) and not context.leads("rate"):
        return None
    short = len(context.text_before()) < _MEMORY
    moved = any(_carries(c.tags) for c in context.lead) or not context.lead
    if memory.same_sentence and (short or moved):
        return memory.stem
    ahead = [c for c in context.ahead if c.has("topic")]
    if ahead and (moved or short):
        return last_stem(ahead)
    if (
        memory.stem
        and memory.meaning is None
        and any(c.has("these") or c.has("rate") for c in context.lead)
    ):
        return "poverty"
    refers = any(c.has("these") or c.has("kind") for c in context.lead)
    if context.leads("rate") and groups(context.ahead) & {"poor", "near_poor"}:
        return last_stem(context.ahead)
    if trend(context).moves and any("weak_topic" in c.tags for c in context.ahead):
        return "poverty"
    return memory.stem if refers or (moved and trend(context).moves) else None


def _names_poor(cue: Cue) -> bool:
    return "group:poor" in cue.tags or "group:near_poor" in cue.tags


def _poor_behind(context: Context) -> Stem | None:
    """Read "each year 6 to 7 % of poor households fewer" and "still has 31 % poor households"."""
    noun = context.cued.next_to(context.quantity.end)
    if noun is None or not (noun.has("unit:households") or noun.has("group")):
        return None
    named = [c for c in context.tail[:3] if c.has("group") or c.has("unit:households")]
    alone = len(before_stop(context)) == len(named) and (context.leads("to") or not context.lead)
    return last_stem(named) if context.near("dir") or alone else None


def _carries(tags: frozenset[str]) -> bool:
    return any(t.split(":")[0] in _CARRYING for t in tags)


def _rate_stem(context: Context) -> Stem | None:
    """Return the stem of a rate that the lead or the words behind name."""
    topics = [c for c in context.lead if c.has("topic") or c.has("rate")]
    if topics:
        after = [c for c in context.lead if c.start >= topics[-1].start]
        return first_stem(after) or (last_stem(after) if topics[-1].has("rate") else None)
    behind = before_stop(context)
    reach = _REDUCTION if behind and behind[0].has("dir") else _CLOSE
    close = [c for c in behind if c.has("topic") and c.start - context.quantity.end < reach]
    return first_stem(close) if close else None


def _subject_stem(context: Context, memory: Memory) -> Stem | None:
    """Read "near-poor households accounted for 14.1 %"."""
    counted = any("unit:households" in c.tags or _names_poor(c) for c in context.lead)
    last = memory.meaning if memory.same_sentence else None
    rated = last is not None and last.unit in _RATE_UNITS
    shared = any(c.has("share") or (rated and c.has("to")) for c in context.lead[-3:])
    falls = len(context.lead) <= _SHORT_LEAD and context.lead[-1:] and context.lead[-1].has("dir")
    shared = shared or bool(falls)
    new = rated and memory.leveled and _new_subject(context)
    if (
        not (counted and (shared or new))
        or groups(before_stop(context)) & {"poor", "near_poor"}
        or context.leads("group:ethnic_minority")
    ):
        return None
    return last_stem([c for c in context.lead if not c.has("topic")])


def _is_coverage(context: Context) -> bool:
    covered = any(c.value("topic") == "coverage" for c in before_stop(context))
    return covered and not context.leads("rate")


def _coverage(context: Context) -> Meaning | None:
    """Read "95 % of poor households have cards" and "all (100 %) beneficiaries"."""
    tail = before_stop(context)
    named = any(c.has("unit") or c.has("group") or c.has("people") for c in tail[:4])
    who = named or _noun_touches(context)
    if not who:
        return None
    supported = [*context.lead, *context.tail]
    covered = any(
        c.value("topic") == "coverage" or any(c.has(a) for a in _SERVED) for c in supported
    )
    if covered or context.quantity.value == 100:
        return Meaning("coverage_rate", "percent")
    return None


def _noun_touches(context: Context) -> bool:
    cue = context.cued.ending_at(context.quantity.start)
    return cue is not None and cue.has("unit")


def _share(context: Context) -> Meaning | None:
    tail = before_stop(context)
    poor = groups(tail) & {"poor", "near_poor"} or groups(context.lead) & {"poor", "near_poor"}
    if poor and any(of_all(c) for c in tail):
        return Meaning("share_of_total", "percent")
    return None
