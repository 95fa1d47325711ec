"""`POST /v1/support-records`: support of any kind without a run, in money or in kind."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Tag, TypeAdapter, WithJsonSchema
from pydantic_core import PydanticCustomError

from services.ingest.doors.common import (
    AreaCode,
    Checks,
    Day,
    FundId,
    HouseholdId,
    Item,
    Kept,
    Law,
    ShortText,
    Vnd,
    canonical,
    content_hash,
    event_id,
    withdrawal,
)
from shared.areas.tree import UNASSIGNED
from shared.http.problems import Fault
from shared.money.store.support_records import NewSupportRecord

NAME = "support-records"
PLURAL = "records"

QUANTITY_MAX = 10**15
DECIMALS_MAX = 6
MONEY = "vnd"
_DECIMAL = re.compile(r"[0-9]{1,16}(\.[0-9]{1,18})?")


def _read_quantity(value: object) -> Decimal:
    """Read an exact number: a JSON number or a decimal text, never what a float made of one."""
    if isinstance(value, str) and _DECIMAL.fullmatch(value):
        value = Decimal(value)
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise PydanticCustomError("not_a_decimal", "must be a number such as 12 or 7.5")
    number = Decimal(value)
    # The order matters: a number of a million digits is out of range before it is written out.
    if not 0 <= number <= QUANTITY_MAX:
        raise PydanticCustomError("out_of_range", f"must be from 0 to {QUANTITY_MAX}")
    if _decimals(number) > DECIMALS_MAX:
        raise PydanticCustomError("too_precise", f"may have at most {DECIMALS_MAX} decimals")
    return number


def _decimals(number: Decimal) -> int:
    # Arithmetic would round at 28 digits; what is counted here is what was written.
    _, digits, exponent = number.as_tuple()
    if not number or not isinstance(exponent, int):
        return 0
    written = "".join(map(str, digits))
    return max(0, len(written.rstrip("0")) - len(written) - exponent)


def quantity_text(number: Decimal) -> str:
    """Return the one way in which a quantity is written: 7.5, 7.50 and "7.5" are equal facts."""
    text = f"{abs(number):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


Quantity = Annotated[
    Decimal,
    BeforeValidator(_read_quantity),
    WithJsonSchema(
        {"anyOf": [{"type": "number", "minimum": 0}, {"type": "string"}], "examples": [7.5]}
    ),
]


class SupportRecord(Item):
    """What was given to a household, or in an area."""

    type: Literal["record"] = "record"
    withdrawn: Kept = False
    program: ShortText | None = None
    kind: ShortText
    quantity: Quantity
    unit: ShortText
    amount_vnd: Vnd | None = None
    fund_id: FundId | None = None
    area_code: AreaCode | None = None
    household_id: HouseholdId | None = None
    on: Day


class WithdrawnRecord(Item):
    """Removes (source, external_id)."""

    type: Literal["record"] = "record"
    withdrawn: Literal[True]
    program: Any = None
    kind: Any = None
    quantity: Any = None
    unit: Any = None
    amount_vnd: Any = None
    fund_id: Any = None
    area_code: Any = None
    household_id: Any = None
    on: Any = None


def _tag(item: Any) -> str:
    given = item if isinstance(item, dict) else vars(item)
    return "withdrawn" if given.get("withdrawn") is True else "record"


PostedRecord = Annotated[
    Annotated[SupportRecord, Tag("record")] | Annotated[WithdrawnRecord, Tag("withdrawn")],
    Discriminator(_tag),
]
ADAPTER: TypeAdapter[Any] = TypeAdapter(PostedRecord)


def check(item: Any, law: Law, prefix: str) -> list[Fault]:
    """Return every fault that the vocabulary, the programmes and the areas find."""
    if isinstance(item, WithdrawnRecord):
        return []
    checks = Checks(prefix)
    if item.on > law.today:
        checks.refuse("on", "in_future", "support is recorded once it is given")
    if item.program is not None:
        checks.attempt("program", lambda: law.programs.check_day(item.program, item.on))
    checks.attempt("kind", lambda: law.kinds.named(item.kind))
    checks.attempt("unit", lambda: law.kinds.check_unit(item.kind, item.unit))
    if item.unit == MONEY and item.quantity != item.amount_vnd:
        detail = "a quantity in đồng is the amount: give it as amount_vnd too"
        checks.refuse("amount_vnd", "amount_mismatch", detail)
    _check_place(item, law, checks)
    return checks.faults


def _check_place(item: SupportRecord, law: Law, checks: Checks) -> None:
    code = item.area_code
    if code is not None and item.household_id is not None:
        checks.refuse("", "place_ambiguous", "give either area_code or household_id")
    elif code is None and item.household_id is None:
        checks.refuse("", "place_missing", "give either area_code or household_id")
    if code is not None:
        checks.attempt("area_code", lambda: law.areas.on(code, item.on))
        if code.endswith(UNASSIGNED):
            checks.refuse("area_code", "area_unassigned", f"{code} is a waiting room")


def row(model: Any, posted: dict[str, Any], law: Law) -> NewSupportRecord:
    """Return the revision to be stored."""
    withdrawn = isinstance(model, WithdrawnRecord)
    if withdrawn:
        item = withdrawal(model)
        item.pop("household_id", None)  # no part of what a record is known by
    else:
        item = canonical({**posted, "quantity": quantity_text(model.quantity)})
    item.pop("type", None)
    said = {} if withdrawn else _said(model, law)
    return NewSupportRecord(
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
    "program",
    "kind",
    "content",
    "quantity",
    "unit",
    "amount_vnd",
    "fund_id",
    "area_id",
    "household_id",
    "on_date",
)


def _said(model: SupportRecord, law: Law) -> dict[str, Any]:
    code = model.area_code
    return {
        **{name: getattr(model, name) for name in _COLUMNS if name in SupportRecord.model_fields},
        "content": law.kinds.named(model.kind).content,
        "area_id": None if code is None else law.areas.on(code, model.on).area_id,
        "on_date": model.on,
    }
