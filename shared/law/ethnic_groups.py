"""The state's list of ethnic groups: every name of a group is folded to its official one.

Else a spelling would be a group of its own, and Kinh in any spelling would count as a minority.

Law: policy (`ethnic_groups.yaml` holds the list of the statistics office and its act).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any
from unicodedata import combining, normalize

from shared.kernel.errors import DomainError, PolicyError

NEAREST_MAX = 3
_SIGNS = re.compile(r"[^\w\u0300-\u036f]+|_")
_BRACKETED = re.compile(r"([^()]+)\(([^()]+)\)")


@dataclass(frozen=True, slots=True)
class EthnicGroups:
    """One version of the list; `by_name`: the groups of every name, as `marked` and `bare` fold it.

    A name with its accents counts before one without: Thái is a group, `thai` can only be that one.
    """

    names: tuple[str, ...]
    majority: str
    prefixes: tuple[str, ...]
    by_name: Mapping[str, frozenset[str]]

    def named(self, text: str) -> str:
        """Return the official name; `unknown_ethnic_group` with the nearest names otherwise."""
        groups = self._of(text)
        if len(groups) == 1:
            return next(iter(groups))
        if groups:
            listed = ", ".join(sorted(groups))
            detail = f"{text[:60]!r} is an other name of several groups: {listed}; say which"
        else:
            detail = f"{text[:60]!r} is none of the 54 ethnic groups{self._hint(text)}"
        raise DomainError("unknown_ethnic_group", detail)

    def _of(self, text: str) -> frozenset[str]:
        if both := _BRACKETED.fullmatch(text.strip()):
            return self._of(both[1]) & self._of(both[2])
        words = marked(text)
        for prefix in self.prefixes:
            if words.startswith(f"{prefix} ") and words not in self.by_name:
                words = words.removeprefix(f"{prefix} ")
                break
        return self.by_name.get(words) or self.by_name.get(bare(words), frozenset())

    def _hint(self, text: str) -> str:
        near = get_close_matches(bare(marked(text))[:60], self.by_name, NEAREST_MAX, 0.6)
        groups = {group: None for name in near for group in sorted(self.by_name[name])}
        return f"; nearest: {', '.join(list(groups)[:NEAREST_MAX])}" if groups else ""


def marked(text: str) -> str:
    """Return a name without case, signs and surplus blanks.

    >>> marked(" H'MÔNG ")
    'hmông'
    """
    plain = normalize("NFC", text).casefold().replace("'", "").replace("’", "")
    return " ".join(_SIGNS.sub(" ", plain).split())


def bare(text: str) -> str:
    """Return a folded name without accents and blanks.

    >>> bare("xơ đăng")
    'xodang'
    """
    letters = normalize("NFD", text.replace("đ", "d"))
    return "".join(c for c in letters if not combining(c) and c != " ")


def read_ethnic_groups(document: Mapping[str, Any]) -> EthnicGroups:
    """Build the list from its document; two groups of one name are `entry_repeated`."""
    entries = document["groups"]
    names = tuple(entry["name"] for entry in entries)
    own = _index((e["name"], [e["name"], *e.get("spelt", ())]) for e in entries)
    if repeated := [name for name, groups in own.items() if len(groups) > 1]:
        raise PolicyError("entry_repeated", f"two ethnic groups are called {repeated[0]!r}")
    other = _index((e["name"], e.get("also", ())) for e in entries)
    if document["majority"] not in names:
        raise PolicyError("unknown_ethnic_group", "the majority is none of the groups")
    prefixes = tuple(map(marked, document.get("prefixes", ())))
    return EthnicGroups(names, document["majority"], prefixes, {**other, **own})


def _index(entries: Iterable[tuple[str, Iterable[str]]]) -> dict[str, frozenset[str]]:
    """Return the groups by folded name; without accents only where no name with them is equal."""
    exact: dict[str, set[str]] = {}
    loose: dict[str, set[str]] = {}
    for group, names in entries:
        for name in map(marked, names):
            exact.setdefault(name, set()).add(group)
            loose.setdefault(bare(name), set()).add(group)
    return {name: frozenset(groups) for name, groups in (loose | exact).items()}
