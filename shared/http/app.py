"""One FastAPI application per process: its routers, health, documents, problems and log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fastapi import APIRouter, FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

from shared.http import asyncapi, docs, health, openapi, problems
from shared.http.context import Context
from shared.http.delivery import Delivery
from shared.http.direct import Direct
from shared.http.middleware import Crowd, RequestLog
from shared.http.operations import mount
from shared.http.wrong_tokens import WrongTokens
from shared.observability.metrics import Metrics

TITLES = {
    "embedded": "Poverty Registry",
    "api": "Poverty Registry: api",
    "ingest": "Poverty Registry: ingest",
    "worker": "Poverty Registry: worker",
    "embedded-worker": "Poverty Registry: worker beside the doors",
}


class Application(FastAPI):
    """FastAPI inside our layers: they answer every error, so its own need not stand around them."""

    def build_middleware_stack(self) -> ASGIApp:
        """Return what serves a request, when the first one comes."""
        app = Direct(super().build_middleware_stack(), self.router.routes)
        unpacked_max = self.state.context.settings.stream_bytes_max
        settings = self.state.context.settings
        crowd: ASGIApp = Crowd(Delivery(app, unpacked_max))
        if settings.cors_origins:
            crowd = CORSMiddleware(
                crowd,
                allow_origins=settings.cors_origins,
                allow_methods=["GET", "POST"],
                allow_headers=[
                    "authorization",
                    "content-type",
                    "idempotency-key",
                    "if-none-match",
                    "if-range",
                    "purpose",
                    "range",
                ],
                expose_headers=[
                    "content-range",
                    "etag",
                    "idempotency-replayed",
                    "ratelimit",
                    "ratelimit-policy",
                    "repr-digest",
                    "retry-after",
                ],
            )
        return RequestLog(crowd, self.state.observe, behind_tls=settings.behind_tls)


def create_app(
    context: Context,
    routers: Sequence[APIRouter],
    *,
    process: str,
    checks: Mapping[str, health.Check],
    metrics: Metrics,
) -> FastAPI:
    """Return the application of a process; `checks` decide whether it is ready."""
    app = Application(
        title=TITLES[process],
        version="1.0.0",
        description=openapi.DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        # FastAPI's own would ask for providers on every request; ours is `RequestLog`.
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.state.context, app.state.observe = context, metrics.http
    app.state.wrong_tokens = WrongTokens(metrics.wrong_token)
    app.router.redirect_slashes = False
    problems.install(app)
    for router in routers:
        mount(app, router)
    health.install(app, checks, metrics.registry)
    docs.install(app, lambda: openapi.document(app), asyncapi.document)
    return app
