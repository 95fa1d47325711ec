"""One trace from the door to the stored spell and the subscriber, in all that carries it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from uuid import uuid4

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from shared.messaging.message import Message, decode, encode, traceparent_of
from shared.observability import logging, tracing
from tests.facts import article, assessed
from tests.flows.test_allocation_runs import HOUSING, with_households
from tests.harness import NOON, Registry, registry
from tests.spdci.messages import by_id, search
from tests.spdci.receiving import answering, called_back
from tests.waiting import until
from tests.webhooks.conftest import Hooked, deliverer_of
from tests.webhooks.receiver import receiver

DOOR = "/v1/household-events"
# Chosen by their last 64 bits: of the ratio 0.5 the first is recorded and the second is not.
LOW, HIGH = 0x1, 0xFFFFFFFFFFFFFFF0


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    stop = tracing.start("test", "1", SimpleSpanProcessor(exporter), 0.5)
    yield exporter
    stop()


def caller(trace: int, flags: str = "01") -> dict[str, str]:
    return {"traceparent": f"00-{trace:032x}-00000000000000aa-{flags}"}


def way_up(own: list[ReadableSpan], name: str) -> list[str]:
    """Return the names from a span up to the caller."""
    by_id = {one.context.span_id: one for one in own}
    one, names = next(o for o in own if o.name == name), [name]
    while one.parent and one.parent.span_id in by_id:
        one = by_id[one.parent.span_id]
        names.append(one.name)
    assert one.parent and one.parent.span_id == 0xAA
    return names


async def test_a_fact_is_followed_to_its_spell_and_its_subscriber(
    dsn: str, spans: InMemorySpanExporter
) -> None:
    async with registry(dsn, webhooks_inside=True) as app, receiver() as mine:
        hooked = Hooked(app, deliverer_of(app))
        running = asyncio.create_task(hooked.deliverer.run())
        await hooked.subscribe(mine)
        # At once: they share a commit, a batch of the worker and its transaction, but no trace.
        households = {LOW: "HH-ONE", LOW + 1: "HH-TWO", HIGH: "HH-LEFT-OUT"}
        answers = await asyncio.gather(
            *(
                app.post(DOOR, {"events": [assessed(name, "2023-12-14")]}, headers=caller(trace))
                for trace, name in households.items()
            )
        )
        assert {answer.status_code for answer in answers} == {202}
        await app.drain()
        await until(lambda: len(mine.taken) == 3)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    hooks = {hook.household: hook.headers.get("traceparent") for hook in mine.taken}
    finished = spans.get_finished_spans()
    for trace in (LOW, LOW + 1):
        own = [span for span in finished if span.context.trace_id == trace]
        assert way_up(own, "deliver webhook") == [
            *("deliver webhook", "assess_households", "publish", "store facts", f"POST {DOOR}")
        ]
        sent = next(span.context.span_id for span in own if span.name == "deliver webhook")
        assert hooks[households[trace]] == f"00-{trace:032x}-{sent:016x}-01"
        door = next(span for span in own if span.name == f"POST {DOOR}")
        assert (door.attributes or {})["http.response.status_code"] == 202
    assert hooks["HH-LEFT-OUT"] is None
    assert {span.context.trace_id for span in finished} <= {LOW, LOW + 1} | roots(finished)
    # One of the two has the spans of the shared transaction, and the other says which.
    (stored,) = {s.context.trace_id for s in finished if s.name == "store timelines"}
    batches = [span for span in finished if span.name == "assess_households"]
    assert {link.context.trace_id for span in batches for link in span.links} in ({stored}, set())
    assert "HH-" not in "".join(span.to_json() for span in finished)


async def test_runs_articles_and_callbacks_are_followed_inside_the_worker(
    dsn: str, spans: InMemorySpanExporter
) -> None:
    async with answering(dsn) as app, called_back() as spmis:
        await with_households(app)
        run = {"run_id": "R1", "fund_id": "F", **HOUSING}
        sent = [
            ("/v1/allocation-runs", run),
            ("/v1/articles", {"articles": [article("Cả nước còn 599.608 hộ nghèo.")]}),
        ]
        for number, (path, body) in enumerate(sent):
            answer = await app.post(path, body, headers=caller(LOW + number))
            assert answer.status_code == 202, answer.text
        asked = search(by_id("household_id", "H0"), sender_uri=spmis.uri("on-search"))
        taken = await app.post("/registry/search", asked, headers=caller(LOW + 2))
        assert taken.json()["message"]["ack_status"] == "ACK"
        await app.drain()
        await spmis.next()
    finished = spans.get_finished_spans()

    def up(trace: int, name: str) -> list[str]:
        return way_up([span for span in finished if span.context.trace_id == trace], name)

    assert up(LOW, "store allocation run")[:2] == ["store allocation run", "compute allocation run"]
    assert up(LOW, "store allocation run")[-1] == "POST /v1/allocation-runs"
    assert up(LOW + 1, "read article")[-1] == "POST /v1/articles"
    assert up(LOW + 2, "call back") == ["call back", "POST /registry/search"]
    assert spmis.traceparents[0].startswith(f"00-{LOW + 2:032x}-")


def roots(spans: tuple[ReadableSpan, ...]) -> set[int]:
    """Return the traces that no caller began."""
    return {span.context.trace_id for span in spans if span.parent is None}


async def test_a_refusal_and_the_lines_of_its_request_name_the_trace(
    app: Registry, spans: InMemorySpanExporter
) -> None:
    bad = {"events": [{"type": "assessed"}]}
    recorded = (await app.post(DOOR, bad, headers=caller(LOW))).json()
    assert recorded["trace_id"] == f"{LOW:032x}"
    for left_out in (caller(HIGH), caller(LOW, flags="00")):
        assert "trace_id" not in (await app.post(DOOR, bad, headers=left_out)).json()
    # What is no traceparent begins a trace of its own.
    await app.post(DOOR, bad, headers={"traceparent": "00-nonsense"})
    with tracing.served("GET", [(b"traceparent", caller(LOW)["traceparent"].encode())]):
        assert logging._trace(None, "", {}) == {"trace_id": f"{LOW:032x}"}
    assert logging._trace(None, "", {}) == {}


async def test_an_error_is_told_by_its_type_alone(spans: InMemorySpanExporter) -> None:
    with pytest.raises(ValueError), tracing.served("GET", []):
        with tracing.span("store facts"):
            raise ValueError("Nguyễn Văn A")
    assert all("Nguy" not in span.to_json() for span in spans.get_finished_spans())


def test_without_a_collector_nothing_is_opened() -> None:
    assert not tracing.running()
    assert tracing.served("GET", []) is tracing.span("a") is tracing.NOTHING
    with tracing.together("publish", "producer", [caller(LOW)["traceparent"], None]) as opened:
        assert opened == [None, None]


@pytest.mark.parametrize(
    ("traceparent", "id_"), [(None, "h1"), (caller(7)["traceparent"], 'h"traceparent":"00-1"')]
)
def test_a_message_carries_its_trace_through_the_outbox(traceparent: str | None, id_: str) -> None:
    sent = Message(uuid4(), "a.v1", NOON, {"household_ids": [id_]}, traceparent)
    body = encode(sent)
    assert traceparent_of(body.decode()) == traceparent
    assert decode(body).traceparent == traceparent
