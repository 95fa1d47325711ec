"""Whether the process lives, whether it can serve, and its metrics."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import structlog
from fastapi import APIRouter, FastAPI
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import Response

from shared.http.answers import answer
from shared.http.openapi import PlainRoute, mount, operation
from shared.http.problems import Problem

Check = Callable[[], Awaitable[bool]]
CHECK_SECONDS = 3.0

log = structlog.get_logger()


def install(app: FastAPI, checks: Mapping[str, Check], metrics: CollectorRegistry) -> None:
    """Serve `/health/live`, `/health/ready` and `/metrics`; a check says if its part is up."""
    app.state.checks, app.state.metrics = checks, metrics
    mount(app, _router)


# Declared here and not for each application, as in `docs`.
_router = APIRouter(tags=["health"], route_class=PlainRoute)


@_router.get(
    "/health/live",
    **operation(
        "Is the process alive?",
        "Answers as long as the process serves at all; asks nothing of anything else.",
        example={"status": "live"},
    ),
)
async def live(request: Request) -> Response:
    return answer(request, {"status": "live"}, private=True)


@_router.get(
    "/health/ready",
    **operation(
        "Can the process do its work?",
        "200 when every check passes, else 503 with the names of those that fail.",
        example={"status": "ready", "checks": ["database", "policy"]},
        problems=("not_ready",),
    ),
)
async def ready(request: Request) -> Response:
    checks: Mapping[str, Check] = request.app.state.checks
    results = await asyncio.gather(*(_passes(n, check) for n, check in checks.items()))
    failing = [name for name, passed in zip(checks, results, strict=True) if not passed]
    if failing:
        raise Problem(
            503,
            "not_ready",
            f"not ready: {', '.join(failing)}",
            headers={"Retry-After": "2"},
            failing=failing,
        )
    return answer(request, {"status": "ready", "checks": list(checks)}, private=True)


@_router.get(
    "/metrics",
    **operation(
        "Metrics in the Prometheus text format",
        "Counters and timings of this process; labels hold route templates, never ids.",
        example="registry_outbox_rows 0.0\n",
        media_type="text/plain",
    ),
)
async def metrics_text(request: Request) -> Response:
    metrics: CollectorRegistry = request.app.state.metrics
    return Response(generate_latest(metrics), headers={"Content-Type": CONTENT_TYPE_LATEST})


async def _passes(name: str, check: Check) -> bool:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            return await check()
    except Exception as error:
        log.warning("health.check_failed", check=name, error=type(error).__name__)
        return False
