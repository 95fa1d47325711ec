"""Fields of facts: types with their bounds, and what a field is to people (`about`).

What msgspec cannot say stands in `Meta.extra`: `days` (the first day that is taken, and the first
one that no longer is), `read` (reads a value that has a form of its own) and `headings` (what
spreadsheets call the field).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from msgspec import Meta

from shared.kernel.errors import DomainError
from shared.kernel.periods import FIRST_DAY

LAST_DAY = date(2100, 1, 1)
# Nobody alive was born earlier, and no article is older.
FIRST_PAST_DAY = date(1880, 1, 1)
NUMBER_MAX = 10**15
DECIMALS_MAX = 6

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
# `$` of Python also matches before a last line end, which is no part of an id.
_END = r"$(?!\n)"
# Free text: what breaks these patterns by a control character is told so.
PRINTABLE = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f]*$"
# The next-line character is a blank to Python and none to what reads patterns as JSON Schema does.
WEB_ADDRESS = r"^https?://[^\s\x00-\x1f\x85]+" + _END
# The id of what the registry gave one to: a UUID, its hyphens wherever the sender left them.
OWN_ID = Meta(pattern="^(-*[0-9a-f]){32}-*" + _END, max_length=36)
_DECIMAL = re.compile(r"[0-9]{1,16}(\.[0-9]{1,18})?")


def name_of(characters: str, longest: int = 64) -> Meta:
    """Return the bounds of an id: so many of these characters at most."""
    return Meta(pattern=f"^[{characters}]{{1,{longest}}}{_END}")


def about(
    sentence: str,
    *,
    example: Any = None,
    unit: str = "",
    law: str = "",
    vi: str = "",
    en: str = "",
    read: Callable[[Any], Any] | None = None,
    none_with: str = "",
    absent: str = "",
) -> Meta:
    """Say what a field is: a sentence, its unit, the law it comes from, an example, its headings.

    `vi` and `en` head its column in a spreadsheet. `read` returns the value of what was posted, or
    raises `DomainError`. `none_with`: beside that field, a blank cell of a spreadsheet would mean
    an empty list, so that has to be said by a word. `absent`: the code where the field must not be
    absent.
    """
    sentences = [sentence, f"In {unit}." if unit else "", f"Source: {law}." if law else ""]
    extra: dict[str, Any] = {"headings": tuple(name for name in (vi, en) if name)}
    if read is not None:
        extra["read"] = read
    if none_with:
        extra["none_with"] = none_with
    if absent:
        extra["absent"] = absent
    return Meta(
        description=" ".join(filter(None, sentences)),
        examples=None if example is None else [example],
        extra=extra,
    )


TYPE = about("What the fact says.", vi="Loại sự kiện", en="Type")
Source = Annotated[
    str,
    name_of("A-Za-z0-9._:/-"),
    about("Who sends the fact.", example="langson", vi="Nguồn", en="Source"),
]
ExternalId = Annotated[
    str,
    name_of("A-Za-z0-9._:/-"),
    about(
        "What the source calls the fact, over all of its revisions.",
        example="2023/06091/000123",
        vi="Mã bản ghi",
        en="Record id",
    ),
]
Number = Annotated[int, Meta(ge=1, le=1_000_000)]
Revision = Annotated[
    Number,
    about(
        "The highest revision of a fact counts, whatever order they arrive in.",
        vi="Lần sửa",
        en="Revision",
    ),
]
Kept = Annotated[
    Literal[False] | None,
    about("True removes the fact; nothing else need be sent then.", vi="Thu hồi", en="Withdrawn"),
]


def days(first: date, before: date) -> Meta:
    """Return the bounds of a day; JSON Schema has no word for them, so a sentence says them."""
    sentence = f"From {first} on, before {before}."
    return Meta(extra={"days": (first, before)}, extra_json_schema={"x-days": sentence})


Day = Annotated[date, days(FIRST_DAY, LAST_DAY)]
PastDay = Annotated[date, days(FIRST_PAST_DAY, LAST_DAY)]
Year = Annotated[int, Meta(ge=FIRST_DAY.year, lt=LAST_DAY.year)]
Vnd = Annotated[int, Meta(ge=0, le=NUMBER_MAX)]
ShortText = Annotated[str, Meta(min_length=1, max_length=200, pattern=PRINTABLE)]
# Decimals of a JSON number are counted by the reader alone: to a validator that computes in binary
# fractions 0.07 is no multiple of 0.000001.
QUANTITY = Meta(
    extra_json_schema={
        "anyOf": [
            {"type": "number", "minimum": 0, "maximum": NUMBER_MAX},
            {"type": "string", "pattern": f"^[0-9]{{1,15}}(\\.[0-9]{{1,{DECIMALS_MAX}}})?$"},
        ]
    }
)


def read_quantity(value: object) -> Decimal:
    """Read an exact number: a JSON number or a decimal text, never what a float made of one."""
    if isinstance(value, str) and _DECIMAL.fullmatch(value):
        value = Decimal(value)
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise DomainError("not_a_decimal", "must be a number such as 12 or 7.5")
    number = Decimal(value)
    # The order matters: a number of a million digits is out of range before it is written out.
    if not 0 <= number <= NUMBER_MAX:
        raise DomainError("out_of_range", f"must be from 0 to {NUMBER_MAX}")
    if _decimals(number) > DECIMALS_MAX:
        raise DomainError("too_precise", f"may have at most {DECIMALS_MAX} decimals")
    return number


def _decimals(number: Decimal) -> int:
    # Arithmetic would round at 28 digits; what is counted here is what was written.
    _, digits, exponent = number.as_tuple()
    if not number or not isinstance(exponent, int):
        return 0
    written = "".join(map(str, digits))
    return max(0, len(written.rstrip("0")) - len(written) - exponent)


def read_printed(value: object) -> Decimal:
    """Read a number with the decimals as given: 2.90 is printed more exactly than 2.9."""
    written = Decimal(f"{abs(read_quantity(value)):f}")
    exponent = written.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > DECIMALS_MAX:
        raise DomainError("too_precise", f"may have at most {DECIMALS_MAX} decimals")
    return written


def quantity_text(number: Decimal) -> str:
    """Return the one way in which a quantity is written: 7.5, 7.50 and "7.5" are equal facts."""
    text = f"{abs(number):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
