"""What one language gives the engine: its way of writing numbers, and words with their meaning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Language:
    """One language as data.

    `cues` maps meanings to the phrases that carry them. A meaning is one or
    more tags `family:value`; which families there are is what the engine reads, so a new language
    fills in the same families with its own words.

    `function_words` and `letters` tell the language apart from others of its script.
    `adjective_words` is how many words may stand between a number and its noun; `noun_first` says
    that adjectives follow their noun; `openers` are words that begin a new sentence where the
    script has no full stop.
    """

    code: str
    decimal: str
    group: str
    function_words: frozenset[str]
    letters: frozenset[str]
    adjective_words: int
    noun_first: bool
    cues: Mapping[str, tuple[str, ...]]
    abbreviations: frozenset[str]
    openers: tuple[str, ...]
    spaced: bool = True
