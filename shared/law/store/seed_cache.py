"""Policy and areas of the latest version, parsed once per process and version.

Asked inside every transaction: one cheap statement tells whether the parsed value still holds, so a
new version counts from the first batch after it was loaded, in every process, without a restart.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

import yaml

from shared.areas.store import units as area_store
from shared.areas.tree import AreaTree
from shared.kernel.database import Snapshot
from shared.kernel.errors import PolicyError
from shared.law.allocation_rules import Rules, read_rules
from shared.law.standards import Policy, read_policy
from shared.law.store import seeds

Parsed = TypeVar("Parsed")

POLICY = "poverty_standards"
AREAS = "areas"
ALLOCATION_RULES = "allocation_rules"


@dataclass
class SeedCache:
    """Hands out the parsed seeds: one areas tree, and every policy version it was asked for."""

    _tree: AreaTree | None = None
    _policies: dict[str, Policy] = field(default_factory=dict)
    _documents: dict[str, Any] = field(default_factory=dict)
    _parsed: dict[str, Any] = field(default_factory=dict)
    _rules: dict[str, Rules] = field(default_factory=dict)

    async def areas(self, snapshot: Snapshot) -> AreaTree:
        """Return the areas in force; `seeds_not_loaded` before the first load."""
        digest = (await seeds.digests(snapshot)).get(AREAS)
        if digest is None:
            raise _not_loaded(AREAS)
        if self._tree is None or self._tree.digest != digest:
            self._tree = await area_store.tree(snapshot)
        return self._tree

    async def policy(self, snapshot: Snapshot, known_at: datetime | None = None) -> Policy:
        """Return the policy in force, or the one that was known at an instant."""
        if known_at is None:
            digest = (await seeds.digests(snapshot)).get(POLICY)
            if digest is not None and digest in self._policies:
                return self._policies[digest]
        version = await seeds.latest(snapshot, POLICY, known_at)
        if version is None:
            raise _not_loaded(POLICY)
        if version.digest not in self._policies:
            document = yaml.safe_load(version.content)
            self._policies[version.digest] = read_policy(document, version.digest)
        return self._policies[version.digest]

    async def allocation_rules(self, snapshot: Snapshot, known_at: datetime | None = None) -> Rules:
        """Return the rules that divide money as they stand, or as they were known at an instant."""
        return self._read_rules(await seeds.latest(snapshot, ALLOCATION_RULES, known_at))

    async def allocation_rules_version(self, snapshot: Snapshot, digest: str) -> Rules:
        """Return the version of the rules that a run names as its own."""
        if digest in self._rules:
            return self._rules[digest]
        return self._read_rules(await seeds.version(snapshot, ALLOCATION_RULES, digest))

    def _read_rules(self, version: seeds.SeedVersion | None) -> Rules:
        if version is None:
            raise _not_loaded(ALLOCATION_RULES)
        if version.digest not in self._rules:
            document = yaml.safe_load(version.content)
            self._rules[version.digest] = read_rules(document, version.digest)
        return self._rules[version.digest]

    async def parsed(self, snapshot: Snapshot, kind: str, read: Callable[[Any], Parsed]) -> Parsed:
        """Return the latest document of a kind as `read` makes it, made once per version."""
        version = await seeds.latest(snapshot, kind)
        if version is None:
            raise _not_loaded(kind)
        if version.digest not in self._parsed:
            self._parsed[version.digest] = read(yaml.safe_load(version.content))
        parsed: Parsed = self._parsed[version.digest]
        return parsed

    async def document(self, snapshot: Snapshot, kind: str) -> dict[str, Any] | None:
        """Return a policy document as loaded, None if there is none of that kind."""
        version = await seeds.latest(snapshot, kind)
        if version is None:
            return None
        if version.digest not in self._documents:
            self._documents[version.digest] = yaml.safe_load(version.content)
        found: dict[str, Any] = self._documents[version.digest]
        return found


def _not_loaded(kind: str) -> PolicyError:
    return PolicyError("seeds_not_loaded", f"{kind} are not loaded; run `registry seed`")
