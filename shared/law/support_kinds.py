"""Kinds of support that is recorded without a run: their names, units, and what they support.

Law: policy (the norms of `support_norms.yaml` cite their acts).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.kernel.errors import DomainError, PolicyError


@dataclass(frozen=True, slots=True)
class SupportKind:
    """One kind; `content` is what a rule of allocation supports too (`housing`), if one does.

    `once`: a household is given it once.
    """

    id: str
    units: tuple[str, ...]
    content: str | None
    en: str
    vi: str
    once: bool = False

    @property
    def supports(self) -> str | None:
        """Return what a household may be supported with once, None where it may be again."""
        return self.content or (self.id if self.once else None)


@dataclass(frozen=True, slots=True)
class SupportKinds:
    """One version of the vocabulary."""

    items: Mapping[str, SupportKind]

    def named(self, kind: str) -> SupportKind:
        """Return the kind called so; `unknown_kind` otherwise."""
        try:
            return self.items[kind]
        except KeyError:
            known = ", ".join(self.items)
            detail = f"no kind of support is called {kind!r}; known are {known}"
            raise DomainError("unknown_kind", detail) from None

    def check_unit(self, kind: str, unit: str) -> None:
        """Refuse a unit in which the kind is not counted (`unit_not_of_kind`)."""
        support_kind = self.items.get(kind)
        if support_kind is not None and unit not in support_kind.units:
            known = ", ".join(support_kind.units)
            raise DomainError("unit_not_of_kind", f"{kind} is counted in {known}, not in {unit!r}")


def read_support_kinds(document: Mapping[str, Any]) -> SupportKinds:
    """Build the vocabulary from its document (`seeds/policy/support_kinds.yaml`)."""
    units, items = document["units"], {}
    for entry in document["kinds"]:
        strange = [unit for unit in entry["units"] if unit not in units]
        if strange or not entry["units"]:
            raise PolicyError("unknown_unit", f"{entry['id']} is counted in {strange or 'nothing'}")
        if entry["id"] in items:
            raise PolicyError("entry_repeated", f"two kinds are called {entry['id']}")
        items[entry["id"]] = SupportKind(
            entry["id"],
            tuple(entry["units"]),
            entry.get("content"),
            entry["en"],
            entry["vi"],
            once=entry.get("given") == "once",
        )
    return SupportKinds(items)
