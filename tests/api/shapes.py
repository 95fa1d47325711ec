"""Whether a live answer has the shape that the documents promise, no field more and none less."""

from __future__ import annotations

from typing import Any

from tests.harness import Registry
from tests.http.validation import faults, schema_of_answer


async def shaped(world: Registry, path: str, **asked: Any) -> Any:
    """Return an answer after checking it against the schema of its operation."""
    body = await world.get(path, **asked)
    document = await world.get("/openapi.json")
    assert not faults(document, schema_of_answer(document, path), body), path
    return body
