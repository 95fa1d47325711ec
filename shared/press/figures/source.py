"""An article's text as the engine reads it, with the way back to the text as sent.

Zero-width and direction marks go, decomposed letters are composed, blanks and dashes become one
kind, Thai digits become 0-9, old encodings Unicode. Every character kept knows its place in the
text as sent.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from shared.press.figures.legacy import modern

_BLANKS = " \t\r\f\v\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
_HIDDEN = (
    "\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\x00-\x08\x0e-\x1f"
)
_MARKS = "\u0300-\u036f\u0483-\u0487\u1ab0-\u1aff\u20d0-\u20ff"
_CLUSTER_MAX = 6  # a letter of Vietnamese needs three; longer piles are noise
_ODD = re.compile(
    f"[{_BLANKS}]{{2,}}|[{_HIDDEN}]+|.[{_MARKS}]{{1,{_CLUSTER_MAX}}}|[{_MARKS}]+|\u0e4d\u0e32|\u2026"
)
_SAME = str.maketrans(
    {
        **{ord(a): b for a, b in zip("๐๑๒๓๔๕๖๗๘๙", "0123456789", strict=True)},
        **{ord(a): b for a, b in zip("０１２３４５６７８９％．，", "0123456789%.,", strict=True)},
        **dict.fromkeys(map(ord, "‐‑‒–—―−~"), "-"),
        **dict.fromkeys(map(ord, "\t\r\f\v\u00a0\u2007\u2009\u202f\u3000"), " "),
        **dict.fromkeys(map(ord, "“”„«»″"), '"'),
        **dict.fromkeys(map(ord, "‘’‛′"), "'"),
        ord("\u2028"): "\n",
        ord("\u2029"): "\n",
        ord("\x85"): "\n",
    }
)


@dataclass(frozen=True, slots=True)
class Source:
    """`text` is folded to small letters, `shown` keeps the capitals; both have the same length."""

    raw: str
    text: str
    shown: str
    starts: list[int]
    ends: list[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where the characters from `start` to `end` stand in the text as sent."""
        return self.starts[start], self.ends[end - 1]


def read_source(raw: str) -> Source:
    """Prepare a text for reading; linear in its length."""
    text, origins = modern(raw)
    kept: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    position = 0
    for odd in _ODD.finditer(text):
        _keep(text, position, odd.start(), kept, starts, ends)
        _fold(odd.group(), odd.start(), kept, starts, ends)
        position = odd.end()
    _keep(text, position, len(text), kept, starts, ends)
    if origins is not None:
        starts, ends = [origins[at] for at in starts], [origins[at] for at in ends]
    shown = "".join(kept).translate(_SAME)
    return Source(raw, _lower(shown), shown, starts, ends)


def _keep(
    raw: str, start: int, end: int, kept: list[str], starts: list[int], ends: list[int]
) -> None:
    kept.append(raw[start:end])
    starts.extend(range(start, end))
    ends.extend(range(start + 1, end + 1))


def _fold(found: str, at: int, kept: list[str], starts: list[int], ends: list[int]) -> None:
    if found == "\u2026":
        folded = "."
    elif found == "\u0e4d\u0e32":
        folded = "\u0e33"
    elif found.isspace():
        folded = "\n" if "\n" in found else " "
    else:
        folded = "".join(
            c for c in unicodedata.normalize("NFC", found[: _CLUSTER_MAX + 1]) if _visible(c)
        )
    kept.append(folded)
    starts.extend([at] * len(folded))
    ends.extend([at + len(found)] * len(folded))


def _visible(char: str) -> bool:
    return unicodedata.category(char) not in ("Cf", "Cc", "Mn", "Me")


def _lower(shown: str) -> str:
    lowered = shown.lower()
    if len(lowered) == len(shown):
        return lowered
    return "".join(low if len(low := c.lower()) == 1 else c for c in shown)
