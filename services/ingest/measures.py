"""What figures may measure, by the vocabulary as loaded; asked at most once a second."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Any

from shared.kernel.database import Database
from shared.kernel.errors import DomainError, PolicyError
from shared.law.store.seed_cache import SeedCache

LOOK_EVERY_SECONDS = 1.0
VOCABULARY = "vocabulary"


@dataclass(frozen=True, slots=True)
class Measures:
    """The names of one version of the vocabulary; None: none is loaded."""

    names: frozenset[str] | None

    def check(self, name: str) -> None:
        """Raise `unknown_measure`, or `seeds_not_loaded` where nothing can be known."""
        if self.names is None:
            raise PolicyError("seeds_not_loaded", "the vocabulary is not loaded; `registry seed`")
        if name not in self.names:
            raise DomainError("unknown_measure", f"{name!r} is no measure of the vocabulary")


def read_measures(document: Mapping[str, Any] | None) -> Measures:
    """Return the measures of the document (`seeds/policy/vocabulary.yaml`)."""
    return Measures(None if document is None else frozenset(document["measures"]))


@dataclass
class MeasureCache:
    """Hands out the measures to the doors."""

    database: Database
    seeds: SeedCache
    _known: Measures | None = None
    _looked_at: float = 0.0

    async def current(self) -> Measures:
        """Return the measures as they stand loaded."""
        if self._known is None or monotonic() - self._looked_at > LOOK_EVERY_SECONDS:
            self._looked_at = monotonic()
            async with self.database.snapshot() as snapshot:
                self._known = read_measures(await self.seeds.document(snapshot, VOCABULARY))
        return self._known
