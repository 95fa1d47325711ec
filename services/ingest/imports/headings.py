"""Texts of a sheet to the words of the registry: headings, choices, yes and no.

Folded: case, accents, blanks, line breaks and signs do not count, so that `Mã hộ`, `MÃ  HỘ` and
`ma_ho` are one heading.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import lru_cache
from typing import Literal
from unicodedata import combining, normalize

Kind = Literal["code", "area", "text", "prose", "whole", "decimal", "day", "flag", "list"]

_SIGNS = re.compile(r"[^0-9a-z]+")
_BRACKET = re.compile(r"[(\n\r\[]")
# What offices put beside their columns and what the registry itself puts beside refused rows.
REASON_HEADINGS = ("row", "pointer", "code", "detail", "lý do từ chối")
_BESIDE = ("stt", "tt", "số tt", "số thứ tự", "no", "ghi chú", "note", "notes", *REASON_HEADINGS)
AREA_NAME = "area_name"


@lru_cache(maxsize=4096)
def folded(text: str) -> str:
    """Return what of a text counts when words are compared.

    >>> folded("  Mã\\nHỘ đã_rà ")
    'ma ho da ra'
    """
    marked = normalize("NFKD", text.casefold().replace("đ", "d"))
    return _SIGNS.sub(" ", "".join(c for c in marked if not combining(c))).strip()


@dataclass(frozen=True, slots=True)
class Column:
    """A field of a fact as a column: its headings, and the words of its closed list, if any.

    `name` of a part of a field has a point: `parent.run_id`. `choices`: a value's names, the
        Vietnamese one first. `none_with`: beside that field a blank is not the empty list that it
    would count as.
    """

    name: str
    kind: Kind
    vi: str
    en: str
    also: tuple[str, ...] = ()
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    none_with: str = ""
    words: Mapping[str, str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Fold the names of the choices once."""
        words = {folded(name): value for value, of in self.choices.items() for name in (value, *of)}
        object.__setattr__(self, "words", words)

    def called(self, also: tuple[str, ...]) -> Column:
        """Return the column with further headings."""
        return replace(self, also=also)

    vietnamese: bool = False


class Columns:
    """The columns that a kind of fact has, found by any of their headings."""

    def __init__(self, columns: Iterable[Column]) -> None:
        """Two columns must not share a heading."""
        self.columns = tuple(columns)
        self._by_heading: dict[str, tuple[Column, bool]] = {}
        for column in self.columns:
            spoken = {folded(name) for name in (column.vi, *column.also)}
            for name in {folded(column.name), folded(column.en)} | spoken:
                taken = self._by_heading.setdefault(name, (column, name in spoken))
                if taken[0] is not column:
                    raise ValueError(f"{column.name} and {taken[0].name} share {name!r}")
        self._beside = {folded(name) for name in _BESIDE} - self._by_heading.keys()

    def choosing(self, choices: Mapping[str, Mapping[str, tuple[str, ...]]]) -> Columns:
        """Return the columns with closed lists for those that have none of their own."""
        return Columns(
            replace(column, choices=choices.get(column.name, {})) if not column.choices else column
            for column in self.columns
        )

    def find(self, heading: str) -> tuple[Column, bool] | None:
        """Return the column of a heading, and whether the heading is Vietnamese."""
        return self._by_heading.get(folded(heading)) or self._by_heading.get(
            folded(_BRACKET.split(heading.strip(), maxsplit=1)[0])
        )

    def known(self, heading: str) -> bool:
        """Say whether a text heads a column that means something here."""
        return self.find(heading) is not None

    def beside(self, heading: str) -> bool:
        """Say whether a column holds what the registry has no use for, such as running numbers."""
        return folded(heading) in self._beside

    def nearest(self, heading: str) -> str | None:
        """Return the heading that is most like an unknown one."""
        near = get_close_matches(folded(heading)[:100], self._by_heading, n=1, cutoff=0.6)
        return self._by_heading[near[0]][0].vi if near else None
