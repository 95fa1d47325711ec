"""Imports: files and streams of facts, what became of their rows, and the rows refused."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Integer,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from shared.kernel.database import Database, Snapshot, Transaction
from shared.kernel.metadata import METADATA

IMPORTS = Table(
    "imports",
    METADATA,
    Column("import_id", Uuid, primary_key=True),
    Column("door", Text, nullable=False),
    Column("filename", Text),
    Column("dry_run", Boolean, nullable=False),
    Column("state", Text, nullable=False),
    Column("rows_read", BigInteger, nullable=False),
    Column("accepted", BigInteger, nullable=False),
    Column("duplicates", BigInteger, nullable=False),
    Column("rejected", BigInteger, nullable=False),
    Column("started_at", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True)),
    # The last sign of life of the process that imports; silence means that it was killed.
    Column("seen_at", DateTime(timezone=True)),
    Column("format", Text),
    # The headings of each sheet as sent, so that refused rows go back below them.
    # Whose it is; of imports from before clients were known, and of commands, nobody's.
    Column("client_id", Text),
    Column("sheets", JSONB),
    Column("notices", JSONB),
    CheckConstraint("state IN ('running', 'completed', 'interrupted')", name="state"),
)

REJECTED_TOGETHER = 500
_BEFORE_ALL = (-1, 0, 0)

IMPORT_REJECTED = Table(
    "import_rejected",
    METADATA,
    Column("import_id", Uuid, primary_key=True),
    Column("sheet", Integer, primary_key=True, server_default="0"),
    Column("row", BigInteger, primary_key=True),
    Column("fault", Integer, primary_key=True),
    Column("pointer", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("detail_vi", Text, nullable=False, server_default=""),
    # As sent, so that it can be mended and sent again; it may hold names, so it is read by scope.
    # Of a table it is the row's cells, kept with the first fault only.
    Column("content", Text, nullable=False),
)


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """One fault of one refused row; `row` counts from 1, `sheet` from 0 as in the file."""

    sheet: int
    row: int
    fault: int
    pointer: str
    code: str
    detail: str
    detail_vi: str
    content: str


@dataclass(frozen=True, slots=True)
class SheetHead:
    """A table of a file: its name (None: the file has but one), its headings and their row."""

    name: str | None
    headings: Sequence[str]
    delimiter: str = ","


@dataclass(frozen=True, slots=True)
class Notice:
    """What a sender should know of a file although nothing was refused for it."""

    code: str
    detail: str
    detail_vi: str


@dataclass(frozen=True, slots=True)
class ImportRow:
    """An import as it stands."""

    import_id: UUID
    door: str
    filename: str | None
    dry_run: bool
    state: str
    rows_read: int
    accepted: int
    duplicates: int
    rejected: int
    started_at: datetime
    ended_at: datetime | None
    format: str | None
    sheets: tuple[SheetHead, ...]
    notices: tuple[Notice, ...]
    client_id: str | None


@dataclass
class Progress:
    """What became of the rows read so far: read = accepted + duplicates + rejected."""

    accepted: int = 0
    duplicates: int = 0
    rejected: int = 0

    @property
    def rows_read(self) -> int:
        """Return how many rows were read."""
        return self.accepted + self.duplicates + self.rejected


async def start(
    tx: Transaction,
    import_id: UUID,
    door: str,
    filename: str | None,
    form: str,
    dry_run: bool,
    now: datetime,
    client_id: str | None = None,
) -> None:
    """Record that an import began."""
    await tx.execute(
        "INSERT INTO imports (import_id, door, filename, format, dry_run, state, rows_read, "
        "accepted, duplicates, rejected, started_at, seen_at, client_id) "
        "VALUES ($1, $2, $3, $4, $5, 'running', 0, 0, 0, 0, $6, $6, $7)",
        import_id,
        door,
        filename,
        form,
        dry_run,
        now,
        client_id,
    )


async def save(
    tx: Transaction, import_id: UUID, progress: Progress, state: str, now: datetime
) -> None:
    """Record how far an import has got, and that it is alive."""
    await tx.execute(
        "UPDATE imports SET rows_read = $2, accepted = $3, duplicates = $4, rejected = $5, "
        "state = $6, seen_at = $7, ended_at = $8 WHERE import_id = $1",
        import_id,
        progress.rows_read,
        progress.accepted,
        progress.duplicates,
        progress.rejected,
        state,
        now,
        None if state == "running" else now,
    )


async def describe(
    tx: Transaction, import_id: UUID, sheets: Sequence[SheetHead], notices: Sequence[Notice]
) -> None:
    """Keep the headings of the sheets and what was noticed."""
    await tx.execute(
        "UPDATE imports SET sheets = $2, notices = $3 WHERE import_id = $1",
        import_id,
        [[s.name, list(s.headings), s.delimiter] for s in sheets],
        [[n.code, n.detail, n.detail_vi] for n in notices],
    )


async def keep_alive(tx: Transaction, import_id: UUID, now: datetime) -> None:
    """Give a sign of life while the sender or the store is slow."""
    await tx.execute("UPDATE imports SET seen_at = $2 WHERE import_id = $1", import_id, now)


async def end_silent(tx: Transaction, silent_since: datetime) -> None:
    """End the imports whose process gave no sign of life: what they had stored stays."""
    await tx.execute(
        "UPDATE imports SET state = 'interrupted', ended_at = coalesce(seen_at, started_at) "
        "WHERE state = 'running' AND coalesce(seen_at, started_at) < $1",
        silent_since,
    )


async def reject(tx: Transaction, import_id: UUID, rows: Sequence[RejectedRow]) -> None:
    """Keep the refused rows with their reasons."""
    columns = ["sheet", "row", "fault", "pointer", "code", "detail", "detail_vi", "content"]
    await tx.copy_records_to_table(
        "import_rejected",
        records=[(import_id, *astuple(r)) for r in rows],
        columns=["import_id", *columns],
    )


async def find(snapshot: Snapshot, import_id: UUID) -> ImportRow | None:
    """Return an import, None if there is none."""
    row = await snapshot.fetchrow(
        "SELECT import_id, door, filename, dry_run, state, rows_read, accepted, duplicates, "
        "rejected, started_at, ended_at, format, sheets, notices, client_id "
        "FROM imports WHERE import_id = $1",
        import_id,
    )
    if row is None:
        return None
    values = dict(row)
    values["sheets"] = tuple(SheetHead(*head) for head in values["sheets"] or ())
    values["notices"] = tuple(Notice(*notice) for notice in values["notices"] or ())
    return ImportRow(**values)


async def rejected(database: Database, import_id: UUID) -> AsyncIterator[RejectedRow]:
    """Yield the refused rows in the order of the file; whoever reads slowly holds no connection."""
    after = _BEFORE_ALL
    while True:
        async with database.statement() as snapshot:
            page = await list_rejected(snapshot, import_id, REJECTED_TOGETHER, after)
        for row in page:
            yield row
        if len(page) < REJECTED_TOGETHER:
            return
        after = (page[-1].sheet, page[-1].row, page[-1].fault)


async def list_rejected(
    snapshot: Snapshot, import_id: UUID, limit: int, after: tuple[int, int, int] = _BEFORE_ALL
) -> list[RejectedRow]:
    """Return refused rows in the order of the file, those behind (sheet, row, fault)."""
    rows = await snapshot.fetch(
        "SELECT sheet, row, fault, pointer, code, detail, detail_vi, content FROM import_rejected "
        "WHERE import_id = $1 AND (sheet, row, fault) > ($3, $4, $5) "
        "ORDER BY sheet, row, fault LIMIT $2",
        import_id,
        limit,
        *after,
    )
    return [RejectedRow(*row) for row in rows]
