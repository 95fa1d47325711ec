"""Digits that are no figures: names, documents, addresses of the web, telephone numbers, times."""

from __future__ import annotations

import re

from shared.press.figures.cues import Cued
from shared.press.figures.numerals import Numeral

_MASKED = re.compile(
    r"https?://[^\s]{1,2000}|www\.[^\s]{1,2000}"
    r"|\[[^\[\]\n]{0,300}=[^\[\]\n]{0,300}\]?|<[^<>\n]{1,300}>"
)
_DOCUMENT = re.compile(r"\d{1,5}(?:/\d{4})?[/-][a-zđ]{1,8}(?:-[a-zđ]+|/[a-zđ]+)*")
_LIST_NUMBER = re.compile(r"[\s(\"]*\d{1,2}(?:\.\d{1,2})*[.)](?=\s)")
_GLUED_BEFORE = frozenset("_/=#@&+:.,'")


def masked_spans(text: str) -> list[tuple[int, int]]:
    """Return the stretches that hold addresses or markup."""
    if not any(mark in text for mark in ("://", "www.", "=", "<")):
        return []
    return [m.span() for m in _MASKED.finditer(text) if len(m.group()) > 3]


def is_excluded(numeral: Numeral, cued: Cued, masks: list[tuple[int, int]], line: int) -> bool:
    """Say whether a numeral is part of a name, a document number or the like."""
    if any(start <= numeral.start < end for start, end in masks):
        return True
    text = cued.text
    paid = cued.before(numeral.start - 1)
    part = paid is not None and paid.value("unit") == "VND" and paid.end == numeral.start - 1
    if (
        _is_glued(text, numeral) and not (part and text[numeral.start - 1] == "/")
    ) or _is_telephone(text, numeral):
        return True
    if _LIST_NUMBER.match(text, line) and text[line : numeral.start].strip(' ("') == "":
        return numeral.value < 100 and text[numeral.end : numeral.end + 1] in (".", ")")
    inside = cued.before(numeral.end)
    return inside is not None and inside.start <= numeral.start < inside.end


def _is_glued(text: str, numeral: Numeral) -> bool:
    start, end = numeral.start, numeral.end
    if _DOCUMENT.match(text, start) and text[end : end + 1] in "/-" and not _per(text, end):
        return True
    before, further = text[start - 1 : start], text[max(0, start - 2) : start - 1]
    if before.isalpha():
        return before.isascii() and text[max(0, start - 3) : start] not in ("vnd", "usd")
    if before == "-":
        return further.isalpha() and further.isascii()
    if before and before in _GLUED_BEFORE:
        return further.isalnum() and (before not in ".,:" or further.isdigit())
    after = text[end : end + 2]
    return after[:1] in (":", "h", "g", "_", "=") and after[1:2].isdigit()


def _per(text: str, end: int) -> bool:
    """Say whether the slash after a number begins a rate such as "/year", not a document's code."""
    letters = text[end + 1 : end + 12].split(" ")[0]
    return text[end] == "/" and not any(c in letters for c in "-/") and len(letters) > 2


def _is_telephone(text: str, numeral: Numeral) -> bool:
    digits = text[numeral.start : numeral.end]
    return digits[0] == "0" and len(digits) > 1 and digits[1].isdigit()
