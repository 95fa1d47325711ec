"""Lines of a run, a page or all of them, with the reasons of household lines spelled out.

The lines of a completed run never change, so all of them are read chunk by chunk, each chunk a
statement of its own: a slow reader holds neither a connection nor a snapshot.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Hashable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, NamedTuple

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from shared.kernel.database import Database, Snapshot
from shared.money.allocations import Outcome, decimal_text
from shared.money.household_norm import HouseholdNorm
from shared.money.line_reasons import LineReasons

CHUNK_LINES = 2_000
# Parts differ by what was paid before, too: of so many kinds no reader keeps all.
PARTS_MAX = 1_000
_ENCODER = msgspec.json.Encoder()

_COLUMNS = (
    "line, area_id, amount_vnd, outcome, score, reasons, content, status, rank, place, failed, "
    "supported_by, already_paid_vnd"
)


class StoredLine(NamedTuple):
    """A line as stored; the fields from `content` on are those of household lines."""

    line: str
    area_id: int
    amount_vnd: int
    outcome: Outcome
    score: Decimal | None
    reasons: dict[str, Any] | None
    content: str | None
    status: str | None
    rank: int | None
    place: int | None
    failed: list[str] | None
    supported_by: str | None
    already_paid_vnd: int


class AllocationLine(Struct, frozen=True, kw_only=True):
    """What an area or a household gets, and why; the reasons depend on the kind of rule."""

    household_id: (
        Annotated[str, Meta(description="Id of the household; left out of an area's line.")]
        | UnsetType
    ) = UNSET
    area_code: (
        Annotated[str, Meta(description="Code of the area; left out of a household's line.")]
        | UnsetType
    ) = UNSET
    amount_vnd: Annotated[int, Meta(description="Đồng that it gets.", ge=0)]
    score: Annotated[str | None, Meta(description="Exact, a decimal as text; null: none.")]
    commune_code: (
        Annotated[str | None, Meta(description="Where the household lives, on the run's `as_of`.")]
        | UnsetType
    ) = UNSET
    outcome: Annotated[Outcome, Meta(description="What the rule makes of it.")]
    reasons: Annotated[
        Any,
        Meta(
            description="Why, by the kind of rule: criteria with their law and what they gave, "
            "place in the order, tranches in đồng; null: none were stored.",
        ),
    ]

    @property
    def key(self) -> str:
        """Return what orders lines: the household's id or the area's code."""
        return self.household_id or self.area_code or ""


async def lines(
    snapshot: Snapshot,
    run_id: str,
    *,
    after: str | None = None,
    limit: int,
    outcome: str | None = None,
    area_ids: Collection[int] | None = None,
    line: str | None = None,
) -> list[StoredLine]:
    """Return lines in the byte order of their keys, beginning behind the key `after`."""
    parameters: list[Any] = [run_id, limit]
    where = ["run_id = $1"]
    conditions: Mapping[str, Any] = {
        "line > {}": after,
        "outcome = {}": outcome,
        "area_id = ANY({}::int[])": None if area_ids is None else sorted(area_ids),
        "line = {}": line,
    }
    for condition, value in conditions.items():
        if value is not None:
            parameters.append(value)
            where.append(condition.format(f"${len(parameters)}"))
    rows = await snapshot.fetch(
        f"SELECT {_COLUMNS} FROM allocation_lines WHERE {' AND '.join(where)} "
        "ORDER BY line LIMIT $2",
        *parameters,
    )
    return [StoredLine(*row) for row in rows]


async def stream(
    database: Database,
    run_id: str,
    expander: Expander,
    *,
    outcome: str | None = None,
    area_ids: Collection[int] | None = None,
) -> AsyncIterator[bytes]:
    """Yield all lines of a completed run as NDJSON, some thousand at a time."""
    after: str | None = None
    while True:
        async with database.statement() as snapshot:
            rows = await lines(
                snapshot,
                run_id,
                after=after,
                limit=CHUNK_LINES,
                outcome=outcome,
                area_ids=area_ids,
            )
        if rows:
            yield expander.chunk(rows)
        if len(rows) < CHUNK_LINES:
            return
        after = rows[-1].line


@dataclass
class Expander:
    """Lines of one run as callers see them; parts that many lines share are encoded once.

    `rule` is the rule of household lines, as it stood for the run; lines of areas carry their own
    reasons. `code_of` gives the code of the unit in which a household lives.
    """

    rule: HouseholdNorm | None
    waived: Collection[str] = ()
    code_of: Callable[[int], str] | None = None
    _parts: dict[Hashable, bytes] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        """Put the words of the rule together."""
        self._words = None if self.rule is None else LineReasons(self.rule, self.waived)

    def chunk(self, rows: Collection[StoredLine]) -> bytes:
        """Return lines as NDJSON."""
        encode, document = _ENCODER.encode, self.document
        return b"".join([encode(document(row)) + b"\n" for row in rows])

    def document(self, row: StoredLine) -> AllocationLine:
        """Return one line; some of its reasons are encoded already."""
        if self._words is None or row.content is None:
            return _of_area(row)
        words, parts, amount = self._words, self._parts, row.amount_vnd
        key = (row.outcome, row.status, row.rank, amount, row.already_paid_vnd, *(row.failed or ()))
        shared = parts.get(key)
        if shared is None:
            shared = self._shared(words, row)
            if len(parts) < PARTS_MAX:
                parts[key] = shared
        own = b'{"place":%b,"supported_by":%b,' % (
            b"null" if row.place is None else b"%d" % row.place,
            _ENCODER.encode(row.supported_by),
        )
        return AllocationLine(
            household_id=row.line,
            amount_vnd=amount,
            score=None,
            commune_code=UNSET if self.code_of is None else self.code_of(row.area_id),
            outcome=row.outcome,
            reasons=msgspec.Raw(own + shared),
        )

    def _shared(self, words: LineReasons, row: StoredLine) -> bytes:
        """Return the fields of the reasons that lines share, without the brace that opens them."""
        amount, paid, failed = row.amount_vnd, row.already_paid_vnd, row.failed or ()
        return _ENCODER.encode(
            {
                "already_paid_vnd": paid,
                "outcome": words.outcome(row.outcome),
                "rule": words.rule.id,
                "unit_norm_vnd": words.rule.unit_norm_vnd,
                "failed": failed,
                "criteria": words.criteria(row.status, failed),
                "priority": words.priority(row.rank),
                "tranches": words.tranches(amount, paid) if amount else [],
                "legal_basis": words.rule.legal_basis,
            }
        )[1:]


def _of_area(row: StoredLine) -> AllocationLine:
    score = None if row.score is None else decimal_text(Fraction(row.score))
    return AllocationLine(
        area_code=row.line,
        amount_vnd=row.amount_vnd,
        score=score,
        outcome=row.outcome,
        reasons=row.reasons,
    )
