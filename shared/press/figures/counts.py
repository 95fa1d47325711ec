"""What a count states: households, people, houses, models and other things."""

from __future__ import annotations

import re
from collections.abc import Sequence

from shared.press.figures.context import Context, before_stop, groups, of_all
from shared.press.figures.cues import Cue
from shared.press.figures.rates import Meaning, Memory
from shared.press.figures.stems import HOUSEHOLDS, Stem, last_stem, stem_of_groups
from shared.press.figures.trends import trend

_MOVES = {
    "act:exit_near": "households_exited_near_poverty",
    "act:exit": "households_exited_poverty",
    "act:fallback": "households_fallen_back",
    "act:new": "households_newly_poor",
}
_HOUSES = {
    "act:remain": "houses_remaining",
    "act:start": "houses_started",
    "act:build_or_repair": "houses_built_or_repaired",
    "act:repair": "houses_repaired",
    "act:build": "houses_built",
    "act:finish": "houses_built",
}
_DONE = ("act:finish", "act:build")
_PEOPLE = {
    "act:jobs": "jobs_created",
    "act:train": "persons_supported",
    "act:abroad": "workers_sent_abroad",
}
_PLACES = frozenset({"communes", "villages", "districts", "provinces"})
_GIVEN = frozenset(
    {
        "cattle",
        "animals",
        "bicycles",
        "water_tanks",
        "gifts",
        "scholarships",
        "toilets",
        "trips",
        "person_days",
    }
)
_COPULA = 9
_OWN_GAP = 12
_BESIDE = 44
_ROUND = (10, 20, 50, 100, 1000)
_ONE_IN = re.compile(r"[^\W_]+ (?:in|out of|in every|dari|ใน|trên) ?$")
_AID = ("act:support", "money:mobilised", "money:value", "money:loan", "money:disbursed")


def households(context: Context, memory: Memory) -> Meaning | None:
    """Return what a number of households means."""
    if _is_proportion(context):
        return None
    moved = _own_move(context) or _act(context, _MOVES)
    if moved and not _only_group(context, moved):
        return Meaning(_MOVES[moved], "households")
    own = stem_of_groups(groups(context.tight()))
    stem = own or _stem_before(context)
    supported = _is_supported(context)
    move = trend(context)
    if stem and move.change and move.direction and not supported:
        return Meaning(f"{HOUSEHOLDS[stem]}_change", "households", move.direction, stem)
    if supported or (context.leads("group:disaster", "group:business") and not own):
        return Meaning("households_supported", "households")
    if stem is None:
        stem = _inherited(context, memory)
    if stem:
        direction = move.direction if move.change else None
        name = f"{HOUSEHOLDS[stem]}_change" if direction else HOUSEHOLDS[stem]
        return Meaning(name, "households", direction, stem)
    if any(of_all(c) for c in context.lead) or context.leads("role:total"):
        return Meaning("households_total", "households")
    return Meaning("households_supported", "households") if _helps(context.ahead) else None


def _is_proportion(context: Context) -> bool:
    """Say whether a number only tells a share: "four in 10 families", "of every 100, 40 are"."""
    starts = [context.quantity.start, *([context.previous.start] if context.previous else [])]
    words = [context.cued.ending_at(start) for start in starts]
    if any(word is not None and word.has("for_every") for word in words):
        return True
    if context.quantity.value in _ROUND:
        return _ONE_IN.search(context.text_before()) is not None
    unit, following = context.quantity.unit, context.following
    elided = unit is not None and not unit.attached and context.quantity.value < max(_ROUND)
    return elided and following is not None and following.value in _ROUND


def _own_move(context: Context) -> str | None:
    """Return the move right behind the noun: "320 families left poverty, 15 fell back"."""
    unit = context.quantity.unit
    end = max(context.quantity.end, unit.end if unit else 0)
    for cue in before_stop(context)[:4]:
        act = next((tag for tag in _MOVES if tag in cue.tags), None)
        gap = context.cued.text[end : cue.start]
        if (
            act
            and len(gap) <= _OWN_GAP
            and not any(c.has("and") for c in _inside(context, end, cue))
        ):
            thai = "\u0e00" < context.cued.text[cue.start] <= "\u0e7f"
            return None if thai and gap.startswith(" ") else act
    return None


def _inside(context: Context, start: int, cue: Cue) -> Sequence[Cue]:
    return context.cued.between(start, cue.start)


def _only_group(context: Context, act: str) -> bool:
    """Say whether an exit only names the group ("newly exited households were lent …")."""
    return act == "act:exit" and any("group:exited" in c.tags for c in context.phrase)


def _stem_before(context: Context) -> Stem | None:
    """Read "poor households: 2,100 households"; a rate's topic is read by `_inherited`."""
    named = [c for c in context.lead if not c.has("topic") and not c.has("rate")]
    return last_stem(named)


def _inherited(context: Context, memory: Memory) -> Stem | None:
    """Read "12.79 % with 63,642 households": the noun is dropped."""
    unit = context.quantity.unit
    if unit is not None and not unit.attached:
        named = [c for c in context.tail[:6] if c.has("group")]
        if named:
            return last_stem(named)
    if not memory.same_sentence or memory.stem is None:
        topics = [c for c in context.ahead if c.has("topic")]
        return last_stem(topics) if topics else None
    plain = all(c.has("and") or _is_bare(c) for c in context.lead)
    linked = plain or any(_links(c) for c in context.lead)
    return memory.stem if linked else None


def _is_bare(cue: Cue) -> bool:
    return "unit:households" in cue.tags and not cue.has("group")


def _links(cue: Cue) -> bool:
    return any(cue.has(f) for f in ("link", "share", "to", "from", "dir", "by", "count", "role"))


def _is_supported(context: Context) -> bool:
    nearest = next((c for c in reversed(context.lead) if c.has("act") or c.has("dir")), None)
    if nearest is not None and nearest.has("act:support"):
        return not _counts_before(context, nearest)
    tail = [*context.phrase, *before_stop(context)[:8]]
    return any("act:support" in c.tags for c in tail) and not _state(context)


def _counts_before(context: Context, act: Cue) -> bool:
    """Say whether the number counts the poor after all: "after the support 2,100 poor remain"."""
    after = [c for c in context.lead if c.start >= act.end]
    return any(c.has("to") and not c.has("unit") for c in after) and any(c.has("t") for c in after)


def _state(context: Context) -> bool:
    return any(c.has("vs") for c in context.tail[:2])


def _helps(cues: Sequence[Cue]) -> bool:
    return any(tag in c.tags for c in cues for tag in _AID)


def persons(context: Context, memory: Memory) -> Meaning | None:
    """Return what a number of people means."""
    around = _act(context, _PEOPLE)
    if around:
        return Meaning(_PEOPLE[around], "persons")
    own = groups(context.tight()) | groups(_unit_cues(context))
    moved = _act(context, _MOVES)
    if moved and not own - {"poor"}:
        return Meaning(
            "persons_exited_poverty" if moved == "act:exit" else "other_count", "persons"
        )
    if "poor" in own and not _is_supported(context):
        move = trend(context)
        return Meaning(
            "poor_persons", "persons", move.direction if move.change else None, "poverty"
        )
    if _is_supported(context) or _helps(context.ahead) or own & _CARED:
        return Meaning("persons_supported", "persons")
    last = memory.meaning if memory.same_sentence else None
    if last and last.measure == "persons_supported":
        return last
    if last and last.measure == "poor_households" and _beside(context) and not own:
        return Meaning("poor_persons", "persons", None, "poverty")
    return None


def _beside(context: Context) -> bool:
    """Say whether people follow their households: "1,200 poor households with 5,400 people"."""
    before = context.previous
    near = before is not None and context.quantity.start - before.end <= _BESIDE
    return near and all(c.has("link") or c.has("group") or c.has("unit") for c in context.lead)


_CARED = frozenset({"social_protection", "patients", "disabled", "elderly", "saline", "disaster"})


def _unit_cues(context: Context) -> list[Cue]:
    unit = context.quantity.unit
    return [Cue(unit.start, unit.end, frozenset(unit.tags))] if unit else []


def _act(context: Context, table: dict[str, str]) -> str | None:
    """Return the nearest act of a table: before the number, else right behind it."""
    for cue in reversed(context.lead):
        for tag in table:
            if tag in cue.tags:
                return tag
    tail = before_stop(context)
    return next((tag for cue in tail[:6] for tag in table if tag in cue.tags), None)


def houses(context: Context) -> Meaning | None:
    """Return what a number of houses means."""
    text = context.cued.text
    end = context.quantity.unit.end if context.quantity.unit else context.quantity.end
    left = bool(context.lead) and "left" in context.lead[-1].tags
    for cue in before_stop(context):
        act = next((tag for tag in _HOUSES if tag in cue.tags), None)
        if (
            act
            and len(text[end : cue.start].strip()) <= _COPULA
            and not _is_next(context, end, cue)
            and not (left and act in _DONE)
        ):
            return Meaning(_HOUSES[act], "houses")
    if left:
        return Meaning("houses_remaining", "houses")
    named = {tag for c in context.lead for tag in _HOUSES if tag in c.tags}
    act = _act(context, _HOUSES)
    if act == "act:finish" and any("act:repair" in c.tags for c in context.ahead):
        act = "act:build_or_repair"
    if {"act:build", "act:repair"} <= named and act in ("act:build", "act:repair"):
        return Meaning("houses_built_or_repaired", "houses")
    if act is None and any(c.has("part_of") for c in context.lead):
        act = next((t for c in reversed(context.ahead) for t in _HOUSES if t in c.tags), None)
    if act:
        return Meaning(_HOUSES[act], "houses")
    helped = _helps(context.ahead) or _helps(before_stop(context))
    return Meaning("houses_built", "houses") if helped else None


def _is_next(context: Context, end: int, act: Cue) -> bool:
    """Say whether an act behind the number belongs to the number after it."""
    joined = any(c.has("and") for c in context.cued.between(end, act.start))
    following = context.following
    return joined or (following is not None and following.start - act.end < 8)


def things(context: Context) -> Meaning | None:
    """Return what a number of other things means, None where nothing ties it to the subject."""
    unit = context.quantity.unit
    name = unit.name if unit else ""
    given = _helps(context.lead) or _helps(before_stop(context)) or _helps(context.ahead)
    if name == "models":
        return Meaning("livelihood_models", "models")
    if name == "cards":
        return Meaning("insurance_cards", "cards")
    if name == "tonnes" and (context.leads("rice") or context.follows("rice") or _rice(context)):
        return Meaning("rice_tonnes", "tonnes")
    if name == "jobs":
        return Meaning("jobs_created", "persons")
    if name == "animals" and any("unit:cattle" in c.tags for c in _near(context)):
        name = "cattle"
    if name in _GIVEN:
        return Meaning("other_count", name)
    if name in _PLACES:
        return Meaning("other_count", name) if _concerned(context) else None
    return (
        Meaning("other_count", name)
        if given and name not in ("ha", "km", "years_of_life", "trees")
        else None
    )


def _near(context: Context) -> Sequence[Cue]:
    return context.cued.between(context.sentence.start, context.sentence.end)


def _rice(context: Context) -> bool:
    return any(c.has("rice") for c in context.ahead)


def _concerned(context: Context) -> bool:
    """Say whether a number of communes tells of poverty: "18/34 communes", "12 poor districts"."""
    near = [*context.lead[-4:], *context.phrase]
    poor = any(c.has("group:poor") or c.has("act:exit") for c in context.phrase)
    return context.quantity.of_total is not None or poor or any(c.has("act:exit") for c in near)


def standard(context: Context) -> Meaning | None:
    """Return a standard of housing: square metres, or the years that a house must last."""
    unit = context.quantity.unit
    if unit is not None and unit.name == "m2":
        housing = any(
            c.has("unit:houses") or c.has("kind:norm") or c.has("qual") for c in context.ahead
        )
        return Meaning("housing_standard", "m2") if housing else None
    return None


def lifespan(context: Context) -> Meaning | None:
    """Read "a life of 20 years or more"."""
    years = context.cued.next_to(context.quantity.digits_end)
    named = any("unit:years_of_life" in c.tags for c in context.lead)
    if named and years and (years.has("t:year") or years.has("no")):
        return Meaning("housing_standard", "years")
    return None
