"""What a spreadsheet makes of a text: formulas are disarmed, Vietnamese stays Vietnamese."""

from __future__ import annotations

# A spreadsheet takes a cell that begins so for a formula, and would run what a sender wrote.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
# Without a byte order mark a spreadsheet takes UTF-8 for Latin.
BOM = b"\xef\xbb\xbf"


def disarmed(text: str) -> str:
    """Return a text that no spreadsheet runs.

    >>> disarmed("=1+1"), disarmed("Tày")
    ("'=1+1", 'Tày')
    """
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
