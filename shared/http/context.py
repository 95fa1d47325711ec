"""The parts of a process that its routes use, found at `request.app.state.context`."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import cast

from starlette.requests import Request

from shared.access.rates import RequestRate
from shared.areas.tree import AreaTree
from shared.households.store.bases import BaseCache
from shared.http.audit import AuditWriter
from shared.http.auth import KnownTokens
from shared.http.heavy import Turns
from shared.http.limits import MINUTE, Limits
from shared.http.outside_issuer import OutsideIssuer
from shared.http.registered import Registered
from shared.kernel.clock import Clock
from shared.kernel.database import Database, Fresh
from shared.kernel.key_file import KeyFile
from shared.kernel.replica import Reads
from shared.law.allocation_rules import Rules
from shared.law.standards import Policy
from shared.law.store.seeds import ALLOCATION_RULES, POLICY, FreshDocument, SeedCache
from shared.settings import Settings


@dataclass(frozen=True)
class Context:
    """One process's parts; what it is made of does not change while it runs."""

    settings: Settings
    database: Database
    # What answers are read from; all that decides who may ask is read from `database`.
    reads: Reads
    clock: Clock
    tokens: KnownTokens
    seeds: SeedCache
    areas: Fresh[AreaTree]
    policy: FreshDocument[Policy]
    allocation_rules: FreshDocument[Rules]
    heavy: Turns
    bases: BaseCache
    registered: Registered
    keys: KeyFile
    # None: audit is off.
    audit: AuditWriter | None
    limits: Limits


def make_context(
    settings: Settings,
    database: Database,
    clock: Clock,
    tokens: KnownTokens,
    seeds: SeedCache | None = None,
    reads: Reads | None = None,
) -> Context:
    """Put a process's caches over its database; `seeds` may be shared by several in one process."""
    cache = seeds or SeedCache()
    return Context(
        settings,
        database,
        reads or Reads(database),
        clock,
        tokens,
        cache,
        Fresh(database, cache.areas),
        FreshDocument(database, cache, POLICY),
        FreshDocument(database, cache, ALLOCATION_RULES),
        Turns(os.cpu_count() or 1),
        BaseCache(),
        _registered(settings, database, clock),
        KeyFile(settings.persons_keys()),
        None,
        Limits(
            RequestRate("requests", settings.requests_per_minute, MINUTE),
            RequestRate("lookups", settings.lookups_per_minute, MINUTE),
        ),
    )


def _registered(settings: Settings, database: Database, clock: Clock) -> Registered:
    audience = settings.token_audience
    outside = settings.oidc_issuer and OutsideIssuer(settings.oidc_issuer, audience)
    return Registered(database, clock, settings.token_issuer, audience, outside or None)


def context_of(request: Request) -> Context:
    """Return the context of the process that serves this request."""
    return cast("Context", request.app.state.context)
