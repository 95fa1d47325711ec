"""Whether the process lives, whether it can serve, and its metrics."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Annotated, Literal

import structlog
from fastapi import FastAPI
from msgspec import Meta, Struct
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import Response

from shared.http.ask import Ask
from shared.http.operations import Routes, mount
from shared.http.problems import Problem, ProblemType

Check = Callable[[], Awaitable[bool]]
CHECK_SECONDS = 3.0

log = structlog.get_logger()


class Liveness(Struct, frozen=True):
    """The process serves."""

    status: Annotated[Literal["live"], Meta(description="Always `live`.")]


class Readiness(Struct, frozen=True):
    """Every check passes."""

    status: Annotated[Literal["ready"], Meta(description="Always `ready`.")]
    checks: Annotated[list[str], Meta(description="The checks of this process, all passed.")]


def not_ready(failing: Sequence[str]) -> Problem:
    """Return the 503 of a process whose checks fail."""
    return Problem(
        503,
        "not_ready",
        f"not ready: {', '.join(failing)}",
        headers={"Retry-After": "2"},
        failing=failing,
    )


def install(app: FastAPI, checks: Mapping[str, Check], metrics: CollectorRegistry) -> None:
    """Serve `/health/live`, `/health/ready` and `/metrics`; a check says if its part is up."""
    app.state.checks, app.state.metrics = checks, metrics
    mount(app, routes)


# Declared here and not for each application, as in `docs`.
routes = Routes("service")


@routes.get("/health/live", scope=None, private=True)
async def get_liveness(_: Ask) -> Liveness:
    """Is the process alive?

    Answers as long as the process serves at all; asks nothing of anything else.
    """
    return Liveness("live")


@routes.get(
    "/health/ready",
    scope=None,
    problems=[ProblemType("Some check fails; `failing` names them", not_ready(["database"]))],
    private=True,
)
async def get_readiness(ask: Ask) -> Readiness:
    """Can the process do its work?

    200 when every check passes, else 503 with the names of those that fail.
    """
    checks: Mapping[str, Check] = ask.request.app.state.checks
    results = await asyncio.gather(*(_passes(n, check) for n, check in checks.items()))
    failing = [name for name, passed in zip(checks, results, strict=True) if not passed]
    if failing:
        raise not_ready(failing)
    return Readiness("ready", list(checks))


@routes.get("/metrics", scope=None, answers={"text/plain": str})
async def get_metrics(ask: Ask) -> Response:
    """Metrics in the Prometheus text format.

    Counters and timings of this process; labels hold route templates, never ids.
    """
    metrics: CollectorRegistry = ask.request.app.state.metrics
    return Response(generate_latest(metrics), headers={"Content-Type": CONTENT_TYPE_LATEST})


async def _passes(name: str, check: Check) -> bool:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            return await check()
    except Exception as error:
        log.warning("health.check_failed", check=name, error=type(error).__name__)
        return False
