"""`POST /v1/imports` takes a file; `GET /v1/imports/{id}` tells what became of its rows."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import AsyncIterator
from itertools import islice
from typing import Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Request
from starlette.datastructures import FormData, UploadFile
from starlette.requests import ClientDisconnect
from starlette.responses import Response, StreamingResponse

from services.ingest.bodies import incomplete
from services.ingest.context import IngestContext, ingest_of
from services.ingest.doors import examples
from services.ingest.doors.common import pointed
from services.ingest.doors.registry import DOORS
from services.ingest.imports.files import READERS, Unreadable
from services.ingest.scopes import authorize_any, authorize_kind
from services.ingest.streams import Import, Row
from shared.http.answers import answer
from shared.http.openapi import PlainRoute
from shared.http.parameters import read
from shared.http.problems import Fault, Problem, not_found
from shared.kernel import imports

router = APIRouter(tags=["imports"], route_class=PlainRoute)

ROWS_READ = 200
FORMULA_STARTS = {"=", "+", "-", "@", "\t", "\r"}
FILENAME_MAX = 200
COLUMNS = ("row", "pointer", "code", "detail", "content")


@router.post(
    "/v1/imports",
    summary="Import a file",
    response_class=Response,
    status_code=202,
    openapi_extra=examples.IMPORT,
)
async def post_import(request: Request) -> Response:
    """Import a CSV, XLSX or NDJSON file of one kind of fact; `dry_run` only checks."""
    authorize_any(request)
    read(request, {})
    context = ingest_of(request)
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise Problem(415, "unsupported_media_type", "send multipart/form-data")
    _refuse_large(request, context)
    await context.admission.check()
    try:
        async with request.form(max_files=1, max_fields=10) as form:
            file, kind, dry_run = _fields(form)
            authorize_kind(request, kind)
            work = Import(context, DOORS[kind], _filename(file), dry_run)
            await work.run(_rows(file, context.settings.body_bytes_max))
    except ClientDisconnect:
        raise incomplete() from None
    return Response(orjson.dumps(work.document()), 202, media_type="application/json")


def _refuse_large(request: Request, context: IngestContext) -> None:
    limit = context.settings.stream_bytes_max
    announced = request.headers.get("content-length", "")
    if not announced.isdigit():
        raise Problem(411, "length_required", "say in Content-Length how long the file is")
    if int(announced) > limit + 64 * 1024:
        raise Problem(413, "body_too_large", f"a file may hold at most {limit} bytes")


def _fields(form: FormData) -> tuple[UploadFile, str, bool]:
    faults = [
        Fault(pointed(name), "unknown_field", "the form has no such field")
        for name in sorted(set(form) - {"file", "kind", "dry_run"})
    ]
    file, kind, dry_run = form.get("file"), form.get("kind"), form.get("dry_run", "false")
    if not isinstance(file, UploadFile):
        faults.append(Fault("/file", "missing_field", "send the file as a part named file"))
    elif _suffix(file) not in READERS:
        faults.append(Fault("/file", "unsupported_file", "send .csv, .xlsx or .ndjson"))
    if kind not in DOORS:
        faults.append(Fault("/kind", "invalid_choice", f"kind must be one of {', '.join(DOORS)}"))
    if dry_run not in {"true", "false"}:
        faults.append(Fault("/dry_run", "invalid_choice", "dry_run must be true or false"))
    if faults or not isinstance(file, UploadFile):
        raise Problem(422, faults[0].code, faults[0].detail, faults)
    return file, str(kind), dry_run == "true"


def _filename(file: UploadFile) -> str:
    name = "".join(c if c.isprintable() else "\ufffd" for c in file.filename or "")
    return name[-FILENAME_MAX:]


def _suffix(file: UploadFile) -> str:
    return (file.filename or "").rpartition(".")[2].lower()


async def _rows(file: UploadFile, line_max: int) -> AsyncIterator[Row]:
    rows = READERS[_suffix(file)](file.file, line_max)
    try:
        # Reading takes time and memory of its own: a few rows at once, and not in the loop.
        while batch := await asyncio.to_thread(lambda: list(islice(rows, ROWS_READ))):
            for row in batch:
                yield row
    except Unreadable as error:
        raise Problem(422, error.code, error.detail) from error


@router.get(
    "/v1/imports/{import_id}",
    summary="What became of an import",
    response_class=Response,
    openapi_extra=examples.IMPORT_STATE,
)
async def get_import(request: Request) -> Response:
    """Tell how far an import has got: rows read = accepted + duplicates + rejected."""
    authorize_any(request)
    read(request, {})
    found = await _find(request)
    return answer(
        request,
        {
            "import_id": str(found["import_id"]),
            "kind": found["door"],
            "filename": found["filename"],
            "dry_run": found["dry_run"],
            "state": found["state"],
            "rows_read": found["rows_read"],
            "accepted": found["accepted"],
            "duplicates": found["duplicates"],
            "rejected": found["rejected"],
            "started_at": found["started_at"],
            "ended_at": found["ended_at"],
        },
    )


@router.get(
    "/v1/imports/{import_id}/rejected",
    summary="Refused rows of an import",
    response_class=Response,
    openapi_extra=examples.IMPORT_REJECTED,
)
async def get_rejected(request: Request) -> Response:
    """Return the refused rows as CSV, one line a fault, to be mended and sent again."""
    authorize_any(request)
    read(request, {})
    found = await _find(request)
    return StreamingResponse(
        _rejected(ingest_of(request), found["import_id"]),
        media_type="text/csv; charset=utf-8",
        headers={
            "cache-control": "no-store",
            "content-disposition": f'attachment; filename="rejected-{found["import_id"]}.csv"',
        },
    )


async def _find(request: Request) -> dict[str, Any]:
    try:
        import_id = UUID(request.path_params["import_id"])
    except ValueError:
        raise not_found("unknown_import", "there is no such import") from None
    async with ingest_of(request).database.statement() as snapshot:
        found = await imports.find(snapshot, import_id)
    if found is None:
        raise not_found("unknown_import", "there is no such import")
    authorize_kind(request, found["door"])
    return found


async def _rejected(context: IngestContext, import_id: UUID) -> AsyncIterator[bytes]:
    yield _line(COLUMNS)
    async with context.database.snapshot() as snapshot:
        async for r in imports.rejected(snapshot, import_id):
            yield _line((str(r.row), r.pointer, r.code, r.detail, r.content))


def _line(cells: tuple[str, ...]) -> bytes:
    out = io.StringIO()
    # A cell that a spreadsheet would run as a formula is made plain text.
    csv.writer(out).writerow([f"'{c}" if c[:1] in FORMULA_STARTS else c for c in cells])
    return out.getvalue().encode()
