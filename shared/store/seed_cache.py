"""Policy and areas of the latest version, parsed once per process and version.

Asked inside every transaction: one cheap statement tells whether the parsed value still holds, so a
new version counts from the first batch after it was loaded, in every process, without a restart.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import yaml

from shared.domain.areas import AreaTree
from shared.domain.errors import PolicyError
from shared.domain.standards import Policy, read_policy
from shared.store import areas as area_store
from shared.store import seeds
from shared.store.database import Snapshot

POLICY = "poverty_standards"
AREAS = "areas"


@dataclass
class SeedCache:
    """Hands out the parsed seeds: one areas tree, and every policy version it was asked for."""

    _tree: AreaTree | None = None
    _policies: dict[str, Policy] = field(default_factory=dict)
    _documents: dict[str, Any] = field(default_factory=dict)

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
