"""What is said of exports: what is ordered, how far a file is, what it holds, what is refused."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from services.api.exports.columns import Kind
from services.api.exports.questions import PATHS
from services.api.words import NextCursor
from shared.access.caller import ARTICLES_READ, FUNDS_READ, HOUSEHOLDS_READ, STATISTICS_READ
from shared.exports.export import EXPORTS_MAX, Export, Format, State
from shared.http.parameters import PathParameter
from shared.http.problems import Problem, ProblemType, forbidden, invalid, not_found
from shared.http.schemas import Instant
from shared.kernel.errors import Fault
from shared.kernel.facts import Part
from shared.kernel.fields import PRINTABLE, about

EXPORTED = (HOUSEHOLDS_READ, STATISTICS_READ, FUNDS_READ, ARTICLES_READ)
ID = "b1a7c0de-7f4e-4f0a-8c39-0d5b9a1e2c47"
QUESTION = "/v1/households?area=181&as_of=2024-06-30&status=poor"
SETTLED = f"{QUESTION}&known_at=2026-10-05T03%3A00%3A00.000123Z"


def unknown_export() -> Problem:
    """Return the one answer for exports that do not exist, are another's, or whose time is over."""
    return not_found("unknown_export", "no such export is known")


def not_made(state: State) -> Problem:
    """Return the 409 of a file that is not there, or not yet."""
    return Problem(409, "export_not_completed", f"the export is {state}; it has no file to fetch")


NO_READER = ProblemType("The caller may read nothing that is exported", forbidden(EXPORTED[0]))
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
NO_LIST = ProblemType(
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
            example=QUESTION,
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
        Meta(
            description="`interrupted`: its process ended, three times; order it anew. `streamed`: "
            "sent whole as it was made, and not kept."
        ),
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


SHOWN = {
    "export_id": ID,
    "question": SETTLED,
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
SHOWN_MADE = {**SHOWN, "state": "completed", "rows": 2, "bytes": 311}
SHOWN_MADE["ended_at"] = "2026-10-05T03:00:01.000123Z"


class Exports(Struct, frozen=True):
    """A page of the caller's own exports."""

    items: Annotated[list[ExportAnswer], Meta(description="The newest first.")]
    next_cursor: NextCursor


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
