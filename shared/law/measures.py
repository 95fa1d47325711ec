"""What figures may measure, by the vocabulary of the law as loaded.

Law: policy (`vocabulary.yaml` lists what figures measure).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shared.kernel.errors import DomainError, PolicyError
from shared.kernel.texts import Text


@dataclass(frozen=True, slots=True)
class Measures:
    """The names of one version of the vocabulary; None: none is loaded."""

    names: frozenset[str] | None
    texts: Mapping[str, Text] = field(default_factory=dict)

    def check(self, name: str) -> None:
        """Raise `unknown_measure`, or `seeds_not_loaded` where nothing can be known."""
        if self.names is None:
            raise PolicyError("seeds_not_loaded", "the vocabulary is not loaded; `registry seed`")
        if name not in self.names:
            raise DomainError("unknown_measure", f"{name!r} is no measure of the vocabulary")


def read_measures(document: Mapping[str, Any]) -> Measures:
    """Return the measures of the document (`seeds/policy/vocabulary.yaml`)."""
    measures = document["measures"]
    texts = {name: Text(each["en"], each["vi"]) for name, each in measures.items()}
    return Measures(frozenset(measures), texts)
