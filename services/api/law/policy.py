"""Policy in force on a day, as loaded: standards, programmes, rules and norms, kinds of support."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from hashlib import sha256
from typing import Annotated, Any, ClassVar

import yaml
from msgspec import Meta, Struct

from services.api.words import NextCursor
from shared.http import parameters
from shared.http.ask import Ask, Clock
from shared.http.operations import ANY, Routes
from shared.http.parameters import Declaration
from shared.http.schemas import Instant
from shared.law.entries import FIRST, LAST, Entry, holds
from shared.law.store import seeds
from shared.law.store.seeds import SeedVersion

routes = Routes("law")

# Per kind of document, its lists of entries, in the order of the answer.
_Parts = Mapping[str, Sequence[str]]
_STANDARDS: _Parts = {"poverty_standards": ["standards"]}
_PROGRAMS: _Parts = {"programs": ["programs"]}
_RULES: _Parts = {
    "allocation_rules": ["rules", "overlays", "area_classes"],
    "support_norms": ["norms", "payment_rules"],
}
_SUPPORT_NORMS: _Parts = {"support_norms": _RULES["support_norms"]}
_SUPPORT_KINDS: _Parts = {"support_kinds": ["kinds"]}


class On(Clock, frozen=True):
    """The day on which policy is in force."""

    PARAMETERS: ClassVar[Declaration] = {
        "on": parameters.day("Day on which the items are in force; default today.")
    }

    on: Annotated[date, Meta(description="The day on which the items are in force.")]


class PolicyDocument(Struct, frozen=True):
    """A policy document as loaded: its version is its digest."""

    kind: Annotated[str, Meta(description="Name of the file in `seeds/policy`, without ending.")]
    digest: Annotated[str, Meta(description="Digest of its content.")]
    recorded_at: Annotated[Instant, Meta(description="When it was loaded.")]


class PolicyItems(Struct, frozen=True):
    """Items of policy documents in force on a day, as loaded, and the versions they are of."""

    items: Annotated[
        list[Entry],
        Meta(description="As loaded; `document` names the one that an item stands in."),
    ]
    undecided: Annotated[
        list[Entry],
        Meta(
            description="Items of which the known days do not tell whether they are in force, each "
            "with the reason in `unknown`; on every page all of them."
        ),
    ]
    next_cursor: NextCursor
    documents: Annotated[list[PolicyDocument], Meta(description="The documents that answered.")]
    digest: Annotated[
        str | None,
        Meta(description="Of the one document, or of all digests together; null before loading."),
    ]
    recorded_at: Annotated[
        Instant | None, Meta(description="When the latest of the documents was loaded.")
    ]


_PLACE = [parameters.whole_number]


@routes.get("/v1/standards", scope=ANY, clock=On, cursor=_PLACE)
async def list_standards(ask: Ask) -> PolicyItems:
    """Poverty standards in force.

    The standards in force on a day with their legal sources, and the digest of the version.
    """
    return await _items(ask, _STANDARDS, "classify_from", "classify_to")


@routes.get("/v1/programs", scope=ANY, clock=On, cursor=_PLACE)
async def list_programs(ask: Ask) -> PolicyItems:
    """Programmes in force.

    The programmes that pay on a day with their legal sources, and the digest of the version.
    """
    return await _items(ask, _PROGRAMS)


@routes.get("/v1/rules", scope=ANY, clock=On, cursor=_PLACE)
async def list_rules(ask: Ask) -> PolicyItems:
    """Allocation rules and norms in force.

    The rules by which money is divided, and the support norms, in force on a day with their legal
    sources, and the digest of the versions.
    """
    return await _items(ask, _RULES)


@routes.get("/v1/support-norms", scope=ANY, clock=On, cursor=_PLACE)
async def list_support_norms(ask: Ask) -> PolicyItems:
    """Support norms in force.

    What households and persons are supported with on a day: amounts, shares, conditions, the
    values that they are multiples of, and the rules of payment; each with its legal sources.
    """
    return await _items(ask, _SUPPORT_NORMS)


@routes.get("/v1/support-kinds", scope=ANY, clock=On, cursor=_PLACE)
async def list_support_kinds(ask: Ask) -> PolicyItems:
    """Kinds of support that are recorded.

    The kinds in force on a day with the units that each is counted in, and the digest of the
    version.
    """
    return await _items(ask, _SUPPORT_KINDS)


async def _items(ask: Ask, parts: _Parts, first: str = FIRST, last: str = LAST) -> PolicyItems:
    async with ask.reads.snapshot() as snapshot:
        loaded = [await seeds.latest(snapshot, kind) for kind in parts]
    versions = [version for version in loaded if version is not None]
    entries: dict[bool | None, list[Entry]] = {True: [], False: [], None: []}
    for entry in _entries(versions, parts):
        entries[holds(entry, ask.on, first, last)].append(entry)
    start = ask.page.after[0] if ask.page.after else 0
    shown, next_cursor = ask.page.cut(entries[True][start:], lambda _: [start + ask.page.limit])
    return PolicyItems(
        items=list(shown),
        undecided=entries[None],
        next_cursor=next_cursor,
        documents=[PolicyDocument(v.kind, v.digest, v.recorded_at) for v in versions],
        digest=_digest(versions),
        recorded_at=max((v.recorded_at for v in versions), default=None),
    )


def _entries(versions: Sequence[SeedVersion], parts: _Parts) -> Iterator[Entry]:
    for version in versions:
        document = read_document(version.content)
        for part in parts[version.kind]:
            for entry in document.get(part) or ():
                yield {**entry, "document": version.kind}


def _digest(versions: Sequence[SeedVersion]) -> str | None:
    """Return the version of the whole answer: of several documents, a digest of their digests."""
    if len(versions) > 1:
        return sha256("".join(version.digest for version in versions).encode()).hexdigest()
    return versions[0].digest if versions else None


@lru_cache(maxsize=8)
def read_document(content: str) -> dict[str, Any]:
    """Read a policy document as it was loaded."""
    document = yaml.safe_load(content)
    return document if isinstance(document, dict) else {}
