"""`POST /v1/reference-figures`: official numbers that articles are held against."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Discriminator, StrictBool, Tag, TypeAdapter
from pydantic_core import PydanticCustomError

from services.ingest.doors.common import (
    AreaCode,
    Checks,
    Day,
    Item,
    Kept,
    Law,
    ShortText,
    canonical,
    content_hash,
    event_id,
    withdrawal,
)
from services.ingest.doors.support_records import DECIMALS_MAX, Quantity
from shared.areas.tree import UNASSIGNED
from shared.http.problems import Fault
from shared.press.store.reference_figures import NewReferenceFigure

NAME = "reference-figures"
PLURAL = "figures"


def _as_printed(number: Decimal) -> Decimal:
    """Keep the decimals as given: 2.90 is printed more exactly than 2.9, and so compared."""
    written = Decimal(f"{abs(number):f}")
    exponent = written.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > DECIMALS_MAX:
        raise PydanticCustomError("too_precise", f"may have at most {DECIMALS_MAX} decimals")
    return written


Value = Annotated[Quantity, AfterValidator(_as_printed)]


class ReferenceFigure(Item):
    """What an authority said that a measure of a unit was on a day."""

    type: Literal["figure"] = "figure"
    withdrawn: Kept = False
    area_code: AreaCode
    measure: ShortText
    value: Value
    on: Day
    standard: ShortText | None = None
    decision_no: ShortText | None = None
    preliminary: StrictBool | None = None


class WithdrawnFigure(Item):
    """Removes (source, external_id)."""

    type: Literal["figure"] = "figure"
    withdrawn: Literal[True]
    area_code: Any = None
    measure: Any = None
    value: Any = None
    on: Any = None
    standard: Any = None
    decision_no: Any = None
    preliminary: Any = None


def _tag(item: Any) -> str:
    given = item if isinstance(item, dict) else vars(item)
    return "withdrawn" if given.get("withdrawn") is True else "figure"


PostedFigure = Annotated[
    Annotated[ReferenceFigure, Tag("figure")] | Annotated[WithdrawnFigure, Tag("withdrawn")],
    Discriminator(_tag),
]
ADAPTER: TypeAdapter[Any] = TypeAdapter(PostedFigure)


def check(item: Any, law: Law, prefix: str) -> list[Fault]:
    """Return every fault that the vocabulary, the standards and the areas find."""
    if isinstance(item, WithdrawnFigure):
        return []
    checks = Checks(prefix)
    if item.on > law.today:
        checks.refuse("on", "in_future", "what is to come is no official number yet")
    checks.attempt("area_code", lambda: law.areas.on(item.area_code, item.on))
    if item.area_code.endswith(UNASSIGNED):
        checks.refuse("area_code", "area_unassigned", f"{item.area_code} is a waiting room")
    checks.attempt("measure", lambda: law.measures.check(item.measure))
    standards = [standard.id for standard in law.policy.standards.items]
    # A first count under a new standard is of a day before it is in force: any known one may be.
    if item.standard is not None and item.standard not in standards:
        detail = f"{item.standard!r} is no standard; known are: {', '.join(standards)}"
        checks.refuse("standard", "unknown_standard", detail)
    return checks.faults


def row(model: Any, posted: dict[str, Any], law: Law) -> NewReferenceFigure:
    """Return the revision to be stored."""
    withdrawn = isinstance(model, WithdrawnFigure)
    item = withdrawal(model) if withdrawn else canonical({**posted, "value": f"{model.value:f}"})
    item.pop("type", None)
    return NewReferenceFigure(
        event_id=event_id(NAME, model.source, model.external_id, model.revision),
        source=model.source,
        external_id=model.external_id,
        revision=model.revision,
        withdrawn=withdrawn,
        area_id=None if withdrawn else law.areas.on(model.area_code, model.on).area_id,
        measure=None if withdrawn else model.measure,
        value=None if withdrawn else model.value,
        on_date=None if withdrawn else model.on,
        standard=None if withdrawn else model.standard,
        preliminary=None if withdrawn else bool(model.preliminary),
        payload=item,
        content_hash=content_hash(item),
    )
