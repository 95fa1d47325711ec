"""Exports: the whole answer of a list as a file, made while nobody waits."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated
from uuid import UUID

from msgspec import Meta
from starlette.responses import Response

from services.api.exports.answers import (
    EXPORTED,
    ID,
    NO_LIST,
    NO_READER,
    NOT_MADE,
    SETTLED,
    SHOWN,
    SHOWN_MADE,
    TOO_MANY_EXPORTS,
    UNKNOWN_EXPORT,
    ExportAnswer,
    ExportColumn,
    ExportId,
    ExportManifest,
    Exports,
    NewExport,
    not_made,
    unknown_export,
)
from services.api.exports.columns import columns_of
from services.api.exports.content import content, not_satisfiable
from services.api.exports.formats import FORMATS
from services.api.exports.orders import order_of
from services.api.exports.questions import read_address
from services.api.money.held import UNKNOWN_RUN
from shared.exports.export import EXPORTS_MAX, Export, State
from shared.exports.store import exports as store
from shared.http.ask import Ask
from shared.http.heavy import TOO_MANY
from shared.http.operations import ANY, Routes
from shared.http.parameters import instant_of
from shared.http.problems import AREA_NOT_IN_FORCE, UNKNOWN_AREA, ProblemType

routes = Routes("exports")


@routes.post(
    "/v1/exports",
    scope=EXPORTED[0],
    also=EXPORTED[1:],
    problems=[
        NO_LIST,
        UNKNOWN_AREA,
        AREA_NOT_IN_FORCE,
        UNKNOWN_RUN,
        TOO_MANY_EXPORTS,
        TOO_MANY,
    ],
    shown=SHOWN,
    status=202,
    order=True,
)
async def post_export(ask: Ask, export: NewExport) -> ExportAnswer:
    """Order a list as a file.

    All of it, with the grants of the caller and as known at one instant, so that the same question
    gives the same bytes again. `href` tells how far it has got; the file is kept for a day.
    """
    ordered = await order_of(ask, export.question, export.format)
    async with ask.effect() as tx:
        if await store.count_own(tx, ask.caller.client_id, ordered.created_at) >= EXPORTS_MAX:
            raise TOO_MANY_EXPORTS.problem
        await store.order(tx, ordered)
    return ExportAnswer.of(ordered)


def _check_reader(ask: Ask) -> None:
    if not ask.caller.scopes & set(EXPORTED):
        raise NO_READER.problem


async def _own(ask: Ask, export_id: UUID) -> Export:
    """Return the caller's export; another's does not exist."""
    _check_reader(ask)
    async with ask.context.database.statement() as snapshot:
        found = await store.find(snapshot, export_id, ask.context.clock.now())
    if found is None or not found.may_be_read_by(ask.caller):
        raise unknown_export()
    return found


async def _made(ask: Ask, export_id: UUID, states: Collection[State]) -> Export:
    """Return the caller's export once it is in one of these states."""
    found = await _own(ask, export_id)
    if found.state not in states:
        raise not_made(found.state)
    return found


@routes.get(
    "/v1/exports",
    scope=ANY,
    cursor=[instant_of, UUID],
    problems=[NO_READER],
    private=True,
    shown={"items": [SHOWN_MADE], "next_cursor": None},
)
async def list_exports(ask: Ask) -> Exports:
    """Exports of the caller.

    Its own, made or being made, failed or streamed, for a day each.
    """
    _check_reader(ask)
    async with ask.context.database.statement() as snapshot:
        rows = await store.list_readable(
            snapshot, ask.caller, ask.context.clock.now(), ask.page.after, ask.page.fetch
        )
    shown, next_cursor = ask.page.cut(rows, lambda e: [e.created_at, e.export_id])
    return Exports([ExportAnswer.of(each) for each in shown], next_cursor)


@routes.get(
    "/v1/exports/{export_id}",
    scope=ANY,
    problems=[NO_READER, UNKNOWN_EXPORT],
    private=True,
    shown=SHOWN_MADE,
)
async def get_export(ask: Ask, export_id: ExportId) -> ExportAnswer:
    """An export.

    How far it has got. What is another client's, or was ordered with other grants than the caller
    has now, does not exist.
    """
    return ExportAnswer.of(await _own(ask, export_id))


@routes.delete(
    "/v1/exports/{export_id}",
    scope=EXPORTED[0],
    also=EXPORTED[1:],
    problems=[UNKNOWN_EXPORT],
    shown=SHOWN_MADE,
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
    return content(ask.request, ask.context.database, await _made(ask, export_id, {"completed"}))


@routes.get(
    "/v1/exports/{export_id}/manifest",
    scope=ANY,
    problems=[NO_READER, UNKNOWN_EXPORT, NOT_MADE],
    private=True,
    shown={
        "known_at": "2026-10-05T03:00:00.000123Z",
        "question": SETTLED,
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

    Or what was streamed, once all of it was sent. Its rows, digest and columns, both clocks, and
    the question: asked again, also years later, it gives the same bytes, as long as the release
    writes the same columns.
    """
    export = await _made(ask, export_id, {"completed", "streamed"})
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
