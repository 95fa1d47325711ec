"""What routes ask of the process they run in, found at `request.app.state.context`."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol, cast

from starlette.requests import Request

from shared.areas.tree import AreaTree
from shared.http.auth import Tokens
from shared.kernel.clock import Clock
from shared.kernel.database import Database
from shared.law.allocation_rules import Rules
from shared.law.standards import Policy
from shared.settings import Settings


class Areas(Protocol):
    """The administrative units, cached; asking must not cost a query per request."""

    async def tree(self) -> AreaTree:
        """Return the units as they stand loaded."""
        ...


class Policies(Protocol):
    """The law, cached by digest; asking for the current one must not cost a query per request."""

    async def current(self) -> Policy:
        """Return the policy in force."""
        ...

    async def at(self, known_at: datetime) -> Policy:
        """Return the policy that was known at an instant."""
        ...


class AllocationRules(Protocol):
    """The rules that divide money, cached by digest."""

    async def current(self) -> Rules:
        """Return the rules as they stand loaded."""
        ...

    async def version(self, digest: str) -> Rules:
        """Return the version of the rules that a run names as its own."""
        ...


class Context(Protocol):
    """One process's parts, as far as HTTP routes need them."""

    @property
    def settings(self) -> Settings:
        """Return the process's settings."""
        ...

    @property
    def database(self) -> Database:
        """Return the process's database."""
        ...

    @property
    def clock(self) -> Clock:
        """Return the process's clock."""
        ...

    @property
    def tokens(self) -> Tokens:
        """Return the callers that the process knows."""
        ...

    @property
    def areas(self) -> Areas:
        """Return the administrative units."""
        ...

    @property
    def policy(self) -> Policies:
        """Return the law."""
        ...

    @property
    def allocation_rules(self) -> AllocationRules:
        """Return the rules that divide money."""
        ...


def context_of(request: Request) -> Context:
    """Return the context of the process that serves this request."""
    return cast("Context", request.app.state.context)
