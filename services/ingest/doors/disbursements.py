"""`POST /v1/disbursements`: payments of allocation lines, and returns."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, TypeAdapter

from services.ingest.doors.common import (
    Checks,
    Day,
    Item,
    Kept,
    Law,
    RunId,
    canonical,
    content_hash,
    event_id,
    withdrawal,
)
from shared.http.problems import Fault
from shared.money.store.disbursements import NewDisbursement

NAME = "disbursements"
PLURAL = "disbursements"

# An area's code or a household's id.
Line = Annotated[str, Field(pattern=r"^[A-Za-z0-9._:-]{1,64}$", examples=["LS-06091-000123"])]
Paid = Annotated[int, Field(gt=0, le=10**15)]


class Disbursement(Item):
    """Money that was paid of a line, or came back to it."""

    type: Literal["disbursement"] = "disbursement"
    withdrawn: Kept = False
    run_id: RunId
    line: Line
    amount_vnd: Paid
    paid_on: Day
    kind: Literal["paid", "returned"]


class WithdrawnDisbursement(Item):
    """Removes (source, external_id)."""

    type: Literal["disbursement"] = "disbursement"
    withdrawn: Literal[True]
    run_id: Any = None
    line: Any = None
    amount_vnd: Any = None
    paid_on: Any = None
    kind: Any = None


def _tag(item: Any) -> str:
    given = item if isinstance(item, dict) else vars(item)
    return "withdrawn" if given.get("withdrawn") is True else "disbursement"


PostedDisbursement = Annotated[
    Annotated[Disbursement, Tag("disbursement")]
    | Annotated[WithdrawnDisbursement, Tag("withdrawn")],
    Discriminator(_tag),
]
ADAPTER: TypeAdapter[Any] = TypeAdapter(PostedDisbursement)


def check(item: Any, law: Law, prefix: str) -> list[Fault]:
    """Return every fault that can be found without the store: money is paid by today."""
    checks = Checks(prefix)
    if isinstance(item, Disbursement) and item.paid_on > law.today:
        checks.refuse("paid_on", "in_future", "a payment is posted once it is made")
    return checks.faults


def row(model: Any, posted: dict[str, Any]) -> NewDisbursement:
    """Return the revision to be stored."""
    withdrawn = isinstance(model, WithdrawnDisbursement)
    item = withdrawal(model) if withdrawn else canonical(posted)
    item.pop("type", None)
    return NewDisbursement(
        event_id=event_id(NAME, model.source, model.external_id, model.revision),
        source=model.source,
        external_id=model.external_id,
        revision=model.revision,
        withdrawn=withdrawn,
        run_id=None if withdrawn else model.run_id,
        line=None if withdrawn else model.line,
        amount_vnd=None if withdrawn else model.amount_vnd,
        paid_on=None if withdrawn else model.paid_on,
        kind=None if withdrawn else model.kind,
        payload=item,
        content_hash=content_hash(item),
    )
