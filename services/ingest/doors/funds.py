"""`POST /v1/funds`: money for a programme and year, and who holds it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Tag, TypeAdapter

from services.ingest.doors.common import (
    AreaCode,
    Checks,
    Day,
    FundId,
    Item,
    Kept,
    Law,
    Part,
    RunId,
    ShortText,
    Vnd,
    Year,
    canonical,
    composed,
    content_hash,
    event_id,
    withdrawal,
)
from shared.areas.tree import UNASSIGNED
from shared.http.problems import Fault
from shared.money.store.funds import NewFund

NAME = "funds"
PLURAL = "funds"


class Parent(Part):
    """The line of an allocation run that the fund is made of."""

    run_id: RunId
    area_code: AreaCode


class Fund(Item):
    """A decision that gives money: how much, for what, and to whom."""

    type: Literal["fund"] = "fund"
    withdrawn: Kept = False
    fund_id: FundId
    program: ShortText
    component: ShortText | None = None
    year: Year
    funding_source: Literal["central", "local", "mobilised"]
    area_code: AreaCode
    amount_vnd: Vnd
    decided_on: Day
    decision_no: ShortText | None = None
    parent: Parent | None = None


class WithdrawnFund(Item):
    """Removes (source, external_id)."""

    type: Literal["fund"] = "fund"
    withdrawn: Literal[True]
    fund_id: Any = None
    program: Any = None
    component: Any = None
    year: Any = None
    funding_source: Any = None
    area_code: Any = None
    amount_vnd: Any = None
    decided_on: Any = None
    decision_no: Any = None
    parent: Any = None


def _tag(item: Any) -> str:
    given = item if isinstance(item, dict) else vars(item)
    return "withdrawn" if given.get("withdrawn") is True else "fund"


PostedFund = Annotated[
    Annotated[Fund, Tag("fund")] | Annotated[WithdrawnFund, Tag("withdrawn")],
    Discriminator(_tag),
]
ADAPTER: TypeAdapter[Any] = TypeAdapter(PostedFund)


def check(item: Any, law: Law, prefix: str) -> list[Fault]:
    """Return every fault that the programmes and the areas find."""
    if isinstance(item, WithdrawnFund):
        return []
    checks = Checks(prefix)
    if item.decided_on > law.today:
        checks.refuse("decided_on", "in_future", "money is posted once it is decided")
    checks.attempt("area_code", lambda: law.areas.on(item.area_code, item.decided_on))
    if item.area_code.endswith(UNASSIGNED):
        checks.refuse("area_code", "area_unassigned", f"{item.area_code} is a waiting room")
    checks.attempt("program", lambda: law.programs.check_year(item.program, item.year))
    if item.component is not None:
        checks.attempt(
            "component", lambda: law.programs.check_component(item.program, item.component)
        )
    return checks.faults


def row(model: Any, posted: dict[str, Any], law: Law) -> NewFund:
    """Return the revision to be stored."""
    withdrawn = isinstance(model, WithdrawnFund)
    item = withdrawal(model) if withdrawn else composed(canonical(posted))
    item.pop("type", None)
    said = {} if withdrawn else _said(model, law)
    return NewFund(
        event_id=event_id(NAME, model.source, model.external_id, model.revision),
        source=model.source,
        external_id=model.external_id,
        revision=model.revision,
        withdrawn=withdrawn,
        payload=item,
        content_hash=content_hash(item),
        **{name: said.get(name) for name in _COLUMNS},
    )


_COLUMNS = (
    "fund_id",
    "program",
    "component",
    "year",
    "funding_source",
    "area_id",
    "amount_vnd",
    "decided_on",
    "parent_run",
    "parent_line",
)


def _said(model: Fund, law: Law) -> dict[str, Any]:
    parent = model.parent
    return {
        **{name: getattr(model, name) for name in _COLUMNS if name in Fund.model_fields},
        "area_id": law.areas.on(model.area_code, model.decided_on).area_id,
        "parent_run": parent and parent.run_id,
        "parent_line": parent and parent.area_code,
    }
