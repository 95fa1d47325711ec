"""The request for an allocation run: what divides which fund, as of which day.

It is no fact: it has no revisions, and the run that it asks for is never changed.

Law: none (a request names its rule; `allocation_rules.yaml` holds it).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from shared.areas.facts import Code
from shared.kernel.errors import DomainError
from shared.kernel.facts import Part
from shared.kernel.fields import CONTROL, NUMBER_MAX, Day, ShortText, about
from shared.money.facts import FundId, RunId

AREAS_MAX = 20_000
_DECIMAL = re.compile(r"[0-9]{1,16}(\.[0-9]{1,18})?")
BASIS_MAX = 200
# Not blank, and no control characters.
_BASIS = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f]*[^\s\x00-\x1f][^\x00-\x08\x0b\x0c\x0e-\x1f]*$"


def _read_instant(value: object) -> datetime | None:
    if value is None:
        return None
    try:
        instant = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise DomainError("invalid_instant", "must be an RFC 3339 instant with a zone")
    try:
        return instant.astimezone(UTC)
    except OverflowError:
        raise DomainError("out_of_range", "the instant is out of range") from None


def _read_exact(value: object) -> int | str:
    """Read a number that law sets: a whole number or a decimal text; a float is never exact."""
    if isinstance(value, str) and _DECIMAL.fullmatch(value):
        return value
    if type(value) is not int:
        raise DomainError("not_a_decimal", 'must be a number such as 2, or a text "0.4"')
    if not 0 <= value <= NUMBER_MAX:
        raise DomainError("out_of_range", f"must be from 0 to {NUMBER_MAX}")
    return value


def _read_basis(value: object) -> str:
    if value is None or (isinstance(value, str) and not value.strip()):
        raise DomainError("legal_basis_missing", "say which law or decision sets the value")
    if not isinstance(value, str):
        raise DomainError("not_a_string", "must be a text")
    if len(value) > BASIS_MAX:
        raise DomainError("too_long", f"may have at most {BASIS_MAX} characters")
    if CONTROL.search(value):
        raise DomainError("control_character", "contains a control character")
    return value


Exact = Annotated[
    Annotated[int, Meta(ge=0, le=NUMBER_MAX)]
    | Annotated[str, Meta(pattern=f"^{_DECIMAL.pattern}$")],
    about("A whole number, or a decimal as a text.", example="0.4", read=_read_exact),
]
LegalBasis = Annotated[
    str,
    Meta(min_length=1, max_length=BASIS_MAX, pattern=_BASIS),
    about(
        "The law or decision that sets the value.",
        read=_read_basis,
        absent="legal_basis_missing",
    ),
]


class SuppliedValue(Part, frozen=True, kw_only=True):
    """A value that the law has and the register lacks, and where the law sets it."""

    value: Exact
    legal_basis: LegalBasis


class SuppliedByArea(Part, frozen=True, kw_only=True):
    """A value per line."""

    by_area: Annotated[
        dict[Code, Exact],
        Meta(min_length=1, max_length=AREAS_MAX),
        about("The value of each line, by the code of its area."),
    ]
    legal_basis: LegalBasis


class Parameters(Part, frozen=True, kw_only=True):
    """What the caller supplies for unknowns of the law, or waives."""

    waive: Annotated[
        Annotated[list[ShortText], Meta(max_length=100)] | None,
        about("Conditions that nobody can check here and that the caller has checked."),
    ] = None
    coefficients: Annotated[
        Annotated[dict[str, SuppliedValue], Meta(max_length=100)] | None,
        about("Coefficients of criteria that are not known here."),
    ] = None
    values: Annotated[
        Annotated[dict[str, SuppliedByArea], Meta(max_length=100)] | None,
        about("Values of criteria that the registry does not count."),
    ] = None
    counterpart_percent: Annotated[
        SuppliedValue | None, about("The local share, where law sets it elsewhere.", unit="percent")
    ] = None


class AllocationRun(Part, frozen=True, kw_only=True):
    """A request to divide a fund's money by a rule."""

    run_id: Annotated[RunId, about("What the caller calls the run.", example="BG-HOUSING-2024-1")]
    fund_id: Annotated[FundId, about("The fund to be divided.", example="BG-HOUSING-2024")]
    rule: Annotated[
        ShortText,
        about(
            "The rule, in force for the fund's programme and year.",
            law="the rules in force (`GET /v1/rules`)",
            example="housing_p5_new",
        ),
    ]
    as_of: Annotated[
        Day,
        about("The day whose statuses and facts count, not in the future.", example="2023-12-31"),
    ]
    known_at: Annotated[
        Annotated[datetime, Meta(tz=True)] | None,
        about("As far as was known then; by default at the request.", read=_read_instant),
    ] = None
    areas: Annotated[
        Annotated[list[Code], Meta(min_length=1, max_length=AREAS_MAX)] | None,
        about("The lines of a rule that divides among areas; by default all communes."),
    ] = None
    parameters: Annotated[
        Parameters | None,
        about(
            "What law leaves to the caller.",
            example={
                "waive": [
                    "household.separate_since",
                    "household.social_protection_member",
                    "household.special_difficulty",
                    "household.disaster_area",
                ]
            },
        ),
    ] = None
    mode: Annotated[
        Literal["commit", "preview"],
        about("A preview holds no money.", example="commit"),
    ] = "commit"
    supersedes: Annotated[
        RunId | None, about("The run of the same fund whose unpaid lines it releases.")
    ] = None


def canonical(run: AllocationRun) -> dict[str, Any]:
    """Return the request in one way of saying it: requests that mean the same are equal."""
    content: dict[str, Any] = _without_nulls(msgspec.to_builtins(run))
    if run.known_at is not None:
        content["known_at"] = run.known_at.isoformat()
    if run.areas is not None:
        content["areas"] = sorted(run.areas)
    if run.parameters is not None and run.parameters.waive is not None:
        content["parameters"]["waive"] = sorted(set(run.parameters.waive))
    return content


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {n: _without_nulls(each) for n, each in value.items() if each is not None}
    return value
