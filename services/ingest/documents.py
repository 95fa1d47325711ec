"""What the OpenAPI document says of ingest: types of bodies and answers, examples, refusals.

Examples are made of those of the fields; the faults shown are found in an example that is spoilt.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

import orjson
from msgspec import Meta, Struct, defstruct, inspect

from services.ingest import bodies
from services.ingest.answers import ImportResult, Receipts
from services.ingest.pace import Stage, too_slow
from services.ingest.receipts import conflict
from shared.http.dawdling import body_late
from shared.http.operations import JSON, Operation
from shared.http.parameters import Parameter
from shared.http.problems import Problem, ProblemType
from shared.http.schemas import any_of, one_of
from shared.kernel.errors import Fault
from shared.kernel.facts import FactKind, Part
from shared.kernel.revisions import event_id_of

# Callers keep a connection that long; work that takes longer is told by the receipts.
WAIT_SECONDS_MAX = 10
NDJSON = "application/x-ndjson"
Lines = Annotated[str, Meta(description="One fact a line.")]


def example(kind: type[Part]) -> dict[str, Any]:
    """Return what may be posted as this type, made of the examples of its fields."""
    shape = inspect.type_info(kind)
    named = {field.encode_name: _example(field) for field in getattr(shape, "fields", ())}
    return {name: value for name, value in named.items() if value is not None}


def _example(field: inspect.Field) -> Any:
    shape = field.type
    if field.encode_name == "type" and field.required and isinstance(shape, inspect.Metadata):
        return shape.type.values[0] if isinstance(shape.type, inspect.LiteralType) else None
    beside = shape.extra_json_schema if isinstance(shape, inspect.Metadata) else None
    return (beside or {}).get("examples", [None])[0]


# --- refusals -------------------------------------------------------------------------------------


def refusals(status: int, meanings: Mapping[str, str]) -> list[ProblemType]:
    """Return problems of one status, by their codes; the meaning stands for the detail."""
    return [
        ProblemType(meaning.removesuffix("."), Problem(status, code, meaning))
        for code, meaning in meanings.items()
    ]


_SLOW: dict[str, Stage] = {"sender of an import": "sender", "import": "store"}
BUSY = refusals(
    503, {"outbox_full": "Too many messages wait to be sent; send the same again later."}
)
TOO_SLOW = [ProblemType("The body could not be checked in time", bodies.checks_too_slow())]
SLOW_IMPORT = [
    ProblemType(f"The {who} took too long", too_slow({"sender": 0.0, "checks": 0.0, stage: 3601.0}))
    for who, stage in _SLOW.items()
]
HOPELESS = refusals(
    422,
    {
        "too_many_blank_rows": "Of a stream or a file: most of it is blank.",
        "too_many_rejected": "Of a stream or a file: most of it was refused; what was counted is "
        "stored.",
    },
)
LATE = [ProblemType("The next part of the body did not come", body_late())]
TOO_LARGE = refusals(413, {"body_too_large": "The body is larger than what is taken here."})
OTHER_MEDIA = refusals(415, {"unsupported_media_type": "The media type is not taken here."})


def _unreadable(body: bytes) -> Problem:
    try:
        bodies.parse(body)
    except Problem as problem:
        return problem
    raise ValueError("the body is readable")


UNREADABLE = [
    ProblemType("The body is not strict JSON", _unreadable(b'{"events": [NaN]}')),
    ProblemType("An object names one key twice", _unreadable(b'{"a": 1, "a": 2}')),
]

# --- preferences ----------------------------------------------------------------------------------

PREFER = {
    "Prefer": Parameter(
        str,
        {"type": "string", "examples": [f"wait={WAIT_SECONDS_MAX}"]},
        "`wait=N` (RFC 7240), of JSON: the answer comes once every effect of the facts is visible "
        f"to later requests, and then has `Preference-Applied`; after N seconds, at most "
        f"{WAIT_SECONDS_MAX}, it comes without. `return=minimal`, of JSON: it counts and lists no "
        "receipts. Both may be given.",
    )
}

# --- doors ----------------------------------------------------------------------------------------


def door(kind: FactKind) -> Operation:
    """Return what a kind's door promises."""
    shown = example(kind.types[0])
    media = Annotated[Any, one_of(Receipts, ImportResult)]
    return Operation(
        name=f"post_{kind.table}",
        method="POST",
        keyed=True,
        path=f"/v1/{kind.name}",
        tag="facts",
        summary=kind.summary,
        description=f"{kind.description} JSON holds 1 to {bodies.ITEMS_MAX} facts, all stored or "
        "none; of NDJSON, a fact a line, good lines are kept, and the answer is an import.",
        headers=PREFER,
        answer={JSON: media},
        status=202,
        body={JSON: _body(kind), NDJSON: Lines},
        problems=[
            *UNREADABLE,
            *TOO_LARGE,
            *OTHER_MEDIA,
            *_refused(kind, shown),
            *BUSY,
            *TOO_SLOW,
            *SLOW_IMPORT,
            *HOPELESS,
            *LATE,
        ],
        scope=kind.scope,
        shown={JSON: {kind.plural: [shown]}, NDJSON: orjson.dumps(shown).decode() + "\n"},
        shown_answer=_receipts(kind, shown),
    )


def _body(kind: FactKind) -> type[Struct]:
    fact = Annotated[Any, any_of(*kind.types, kind.withdrawal)]
    bounds = Meta(min_length=1, max_length=bodies.ITEMS_MAX, description="The facts, in any order.")
    doc = {"__doc__": "Facts of one kind, all stored or none."}
    name = kind.withdrawal.__name__.removeprefix("Withdrawn") + "Facts"
    fields = [(kind.plural, Annotated[list[fact], bounds])]
    return defstruct(name, fields, namespace=doc, forbid_unknown_fields=True)


def _receipts(kind: FactKind, shown: Mapping[str, Any]) -> dict[str, Any]:
    key = (shown["source"], shown["external_id"])
    receipt = {
        "external_id": key[1],
        "revision": 1,
        "event_id": str(event_id_of(kind.name, *key, 1)),
        "outcome": "accepted",
    }
    return {"accepted": 1, "duplicates": 0, "receipts": [receipt]}


_GAP = {"revision_gap": "The revision is far ahead of the latest that is stored."}
# To a caller that is bound, what is another's is as if it were not.
_OUTSIDE = {
    "unknown_source": "The source is none of the caller's.",
    "unknown_fact": "The fact is none of the caller's, or withdraws one that is not stored.",
    "unknown_household": "The household is not in the caller's area on that day.",
}


def _refused(kind: FactKind, shown: Mapping[str, Any]) -> Iterator[ProblemType]:
    pointer, key = f"/{kind.plural}/0", (shown["source"], shown["external_id"])
    yield ProblemType(
        "The revision is stored already with other content", _problem([conflict(key, 1, pointer)])
    )
    yield from refusals(409, kind.conflicts)
    for meaning, spoilt in _spoilt(shown):
        yield ProblemType(meaning, _problem(kind.read(spoilt, pointer)))
    yield from refusals(404, _OUTSIDE)
    yield from refusals(422, {**kind.refusals, **_GAP})


def _problem(faults: Sequence[Fault]) -> Problem:
    (fault, *_) = faults
    return Problem(fault.status, fault.code, fault.detail, faults)


def _spoilt(shown: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the example with one thing wrong, and what that is."""
    yield "A field is missing", {n: value for n, value in shown.items() if n != "external_id"}
    yield "There is no such field", {**shown, "note": "x"}
    yield "A field has another form", {**shown, "source": "a b"}
