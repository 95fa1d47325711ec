"""The programmes and kinds of support for the doors; asks the database at most once a second."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Any

from shared.kernel.database import Database, Snapshot
from shared.kernel.errors import PolicyError
from shared.law.programs import Programs, read_programs
from shared.law.store import seeds
from shared.law.store.seed_cache import SeedCache
from shared.law.support_kinds import SupportKinds, read_support_kinds

LOOK_EVERY_SECONDS = 1.0
PROGRAMS = "programs"
SUPPORT_KINDS = "support_kinds"


@dataclass
class Vocabulary:
    """What the law names, parsed once per version."""

    database: Database
    seeds: SeedCache
    _known: tuple[Programs, SupportKinds] | None = None
    _digests: tuple[str | None, ...] = ()
    _looked_at: float = 0.0

    async def current(self) -> tuple[Programs, SupportKinds]:
        """Return the programmes and the kinds of support as they stand loaded."""
        if self._known is None or monotonic() - self._looked_at > LOOK_EVERY_SECONDS:
            self._looked_at = monotonic()
            async with self.database.snapshot() as snapshot:
                self._known = await self._read(snapshot)
        return self._known

    async def _read(self, snapshot: Snapshot) -> tuple[Programs, SupportKinds]:
        loaded = await seeds.digests(snapshot)
        digests = (loaded.get(PROGRAMS), loaded.get(SUPPORT_KINDS))
        if self._known is not None and digests == self._digests:
            return self._known
        programs = read_programs(await self._document(snapshot, PROGRAMS))
        kinds = read_support_kinds(await self._document(snapshot, SUPPORT_KINDS))
        self._digests = digests
        return programs, kinds

    async def _document(self, snapshot: Snapshot, kind: str) -> Mapping[str, Any]:
        found = await self.seeds.document(snapshot, kind)
        if found is None:
            raise PolicyError("seeds_not_loaded", f"{kind} are not loaded; run `registry seed`")
        return found
