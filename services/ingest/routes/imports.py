"""`POST /v1/imports` takes a file; `GET /v1/imports/{id}` tells what became of its rows."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import AsyncIterator
from itertools import islice
from typing import Annotated, Any, Literal
from uuid import UUID

import orjson
from msgspec import Meta, Struct, defstruct
from starlette.datastructures import FormData, UploadFile
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse

from services.ingest import documents
from services.ingest.answers import ImportResult, ImportState
from services.ingest.bodies import incomplete
from services.ingest.context import IngestContext, ingest_of
from services.ingest.imports.files import READERS, Unreadable
from services.ingest.scopes import authorize_any, authorize_kind
from services.ingest.streams import Import, Row
from shared.facts import FACTS
from shared.http.ask import Ask
from shared.http.openapi import ANY, JSON, Operation
from shared.http.operations import Routes
from shared.http.parameters import PathParameter, read
from shared.http.problems import Problem, ProblemType, invalid, not_found
from shared.kernel import imports
from shared.kernel.database import Database
from shared.kernel.errors import Fault
from shared.kernel.facts import FactKind
from shared.kernel.reading import pointed

routes = Routes("facts")

EXAMPLE = "6a0f4f0e-2f6a-4b7e-9c58-5f3e1a6e7b10"
ROWS_READ = 200
FORMULA_STARTS = {"=", "+", "-", "@", "\t", "\r"}
FILENAME_MAX = 200
COLUMNS = ("row", "pointer", "code", "detail", "content")


async def post_import(request: Request) -> Response:
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
            work = Import(context, FACTS[kind], _filename(file), dry_run)
            await work.run(_rows(file, FACTS[kind], context.settings.body_bytes_max))
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
    if kind not in FACTS:
        faults.append(Fault("/kind", "invalid_choice", f"kind must be one of {', '.join(FACTS)}"))
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


async def _rows(file: UploadFile, kind: FactKind, line_max: int) -> AsyncIterator[Row]:
    rows = READERS[_suffix(file)](file.file, line_max, kind)
    try:
        # Reading takes time and memory of its own: a few rows at once, and not in the loop.
        while batch := await asyncio.to_thread(lambda: list(islice(rows, ROWS_READ))):
            for row in batch:
                yield row
    except Unreadable as error:
        raise Problem(422, error.code, error.detail) from error


ImportId = Annotated[
    str,
    PathParameter(str, "As the answer to the file says.", EXAMPLE),
]


def _unknown() -> Problem:
    return not_found("unknown_import", "there is no such import")


NO_IMPORT = ProblemType("There is no such import", _unknown())


RESULT = {"import_id": EXAMPLE, "accepted": 998, "duplicates": 1, "rejected": 1}


@routes.get(
    "/v1/imports/{import_id}",
    scope=ANY,
    problems=[NO_IMPORT],
    shown={
        **RESULT,
        "kind": "household-events",
        "filename": "review.csv",
        "dry_run": False,
        "state": "completed",
        "rows_read": 1000,
        "started_at": "2026-11-21T03:00:00Z",
        "ended_at": "2026-11-21T03:00:01Z",
    },
)
async def get_import(ask: Ask, import_id: ImportId) -> ImportState:
    """What became of an import.

    How far it has got: rows read = accepted + duplicates + rejected; for whoever may write facts
    of its kind.
    """
    authorize_any(ask.request)
    row = await _find(ask, import_id)
    return ImportState(kind=row["door"], **{name: row[name] for name in _SHOWN})


_SHOWN = tuple(name for name in ImportState.__struct_fields__ if name != "kind")


@routes.get(
    "/v1/imports/{import_id}/rejected",
    scope=ANY,
    problems=[NO_IMPORT],
    answers={"text/csv": Annotated[str, Meta(description=f"Columns: {', '.join(COLUMNS)}.")]},
    shown="row,pointer,code,detail,content\r\n"
    "17,/area_code,unknown_area,no administrative unit has the code '99999',{…}\r\n",
)
async def get_rejected(ask: Ask, import_id: ImportId) -> Response:
    """Refused rows of an import.

    As CSV, one line a fault, to be mended and sent again; for whoever may write facts of its kind.
    """
    authorize_any(ask.request)
    row = await _find(ask, import_id)
    return StreamingResponse(
        _rejected(ask.context.database, row["import_id"]),
        media_type="text/csv; charset=utf-8",
        headers={
            "cache-control": "no-store",
            "content-disposition": f'attachment; filename="rejected-{row["import_id"]}.csv"',
        },
    )


async def _find(ask: Ask, name: str) -> dict[str, Any]:
    try:
        import_id = UUID(name)
    except ValueError:
        raise _unknown() from None
    async with ask.context.database.statement() as snapshot:
        row = await imports.find(snapshot, import_id)
    if row is None:
        raise _unknown()
    authorize_kind(ask.request, row["door"])
    return row


async def _rejected(database: Database, import_id: UUID) -> AsyncIterator[bytes]:
    yield _line(COLUMNS)
    async with database.snapshot() as snapshot:
        async for r in imports.rejected(snapshot, import_id):
            yield _line((str(r.row), r.pointer, r.code, r.detail, r.content))


def _line(cells: tuple[str, ...]) -> bytes:
    out = io.StringIO()
    # A cell that a spreadsheet would run as a formula is made plain text.
    csv.writer(out).writerow([f"'{c}" if c[:1] in FORMULA_STARTS else c for c in cells])
    return out.getvalue().encode()


def _form() -> type[Struct]:
    """Return the form of a file; the kinds are those that there are when it is documented."""
    kinds = Literal[tuple(FACTS)]  # type: ignore[valid-type] # made at run time
    sentence = "CSV in UTF-8, XLSX or NDJSON; columns are headed by names of fields, or by what "
    sentence += "Vietnamese or English offices call them."
    file = Meta(description=sentence, extra_json_schema={"format": "binary"})
    return defstruct(
        "ImportForm",
        [
            ("file", Annotated[str, file]),
            ("kind", Annotated[kinds, Meta(description="The kind of fact of all rows.")]),
            ("dry_run", Annotated[bool, Meta(description="True: check, store nothing.")], False),
        ],
        namespace={"__doc__": "A file of facts of one kind."},
    )


def importing() -> Operation:
    """Return what sending a file promises."""
    unsupported = Fault("/file", "unsupported_file", "send .csv, .xlsx or .ndjson")
    strange = Fault("/kind", "invalid_choice", f"kind must be one of {', '.join(FACTS)}")
    return Operation(
        name="post_import",
        method="POST",
        path="/v1/imports",
        tag="facts",
        summary="Import a file",
        description="Import a file of one kind of fact, for whoever may write such facts; good "
        "rows are kept, and importing it again changes nothing.",
        answer={JSON: ImportResult},
        status=202,
        body={"multipart/form-data": _form()},
        problems=[
            *documents.refusals(411, {"length_required": "Say in Content-Length how long it is."}),
            *documents.TOO_LARGE,
            *documents.OTHER_MEDIA,
            ProblemType("The file is of no kind that is read", invalid([unsupported])),
            ProblemType("There is no such kind of fact", invalid([strange])),
            *documents.refusals(422, {"unreadable_file": "The file is not what its name says."}),
            *documents.BUSY,
        ],
        scope=ANY,
        shown={"multipart/form-data": {"kind": next(iter(FACTS)), "file": "review.csv"}},
        shown_answer=RESULT,
    )


def serve() -> Routes:
    """Return the routes, with the kinds of fact that there are."""
    served = Routes("facts")
    served.serve(importing(), post_import)
    served.routes += routes.routes
    return served
