"""Traces: one from the door to the stored spell and the webhook, over OpenTelemetry.

Set up once in a process, as logs are; until then a span is one shared object that does nothing, and
no library is imported. Names and attributes are constants, ids of routes, counts and types of
errors, never people's data: a span has no path, no statement and no message of an error.

A trace begins at a door alone. Everything behind it continues one or is in none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import SpanProcessor

    from shared.observability.spans import Spans

Kind = Literal["internal", "server", "client", "producer", "consumer"]
# By the names of OpenTelemetry.
Attributes = Mapping[str, str | int]
NONE: Attributes = {}


class Span(Protocol):
    """A span that is open."""

    def rename(self, name: str) -> None:
        """Give it the name that is known only at its end."""
        ...

    def note(self, attributes: Attributes) -> None:
        """Add attributes."""
        ...


class _Nothing:
    """The span of whoever is not traced, and the context that opens it."""

    def __enter__(self) -> Span:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def rename(self, name: str) -> None:
        """Do nothing."""

    def note(self, attributes: Attributes) -> None:
        """Do nothing."""


NOTHING = _Nothing()
_spans: Spans | None = None
# Of the items of a batch, the traces that brought them.
_OF_ITEM: ContextVar[Mapping[str, str]] = ContextVar("traces_of_items")


def start(process: str, version: str, processor: SpanProcessor, ratio: float) -> Callable[[], None]:
    """Trace from now on `ratio` of what comes in; return what ends it and sends what is left."""
    global _spans
    from shared.observability.spans import Spans

    started = _spans = Spans(process, version, processor, ratio)

    def stop() -> None:
        global _spans
        _spans = None
        started.shut_down()

    return stop


def running() -> bool:
    """Say whether this process traces at all."""
    return _spans is not None


def served(method: str, headers: Iterable[tuple[bytes, bytes]]) -> AbstractContextManager[Span]:
    """Begin a trace with a request, or go on with that of its `traceparent`."""
    if _spans is None:
        return NOTHING
    return _spans.begin(method, next((v for k, v in headers if k == b"traceparent"), b"").decode())


def span(
    name: str, *, under: str | None = None, kind: Kind = "internal", attributes: Attributes = NONE
) -> AbstractContextManager[Span]:
    """Open a span below `under` (a `traceparent`), else below the one that is open."""
    if _spans is None:
        return NOTHING
    return _spans.below(name, under, kind, attributes)


@contextmanager
def together(
    name: str, kind: Kind, parents: Sequence[str | None], attributes: Attributes = NONE
) -> Iterator[list[str | None]]:
    """Open a span in each trace, for work that is done for all at once; give what goes on from it.

    What is opened within lies below the first of them, and the others link to that one.
    """
    if _spans is None or not any(parents):
        yield [None] * len(parents)
        return
    with _spans.each(name, kind, parents, attributes) as opened:
        yield opened


@contextmanager
def batch(
    name: str, brought: Sequence[tuple[str | None, Sequence[str]]], attributes: Attributes = NONE
) -> Iterator[None]:
    """Open a span in each trace that brought items; `of_item` tells them apart within."""
    parents = [parent for parent, _ in brought]
    if _spans is None or not any(parents):
        yield
        return
    with together(name, "consumer", parents, attributes) as opened:
        traces = zip(opened, brought, strict=True)
        own = {item: trace for trace, (_, items) in traces if trace for item in items}
        token = _OF_ITEM.set(own)
        try:
            yield
        finally:
            _OF_ITEM.reset(token)


def of_item(item: str) -> str | None:
    """Return the `traceparent` of the batch's span in the trace that brought an item."""
    return _OF_ITEM.get({}).get(item)


def traceparent() -> str | None:
    """Return what whoever goes on with the open span is told, as W3C Trace Context has it."""
    return None if _spans is None else _spans.traceparent()


def trace_id() -> str | None:
    """Return the id of the trace that is open, if it is recorded."""
    return None if _spans is None else _spans.trace_id()
