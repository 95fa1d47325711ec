"""`/openapi.json`, made of what all routes promise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import orjson
from fastapi import FastAPI

from shared.access.caller import MEANT, SCOPES
from shared.http import audit, limits, problems
from shared.http.negotiation import not_acceptable
from shared.http.operations import JSON, Operation, operations
from shared.http.parameters import Declaration, Parameter, read_query
from shared.http.problems import MEDIA_TYPE, Problem, ProblemType
from shared.http.schemas import components
from shared.kernel.errors import Fault

DESCRIPTION = (
    "Who was poor, near-poor or recently exited, when, and as far as was known at the time; the "
    "money that follows; and what newspapers say of it. Every error is `application/problem+json` "
    "with a stable `code`. Money is whole đồng, dates are civil dates in Viet Nam, instants are "
    "RFC 3339."
)
# Of names that RFC 2606 reserves: whoever runs a registry is not known to its code.
CONTACT = {
    "name": "Whoever runs this registry",
    "url": "https://registry.example/",
    "email": "operations@registry.example",
}
LICENSE = {"name": "Apache 2.0"}
TAGS = {
    "households": "Households: status, timeline, events, transitions and why.",
    "areas": "Administrative units of both maps, and what is counted in them.",
    "law": "Poverty standards, programmes, rules and norms as loaded, with their sources.",
    "money": "Funds, allocation runs and their lines, payments and support.",
    "press": "Articles, the figures that they state, and findings: what contradicts what.",
    "facts": "The doors for facts, their receipts, imports and feeds.",
    "spdci": "SPDCI Social Registry 1.0.0: the same households in the sector's own language.",
    "subscriptions": "Webhooks: who is told of changes, where, and what became of it.",
    "exports": "Whole lists as files, made while nobody waits.",
    "access": "Clients, their tokens and the keys that verify them, and who read what.",
    "service": "Health, metrics and the documents of this service.",
}
EXAMPLES = Path(__file__).with_name("examples.json")


def document(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document of an application's operations."""
    served = operations(app)
    types = [kind for each in served for kind in (*each.answer.values(), *each.body.values())]
    schemas, named = components(types)
    for each in served:
        _echo(each, named)
    shown = iter(schemas)
    paths: dict[str, dict[str, Any]] = {}
    for each in served:
        paths.setdefault(each.path, {})[each.method.lower()] = _described(each, shown)
    used = {each.tag for each in served}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": app.title,
            "version": app.version,
            "description": DESCRIPTION,
            "contact": CONTACT,
            "license": LICENSE | {"identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/", "description": "The server that gave this document."}],
        "tags": [{"name": n, "description": said} for n, said in TAGS.items() if n in used],
        "paths": paths,
        "components": {
            "schemas": {**named, "Problem": _PROBLEM},
            "securitySchemes": {"oauth2": _OAUTH2, "bearer": _BEARER},
        },
    }


def _echo(operation: Operation, named: dict[str, dict[str, Any]]) -> None:
    """Add the echoes of its clock to the type that an operation answers."""
    kind = operation.answer.get(JSON)
    if operation.clock is None or kind is None:
        return
    _, echoes = components([operation.clock])
    clock, schema = echoes[operation.clock.__name__], named[kind.__name__]
    if schema.setdefault("x-clock", operation.clock.__name__) != operation.clock.__name__:
        raise ValueError(f"{kind.__name__} is answered with two clocks")
    schema["properties"] = {**schema["properties"], **clock["properties"]}
    schema["required"] = list(dict.fromkeys((*schema["required"], *clock["required"])))


def _described(operation: Operation, schemas: Iterator[Any]) -> dict[str, Any]:
    recorded = examples().get(operation.name, {})
    answers, bodies = recorded.get("answer", {}), {**operation.shown, **recorded.get("body", {})}
    answer = {
        media: _content(next(schemas), answers.get(media, operation.shown_answer))
        for media in operation.answer
    }
    body = {media: _content(next(schemas), bodies.get(media)) for media in operation.body}
    described: dict[str, Any] = {
        "operationId": operation.name,
        "tags": [operation.tag],
        "summary": operation.summary,
        "description": operation.description,
        "security": _security(operation.scope),
        "responses": {
            str(operation.status): {"description": operation.summary, "content": answer},
            **_refusals(operation),
        },
    }
    if operation.scope in SCOPES:
        described["x-scope"] = operation.scope
    if operation.deprecated is not None:
        described["deprecated"] = True
        described["description"] += f" {operation.deprecated.sentence}"
    if operation.in_path or operation.parameters or operation.headers:
        described["parameters"] = _parameters(operation)
    if body:
        described["requestBody"] = {"required": True, "content": body}
    return described


def _security(scope: str | None) -> list[dict[str, list[str]]]:
    """Return the ways to say who calls: by a signed token, or by a static one."""
    if scope is None:
        return []
    return [{"oauth2": [scope] if scope in SCOPES else []}, {"bearer": []}]


def _content(schema: Any, example: Any) -> dict[str, Any]:
    return {"schema": schema} if example is None else {"schema": schema, "example": example}


@cache
def examples() -> dict[str, Any]:
    """Return what `make examples` recorded: by operation, bodies and answers by media type."""
    recorded: dict[str, Any] = orjson.loads(EXAMPLES.read_bytes()) if EXAMPLES.exists() else {}
    return recorded


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    in_path = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "description": parameter.description,
            "schema": dict(parameter.schema),
            "example": parameter.example,
        }
        for name, parameter in operation.in_path.items()
    ]
    others = [
        {
            "name": name,
            "in": place,
            "required": parameter.required,
            "description": parameter.description,
            "schema": {**parameter.schema, **_default(parameter)},
        }
        for place, declared in (("query", operation.parameters), ("header", operation.headers))
        for name, parameter in declared.items()
    ]
    return in_path + others


def _default(parameter: Parameter) -> dict[str, Any]:
    return {} if parameter.default is None else {"default": parameter.default}


def _refusals(operation: Operation) -> dict[str, dict[str, Any]]:
    """Return the problems that an operation answers, by status; each shown as it is answered."""
    by_status: dict[int, dict[str, tuple[str, Problem]]] = {}
    for kind in (*_common(operation), *operation.problems):
        problem = kind.problem
        by_status.setdefault(problem.status, {})[problem.code] = (kind.meaning, problem)
    return {str(status): _refusal(by_status[status]) for status in sorted(by_status)}


def _refusal(kinds: Mapping[str, tuple[str, Problem]]) -> dict[str, Any]:
    shown = {
        code: {"summary": meaning, "value": problems.document(problem)}
        for code, (meaning, problem) in kinds.items()
    }
    return {
        "description": "; ".join(f"`{code}`: {meaning}" for code, (meaning, _) in kinds.items()),
        "content": {
            MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": shown}
        },
    }


def _common(operation: Operation) -> Iterable[ProblemType]:
    """Return the problems that follow from an operation's scope and parameters."""
    if operation.scope is not None:
        yield ProblemType("No valid bearer token", problems.unauthorized())
        yield limits.RATE_LIMITED
    if operation.scope in SCOPES:
        yield ProblemType("The token lacks the scope", problems.forbidden(operation.scope))
    try:
        read_query(b"foo=1", operation.parameters)
    except Problem as problem:
        yield ProblemType("A query parameter that the operation does not have", problem)
    for name, parameter in operation.parameters.items():
        if parameter.required:
            yield ProblemType(f"`{name}` must be given", _missing(name, operation.parameters))
        if case := _unreadable(name, operation.parameters):
            yield ProblemType(f"`{name}` cannot be read", case)
    if "known_at" in operation.parameters:
        yield problems.NOT_SETTLED
        yield problems.IN_FUTURE
        yield problems.NOT_KEPT
    yield ProblemType("`Accept` takes nothing of it", not_acceptable(list(operation.answer)))
    yield problems.UNAVAILABLE
    if operation.audited:
        yield audit.UNAVAILABLE


def _missing(name: str, declared: Declaration) -> Problem:
    fault = Fault(f"/query/{name}", "missing_parameter", f"{name} must be given")
    return problems.invalid([fault])


def _unreadable(name: str, declared: Declaration) -> Problem | None:
    try:
        read_query(f"{name}=%00".encode(), {name: declared[name]})
    except Problem as problem:
        return problem
    return None


_OAUTH2 = {
    "type": "oauth2",
    "description": "A client's id and secret, which `registry clients add` shows once, for a token "
    "of fifteen minutes. Send it as `Authorization: Bearer TOKEN`.",
    "flows": {"clientCredentials": {"tokenUrl": "/oauth2/token", "scopes": MEANT}},
}
_BEARER = {
    "type": "http",
    "scheme": "bearer",
    "description": "A static token of a small installation: `make secrets` writes the tokens file "
    "and shows the operator's token once. Send it as `Authorization: Bearer TOKEN`.",
}
_TEXT = {"type": "string"}
_PROBLEM = {
    "type": "object",
    "description": "Why a request is refused, as RFC 9457 has it.",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {**_TEXT, "description": "Address of the page that explains the code."},
        "title": {**_TEXT, "description": "The phrase of the status."},
        "status": {"type": "integer", "description": "The status of the answer."},
        "detail": {**_TEXT, "description": "What is wrong with this request, in a sentence."},
        "code": {**_TEXT, "description": "Stable, snake_case; branch on it."},
        "trace_id": {
            **_TEXT,
            "description": "The trace of this request, where it is one of those that are recorded.",
        },
        "errors": {
            "type": "array",
            "description": "Every fault that was found, not only the first.",
            "items": {
                "type": "object",
                "description": "One fault.",
                "required": ["pointer", "code", "detail"],
                "properties": {
                    "pointer": {
                        **_TEXT,
                        "description": "Where: a JSON pointer into the request, such as "
                        "`/events/0/area_code` or `/query/as_of`.",
                    },
                    "code": {**_TEXT, "description": "Stable, snake_case."},
                    "detail": {**_TEXT, "description": "What is wrong there."},
                },
            },
        },
    },
    "additionalProperties": True,
}
