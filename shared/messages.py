"""Every message type that leaves the outbox: its name, its fields, and what it means.

Messages carry ids and dates, not people; whoever needs more asks the api. The names follow
CloudEvents: routing key = type. `/asyncapi.json` is generated from this table.
"""

from __future__ import annotations

from dataclasses import dataclass

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

HOUSEHOLD_IDS_MAX = 500


@dataclass(frozen=True)
class MessageType:
    """One message type; `fields` maps each field of `data` to its JSON schema and sentence."""

    name: str
    meaning: str
    fields: dict[str, tuple[dict[str, object], str]]
    produced: bool = True


def _ids(sentence: str) -> tuple[dict[str, object], str]:
    return {"type": "array", "items": {"type": "string"}, "maxItems": HOUSEHOLD_IDS_MAX}, sentence


def _uuids(sentence: str) -> tuple[dict[str, object], str]:
    return {"type": "array", "items": {"type": "string", "format": "uuid"}}, sentence


MESSAGE_TYPES = (
    MessageType(
        HOUSEHOLD_EVENT_RECORDED,
        "Facts about these households were stored; their timelines are due for recomputing.",
        {"household_ids": _ids("Households whose timelines are due, at most 500.")},
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
        ARTICLE_RECORDED,
        "Articles, or new revisions of them, were stored.",
        {"article_ids": _uuids("Articles to read.")},
    ),
    MessageType(
        REFERENCE_FIGURE_RECORDED,
        "Official figures were stored; articles about their areas are due for checking.",
        {"event_ids": _uuids("Revisions that were stored.")},
    ),
    MessageType(
        FIGURES_EXTRACTED,
        "The figures of these articles have changed.",
        {"article_ids": _uuids("Articles with other figures than before.")},
    ),
    MessageType(
        FUND_RECORDED,
        "Funds, or uses of them, were stored; their findings are due for recomputing.",
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
)
