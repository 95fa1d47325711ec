"""`POST /v1/imports` takes a file; `GET /v1/imports/{id}` tells what became of its rows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Annotated, Literal
from uuid import UUID

import orjson
from msgspec import Meta, Struct, defstruct
from starlette.datastructures import FormData, UploadFile
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response, StreamingResponse

from services.ingest import documents
from services.ingest.answers import FileResult, ImportNotice, ImportState
from services.ingest.bodies import incomplete
from services.ingest.context import IngestContext, ingest_of, world_of
from services.ingest.imports.files import FileRow, Rows, Unreadable, format_of, rows_of
from services.ingest.imports.sent import csv_line, rejected_csv, rejected_xlsx
from services.ingest.imports.templates import template_csv, template_xlsx
from services.ingest.scopes import NO_WRITER, authorize_any, authorize_kind
from services.ingest.streams import SILENT_AFTER, Import
from shared.access.caller import Caller
from shared.facts import FACTS, may_see_import
from shared.http.ask import Ask
from shared.http.auth import check_form_key, signed_in_sender
from shared.http.limits import STREAMS_MAX
from shared.http.operations import ANY, JSON, Operation, Routes
from shared.http.parameters import PathParameter, read
from shared.http.problems import Problem, ProblemType, invalid, not_found
from shared.kernel import imports, refused_rows
from shared.kernel.database import Database
from shared.kernel.errors import Fault
from shared.kernel.imports import ImportRow, RejectedRow
from shared.kernel.reading import pointed

routes = Routes("facts")

EXAMPLE = "6a0f4f0e-2f6a-4b7e-9c58-5f3e1a6e7b10"
CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FILENAME_MAX = 200
COLUMNS = ("row", "pointer", "code", "detail", "content")


async def post_import(request: Request) -> Response:
    session = await signed_in_sender(request)
    await authorize_any(request)
    read(request, {})
    context = ingest_of(request)
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise Problem(415, "unsupported_media_type", "send multipart/form-data")
    _refuse_large(request, context)
    await context.admission.check()
    try:
        async with request.form(max_files=1, max_fields=10) as form:
            if session is not None:
                check_form_key(session, form.get("form_key"))
            file, kind, dry_run = _fields(form)
            caller = await authorize_kind(request, kind)
            with context.limits.hold(caller, "streams", STREAMS_MAX):
                work = await _import(context, file, kind, caller, dry_run=dry_run)
    except ClientDisconnect:
        raise incomplete() from None
    if "text/html" in request.headers.get("accept", ""):
        # A form that was sent without script: its sender reads on at the page.
        language = "?lang=en" if form.get("lang") == "en" else ""
        return RedirectResponse(f"/imports/{work.import_id}{language}", 303)
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
        for name in sorted(set(form) - {"file", "kind", "dry_run", "form_key", "lang"})
    ]
    file, kind, dry_run = form.get("file"), form.get("kind"), form.get("dry_run", "false")
    if not isinstance(file, UploadFile):
        faults.append(Fault("/file", "missing_field", "send the file as a part named file"))
    elif format_of(file.filename or "") is None:
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


async def _import(
    context: IngestContext, file: UploadFile, kind: str, caller: Caller, *, dry_run: bool
) -> Import:
    form = format_of(file.filename or "") or "ndjson"
    world, row_max = await world_of(context), context.settings.body_bytes_max
    rows = rows_of(file.file, form, FACTS[kind], world, row_max)
    work = Import(context, FACTS[kind], _filename(file), caller, dry_run, form)
    await work.run(_one_by_one(rows), rows)
    return work


async def _one_by_one(rows: Rows) -> AsyncIterator[FileRow]:
    batches = rows.batches()
    try:
        # Reading takes time and memory of its own: a few rows at once, and not in the loop.
        while (batch := await asyncio.to_thread(next, batches, None)) is not None:
            for row in batch:
                yield row
    except Unreadable as error:
        raise Problem(422, error.code, error.detail, detail_vi=error.vi) from error


ImportId = Annotated[
    str,
    PathParameter(str, "As the answer to the file says.", EXAMPLE),
]


def _unknown() -> Problem:
    return not_found("unknown_import", "there is no such import")


NO_IMPORT = ProblemType("There is no such import", _unknown())
ROWS_NOT_KEPT = ProblemType(
    "The rows were removed, a time after the import had ended",
    Problem(410, "rows_not_kept", "the refused rows of this import are not kept any more"),
)
TemplateKind = Annotated[str, PathParameter(str, "A kind of fact.", "household-events")]


def _no_template() -> Problem:
    listed = ", ".join(FACTS)
    return not_found("unknown_template", f"templates: {listed}; each with .xlsx or .csv")


NO_TEMPLATE = ProblemType("There is no such template", _no_template())

NOTICE = {
    "code": "hidden_rows",
    "detail": "hidden rows of sheet 'Hộ' were read too: 17",
    "detail_vi": "các dòng ẩn của trang «Hộ» cũng được đọc: 17",
}
RESULT = {
    "import_id": EXAMPLE,
    "accepted": 998,
    "duplicates": 1,
    "rejected": 1,
    "rows_read": 1000,
    "notices": [NOTICE],
}


@routes.get(
    "/v1/imports/templates/{kind}.csv",
    scope=ANY,
    problems=[NO_WRITER, NO_TEMPLATE],
    answers={CSV: Annotated[str, Meta(description="The headings.")]},
    shown="Loại,Nguồn,Mã bản ghi,Lần sửa\r\n",
)
async def get_csv_template(ask: Ask, kind: TemplateKind) -> Response:
    """An empty table to fill in, as CSV.

    The Vietnamese headings of a kind of fact; for whoever may write facts.
    """
    return await _template(ask, kind, "csv")


@routes.get(
    "/v1/imports/templates/{kind}.xlsx",
    scope=ANY,
    problems=[NO_WRITER, NO_TEMPLATE],
    answers={XLSX: Annotated[bytes, Meta(description="The workbook.")]},
    shown="UEsDBBQAAAAIAAAA",
)
async def get_xlsx_template(ask: Ask, kind: TemplateKind) -> Response:
    """An empty table to fill in, as a workbook.

    The Vietnamese headings of a kind of fact, with closed lists to choose from and codes kept as
    text; for whoever may write facts.
    """
    return await _template(ask, kind, "xlsx")


async def _other_template(request: Request) -> Response:
    await authorize_any(request)
    raise _no_template()


# Any other ending is documented with neither, and answered as a template that there is not.
routes.add_api_route("/v1/imports/templates/{template}", _other_template, include_in_schema=False)


async def _template(ask: Ask, kind: str, form: str) -> Response:
    await authorize_any(ask.request)
    if kind not in FACTS:
        raise _no_template()
    media_type, make = _TEMPLATES[form]
    return Response(
        await asyncio.to_thread(make, FACTS[kind]),
        media_type=media_type,
        headers={"content-disposition": f'attachment; filename="{kind}.{form}"'},
    )


@routes.get(
    "/v1/imports/{import_id}",
    scope=ANY,
    problems=[NO_WRITER, NO_IMPORT],
    shown={
        **RESULT,
        "kind": "household-events",
        "filename": "review.csv",
        "dry_run": False,
        "state": "completed",
        "started_at": "2026-11-21T03:00:00Z",
        "ended_at": "2026-11-21T03:00:01Z",
    },
)
async def get_import(ask: Ask, import_id: ImportId) -> ImportState:
    """What became of an import.

    How far it has got: rows read = accepted + duplicates + rejected; for whoever may write facts
    of its kind.
    """
    await authorize_any(ask.request)
    row = await _find(ask, import_id)
    return ImportState(
        kind=row.door,
        notices=[ImportNotice(**asdict(notice)) for notice in row.notices],
        **{name: getattr(row, name) for name in _SHOWN},
    )


_SHOWN = tuple(n for n in ImportState.__struct_fields__ if n not in {"kind", "notices"})


@routes.get(
    "/v1/imports/{import_id}/rejected",
    scope=ANY,
    problems=[NO_WRITER, NO_IMPORT, ROWS_NOT_KEPT],
    answers={CSV: Annotated[str, Meta(description="The sender's columns, then the reasons.")]},
    shown="Mã đơn vị,Từ ngày,Tổng số hộ,row,pointer,code,detail,lý do từ chối\r\n"
    "99999,31/12/2023,842,17,/area_code,unknown_area,no administrative unit has the code '99999',"
    "ô A17 (Mã đơn vị): «99999» không có đơn vị hành chính nào mang mã này\r\n",
    private=True,
)
async def get_rejected(ask: Ask, import_id: ImportId) -> Response:
    """Refused rows of an import.

    In the sender's own columns and format, the reasons beside them, to be mended and sent again as
    they are; of NDJSON as CSV, a line a fault; for whoever may write facts of its kind.
    """
    await authorize_any(ask.request)
    row = await _find(ask, import_id)
    if row.rejected and not await _keeps(ask, row):
        raise ROWS_NOT_KEPT.problem
    form = "xlsx" if row.format == "xlsx" and row.sheets else "csv"
    return StreamingResponse(
        _rejected(ask.context.database, row),
        media_type=XLSX if form == "xlsx" else f"{CSV}; charset=utf-8",
        headers={
            "cache-control": "no-store",
            "content-disposition": f'attachment; filename="rejected-{row.import_id}.{form}"',
        },
    )


async def _find(ask: Ask, name: str) -> ImportRow:
    try:
        import_id = UUID(name)
    except ValueError:
        raise _unknown() from None
    async with ask.context.database.transaction() as tx:
        await imports.end_silent(tx, ask.context.clock.now() - SILENT_AFTER)
        row = await imports.find(tx, import_id)
    if row is None or not may_see_import(ask.caller, row):
        raise _unknown()
    return row


async def _keeps(ask: Ask, row: ImportRow) -> bool:
    async with ask.context.database.statement() as snapshot:
        return await refused_rows.keeps(snapshot, row.ended_at)


async def _rejected(database: Database, row: ImportRow) -> AsyncIterator[bytes]:
    write = _WRITERS.get(row.format or "") if row.sheets else None
    async for part in (write or _by_fault)(row, imports.rejected(database, row.import_id)):
        yield part


async def _by_fault(row: ImportRow, faults: AsyncIterator[RejectedRow]) -> AsyncIterator[bytes]:
    yield csv_line(COLUMNS)
    async for r in faults:
        yield csv_line((str(r.row), r.pointer, r.code, r.detail, r.content))


_TEMPLATES = {"csv": (f"{CSV}; charset=utf-8", template_csv), "xlsx": (XLSX, template_xlsx)}
_WRITERS = {"csv": rejected_csv, "xlsx": rejected_xlsx}


def _form() -> type[Struct]:
    """Return the form of a file; the kinds are those that there are when it is documented."""
    kinds = Literal[tuple(FACTS)]  # type: ignore[valid-type] # made at run time
    sentence = (
        "CSV, XLSX or NDJSON; columns are headed by the names of fields, or by what Vietnamese "
    )
    sentence += "or English offices call them (`/v1/imports/templates/household-events.xlsx`)."
    file = Meta(description=sentence, extra_json_schema={"format": "binary"})
    return defstruct(
        "ImportForm",
        [
            ("file", Annotated[str, file]),
            ("kind", Annotated[kinds, Meta(description="The kind of fact of all rows.")]),
            ("dry_run", Annotated[bool, Meta(description="True: check, store nothing.")], False),
        ],
        namespace={"__doc__": "A file of facts of one kind."},
        forbid_unknown_fields=True,
    )


def importing() -> Operation:
    """Return what sending a file promises."""
    unsupported = Fault("/file", "unsupported_file", "send .csv, .xlsx or .ndjson")
    strange = Fault("/kind", "invalid_choice", f"kind must be one of {', '.join(FACTS)}")
    return Operation(
        name="post_import",
        method="POST",
        keyed=True,
        path="/v1/imports",
        tag="facts",
        summary="Import a file",
        description="Import a file of one kind of fact, for whoever may write such facts; good "
        "rows are kept, and importing it again changes nothing.",
        answer={JSON: FileResult},
        status=202,
        body={"multipart/form-data": _form()},
        problems=[
            NO_WRITER,
            *documents.refusals(400, {"bad_request": "The form cannot be read."}),
            *documents.refusals(411, {"length_required": "Say in Content-Length how long it is."}),
            *documents.TOO_LARGE,
            *documents.OTHER_MEDIA,
            ProblemType("The file is of no kind that is read", invalid([unsupported])),
            ProblemType("There is no such kind of fact", invalid([strange])),
            *documents.refusals(
                422,
                {
                    "unreadable_file": "The file is not what its name says.",
                    "header_unknown": "No row heads the columns; `detail_vi` says so too.",
                    "unknown_column": "The header names a column that is not known.",
                },
            ),
            *documents.BUSY,
            *documents.SLOW_IMPORT,
            *documents.HOPELESS,
            *documents.LATE,
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
