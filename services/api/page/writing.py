"""How each language writes numbers, percentages, money, days and names of units."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, Protocol

from shared.kernel import texts
from shared.kernel.texts import Text

Language = Literal["vi", "en"]
# What stands where a number is not known.
UNKNOWN = "–"

# What stands between the numbers of acts; the acts themselves are Vietnamese.
_OF_LAW = (
    (" Art. ", " Điều "),
    (" as amended by ", ", sửa đổi bởi "),
    ("(amends)", "(sửa đổi)"),
    ("(prolongs it through ", "(kéo dài đến hết "),
    ("(prolongs through ", "(kéo dài đến hết "),
)
KINDS = {
    "quốc gia": "country",
    "tỉnh": "province",
    "thành phố": "city",
    "huyện": "district",
    "quận": "urban district",
    "thị xã": "town",
    "xã": "commune",
    "phường": "ward",
    "thị trấn": "township",
    "đặc khu": "special zone",
    "chưa phân bổ": "not yet placed",
}


def percent(value: float) -> Text:
    """Write a percentage with the two decimals that decisions print.

    >>> percent(14.5)
    Text(en='14.50 %', vi='14,50 %')
    """
    written = texts.number(Decimal(f"{value:.2f}"))
    return Text(f"{written.en}\u00a0%", f"{written.vi}\u00a0%")


class Named(Protocol):
    """A unit of the tree, or one as the api answers it."""

    @property
    def level(self) -> str:
        """Return its level."""
        ...

    @property
    def kind(self) -> str:
        """Return its kind in Vietnamese."""
        ...

    @property
    def name(self) -> str:
        """Return its name without its kind."""
        ...


class Writing:
    """Writes in one language."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def say(self, text: Text) -> str:
        """Return a text in the language."""
        return text.vi if self.language == "vi" else text.en

    def number(self, value: int | float | None) -> str:
        """Write a number with its thousands grouped."""
        if value is None:
            return UNKNOWN
        exact = value if isinstance(value, int) else Decimal(str(value))
        return self.say(texts.number(exact))

    def signed(self, value: int) -> str:
        """Write a difference with its sign."""
        sign = "+" if value > 0 else "−" if value < 0 else ""
        return f"{sign}{self.number(abs(value))}"

    def percent(self, value: float | None) -> str:
        """Write a percentage."""
        return UNKNOWN if value is None else self.say(percent(value))

    def points(self, value: Decimal | None) -> str:
        """Write a difference of two percentages with its sign."""
        if value is None:
            return UNKNOWN
        sign = "+" if value > 0 else "−" if value < 0 else ""
        return f"{sign}{self.say(texts.number(abs(value)))}"

    def money(self, value: int | None) -> str:
        """Write an amount of whole đồng."""
        return UNKNOWN if value is None else self.say(texts.money(value))

    def day(self, value: date | None) -> str:
        """Write a day."""
        return UNKNOWN if value is None else self.say(texts.day(value))

    def instant(self, value: datetime | None) -> str:
        """Write an instant by the clocks of Viet Nam."""
        return UNKNOWN if value is None else self.say(texts.instant(value))

    def law(self, acts: Sequence[str]) -> str:
        """Write the acts that something rests on."""
        written = "; ".join(acts)
        if self.language == "vi":
            for english, vietnamese in _OF_LAW:
                written = written.replace(english, vietnamese)
        return written

    def unit(self, unit: Named) -> str:
        """Write the name of a unit with its kind.

        Vietnamese puts the kind before the name and English behind it.
        """
        if unit.level == "country":
            return self.say(Text("Viet Nam", "Việt Nam"))
        if self.language == "vi":
            return f"{unit.kind[:1].upper()}{unit.kind[1:]} {unit.name}"
        return f"{unit.name} {KINDS.get(unit.kind, unit.level)}"
