"""Policy in force on a day, as loaded: standards, programmes, rules and norms, kinds of support."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from typing import Any

import yaml
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from services.api.examples import policy as examples
from services.api.schemas import policy as schemas
from shared.http import parameters
from shared.http.answers import answer
from shared.http.auth import authorize
from shared.http.context import context_of
from shared.http.openapi import PlainRoute, operation
from shared.http.parameters import LIMIT, read, write_cursor
from shared.law.entries import FIRST, LAST, Entry, holds
from shared.law.store import seeds
from shared.law.store.seeds import SeedVersion

router = APIRouter(tags=["policy"], route_class=PlainRoute)

_LIST = {
    "on": parameters.day("Day on which the items are in force; default today."),
    "cursor": parameters.cursor(parameters.whole_number),
    "limit": LIMIT,
}
# Per kind of document, its lists of entries, in the order of the answer.
_Parts = Mapping[str, Sequence[str]]
_STANDARDS: _Parts = {"poverty_standards": ["standards"]}
_PROGRAMS: _Parts = {"programs": ["programs"]}
_RULES: _Parts = {
    "allocation_rules": ["rules", "overlays", "area_classes"],
    "support_norms": ["norms", "payment_rules"],
}
_SUPPORT_KINDS: _Parts = {"support_kinds": ["kinds"]}


def _documented(summary: str, example: Mapping[str, Any]) -> dict[str, Any]:
    return operation(
        summary,
        "The items in force on a day with their legal sources, and the digest of the version.",
        model=schemas.PolicyItems,
        example=example,
        parameters=_LIST,
        problems=("invalid_request",),
        scope="any",
    )


@router.get("/v1/standards", **_documented("Poverty standards in force", examples.STANDARDS))
async def standards(request: Request) -> Response:
    """Answer the poverty standards."""
    return await _answer(request, _STANDARDS, "classify_from", "classify_to")


@router.get("/v1/programs", **_documented("Programmes in force", examples.PROGRAMS))
async def programs(request: Request) -> Response:
    """Answer the programmes that pay."""
    return await _answer(request, _PROGRAMS)


@router.get("/v1/rules", **_documented("Allocation rules and norms in force", examples.RULES))
async def rules(request: Request) -> Response:
    """Answer the allocation rules, and the support norms."""
    return await _answer(request, _RULES)


@router.get(
    "/v1/support-kinds", **_documented("Kinds of support that are recorded", examples.SUPPORT_KINDS)
)
async def support_kinds(request: Request) -> Response:
    """Answer the kinds of support, with the units that each is counted in."""
    return await _answer(request, _SUPPORT_KINDS)


async def _answer(
    request: Request, parts: _Parts, first: str = FIRST, last: str = LAST
) -> Response:
    context, _ = context_of(request), authorize(request, None)
    asked = read(request, _LIST)
    day = asked["on"] or context.clock.today()
    async with context.database.snapshot() as snapshot:
        loaded = [await seeds.latest(snapshot, kind) for kind in parts]
    versions = [version for version in loaded if version is not None]
    found: dict[bool | None, list[Entry]] = {True: [], False: [], None: []}
    for entry in _entries(versions, parts):
        found[holds(entry, day, first, last)].append(entry)
    start, limit = asked["cursor"][0] if asked["cursor"] else 0, asked["limit"]
    following = write_cursor([start + limit]) if len(found[True]) > start + limit else None
    body = {
        "items": found[True][start : start + limit],
        "undecided": found[None],
        "next_cursor": following,
        "documents": [
            {"kind": v.kind, "digest": v.digest, "recorded_at": v.recorded_at} for v in versions
        ],
        "digest": _digest(versions),
        "recorded_at": max((v.recorded_at for v in versions), default=None),
    }
    return answer(request, body, {"on": day})


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
    found = yaml.safe_load(content)
    return found if isinstance(found, dict) else {}
