"""What the messaging core tells whoever measures it: counts and durations, no ids, no content."""

from __future__ import annotations


class Observer:
    """Receives measurements, and ignores them here; must not block and must not raise."""

    def batch(self, route: str, items: int, seconds: float, transactions: int) -> None:
        """A batch was committed."""

    def quarantined(self, route: str, reason: str) -> None:
        """One item was put aside."""

    def published(self, messages: int) -> None:
        """Messages were confirmed and left the outbox."""

    def resent(self, messages: int) -> None:
        """Messages that were delivered too often were put back."""

    def reconnected(self) -> None:
        """A lost broker connection was built again."""


SILENT = Observer()
