"""What the messaging core tells whoever measures it: counts and durations, no ids, no content."""

from __future__ import annotations

from typing import Protocol


class Observer(Protocol):
    """Receives measurements; must not block and must not raise."""

    def batch(self, route: str, items: int, seconds: float, transactions: int) -> None:
        """A batch was committed."""

    def quarantined(self, route: str, reason: str) -> None:
        """One item was put aside."""

    def published(self, messages: int) -> None:
        """Messages were confirmed and left the outbox."""

    def reconnected(self) -> None:
        """A lost broker connection was built again."""


class Silent:
    """Measures nothing."""

    def batch(self, route: str, items: int, seconds: float, transactions: int) -> None:
        """Ignore it."""

    def quarantined(self, route: str, reason: str) -> None:
        """Ignore it."""

    def published(self, messages: int) -> None:
        """Ignore it."""

    def reconnected(self) -> None:
        """Ignore it."""


SILENT = Silent()
