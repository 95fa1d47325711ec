"""The documents of a process, made without one: what it serves and nothing that it runs on."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from types import SimpleNamespace
from typing import Any, cast

import orjson
from fastapi import APIRouter

from services.api.app import routers as api_routers
from services.ingest.app import routers as ingest_routers
from shared.http import openapi
from shared.http.app import create_app
from shared.http.auth import OFF
from shared.http.context import Context
from shared.observability.metrics import Metrics
from shared.settings import Settings


class Parts:
    """What the middleware asks of a process."""

    settings, tokens = Settings(auth="off"), OFF
    # Nothing is read by what these tests ask.
    reads = SimpleNamespace(database=None)


def document_of(parts: Sequence[APIRouter]) -> dict[str, Any]:
    """Return the OpenAPI document of a process that serves these routers, as it is sent."""
    context = cast("Context", Parts())
    app = create_app(context, parts, process="api", checks={}, metrics=Metrics())
    document: dict[str, Any] = orjson.loads(orjson.dumps(openapi.document(app), default=str))
    return document


@cache
def whole_document() -> dict[str, Any]:
    """Return the document of a process that serves ingest and api."""
    return document_of([*ingest_routers(), *api_routers()])
