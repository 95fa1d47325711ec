"""Closed lists that are law or policy as loaded: what a sheet may call their words.

An office writes «bảo hiểm y tế» or «nguồn nước sinh hoạt»; the door wants the indicator's key.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from services.ingest.imports.headings import Columns, folded
from shared.law.world import World

Names = Iterable[tuple[str, tuple[str, ...]]]


def with_words(columns: Columns, world: World) -> Columns:
    """Return the columns with the words of the law for fields whose values it lists."""
    indicators = [
        (indicator.key, (indicator.vi, indicator.en))
        for standard in world.policy.standards.items
        for indicator in standard.indicators
    ]
    kinds = [(kind.id, (kind.vi, kind.en)) for kind in world.kinds.items.values()]
    return columns.choosing({"deprived": _unambiguous(indicators), "kind": _unambiguous(kinds)})


def _unambiguous(names: Names) -> Mapping[str, tuple[str, ...]]:
    """Return the names of each value, but for those that standards use for different things."""
    values: dict[str, set[str]] = {}
    listed = list(names)
    for value, called in listed:
        for name in called:
            values.setdefault(folded(name), set()).add(value)
    return {
        value: tuple(
            dict.fromkeys(
                name
                for other, called in listed
                if other == value
                for name in called
                if len(values[folded(name)]) == 1
            )
        )
        for value, _ in listed
    }
