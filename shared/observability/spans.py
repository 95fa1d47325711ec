"""The only module that knows OpenTelemetry; `tracing` imports it when tracing is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ParentBased, TraceIdRatioBased
from opentelemetry.trace import Link, SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from shared.observability.tracing import NOTHING, Attributes, Kind, Span

# A process that stops waits once as long for a collector that is away.
SEND_SECONDS = 3.0
_KINDS: Mapping[Kind, SpanKind] = {kind.name.lower(): kind for kind in SpanKind}  # type: ignore[misc]
_W3C = TraceContextTextMapPropagator()


def otlp(url: str) -> SpanProcessor:
    """Return what sends spans to a collector by OTLP over HTTP, from a thread of its own."""
    return BatchSpanProcessor(OTLPSpanExporter(endpoint=url, timeout=SEND_SECONDS))


class Spans:
    """What a process traces with."""

    def __init__(self, process: str, version: str, processor: SpanProcessor, ratio: float) -> None:
        """Record `ratio` of the traces, chosen by their ids, and so alike in every process.

        Whoever calls may leave a trace out, but cannot make us record more than that.
        """
        chosen = TraceIdRatioBased(ratio)
        self._provider = TracerProvider(
            sampler=ParentBased(
                chosen, remote_parent_sampled=chosen, remote_parent_not_sampled=ALWAYS_OFF
            ),
            resource=Resource.create(
                {"service.name": f"registry-{process}", "service.version": version}
            ),
            shutdown_on_exit=False,
        )
        self._provider.add_span_processor(processor)
        self._tracer = self._provider.get_tracer("poverty-registry", version)

    def shut_down(self) -> None:
        """Send what is left and end."""
        self._provider.shutdown()

    def begin(self, method: str, traceparent: str) -> AbstractContextManager[Span]:
        """Open the span of a request."""
        opened = self._tracer.start_span(
            method,
            _context(traceparent) or Context(),
            SpanKind.SERVER,
            {"http.request.method": method},
        )
        return _entered(opened)

    def below(
        self, name: str, under: str | None, kind: Kind, attributes: Attributes
    ) -> AbstractContextManager[Span]:
        """Open a span in a trace that is recorded; nothing where there is none."""
        context = _context(under)
        if context is None and (under is not None or self.trace_id() is None):
            return NOTHING
        return _entered(self._tracer.start_span(name, context, _KINDS[kind], attributes))

    @contextmanager
    def each(
        self,
        name: str,
        kind: Kind,
        parents: Sequence[str | None],
        attributes: Attributes,
    ) -> Iterator[list[str | None]]:
        """Open a span below each parent that there is."""
        opened: dict[str, trace.Span] = {}
        links: list[Link] = []
        for parent in parents:
            if parent and parent not in opened and (context := _context(parent)) is not None:
                one = self._tracer.start_span(name, context, _KINDS[kind], attributes, links)
                opened[parent] = one
                links = links or [Link(one.get_span_context())]
        with ExitStack() as open_ones:
            for number, one in enumerate(opened.values()):
                open_ones.enter_context(_entered(one, current=not number))
            headers = {parent: _header(one) for parent, one in opened.items()}
            yield [headers.get(parent) if parent else None for parent in parents]

    def traceparent(self) -> str | None:
        """Return the header of the open span."""
        return _header(trace.get_current_span())

    def trace_id(self) -> str | None:
        """Return the trace of the open span."""
        context = trace.get_current_span().get_span_context()
        return trace.format_trace_id(context.trace_id) if context.trace_flags.sampled else None


class _Open:
    """A span of the library, by our names."""

    def __init__(self, span: trace.Span) -> None:
        self._span = span

    def rename(self, name: str) -> None:
        self._span.update_name(name)

    def note(self, attributes: Attributes) -> None:
        self._span.set_attributes(attributes)


@contextmanager
def _entered(span: trace.Span, *, current: bool = True) -> Iterator[Span]:
    """Keep a span open; of an error it is told the type, for its message may quote a person."""
    with ExitStack() as stack:
        stack.callback(span.end)
        if current:
            stack.enter_context(
                trace.use_span(span, record_exception=False, set_status_on_exception=False)
            )
        try:
            yield _Open(span)
        except BaseException as error:
            span.set_status(Status(StatusCode.ERROR))
            span.set_attribute("error.type", type(error).__name__)
            raise


def _context(traceparent: str | None) -> Context | None:
    """Return the context of a header, None where it is none."""
    if not traceparent:
        return None
    context = _W3C.extract({"traceparent": traceparent}, Context())
    return context or None


def _header(span: trace.Span) -> str | None:
    context = span.get_span_context()
    if not context.trace_flags.sampled:
        return None
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"
