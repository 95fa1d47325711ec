"""Whether a live answer has the shape that the documents promise, no field more and none less."""

from __future__ import annotations

import re
from typing import Any

from pydantic import BaseModel

from services.api.app import routers
from tests.harness import Registry


def model_of(path: str) -> type[BaseModel]:
    """Return the model of the route that serves a path."""
    for router in routers():
        for route in router.routes:
            template = re.sub(r"{\w+}", "[^/]+", route.path)
            if re.fullmatch(template, path):
                found: type[BaseModel] = route.responses[200]["model"]
                return found
    raise LookupError(path)


async def shaped(world: Registry, path: str, **asked: Any) -> Any:
    """Return an answer after checking it against the model of its route."""
    body = await world.get(path, **asked)
    shown = model_of(path).model_validate(body).model_dump(by_alias=True, exclude_unset=True)
    _same(body, shown, path)
    return body


def _same(said: Any, known: Any, where: str) -> None:
    if isinstance(known, dict):
        assert isinstance(said, dict) and set(said) == set(known), where
        for name, value in known.items():
            _same(said[name], value, f"{where}.{name}")
    elif isinstance(known, list | tuple):
        for number, (one, other) in enumerate(zip(said, known, strict=True)):
            _same(one, other, f"{where}[{number}]")
