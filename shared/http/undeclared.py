"""What the routes say that are not declared as operations yet; goes when the last one is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from fastapi import FastAPI
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.responses import Response

from shared.http.parameters import Declaration
from shared.http.problems import MEDIA_TYPE, title

DESCRIPTION = (
    "Who was poor, near-poor or recently exited, when, and as far as was known at the time. "
    "Every error is `application/problem+json` with a stable `code`."
)

_PROBLEMS: dict[str, tuple[int, str]] = {
    "not_settled": (422, "known_at lies after the settled watermark; ask again in a moment"),
    "in_future": (422, "known_at lies in the future"),
    "invalid_request": (422, "The request is refused; `errors` names every fault"),
    "area_not_in_force": (422, "The unit is not in force on that day; `successors` took it over"),
    "unknown_area": (404, "No such unit, or outside the caller's area"),
    "unknown_household": (404, "No such household, or outside the caller's area"),
    "unknown_article": (404, "No such article"),
    "unauthorized": (401, "No valid bearer token"),
    "forbidden": (403, "The token lacks the scope"),
    "not_ready": (503, "Some check fails"),
    "database_unavailable": (503, "The database cannot be reached; see Retry-After"),
}


def operation(
    summary: str,
    description: str,
    *,
    example: Any,
    model: type[BaseModel] | None = None,
    parameters: Declaration | None = None,
    path: Mapping[str, tuple[str, str]] | None = None,
    problems: Sequence[str] = (),
    media_type: str = "application/json",
    status: int = 200,
    scope: str | None = None,
    request_example: Any = None,
) -> dict[str, Any]:
    """Return the keyword arguments with which a router documents an operation.

    `path` maps each path parameter to its sentence and an example; `problems` are codes.
    """
    extra: dict[str, Any] = {}
    listed = [_path_parameter(name, *said) for name, said in (path or {}).items()]
    listed += documented(parameters or {})
    if listed:
        extra["parameters"] = listed
    if request_example is not None:
        extra["requestBody"] = {"content": {"application/json": {"example": request_example}}}
    if scope is not None:
        extra["security"] = [{"bearer": []}]
        extra["x-scope"] = scope
        problems = ("unauthorized", "forbidden", *problems)
    success: dict[str, Any] = {"description": summary, "content": {media_type: _shown(example)}}
    if model is not None:
        success["model"] = model
    return {
        "summary": summary,
        "description": description,
        "response_model": None,
        "response_class": Response,
        "status_code": status,
        "openapi_extra": extra or None,
        "responses": {status: success, **_problem_responses(problems)},
    }


def _shown(example: Any) -> dict[str, Any]:
    return {"example": example}


def _path_parameter(name: str, sentence: str, example: str) -> dict[str, Any]:
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": sentence,
        "schema": {"type": "string"},
        "example": example,
    }


def _problem_responses(codes: Sequence[str]) -> dict[int | str, dict[str, Any]]:
    grouped: dict[int, list[str]] = {}
    for code in codes:
        grouped.setdefault(_PROBLEMS[code][0], []).append(code)
    return {status: _problem_response(status, found) for status, found in grouped.items()}


def _problem_response(status: int, codes: Sequence[str]) -> dict[str, Any]:
    examples = {
        code: {
            "value": {
                "type": f"urn:poverty-registry:problem:{code}",
                "title": title(status),
                "status": status,
                "detail": _PROBLEMS[code][1],
                "code": code,
            }
        }
        for code in codes
    }
    meaning = "; ".join(f"`{code}`: {_PROBLEMS[code][1]}" for code in codes)
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        "description": meaning,
        "content": {MEDIA_TYPE: {"schema": schema, "examples": examples}},
    }


_PROBLEM_SCHEMA = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string", "description": "Stable, snake_case; branch on it."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "pointer": {"type": "string"},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}


def _add_path_parameters(path: str, described: dict[str, Any]) -> None:
    """List the path's parameters that the operation did not describe itself."""
    listed = described.setdefault("parameters", [])
    known = {parameter["name"] for parameter in listed}
    for name in re.findall(r"{(\w+)}", path):
        if name not in known:
            schema = {"type": "string"}
            listed.append({"name": name, "in": "path", "required": True, "schema": schema})


def _show_nulls(route: APIRoute, methods: dict[str, Any]) -> None:
    """Put the examples back as they were written: FastAPI leaves out what is null in them."""
    for name in (route.methods or set()) & {method.upper() for method in methods}:
        for status, answer in route.responses.items():
            shown = methods[name.lower()]["responses"][str(status)].get("content", {})
            for media_type, said in answer.get("content", {}).items():
                shown[media_type] |= {k: said[k] for k in ("example", "examples") if k in said}


def documented(declared: Declaration) -> list[dict[str, Any]]:
    """Return the declaration as OpenAPI parameters."""
    return [
        {
            "name": name,
            "in": "query",
            "required": parameter.required,
            "description": parameter.description,
            "schema": dict(parameter.schema),
        }
        for name, parameter in declared.items()
    ]


def document(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document, with the problem schema and the security scheme."""
    made = app.openapi()
    for route in app.routes:
        if isinstance(route, APIRoute) and route.include_in_schema:
            _show_nulls(route, made["paths"][route.path_format])
    for path, methods in made["paths"].items():
        for described in methods.values():
            _add_path_parameters(path, described)
    components = made.setdefault("components", {})
    components.setdefault("schemas", {}).setdefault("Problem", _PROBLEM_SCHEMA)
    components.setdefault("securitySchemes", {})["bearer"] = {"type": "http", "scheme": "bearer"}
    return made


def beside(described: dict[str, Any], named: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document with its own names for what others call so too."""
    text = orjson.dumps(described).decode()
    for name in described["components"]["schemas"].keys() & named.keys():
        text = text.replace(f'#/components/schemas/{name}"', f'#/components/schemas/Shown{name}"')
        text = text.replace(f'"{name}":{{', f'"Shown{name}":{{', 1)
    renamed: dict[str, Any] = orjson.loads(text)
    return renamed
