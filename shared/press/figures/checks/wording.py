"""Words: numbers and sentences of an explanation, in English and Vietnamese."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from typing import NamedTuple

from shared.kernel.texts import number

_UNITS = {
    "VND": ("VND", "đồng"),
    "percent": ("%", "%"),
    "percentage_points": ("percentage points", "điểm phần trăm"),
    "households": ("households", "hộ"),
    "persons": ("persons", "người"),
    "houses": ("houses", "căn nhà"),
    "tonnes": ("tonnes", "tấn"),
    "models": ("models", "mô hình"),
}
_WIDE = Context(prec=60, rounding=ROUND_HALF_UP)


class Text(NamedTuple):
    """One sentence or two in both languages."""

    en: str
    vi: str

    def then(self, other: Text | None) -> Text:
        """Return both texts, one after the other; None adds nothing."""
        return Text(f"{self.en} {other.en}", f"{self.vi} {other.vi}") if other else self


class Unit(str):
    """The name of a unit, to be said in both languages."""

    __slots__ = ()


Said = Fraction | Decimal | int | date | Unit | list[Fraction]


def decimal(value: Fraction, places: int = 2) -> Decimal:
    """Return an exact decimal of at most so many places, rounded half up, without idle zeros.

    >>> decimal(Fraction(1, 3)), decimal(Fraction(14208)), decimal(Fraction(5, 2))
    (Decimal('0.33'), Decimal('14208'), Decimal('2.5'))
    """
    scaled = value * 10**places
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    made = _WIDE.scaleb(Decimal(whole), -places)
    return made.quantize(Decimal(1), context=_WIDE) if value.denominator == 1 else _short(made)


def _short(made: Decimal) -> Decimal:
    short = made.normalize(_WIDE)
    return short.quantize(Decimal(1), context=_WIDE) if short == short.to_integral() else short


def say(en: str, vi: str, **said: Said) -> Text:
    """Fill both sentences with the same numbers, each printed in its language's way.

    >>> say("{a} {u}", "{a} {u}", a=Fraction(12345, 10), u=Unit("households"))
    Text(en='1,234.5 households', vi='1.234,5 hộ')
    """
    return Text(
        en.format(**{name: _shown(value, 0) for name, value in said.items()}),
        vi.format(**{name: _shown(value, 1) for name, value in said.items()}),
    )


def _shown(value: Said, language: int) -> str:
    if isinstance(value, Unit):
        return unit_name(value, language)
    if isinstance(value, date):
        return value.strftime("%d/%m/%Y") if language else value.isoformat()
    if isinstance(value, list):
        return " + ".join(_shown(part, language) for part in value)
    return number(decimal(Fraction(value), 4))[language]


def unit_name(unit: str, language: int) -> str:
    """Return what a unit is called in English (0) or Vietnamese (1)."""
    return _UNITS[unit][language] if unit in _UNITS else unit.replace("_", " ")
