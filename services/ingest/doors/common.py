"""What all doors share: field types, the fault found in an item, and event ids."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Annotated, Any, Literal
from unicodedata import normalize
from uuid import UUID

import orjson
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
)
from pydantic_core import PydanticCustomError

from services.ingest.measures import Measures
from shared.areas.tree import AreaTree
from shared.http.problems import Fault
from shared.kernel.errors import DomainError
from shared.kernel.ids import content_id
from shared.kernel.periods import FIRST_DAY
from shared.law.programs import Programs
from shared.law.standards import Policy
from shared.law.support_kinds import SupportKinds

LAST_DAY = date(2100, 1, 1)
# Nobody alive was born earlier, and no article is older.
FIRST_PAST_DAY = date(1880, 1, 1)

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _printable(value: str) -> str:
    if _CONTROL.search(value):
        raise PydanticCustomError("control_character", "contains a control character")
    return value


def _read_day(value: object) -> date:
    """Read a day as the store reads it back; pydantic by itself also takes a number in a string."""
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise PydanticCustomError("invalid_date", "must be a date of the form YYYY-MM-DD")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise PydanticCustomError("invalid_date", "there is no such day") from None


def _from(first: date) -> Callable[[date], date]:
    def check(value: date) -> date:
        if value < first:
            raise PydanticCustomError("out_of_range", f"must be {first} or later")
        return value

    return check


def _kept(value: object) -> bool:
    if value is None or value is False:
        return False
    raise PydanticCustomError("not_a_boolean", "must be true or false")


Source = Annotated[str, Field(pattern=r"^[A-Za-z0-9._:/-]{1,64}$", examples=["langson"])]
ExternalId = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9._:/-]{1,64}$", examples=["2023/06091/000123"])
]
HouseholdId = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9._:-]{1,64}$", examples=["LS-06091-000123"])
]
FundId = Annotated[str, Field(pattern=r"^[A-Za-z0-9._:-]{1,64}$", examples=["LS-2025-P5-181"])]
RunId = Annotated[str, Field(pattern=r"^[A-Za-z0-9._:-]{1,64}$", examples=["LS-2025-P5-181.1"])]
AreaCode = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,20}$", examples=["06091"])]
Year = Annotated[int, Field(ge=FIRST_DAY.year, lt=LAST_DAY.year, examples=[2025])]
Revision = Annotated[int, Field(ge=1, le=1_000_000)]
Day = Annotated[date, BeforeValidator(_read_day), AfterValidator(_from(FIRST_DAY))]
PastDay = Annotated[date, BeforeValidator(_read_day), AfterValidator(_from(FIRST_PAST_DAY))]
Kept = Annotated[Literal[False], BeforeValidator(_kept)]
Vnd = Annotated[int, Field(ge=0, le=10**15)]
# Behind the limits of a text, or pydantic no longer knows that they are those of a text.
Printable = AfterValidator(_printable)
ShortText = Annotated[str, Field(min_length=1, max_length=200), Printable]


class Part(BaseModel):
    """Anything posted: unknown fields are refused, nothing is coerced."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Item(Part):
    """The fields that every posted fact has."""

    source: Source
    external_id: ExternalId
    revision: Revision = 1


def event_id(door: str, source: str, external_id: str, revision: int) -> UUID:
    """Return the id of a revision: a retry after a lost answer gets the same one."""
    return content_id(f"urn:poverty-registry:{door}:{source}:{external_id}:{revision}")


def canonical(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return the item with its defaults spelled out, so that equal facts have equal bytes."""
    plain = {name: value for name, value in item.items() if value is not None}
    plain["revision"] = plain.get("revision", 1)
    if not plain.get("withdrawn"):
        plain.pop("withdrawn", None)
    return plain


def withdrawal(model: Any) -> dict[str, Any]:
    """Return all that a withdrawal says; what else was sent along with it says nothing."""
    said = {name: getattr(model, name, None) for name in ("type", *Item.model_fields)}
    said |= {"household_id": getattr(model, "household_id", None), "withdrawn": True}
    return {name: value for name, value in said.items() if value is not None}


def composed(value: Any) -> Any:
    """Return a value with all of its text in NFC: "Tày" is one group, however it was typed."""
    if isinstance(value, str):
        return value if value.isascii() else normalize("NFC", value)
    if isinstance(value, list):
        return [composed(part) for part in value]
    if isinstance(value, dict):
        return {name: composed(part) for name, part in value.items()}
    return value


def content_hash(item: Mapping[str, Any]) -> bytes:
    """Return the digest by which a repeat is told from a conflict."""
    return sha256(orjson.dumps(item, option=orjson.OPT_SORT_KEYS)).digest()


@dataclass(frozen=True, slots=True)
class Law:
    """What the checks of a door need: the areas, the policy and its vocabulary, and today."""

    areas: AreaTree
    policy: Policy
    programs: Programs
    kinds: SupportKinds
    measures: Measures
    today: date


_CODES = {
    "missing": "missing_field",
    "extra_forbidden": "unknown_field",
    "int_type": "not_an_integer",
    "int_from_float": "not_an_integer",
    "int_parsing": "not_an_integer",
    "int_parsing_size": "out_of_range",
    "string_type": "not_a_string",
    "string_unicode": "invalid_utf8",
    "bool_type": "not_a_boolean",
    "list_type": "not_a_list",
    "model_type": "not_an_object",
    "model_attributes_type": "not_an_object",
    "dict_type": "not_an_object",
    "literal_error": "invalid_choice",
    "enum": "invalid_choice",
    "union_tag_invalid": "unknown_type",
    "union_tag_not_found": "missing_field",
    "string_pattern_mismatch": "invalid_format",
    "string_too_long": "too_long",
    "string_too_short": "too_short",
    "too_long": "too_many_items",
    "too_short": "no_items",
    "greater_than_equal": "out_of_range",
    "less_than_equal": "out_of_range",
    "greater_than": "out_of_range",
    "less_than": "out_of_range",
    "url_parsing": "invalid_url",
    "url_scheme": "invalid_url",
}


def schema_faults(error: ValidationError, prefix: str, *, tagged: bool = True) -> list[Fault]:
    """Return every fault that a schema found, as pointers below `prefix`.

    `tagged`: what comes first in a location is the tag of the schema that was chosen.
    """
    found = error.errors(include_url=False)
    return [_schema_fault(each, prefix, each["loc"][1 if tagged else 0 :]) for each in found]


def _schema_fault(found: Any, prefix: str, location: tuple[int | str, ...]) -> Fault:
    kind = found["type"]
    if kind == "union_tag_not_found":
        return Fault(f"{prefix}/type", "missing_field", "type is missing")
    if kind == "union_tag_invalid":
        return _unknown_type(prefix, found["ctx"]["expected_tags"].replace("'", "").split(", "))
    pointer = prefix + "".join(pointed(part) for part in location)
    code = _CODES.get(kind, kind if kind in _OWN else "invalid_value")
    if code == "invalid_choice" and location == ("type",):
        return Fault(pointer, "unknown_type", found["msg"])
    return Fault(pointer, code, found["msg"])


def _unknown_type(prefix: str, tags: Iterable[str]) -> Fault:
    known = ", ".join(tag for tag in tags if tag != "withdrawn")
    return Fault(f"{prefix}/type", "unknown_type", f"type must be one of {known}")


_OWN = {
    "control_character",
    "invalid_date",
    "invalid_instant",
    "legal_basis_missing",
    "not_a_boolean",
    "not_a_decimal",
    "out_of_range",
    "text_or_html",
    "too_precise",
}
POINTER_PART_MAX = 200


def pointed(part: object) -> str:
    """Return one step of a JSON pointer."""
    return "/" + str(part)[:POINTER_PART_MAX].replace("~", "~0").replace("/", "~1")


class Checks:
    """Collects the faults of one item; each check goes on after a fault, so that all are named."""

    def __init__(self, prefix: str) -> None:
        """Start with no faults; pointers begin with `prefix`."""
        self.prefix = prefix
        self.faults: list[Fault] = []

    def refuse(self, field: str, code: str, detail: str) -> None:
        """Add a fault of a field."""
        self.faults.append(Fault(f"{self.prefix}/{field}" if field else self.prefix, code, detail))

    def attempt(self, field: str, check: Callable[[], object]) -> None:
        """Run a domain check and turn its refusal into a fault of that field."""
        try:
            check()
        except DomainError as error:
            self.refuse(field, error.code, error.detail)


def repeated(names: Iterable[str]) -> list[str]:
    """Return the names that occur more than once, in order."""
    seen: set[str] = set()
    return [name for name in names if name in seen or seen.add(name)]  # type: ignore[func-returns-value]
