"""Every metric of the registry: its name, its labels, and a sentence; no other name exists.

The messaging core tells an observer counts and durations, no ids and no content.

Labels hold route templates, never ids. One registry per process; nothing registers itself globally.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

OTHER_METHOD = "OTHER"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Metrics:
    """The metrics of one process."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        """Declare every metric in `registry` (default: a new one)."""
        own = self.registry = registry or CollectorRegistry()
        gauge, counter = partial(Gauge, registry=own), partial(Counter, registry=own)
        self.outbox_rows = gauge("registry_outbox_rows", "Messages stored but not yet sent.")
        self.outbox_oldest_seconds = gauge(
            "registry_outbox_oldest_seconds", "Age of the oldest unsent message."
        )
        self.quarantine_rows = gauge(
            "registry_quarantine_rows", "Messages refused and kept for a decision."
        )
        self.oldest_due_seconds = gauge(
            "registry_oldest_due_seconds",
            "Age of the oldest work of a kind that is overdue; 0 when none is.",
            ["work"],
        )
        self.batch_seconds = Histogram(
            "registry_batch_seconds",
            "Time that a worker took for one batch, commit included.",
            ["route"],
            buckets=SECONDS,
            registry=own,
        )
        self.batch_items = counter(
            "registry_batch_items_total", "Messages that batches settled.", ["route"]
        )
        self.http_requests = counter(
            "registry_http_requests_total",
            "HTTP requests answered.",
            ["method", "route", "status"],
        )
        self.http_request_seconds = Histogram(
            "registry_http_request_seconds",
            "Time from the request's head to the end of its answer.",
            ["method", "route"],
            buckets=SECONDS,
            registry=own,
        )
        self.announced_lag_days = gauge(
            "registry_announced_lag_days",
            "Days between today and the day up to which changes of status are announced.",
        )
        self.database_pool_in_use = gauge(
            "registry_database_pool_in_use", "Database connections in use."
        )
        self.broker_reconnects = counter(
            "registry_broker_reconnects_total", "Times the broker was lost."
        )
        self.spent_messages = counter(
            "registry_spent_messages_total",
            "Messages that the broker gave up delivering and that were put back.",
        )
        self.webhooks_oldest_seconds = gauge(
            "registry_webhooks_oldest_undelivered_seconds",
            "Age of the oldest change that a subscriber has still to be told; 0 when none is.",
        )
        self._declare_edges(counter, gauge)
        self._requests: dict[tuple[str, str, int], Counter] = {}
        self._seconds: dict[tuple[str, str], Histogram] = {}

    def _declare_edges(self, counter: Callable[..., Counter], gauge: Callable[..., Gauge]) -> None:
        """Declare what tells of the world outside."""
        self.archive_failing = gauge(
            "registry_archive_failing",
            "Whether the last try to archive the database's log failed (1), or not (0).",
        )
        self.feed_polls = counter("registry_feed_polls_total", "Polls of feeds.", ["outcome"])
        self.feed_entries = counter(
            "registry_feed_entries_total",
            "Entries of feeds that were new or changed.",
            ["outcome"],
        )
        self.webhooks = counter(
            "registry_webhooks_total",
            "Attempts to deliver to subscribers that were taken or failed, and deliveries parked.",
            ["outcome"],
        )
        self.wrong_tokens = counter(
            "registry_wrong_tokens_total",
            "Tokens and secrets that let nobody in, by what was wrong.",
            ["reason"],
        )

    def wrong_token(self, reason: str) -> None:
        """Count a token or a secret that let nobody in."""
        self.wrong_tokens.labels(reason).inc()

    def http(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one HTTP request; unknown methods share one label value."""
        method = method if method in METHODS else OTHER_METHOD
        key = method, route, status
        count = self._requests.get(key)
        if count is None:
            count = self._requests[key] = self.http_requests.labels(method, route, str(status))
        count.inc()
        timer = self._seconds.get((method, route))
        if timer is None:
            timer = self._seconds[method, route] = self.http_request_seconds.labels(method, route)
        timer.observe(seconds)


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


@dataclass
class Measured(Observer):
    """Turns what the messaging core tells into metrics; the rows that wait are sampled."""

    metrics: Metrics

    def batch(self, route: str, items: int, seconds: float, transactions: int) -> None:
        """Count a committed batch."""
        self.metrics.batch_items.labels(route).inc(items)
        self.metrics.batch_seconds.labels(route).observe(seconds)

    def feed(self, kind: str, outcome: str, number: int) -> None:
        """Count polls of feeds, or entries that they brought."""
        found = self.metrics.feed_polls if kind == "poll" else self.metrics.feed_entries
        found.labels(outcome).inc(number)

    def webhooks(self, outcome: str, number: int) -> None:
        """Count attempts to deliver, and deliveries given up."""
        self.metrics.webhooks.labels(outcome).inc(number)

    def due(self, work: str, seconds: float) -> None:
        """Note how long the oldest overdue work of a kind has been waiting."""
        self.metrics.oldest_due_seconds.labels(work).set(seconds)

    def resent(self, messages: int) -> None:
        """Count messages that were delivered too often and go round once more."""
        self.metrics.spent_messages.inc(messages)

    def reconnected(self) -> None:
        """Count a broker connection that had to be built again."""
        self.metrics.broker_reconnects.inc()
