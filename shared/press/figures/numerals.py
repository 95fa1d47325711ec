"""Strings of digits: what number they write, and where two readings are possible."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

import msgspec

from shared.press.figures.language import Language

DIGITS = re.compile(r"\d+(?:[.,]\d+)*")
_GAP = re.compile(r"\d \d{3}(?!\d)")
_SPREAD = re.compile(
    r"(?<![\d.,'/:-])(?<!\d )[1-9]\d{0,2}(?: \d{3}){1,4}"
    r"(?![\d'/:])(?! \d)(?:[.,]\d{1,2}(?!\d))?(?![.,]\d)"
)
_MARK = re.compile("[.,]")
_CENTURIES = ("19", "20", "21", "24", "25", "26")  # of our years and of Buddhist ones
_SMALL = 2  # digits of a day, a month, a number in a name
_YEAR = 4  # digits
_ROUND = ("", "1", "2", "5")  # 10, 20, 50, 100 and 0, their noughts left out
_SMALLER, _GREATER, _ANY = "\x01", "\x02", "\x03"  # no text holds them
_NAMED_MAX = 31  # days, months, districts; larger numbers count something
_LONGEST = 24  # digits and separators; no printed figure needs more


class Numeral(msgspec.Struct, frozen=True, gc=False):
    """A number as printed. `grouped` and `fraction` are set where its one mark can be either."""

    start: int
    end: int
    value: Decimal
    plain: bool
    mark: str = ""
    grouped: Decimal | None = None
    fraction: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Habits:
    """How the numbers of an article that read in one way only use dot and comma."""

    decimal_marks: frozenset[str]
    group_marks: frozenset[str]


def numerals(text: str, names: Callable[[int], bool] = lambda _: False) -> list[Numeral]:
    """Return the numbers written in digits; dates, versions and endless strings are none.

    `names` says whether a word that ends there names something by a small number, as "tháng" does:
    then a blank behind that number parts it from the next one.
    """
    found: list[Numeral] = []
    position = 0
    for spread in _SPREAD.finditer(text) if _GAP.search(text) else ():
        first = text[spread.start() : spread.end()].split(" ", 1)[0]
        if int(first) <= _NAMED_MAX and names(spread.start()):
            continue
        found += _between(text, position, spread.start())
        found.append(_blank_groups(spread.group(), spread.start()))
        position = spread.end()
    return found + _between(text, position, len(text))


def _between(text: str, start: int, end: int) -> list[Numeral]:
    read = (_read(m.group(), m.start()) for m in DIGITS.finditer(text, start, end))
    return [numeral for numeral in read if numeral]


def _blank_groups(digits: str, start: int) -> Numeral:
    """Read "12 345" and "1 234 567,8", whichever blanks group them."""
    value = Decimal(".".join(_MARK.split(digits.replace(" ", ""))))
    return Numeral(start, start + len(digits), value, plain=False, mark=" ", grouped=value)


def _read(digits: str, start: int) -> Numeral | None:
    end = start + len(digits)
    if len(digits) > _LONGEST or not digits.isascii():
        return None
    marks = [c for c in digits if c in ".,"]
    if not marks:
        return Numeral(start, end, Decimal(digits), plain=True)
    if len(set(marks)) == 2:
        return _mixed(digits, marks, start, end)
    if len(marks) > 1:
        return _thousands(digits, marks[0], start, end)
    return _one_mark(digits, marks[0], start, end)


def _mixed(digits: str, marks: list[str], start: int, end: int) -> Numeral | None:
    last, other = marks[-1], marks[0]
    whole, fraction = digits.rsplit(last, 1)
    if marks.count(last) > 1 or not _is_grouped(whole.split(other)):
        return None
    value = Decimal(whole.replace(other, "") + "." + fraction)
    return Numeral(start, end, value, plain=False, mark=last, fraction=value)


def _thousands(digits: str, mark: str, start: int, end: int) -> Numeral | None:
    if not _is_grouped(digits.split(mark)):
        return None
    value = Decimal(digits.replace(mark, ""))
    return Numeral(start, end, value, plain=False, mark=mark, grouped=value)


def _one_mark(digits: str, mark: str, start: int, end: int) -> Numeral:
    fraction = Decimal(digits.replace(mark, "."))
    if not _is_grouped(digits.split(mark)):
        return Numeral(start, end, fraction, plain=False, mark=mark, fraction=fraction)
    grouped = Decimal(digits.replace(mark, ""))
    return Numeral(start, end, grouped, False, mark, grouped, fraction)


def _is_grouped(parts: list[str]) -> bool:
    first, *rest = parts
    return 0 < len(first) <= 3 and not first.startswith("0") and all(len(p) == 3 for p in rest)


def habits(found: Iterable[Numeral]) -> Habits:
    """Read from the unmistakable numbers of an article how it uses its marks."""
    decimals, groups = set(), set()
    for numeral in found:
        if numeral.fraction is not None and numeral.grouped is None and _is_short(numeral):
            decimals.add(numeral.mark)
        elif numeral.grouped is not None and numeral.fraction is None:
            groups.add(numeral.mark)
    return Habits(frozenset(decimals), frozenset(groups))


def _is_short(numeral: Numeral) -> bool:
    """Say whether a number has few decimals; three may be a group of a number gone wrong."""
    exponent = numeral.value.as_tuple().exponent
    return isinstance(exponent, int) and exponent > -3


def readings(
    numeral: Numeral, language: Language, known: Habits, *, whole: bool, rate: bool
) -> tuple[Decimal, tuple[Decimal, ...]]:
    """Return the number and its other readings.

    Where one mark stands before three digits: things that are counted come whole, and rates do not
    run to thousands. Else the language's own thousands mark is trusted unless the article uses it
    otherwise, and its decimal mark only if the article shows it to be one.
    """
    grouped, fraction = numeral.grouped, numeral.fraction
    if grouped is None or fraction is None:
        return numeral.value, ()
    if whole:
        return grouped, ()
    if rate:
        return fraction, ()
    as_group = numeral.mark in known.group_marks
    as_decimal = numeral.mark in known.decimal_marks
    if numeral.mark == language.group:
        usual, other, doubt = grouped, fraction, as_decimal
    else:
        usual, other, doubt = fraction, grouped, as_group or not as_decimal
    if doubt and as_group != as_decimal:
        usual, other = (grouped, fraction) if as_group else (fraction, grouped)
    return usual, ((other,) if doubt else ())


def form_of(text: str) -> str:
    """Return a text in which numbers that are read in the same way are the same."""
    return DIGITS.sub(lambda m: _class_of(m.group()), text)


@lru_cache(maxsize=65536)
def _class_of(digits: str) -> str:
    """Return what stands for all numbers that are read in the same way as this one.

    What may be a day, a year or a part of a name, and round numbers, stand for themselves. Of all
    others count where the digits and marks stand, whether the first digit is five or more, and
    whether a fraction is nought.
    """
    bare = digits.replace(".", "").replace(",", "").strip("0")
    year = len(digits) == _YEAR and digits[:2] in _CENTURIES
    if len(digits) <= _SMALL or year or bare in _ROUND or not digits.isascii():
        return digits
    first = digits.index(bare[0])
    mark = max(digits.rfind("."), digits.rfind(","))
    stop = mark if mark > first and not digits[mark + 1 :].strip("0") else len(digits)
    middle = "".join([c if c in ".," else _ANY for c in digits[first + 1 : stop]])
    return f"{digits[:first]}{_GREATER if bare[0] >= '5' else _SMALLER}{middle}{digits[stop:]}"
