"""Exports: the whole answer of a list as a file, made while nobody waits."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated
from uuid import UUID, uuid4

from msgspec import Meta, Struct
from starlette.responses import Response

from services.api.exports.columns import Kind, columns_of
from services.api.exports.content import content, not_satisfiable
from services.api.exports.formats import FORMATS
from services.api.exports.questions import PATHS, Pages, read_address
from services.api.money.held import UNKNOWN_RUN
from shared.access.caller import ARTICLES_READ, FUNDS_READ, HOUSEHOLDS_READ, STATISTICS_READ
from shared.exports.export import EXPORTS_MAX, Export, Format, State
from shared.exports.store import exports as store
from shared.http.ask import Ask
from shared.http.audit import concern, named_in
from shared.http.heavy import TOO_MANY
from shared.http.operations import ANY, Routes
from shared.http.parameters import PathParameter
from shared.http.problems import (
    AREA_NOT_IN_FORCE,
    UNKNOWN_AREA,
    Problem,
    ProblemType,
    forbidden,
    invalid,
    not_found,
)
from shared.http.schemas import Instant
from shared.kernel import knowledge
from shared.kernel.errors import Fault
from shared.kernel.facts import Part
from shared.kernel.fields import PRINTABLE, about

routes = Routes("exports")

_SCOPES = (HOUSEHOLDS_READ, STATISTICS_READ, FUNDS_READ, ARTICLES_READ)
ID = "b1a7c0de-7f4e-4f0a-8c39-0d5b9a1e2c47"
_QUESTION = "/v1/households?area=181&as_of=2024-06-30&status=poor"
_SETTLED = f"{_QUESTION}&known_at=2026-10-05T03%3A00%3A00.000123Z"


def unknown_export() -> Problem:
    """Return the one answer for exports that do not exist, are another's, or whose time is over."""
    return not_found("unknown_export", "no such export is known")


def not_made(state: State) -> Problem:
    """Return the 409 of a file that is not there, or not yet."""
    return Problem(409, "export_not_completed", f"the export is {state}; it has no file to fetch")


NO_READER = ProblemType("The caller may read nothing that is exported", forbidden(_SCOPES[0]))
UNKNOWN_EXPORT = ProblemType("No such export, another client's, or expired", unknown_export())
NOT_MADE = ProblemType("The file is not made, or not yet", not_made("running"))
TOO_MANY_EXPORTS = ProblemType(
    "The client has as many exports as one may have",
    Problem(
        409,
        "too_many_exports",
        f"{EXPORTS_MAX} files of one client are kept at a time; delete one of them, or wait until "
        "one expires",
    ),
)
_NO_LIST = ProblemType(
    "The question is no list that is exported, or has a fault",
    invalid([Fault("/question", "unknown_list", f"no list that is exported: {PATHS[0]}, …")]),
)


def _read(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise unknown_export() from None


ExportId = Annotated[
    UUID, PathParameter(_read, "Id of the export.", ID, {"type": "string", "format": "uuid"})
]


class NewExport(Part, frozen=True, kw_only=True):
    """Which list is wanted as a file, and in which format."""

    question: Annotated[
        str,
        Meta(min_length=1, max_length=2000, pattern=PRINTABLE),
        about(
            "The address of a list as it is asked, without `cursor` and `limit`; `known_at` may "
            f"stand in each. Lists: {', '.join(f'`{path}`' for path in PATHS)}.",
            example=_QUESTION,
        ),
    ]
    format: Annotated[
        Format,
        about(
            "`ndjson` has the items as answers do; in the others the fields of their parts are "
            "columns, such as `area.code`.",
            example="csv",
        ),
    ]


class ExportAnswer(Struct, frozen=True):
    """An export as it stands."""

    export_id: Annotated[UUID, Meta(description="Id of the export.")]
    question: Annotated[
        str, Meta(description="What is asked, with its clocks: it asks the same for ever.")
    ]
    format: Annotated[Format, Meta(description="Format of the file.")]
    state: Annotated[
        State,
        Meta(description="`interrupted`: its process ended, three times; order it anew."),
    ]
    rows: Annotated[int, Meta(description="Rows written so far.")]
    bytes: Annotated[int, Meta(description="Bytes written so far.")]
    fault: Annotated[str | None, Meta(description="Code of what made it fail.")]
    created_at: Annotated[Instant, Meta(description="When it was ordered.")]
    ended_at: Annotated[Instant | None, Meta(description="When it ended; null: not yet.")]
    expires_at: Annotated[Instant, Meta(description="From then on nothing can be fetched.")]
    href: Annotated[str, Meta(description="Where this is told.")]
    content_href: Annotated[str, Meta(description="Where the file is, once it is completed.")]
    manifest_href: Annotated[str, Meta(description="What the file holds, once it is completed.")]

    @classmethod
    def of(cls, export: Export) -> ExportAnswer:
        """Return an export as its client sees it."""
        href = f"/v1/exports/{export.export_id}"
        return cls(
            export.export_id,
            export.question,
            export.format,
            export.state,
            export.rows,
            export.size,
            export.fault,
            export.created_at,
            export.ended_at,
            export.expires_at,
            href,
            f"{href}/content",
            f"{href}/manifest",
        )


_SHOWN = {
    "export_id": ID,
    "question": _SETTLED,
    "format": "csv",
    "state": "waiting",
    "rows": 0,
    "bytes": 0,
    "fault": None,
    "created_at": "2026-10-05T03:00:00.000123Z",
    "ended_at": None,
    "expires_at": "2026-10-06T03:00:00.000123Z",
    "href": f"/v1/exports/{ID}",
    "content_href": f"/v1/exports/{ID}/content",
    "manifest_href": f"/v1/exports/{ID}/manifest",
}
_MADE = {**_SHOWN, "state": "completed", "rows": 2, "bytes": 311}
_MADE["ended_at"] = "2026-10-05T03:00:01.000123Z"


@routes.post(
    "/v1/exports",
    scope=_SCOPES[0],
    also=_SCOPES[1:],
    problems=[
        _NO_LIST,
        UNKNOWN_AREA,
        AREA_NOT_IN_FORCE,
        UNKNOWN_RUN,
        TOO_MANY_EXPORTS,
        TOO_MANY,
    ],
    shown=_SHOWN,
    status=202,
    order=True,
)
async def post_export(ask: Ask, export: NewExport) -> ExportAnswer:
    """Order a list as a file.

    All of it, with the grants of the caller and as known at one instant, so that the same question
    gives the same bytes again. `href` tells how far it has got; the file is kept for a day.
    """
    now, context = ask.context.clock.now(), ask.context
    asked = read_address(export.question)
    scope = asked.listing.question.scope
    if scope is None or scope not in ask.caller.scopes:
        raise forbidden(scope or _SCOPES[0])
    settled = await _settled(ask, asked.given["known_at"])
    await Pages(asked, context, ask.caller).check()
    concern(ask.request, named_in(asked.in_path))
    question, known_at = asked.settled(context, settled)
    ordered = Export(
        uuid4(),
        ask.caller,
        scope,
        question,
        export.format,
        known_at,
        state="waiting",
        attempts=0,
        rows=0,
        size=0,
        digest=None,
        fault=None,
        created_at=now,
        ended_at=None,
        expires_at=now + timedelta(hours=context.settings.export_hours),
    )
    async with ask.effect() as tx:
        if await store.count_own(tx, ask.caller.client_id, now) >= EXPORTS_MAX:
            raise TOO_MANY_EXPORTS.problem
        await store.order(tx, ordered)
    return ExportAnswer.of(ordered)


async def _settled(ask: Ask, known_at: datetime | None) -> datetime:
    """Return the instant that is settled now; refuse a `known_at` that is not."""
    if known_at is not None:
        return await knowledge.check_settled(ask.context.database, known_at)
    async with ask.context.database.statement() as snapshot:
        return await knowledge.settled(snapshot)


async def _own(ask: Ask, export_id: UUID) -> Export:
    """Return the caller's export; another's does not exist."""
    if not ask.caller.scopes & set(_SCOPES):
        raise NO_READER.problem
    async with ask.context.database.statement() as snapshot:
        found = await store.find(snapshot, export_id, ask.context.clock.now())
    if found is None or not found.may_be_read_by(ask.caller):
        raise unknown_export()
    return found


async def _made(ask: Ask, export_id: UUID) -> Export:
    """Return the caller's export once there is a file."""
    found = await _own(ask, export_id)
    if found.state != "completed":
        raise not_made(found.state)
    return found


@routes.get(
    "/v1/exports/{export_id}",
    scope=ANY,
    problems=[NO_READER, UNKNOWN_EXPORT],
    private=True,
    shown=_MADE,
)
async def get_export(ask: Ask, export_id: ExportId) -> ExportAnswer:
    """An export.

    How far it has got. What is another client's, or was ordered with other grants than the caller
    has now, does not exist.
    """
    return ExportAnswer.of(await _own(ask, export_id))


@routes.delete(
    "/v1/exports/{export_id}",
    scope=_SCOPES[0],
    also=_SCOPES[1:],
    problems=[UNKNOWN_EXPORT],
    shown=_MADE,
)
async def delete_export(ask: Ask, export_id: ExportId) -> ExportAnswer:
    """Remove an export.

    Its file too; one that is being made is made no further.
    """
    found = await _own(ask, export_id)
    async with ask.context.database.transaction() as tx:
        await store.remove(tx, export_id)
    return ExportAnswer.of(found)


@routes.get(
    "/v1/exports/{export_id}/content",
    scope=ANY,
    problems=[
        NO_READER,
        UNKNOWN_EXPORT,
        NOT_MADE,
        ProblemType("The range begins behind the end", not_satisfiable(311)),
    ],
    answers={
        form.media_type: Annotated[bytes, Meta(description="The file.")]
        for form in FORMATS.values()
    },
    shown="a line of the file\n",
    private=True,
)
async def get_export_content(ask: Ask, export_id: ExportId) -> Response:
    """The file of an export.

    All of it, or one `Range` of bytes, so that a fetch that broke off goes on (`If-Range` with the
    ETag, which is the digest of the file). It travels as it is, never packed.
    """
    return content(ask.request, ask.context.database, await _made(ask, export_id))


class ExportColumn(Struct, frozen=True):
    """A column of a file."""

    name: Annotated[str, Meta(description="Its name, as its head says.")]
    kind: Annotated[Kind, Meta(description="What stands in it; `json` is JSON as text.")]


class ExportManifest(Struct, frozen=True):
    """What a file holds, to be kept beside it."""

    export_id: Annotated[UUID, Meta(description="Id of the export.")]
    question: Annotated[str, Meta(description="The address that asks the same for ever.")]
    as_of: Annotated[
        date | None, Meta(description="The day that the rows are true for, if they are of one.")
    ]
    known_at: Annotated[Instant, Meta(description="The instant whose knowledge answered.")]
    format: Annotated[Format, Meta(description="Format of the file.")]
    media_type: Annotated[str, Meta(description="Media type of the file.")]
    rows: Annotated[int, Meta(description="Rows, without a line of heads.")]
    bytes: Annotated[int, Meta(description="Bytes of the file.")]
    sha256: Annotated[str, Meta(description="SHA-256 of the file, in hexadecimal digits.")]
    columns: Annotated[list[ExportColumn], Meta(description="Its columns, in their order.")]


@routes.get(
    "/v1/exports/{export_id}/manifest",
    scope=ANY,
    problems=[NO_READER, UNKNOWN_EXPORT, NOT_MADE],
    private=True,
    shown={
        "known_at": "2026-10-05T03:00:00.000123Z",
        "question": _SETTLED,
        "export_id": ID,
        "format": "csv",
        "media_type": "text/csv",
        "rows": 2,
        "bytes": 311,
        "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "as_of": "2024-06-30",
        "columns": [{"name": "household_id", "kind": "text"}],
    },
)
async def get_export_manifest(ask: Ask, export_id: ExportId) -> ExportManifest:
    """What the file of an export holds.

    Its rows, digest and columns, both clocks, and the question: asked again, also years later, it
    gives the same bytes, as long as the release writes the same columns.
    """
    export = await _made(ask, export_id)
    asked = read_address(export.question)
    return ExportManifest(
        export_id=export.export_id,
        question=export.question,
        as_of=asked.given.get("as_of"),
        known_at=export.known_at,
        format=export.format,
        media_type=FORMATS[export.format].media_type,
        rows=export.rows,
        bytes=export.size,
        sha256=(export.digest or b"").hex(),
        columns=[ExportColumn(c.name, c.kind) for c in columns_of(asked.listing.items)],
    )
