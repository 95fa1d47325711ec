"""Every message type that leaves the outbox: its name, its fields, what it means, and for whom.

What happened is for the world: `X.recorded` says that ingest stored X, and nothing else sends it.
What is to be done is a work order for the workers, which outsiders are not promised. Messages carry
ids and dates, not people; whoever needs more asks the api. The names follow CloudEvents: routing
key = type. `/asyncapi.json` is generated from this table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

HOUSEHOLD_EVENT_RECORDED = "household-event.recorded"
HOUSEHOLD_STATUS_CHANGED = "household-status.changed"
ARTICLE_RECORDED = "article.recorded"
FIGURES_EXTRACTED = "figures.extracted"
FINDING_RAISED = "finding.raised"
FUND_RECORDED = "fund.recorded"
ALLOCATION_RUN_REQUESTED = "allocation-run.requested"
ALLOCATION_RUN_COMPLETED = "allocation-run.completed"
DISBURSEMENT_RECORDED = "disbursement.recorded"
REFERENCE_FIGURE_RECORDED = "reference-figure.recorded"
EXIT_WINDOW_ENDING = "exit-window.ending"

HOUSEHOLDS_DUE = "households.due"
ARTICLES_DUE_FOR_READING = "articles.due-for-reading"
ARTICLES_DUE_FOR_CHECKING = "articles.due-for-checking"
MONEY_REVIEW_DUE = "money.review-due"
AREAS_DUE = "areas.due"

HOUSEHOLD_IDS_MAX = 500

Audience = Literal["world", "workers"]


def chunks(household_ids: Sequence[str]) -> list[Sequence[str]]:
    """Return the ids in as many parts as messages are needed for them."""
    starts = range(0, len(household_ids), HOUSEHOLD_IDS_MAX)
    return [household_ids[n : n + HOUSEHOLD_IDS_MAX] for n in starts]


@dataclass(frozen=True)
class MessageType:
    """One message type; `fields` maps each field of `data` to its JSON schema and sentence."""

    name: str
    meaning: str
    fields: dict[str, tuple[dict[str, object], str]]
    audience: Audience = "world"


def _ids(sentence: str) -> tuple[dict[str, object], str]:
    return {"type": "array", "items": {"type": "string"}, "maxItems": HOUSEHOLD_IDS_MAX}, sentence


def _uuids(sentence: str) -> tuple[dict[str, object], str]:
    return {"type": "array", "items": {"type": "string", "format": "uuid"}}, sentence


def _day(sentence: str) -> tuple[dict[str, object], str]:
    return {"type": "string", "format": "date"}, sentence


MESSAGE_TYPES = (
    MessageType(
        HOUSEHOLD_EVENT_RECORDED,
        "Facts about these households were stored.",
        {"household_ids": _ids("Households that the facts name or have named, at most 500.")},
    ),
    MessageType(
        HOUSEHOLD_STATUS_CHANGED,
        "Transitions of these households were published or retracted.",
        {
            "household_ids": _ids("Households with a change."),
            "transition_ids": _uuids("Transitions newly published."),
            "retracted_ids": _uuids("Transitions that a correction undid."),
        },
    ),
    MessageType(
        EXIT_WINDOW_ENDING,
        "Exit windows of these households soon end, or no longer end on the day that was told.",
        {
            "last_day": _day("The last day of the windows: the next day they are `non_poor`."),
            "days_before": (
                {"type": "integer", "minimum": 0},
                "At most so many days are left; the days that are told are policy.",
            ),
            "household_ids": _ids("Households whose window ends, each told once for these days."),
            "withdrawn_ids": _ids("Households told before, whose window no longer ends then."),
        },
    ),
    MessageType(
        ARTICLE_RECORDED,
        "Articles, or new revisions of them, were stored.",
        {"article_ids": _uuids("Articles that are new, changed or withdrawn.")},
    ),
    MessageType(
        REFERENCE_FIGURE_RECORDED,
        "Official figures were stored.",
        {"event_ids": _uuids("Revisions that were stored.")},
    ),
    MessageType(
        FIGURES_EXTRACTED,
        "The figures of these articles have changed.",
        {"article_ids": _uuids("Articles with other figures than before.")},
    ),
    MessageType(
        FUND_RECORDED,
        "Funds were stored.",
        {"fund_ids": _ids("Funds that changed.")},
    ),
    MessageType(
        ALLOCATION_RUN_REQUESTED,
        "Allocation runs were asked for.",
        {"run_ids": _ids("Runs to compute.")},
    ),
    MessageType(
        ALLOCATION_RUN_COMPLETED,
        "Allocation runs ended, completed or refused.",
        {"run_ids": _ids("Runs that ended.")},
    ),
    MessageType(
        DISBURSEMENT_RECORDED,
        "Payments or returns of lines were stored.",
        {
            "fund_ids": _ids("Funds that were paid from."),
            "household_ids": _ids("Households whose lines were paid or returned."),
        },
    ),
    MessageType(
        FINDING_RAISED,
        "Findings were raised or withdrawn.",
        {
            "finding_ids": _uuids("Findings newly raised."),
            "withdrawn_ids": _uuids("Findings that no longer hold."),
        },
    ),
    MessageType(
        HOUSEHOLDS_DUE,
        "A day has begun or the law was loaded anew: these timelines are to be recomputed.",
        {"household_ids": _ids("Households whose timelines are due, at most 500.")},
        audience="workers",
    ),
    MessageType(
        ARTICLES_DUE_FOR_READING,
        "What was kept of these articles is of an older release: they are to be read again.",
        {"article_ids": _uuids("Articles to read.")},
        audience="workers",
    ),
    MessageType(
        ARTICLES_DUE_FOR_CHECKING,
        "These articles were read, or what they are held against has changed.",
        {"article_ids": _uuids("Articles whose figures are to be checked.")},
        audience="workers",
    ),
    MessageType(
        AREAS_DUE,
        "A fact about these areas was stored, or what is counted in them changed.",
        {"area_codes": _ids("Codes of the units to review, at most 500.")},
        audience="workers",
    ),
    MessageType(
        MONEY_REVIEW_DUE,
        "Support or a member was stored, or lost sight of: findings are to be recomputed.",
        {
            "fund_ids": _ids("Funds to review; may be left out."),
            "household_ids": _ids("Households to review; may be left out."),
        },
        audience="workers",
    ),
)
WORK_ORDERS = frozenset(kind.name for kind in MESSAGE_TYPES if kind.audience == "workers")
