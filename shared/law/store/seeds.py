"""Versions of policy and areas: each with its digest and the instant it was recorded.

A new version recomputes what it touches from then on; the old one is kept, because answers for a
past `known_at` and their explanations rest on it.

What is in force is parsed once per process and version. It is asked for inside every transaction:
one cheap statement tells whether the parsed value still holds, so a new version counts from the
first batch after it was loaded, in every process, without a restart.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

import yaml
from sqlalchemy import Column, DateTime, Table, Text

from shared.areas.store import units as area_store
from shared.areas.tree import AreaTree
from shared.kernel.database import Database, Fresh, Snapshot, Transaction
from shared.kernel.errors import PolicyError
from shared.kernel.locks import Lock
from shared.kernel.metadata import METADATA
from shared.law.allocation_rules import Rules, read_rules
from shared.law.ethnic_groups import EthnicGroups, read_ethnic_groups
from shared.law.measures import Measures, read_measures
from shared.law.programs import Programs, read_programs
from shared.law.register_checks import RegisterChecks, read_register_checks
from shared.law.standards import Policy, read_policy
from shared.law.support_kinds import SupportKinds, read_support_kinds
from shared.law.support_norms import SupportNorms, read_support_norms

SEED_VERSIONS = Table(
    "seed_versions",
    METADATA,
    Column("kind", Text, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), primary_key=True),
    Column("content", Text, nullable=False),
)


@dataclass(frozen=True, slots=True)
class SeedVersion:
    """One version of a seed document, as loaded."""

    kind: str
    digest: str
    recorded_at: datetime
    content: str


async def latest(
    snapshot: Snapshot, kind: str, known_at: datetime | None = None
) -> SeedVersion | None:
    """Return the version known at an instant (default: now), None before the first."""
    row = await snapshot.fetchrow(
        "SELECT kind, digest, recorded_at, content FROM seed_versions WHERE kind = $1 "
        "AND ($2::timestamptz IS NULL OR recorded_at <= $2) ORDER BY recorded_at DESC LIMIT 1",
        kind,
        known_at,
    )
    return None if row is None else SeedVersion(*row)


async def version(snapshot: Snapshot, kind: str, digest: str) -> SeedVersion | None:
    """Return the version with a digest, None if it was never loaded."""
    row = await snapshot.fetchrow(
        "SELECT kind, digest, recorded_at, content FROM seed_versions "
        "WHERE kind = $1 AND digest = $2 LIMIT 1",
        kind,
        digest,
    )
    return None if row is None else SeedVersion(*row)


async def latest_digest(
    snapshot: Snapshot, kind: str, known_at: datetime | None = None
) -> str | None:
    """Return the digest of the version known at an instant (default: now), None before it."""
    digest: str | None = await snapshot.fetchval(
        "SELECT digest FROM seed_versions WHERE kind = $1 "
        "AND ($2::timestamptz IS NULL OR recorded_at <= $2) ORDER BY recorded_at DESC LIMIT 1",
        kind,
        known_at,
    )
    return digest


async def digests(snapshot: Snapshot) -> dict[str, str]:
    """Return the latest digest per kind: cheap to ask, tells whether a cached value still holds."""
    rows = await snapshot.fetch(
        "SELECT DISTINCT ON (kind) kind, digest FROM seed_versions ORDER BY kind, recorded_at DESC"
    )
    return {row[0]: row[1] for row in rows}


async def hold(tx: Transaction) -> None:
    """Let nobody else load until this transaction ends."""
    await tx.execute("SELECT pg_advisory_xact_lock($1)", Lock.SEED)


async def add(tx: Transaction, version: SeedVersion) -> None:
    """Record a version; one that was superseded and comes back is recorded beside its old self."""
    await tx.execute(
        "INSERT INTO seed_versions (kind, digest, recorded_at, content) VALUES ($1, $2, $3, $4)",
        version.kind,
        version.digest,
        version.recorded_at,
        version.content,
    )


Parsed = TypeVar("Parsed")

AREAS = "areas"


@dataclass(frozen=True)
class Kind(Generic[Parsed]):
    """A kind of document: the name it is loaded under, and how it is read from YAML and digest."""

    name: str
    read: Callable[[Any, str], Parsed]


POLICY: Kind[Policy] = Kind("poverty_standards", read_policy)
ALLOCATION_RULES: Kind[Rules] = Kind("allocation_rules", read_rules)
PROGRAMS: Kind[Programs] = Kind("programs", lambda document, _: read_programs(document))
SUPPORT_KINDS: Kind[SupportKinds] = Kind(
    "support_kinds", lambda document, _: read_support_kinds(document)
)
ETHNIC_GROUPS: Kind[EthnicGroups] = Kind(
    "ethnic_groups", lambda document, _: read_ethnic_groups(document)
)
REGISTER_CHECKS: Kind[RegisterChecks] = Kind(
    "register_checks", lambda document, _: read_register_checks(document)
)
SUPPORT_NORMS: Kind[SupportNorms] = Kind("support_norms", read_support_norms)
MEASURES: Kind[Measures] = Kind("vocabulary", lambda document, _: read_measures(document))


@dataclass
class SeedCache:
    """Hands out the parsed seeds: one areas tree, and every version of a document asked for."""

    _tree: AreaTree | None = None
    _parsed: dict[tuple[str, str], Any] = field(default_factory=dict)

    async def areas(self, snapshot: Snapshot) -> AreaTree:
        """Return the areas in force; `seeds_not_loaded` before the first load."""
        digest = await latest_digest(snapshot, AREAS)
        if digest is None:
            raise _not_loaded(AREAS)
        if self._tree is None or self._tree.digest != digest:
            self._tree = await area_store.tree(snapshot)
        return self._tree

    async def read(
        self, snapshot: Snapshot, kind: Kind[Parsed], known_at: datetime | None = None
    ) -> Parsed:
        """Return a document as it stands, or as it was known at an instant; `seeds_not_loaded`."""
        digest = await latest_digest(snapshot, kind.name, known_at)
        if digest is None:
            raise _not_loaded(kind.name, known_at)
        return await self.version(snapshot, kind, digest)

    async def version(self, snapshot: Snapshot, kind: Kind[Parsed], digest: str) -> Parsed:
        """Return the version of a document that has a digest; `seeds_not_loaded`."""
        key = kind.name, digest
        if key not in self._parsed:
            loaded = await version(snapshot, kind.name, digest)
            if loaded is None:
                raise _not_loaded(kind.name)
            self._parsed[key] = kind.read(yaml.safe_load(loaded.content), digest)
        parsed: Parsed = self._parsed[key]
        return parsed


class FreshDocument(Fresh[Parsed]):
    """A document for request handlers: the current version, and those of the past."""

    def __init__(self, database: Database, cache: SeedCache, kind: Kind[Parsed]) -> None:
        super().__init__(database, lambda snapshot: cache.read(snapshot, kind))
        self._cache = cache
        self._kind = kind

    async def at(self, known_at: datetime) -> Parsed:
        """Return the version that was known at an instant."""
        async with self._database.statement() as snapshot:
            return await self._cache.read(snapshot, self._kind, known_at)

    async def version(self, digest: str) -> Parsed:
        """Return the version that a result names as its own."""
        async with self._database.statement() as snapshot:
            return await self._cache.version(snapshot, self._kind, digest)


# What timelines and the findings about households follow from: a new version recomputes them all.
JUDGING = (AREAS, POLICY.name, REGISTER_CHECKS.name, SUPPORT_KINDS.name)


def _not_loaded(kind: str, known_at: datetime | None = None) -> PolicyError:
    detail = f"{kind} are not loaded; run `registry seed`"
    if known_at is not None:
        detail = f"{kind} were not loaded yet at that instant; ask for a later known_at"
    return PolicyError("seeds_not_loaded", detail)
