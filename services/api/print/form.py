"""A document as data: what stands in its forms, said once for workbooks and for pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from shared.kernel.texts import Text, instant


class Head(NamedTuple):
    """A column, or several under one head."""

    text: Text
    below: tuple[Text, ...] = ()

    @property
    def columns(self) -> int:
        """Return how many columns it stands over."""
        return len(self.below) or 1


class Linked(NamedTuple):
    """A number that leads to what is behind it."""

    number: int
    href: str


Value = Linked | Text | str | int | float | None


@dataclass(frozen=True, slots=True)
class Form:
    """A table with its title; `name` is that of its sheet."""

    name: Text
    title: Text
    heads: Sequence[Head]
    rows: Sequence[Sequence[Value]]
    notes: Sequence[Text] = ()
    law: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """Forms of one place, with what each page says of them.

    `told`: of which days and by which class; `address` is the registry's own.
    """

    place: str
    told: Text
    forms: Sequence[Form]
    digest: str
    settled: datetime
    signature: str | None
    address: str

    @property
    def stamp(self) -> Text:
        """Return what stands on each page: both clocks and the digest."""
        known = Text(
            "{told}; known at {at}; digest {digest}", "{told}; dữ liệu đến {at}; mã kiểm {digest}"
        )
        return known.filled(told=self.told, at=instant(self.settled), digest=self.digest[:16])

    @property
    def verified_at(self) -> str | None:
        """Return the address at which the signature is verified."""
        return None if self.signature is None else f"{self.address}/v1/signatures/{self.signature}"
