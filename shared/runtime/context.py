"""What a process is made of, built once from its settings; everything else is given its parts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic

from shared.areas.tree import AreaTree
from shared.http.auth import OFF, Tokens, read_tokens
from shared.kernel.clock import Clock, SystemClock
from shared.kernel.database import Database, DatabaseUnavailable, connect
from shared.law.allocation_rules import Rules
from shared.law.standards import Policy
from shared.law.store.seed_cache import SeedCache
from shared.runtime.errors import StartError
from shared.runtime.vocabulary import Vocabulary
from shared.settings import Settings

LOOK_EVERY_SECONDS = 1.0
LOOPBACK = {"127.0.0.1", "::1", "localhost"}


@dataclass
class Areas:
    """The administrative units for request handlers; asks the database at most once a second."""

    database: Database
    seeds: SeedCache
    _tree: AreaTree | None = None
    _looked_at: float = 0.0

    async def tree(self) -> AreaTree:
        """Return the units as they stand loaded."""
        if self._tree is None or monotonic() - self._looked_at > LOOK_EVERY_SECONDS:
            self._looked_at = monotonic()
            async with self.database.snapshot() as snapshot:
                self._tree = await self.seeds.areas(snapshot)
        return self._tree


@dataclass
class Policies:
    """The law for request handlers; asks the database at most once a second for the current one."""

    database: Database
    seeds: SeedCache
    _policy: Policy | None = None
    _looked_at: float = 0.0

    async def current(self) -> Policy:
        """Return the policy in force."""
        if self._policy is None or monotonic() - self._looked_at > LOOK_EVERY_SECONDS:
            self._looked_at = monotonic()
            async with self.database.snapshot() as snapshot:
                self._policy = await self.seeds.policy(snapshot)
        return self._policy

    async def at(self, known_at: datetime) -> Policy:
        """Return the policy that was known at an instant."""
        async with self.database.snapshot() as snapshot:
            return await self.seeds.policy(snapshot, known_at)


@dataclass
class AllocationRules:
    """The rules that divide money, for request handlers; asks at most once a second."""

    database: Database
    seeds: SeedCache
    _rules: Rules | None = None
    _looked_at: float = 0.0

    async def current(self) -> Rules:
        """Return the rules as they stand loaded."""
        if self._rules is None or monotonic() - self._looked_at > LOOK_EVERY_SECONDS:
            self._looked_at = monotonic()
            async with self.database.snapshot() as snapshot:
                self._rules = await self.seeds.allocation_rules(snapshot)
        return self._rules

    async def version(self, digest: str) -> Rules:
        """Return the version of the rules that a run names as its own."""
        async with self.database.snapshot() as snapshot:
            return await self.seeds.allocation_rules_version(snapshot, digest)


@dataclass
class Context:
    """The parts that every process has."""

    settings: Settings
    database: Database
    clock: Clock
    tokens: Tokens
    seeds: SeedCache = field(default_factory=SeedCache)

    def __post_init__(self) -> None:
        """Put the caches over the database."""
        self.areas = Areas(self.database, self.seeds)
        self.policy = Policies(self.database, self.seeds)
        self.allocation_rules = AllocationRules(self.database, self.seeds)
        self.vocabulary = Vocabulary(self.database, self.seeds)
        self.demo_pending = False

    def provide(self, **parts: object) -> None:
        """Add the parts that only some processes have (ingest: `recorder`, `admission`)."""
        for name, part in parts.items():
            setattr(self, name, part)


def read_callers(settings: Settings, *, serves_callers: bool) -> Tokens:
    """Return the callers to know; refuses an open door on any address but loopback."""
    if settings.auth == "off":
        if settings.host not in LOOPBACK:
            raise StartError("REGISTRY_AUTH=off is only allowed on a loopback address")
        return OFF
    if not serves_callers:
        return Tokens(())
    if settings.tokens_file is None:
        raise StartError("REGISTRY_TOKENS_FILE is not set; `make secrets` writes a tokens file")
    try:
        return read_tokens(settings.tokens_file)
    except (OSError, ValueError, KeyError) as error:
        raise StartError(f"the tokens file cannot be read: {error}") from error


@asynccontextmanager
async def open_context(
    settings: Settings, dsn: str, *, name: str, serves_callers: bool = True
) -> AsyncIterator[Context]:
    """Build the context of a process and close its connections at the end."""
    tokens = read_callers(settings, serves_callers=serves_callers)
    try:
        database = await connect(dsn, name=name, pool_max=settings.database_pool_max)
    except DatabaseUnavailable as error:
        raise StartError(f"the database cannot be reached: {error}") from error
    try:
        yield Context(settings, database, SystemClock(), tokens)
    finally:
        await database.close()
