"""What an amount of money is: a budget, money raised or paid out, support, a loan, an income."""

from __future__ import annotations

from collections.abc import Sequence

from shared.press.figures.context import Context, before_stop
from shared.press.figures.cues import Cue
from shared.press.figures.rates import Meaning, Memory
from shared.press.figures.trends import trend

_KINDS = {
    "topic:near_poverty_line": "near_poverty_line",
    "topic:poverty_line": "poverty_line",
    "topic:income": "income_per_capita",
    "money:mobilised": "fund_mobilised",
    "money:disbursed": "fund_disbursed",
    "money:loan": "loan_amount",
    "money:budget": "budget_total",
    "money:allocated": "budget_total",
}
_PASSIVE = 60
_PAID = 16
_PART = 30
_WEAK = ("money:value", "act:support")


def amount(context: Context, memory: Memory) -> Meaning | None:
    """Return what an amount of money means."""
    unit = context.quantity.unit.name if context.quantity.unit else "VND"
    if unit != "VND" and _converted(context):
        return None
    measure = "budget_total" if _is_whole(context, memory) else _measure(context, memory)
    move = trend(context)
    if measure in ("loan_amount", "income_per_capita") and move.change and move.direction:
        measure = "loan_amount_change" if measure == "loan_amount" else "other_amount"
        return Meaning(measure, unit, move.direction)
    return Meaning(measure, unit)


def _converted(context: Context) -> bool:
    """Say whether a foreign amount only repeats one in đồng, in brackets."""
    before = context.text_before().rstrip()
    last = context.previous
    near = last is not None and context.quantity.start - last.end < 12
    return last is not None and last.is_money and (near or before.endswith("("))


def _measure(context: Context, memory: Memory) -> str:
    if _paid_behind(context):
        return "fund_disbursed"
    named = _named(context)
    if named == "support_amount" and _to_area(context):
        return "budget_total"
    if named:
        return named
    last = memory.meaning
    if last and memory.same_sentence and last.measure == "loan_amount" and not _acted(context):
        return last.measure
    behind = _named_behind(context)
    if behind:
        return behind
    if _lent(context):
        return "loan_amount"
    weak = any(tag in c.tags or "set_amount" in c.tags for c in context.lead for tag in _WEAK)
    if weak or _aid(context.ahead):
        return "support_amount"
    if last is not None and last.unit == "VND":
        return last.measure if memory.same_sentence else "support_amount"
    return "support_amount" if any(c.has("act") for c in context.tail) else "other_amount"


def _is_whole(context: Context, memory: Memory) -> bool:
    """Read the second sum of "disbursed 45 billion out of 60 billion" and of "45 of 60"."""
    last, before = memory.meaning, context.previous
    if last is None or before is None or not memory.same_sentence:
        return False
    gap = context.cued.text[before.end : context.quantity.start]
    parts = any(c.has("part_of") for c in context.lead) or gap.strip() == "/"
    return parts and last.measure == "fund_disbursed" and len(gap) <= _PART


def _is_line(context: Context) -> bool:
    """Say whether an income only says where the poverty line lies."""
    return any("topic:poverty_line" in c.tags for c in context.ahead)


def _paid_behind(context: Context) -> bool:
    first = next(iter(context.tail), None)
    if first is None or first.start - context.quantity.end >= _PAID or first.has("and"):
        return False
    paid = next((c for c in context.tail[:2] if "money:disbursed" in c.tags), None)
    if paid is None or "," in context.cued.text[context.quantity.end : paid.start]:
        return False
    following = context.following
    return following is None or following.start - paid.end > _PAID


def _to_area(context: Context) -> bool:
    """Read "the district received 297 billion": an area gets a budget, not aid."""
    areas = any(
        c.has("place") or c.has("whole:province") or c.has("whole:district") for c in context.lead
    )
    people = any("unit:households" in c.tags or "unit:persons" in c.tags for c in context.lead)
    worth = any("money:value" in c.tags for c in context.lead)
    return areas and not people and not worth


def _acted(context: Context) -> bool:
    return any(c.has("act") or c.has("money") for c in context.lead)


def _lent(context: Context) -> bool:
    """Read "lent to 9,870 households, worth 684 billion"."""
    worth = any("money:value" in c.tags for c in context.lead)
    return worth and any("money:loan" in c.tags for c in context.ahead)


def _named(context: Context) -> str | None:
    """Return the kind that the lead names; money raised and paid out alike counts as raised."""
    found: list[str] = []
    for cue in reversed(context.lead):
        kinds = [kind for tag, kind in _KINDS.items() if tag in cue.tags]
        if kinds:
            found.extend(kinds[:1])
        elif any(tag in cue.tags for tag in _WEAK) and not found:
            if "money:value" in cue.tags:
                continue
            found.append("support_amount")
    if not found:
        return None
    if "fund_mobilised" in found[:2]:
        return "fund_mobilised"
    if found[0] == "income_per_capita" and _is_line(context):
        return "poverty_line"
    if found[0] == "budget_total" and "fund_disbursed" in found[:2]:
        return "fund_disbursed"
    return found[0]


def _named_behind(context: Context) -> str | None:
    if context.lead and any(any(t in c.tags for t in _WEAK) for c in context.lead):
        return None
    for cue in before_stop(context)[:4]:
        for tag, kind in _KINDS.items():
            if tag in cue.tags:
                return kind
    after = context.cued.between(context.quantity.end, context.quantity.end + _PASSIVE)
    paid = any("money:disbursed" in c.tags and c.end <= context.sentence.end for c in after)
    named = any(c.has("money") or c.has("act") for c in context.lead)
    return "fund_disbursed" if paid and not named else None


def _aid(cues: Sequence[Cue]) -> bool:
    return any("act:support" in cue.tags for cue in cues)
