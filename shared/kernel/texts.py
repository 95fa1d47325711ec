"""Texts in English and Vietnamese side by side, and how each language writes numbers and days."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from shared.kernel.clock import VIETNAM

# English groups thousands with a comma and Vietnamese with a point; the decimal sign is the other.
_VIETNAMESE = str.maketrans(",.", ".,")


class Text(NamedTuple):
    """One text in both languages, or a pattern of one with places to fill in."""

    en: str
    vi: str

    def filled(self, **parts: object) -> Text:
        """Fill in the places: a `Text` says itself in each language, all else as it prints.

        >>> Text("left for {m} {who}", "rời {m} {who}").filled(m=3, who=Text("months", "tháng"))
        Text(en='left for 3 months', vi='rời 3 tháng')
        """
        return Text(
            self.en.format(**{k: p.en if isinstance(p, Text) else p for k, p in parts.items()}),
            self.vi.format(**{k: p.vi if isinstance(p, Text) else p for k, p in parts.items()}),
        )


NOTHING = Text("", "")


def number(value: int | Decimal) -> Text:
    """Write a number with its thousands grouped.

    >>> number(Decimal("1234.5"))
    Text(en='1,234.5', vi='1.234,5')
    """
    english = f"{value:,}" if isinstance(value, int) else f"{value:,f}"
    return Text(english, english.translate(_VIETNAMESE))


def money(value: int) -> Text:
    """Write an amount of whole đồng."""
    written = number(value)
    return Text(f"{written.en} đồng", f"{written.vi} đồng")


def day(value: date) -> Text:
    """Write a day."""
    return Text(value.isoformat(), f"{value:%d/%m/%Y}")


def instant(value: datetime) -> Text:
    """Write an instant to the second, by the clocks of Viet Nam."""
    local = value.astimezone(VIETNAM)
    return Text(f"{local:%Y-%m-%d %H:%M:%S}", f"{local:%H:%M:%S %d/%m/%Y}")


def joined(separator: str, texts: list[Text]) -> Text:
    """Put texts one after the other."""
    return Text(separator.join(t.en for t in texts), separator.join(t.vi for t in texts))
