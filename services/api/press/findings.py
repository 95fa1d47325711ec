"""Findings: what contradicts arithmetic, the register or the law."""

from __future__ import annotations

from typing import Annotated, Any, get_args
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from services.api.words import NextCursor, Unit
from shared.access.caller import STATISTICS_READ
from shared.areas.reach import granted, holders
from shared.areas.tree import AreaTree
from shared.http import parameters
from shared.http.ask import Ask, Known
from shared.http.operations import Routes
from shared.http.problems import UNKNOWN_AREA
from shared.http.schemas import Instant, extended
from shared.money.register_findings import RegisterFindingKind
from shared.press.figures.checks.finding import FindingKind
from shared.press.finding_scopes import hidden
from shared.press.store import finding_reads
from shared.press.store.finding_reads import StoredFinding

routes = Routes("press")

KINDS = sorted({*get_args(FindingKind), *get_args(RegisterFindingKind)})


class Sentences(Struct, frozen=True):
    """A sentence in two languages."""

    en: Annotated[str, Meta(description="In English.")]
    vi: Annotated[str, Meta(description="In Vietnamese.")]


class Finding(Struct, frozen=True):
    """A contradiction; further fields by kind."""

    EXTENDED = True

    finding_id: Annotated[UUID, Meta(description="Id, made of what contradicts what.")]
    kind: Annotated[str, Meta(description="Such as `parts_exceed_total`, `uses_exceed_fund`.")]
    subject: Annotated[
        str, Meta(description="`fund:ID`, `household:ID`, `area:CODE` or `article:ID`.")
    ]
    article_id: Annotated[UUID | None, Meta(description="The article that it is in.")]
    area: Annotated[Unit | None, Meta(description="The unit that it is about, if any.")]
    raised_at: Annotated[Instant, Meta(description="When it was committed.")]
    figures: (
        Annotated[
            list[Any], Meta(description="Ids of figures of the article, or records; by kind.")
        ]
        | UnsetType
    ) = UNSET
    expected: (
        Annotated[Any, Meta(description="What should stand: đồng, percent or a number.")]
        | UnsetType
    ) = UNSET
    stated: Annotated[Any, Meta(description="What stands, in the same unit.")] | UnsetType = UNSET
    tolerance: (
        Annotated[Any, Meta(description="What rounding explains, in the same unit.")] | UnsetType
    ) = UNSET
    legal_basis: (
        Annotated[
            list[str],
            Meta(description="The acts that a finding of the register rests on; may be none."),
        ]
        | UnsetType
    ) = UNSET
    explanation: (
        Annotated[Sentences, Meta(description="The contradiction in a sentence.")] | UnsetType
    ) = UNSET


class Findings(Struct, frozen=True):
    """A page of findings."""

    items: Annotated[
        list[Annotated[dict[str, Any], extended(Finding)]],
        Meta(description="In the order in which they were raised."),
    ]
    next_cursor: NextCursor


@routes.get(
    "/v1/findings",
    scope=STATISTICS_READ,
    clock=Known,
    cursor=[parameters.whole_number],
    problems=[UNKNOWN_AREA],
    private=True,
)
async def list_findings(
    ask: Ask,
    article: Annotated[
        UUID | None,
        parameters.uuid("Only findings in the article with this id.", "not the id of an article"),
    ] = None,
    area: Annotated[
        str | None,
        parameters.text("Code of a unit, of whichever map; the finding is about what is in it."),
    ] = None,
    kind: Annotated[str | None, parameters.choice(KINDS, "Only findings of this kind.")] = None,
    fund: Annotated[
        str | None, parameters.text("Only findings about the fund with this id.")
    ] = None,
) -> Findings:
    """Findings.

    Contradictions that stand, or stood at `known_at`, in the order in which they were raised. Those
    about funds are shown to callers with `funds:read`, those about households to callers with
    `households:read`; callers bound to an area see those in it.
    """
    units, page = await ask.tree(), ask.page
    matching = finding_reads.FindingFilter(
        article_id=article,
        subject=None if fund is None else f"fund:{fund}",
        kind=kind,
        areas=holders(units, ask.caller.area, area, ask.today),
        hidden=hidden(ask.caller.scopes),
    )
    after = page.after[0] if page.after else 0
    async with ask.snapshot() as snapshot:
        rows = await finding_reads.list_findings(
            snapshot, ask.known_at, matching, after, page.fetch
        )
    shown, next_cursor = page.cut(rows, lambda row: [row.seq])
    reach = granted(units, ask.caller.area, ask.today)
    return Findings([_finding(units, row, reach) for row in shown], next_cursor)


class FindingCount(Struct, frozen=True):
    """How many findings of one kind stand."""

    kind: Annotated[str, Meta(description="The kind; ask for its findings with it.")]
    findings: Annotated[int, Meta(description="How many of them the caller may see.")]


class FindingCounts(Struct, frozen=True):
    """Findings by kind."""

    items: Annotated[
        list[FindingCount], Meta(description="Every kind that there is, in order of their names.")
    ]


@routes.get(
    "/v1/findings/counts",
    scope=STATISTICS_READ,
    clock=Known,
    problems=[UNKNOWN_AREA],
    private=True,
)
async def count_findings(
    ask: Ask,
    area: Annotated[
        str | None,
        parameters.text("Code of a unit, of whichever map; the finding is about what is in it."),
    ] = None,
) -> FindingCounts:
    """Findings counted by kind.

    Of the findings that the list of findings would show to the same caller.
    """
    units = await ask.tree()
    matching = finding_reads.FindingFilter(
        areas=holders(units, ask.caller.area, area, ask.today), hidden=hidden(ask.caller.scopes)
    )
    async with ask.snapshot() as snapshot:
        counted = await finding_reads.count_findings(snapshot, ask.known_at, matching)
    return FindingCounts([FindingCount(kind, counted.get(kind, 0)) for kind in KINDS])


def _finding(units: AreaTree, row: StoredFinding, reach: frozenset[int] | None) -> dict[str, Any]:
    area = None if row.area_id is None else Unit.of(units.by_id(row.area_id))
    names = ("finding_id", "kind", "subject", "article_id", "raised_at")
    body = {**row.body, **{name: getattr(row, name) for name in names}, "area": area}
    if "households" in row.body.get("about", {}):
        body["about"] = row.body["about"] | {"households": _visible(row.body["about"], reach)}
    return body


def _visible(about: dict[str, Any], reach: frozenset[int] | None) -> list[str]:
    """Return the other households of a finding that the caller may see; of others only how many."""
    return [
        other["household_id"]
        for other in about["households"]
        if reach is None or other["area_id"] in reach
    ]
