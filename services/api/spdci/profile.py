"""The national profile, for whoever reads the records as linked data."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta
from starlette.responses import Response

from shared.http.ask import Ask, encode
from shared.http.operations import Routes
from shared.spdci.records import PROFILE, context

LD_JSON = "application/ld+json"
routes = Routes("spdci")


@routes.get(
    PROFILE,
    scope=None,
    answers={LD_JSON: Annotated[dict[str, Any], Meta(description="A JSON-LD context.")]},
    shown={"@context": {"@version": 1.1, "core": "https://schema.spdci.org/core/v1/data/"}},
)
async def get_spdci_profile(ask: Ask) -> Response:
    """National profile of SPDCI.

    The JSON-LD context of the records: the terms of the standard, and those that this registry adds
    for the classification of a household.
    """
    return Response(encode(context()), 200, {"cache-control": "max-age=3600"}, media_type=LD_JSON)
