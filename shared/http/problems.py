"""Problems: every error answer of every route, as RFC 9457 asks, with a stable `code`.

A body never holds a stack trace, an SQL text or a personal value; what went wrong inside is logged
under the request's id. `errors` lists every fault found, each with a JSON pointer into the request:
`/events/0/area_code` in the body, `/query/as_of` for a query parameter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import orjson
import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from shared.kernel.database_errors import FULL, UNREACHABLE
from shared.kernel.errors import AreaNotInForce, DomainError, Fault, UnknownArea
from shared.observability import tracing

MEDIA_TYPE = "application/problem+json"
FAULTS_MAX = 1000
RETRY_SECONDS = 5

log = structlog.get_logger()


class Problem(Exception):
    """An error answer; raise it anywhere below a route."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        faults: Sequence[Fault] = (),
        headers: Mapping[str, str] | None = None,
        **members: Any,
    ) -> None:
        """`members` are put beside the standard ones in the body."""
        super().__init__(code)
        self.status = status
        self.code = code
        self.detail = detail
        self.faults = faults
        self.headers = dict(headers or {})
        self.members = members


@dataclass(frozen=True, slots=True)
class ProblemType:
    """A problem that an operation may answer, as documents show it: its meaning and one case."""

    meaning: str
    case: Exception

    @property
    def problem(self) -> Problem:
        """Return the case as it is answered."""
        return of_error(self.case)


def invalid(faults: Sequence[Fault]) -> Problem:
    """Return the 422 of these faults; its code is that of the first."""
    if len(faults) == 1:
        return Problem(422, faults[0].code, faults[0].detail, faults)
    return Problem(422, faults[0].code, f"{len(faults)} faults were found; see errors", faults)


def refused(faults: Sequence[Fault]) -> Problem:
    """Return the problem of faults that may be conflicts: what is wrong in itself comes first."""
    first = next((fault for fault in faults if fault.status == 422), faults[0])
    return Problem(first.status, first.code, first.detail, faults)


def not_found(code: str, detail: str) -> Problem:
    """Return the 404 of something that does not exist, or that the caller may not know of."""
    return Problem(404, code, detail)


def unauthorized(*, presented: bool = False) -> Problem:
    """Return the 401 of a request without a valid token; what is wrong with it nobody is told."""
    wrong = ', error="invalid_token"' if presented else ""
    return Problem(
        401,
        "unauthorized",
        "a valid bearer token is needed",
        headers={"WWW-Authenticate": f'Bearer realm="poverty-registry"{wrong}'},
    )


def forbidden(scope: str) -> Problem:
    """Return the 403 of a token without the scope."""
    return Problem(403, "forbidden", f"the scope {scope} is needed", missing_scope=scope)


def response(problem: Problem) -> Response:
    """Render a problem."""
    headers = {"Cache-Control": "no-store", **problem.headers}
    content = orjson.dumps(document(problem), default=str)
    return Response(content, problem.status, headers, media_type=MEDIA_TYPE)


def document(problem: Problem) -> dict[str, Any]:
    """Return the body of a problem."""
    body: dict[str, Any] = {
        "type": address(problem.code),
        "title": title(problem.status),
        "status": problem.status,
        "detail": problem.detail,
        "code": problem.code,
        **problem.members,
    }
    if trace := tracing.trace_id():
        body["trace_id"] = trace
    if faults := _faults(problem):
        body["errors"] = [
            {"pointer": f.pointer, "code": f.code, "detail": f.detail} for f in faults[:FAULTS_MAX]
        ]
    return body


def address(code: str) -> str:
    """Return the `type` of a problem: where it is explained, on the server that answers it.

    >>> address("not_found")
    '/problems/not_found'
    """
    return f"/problems/{code}"


_POINTERS = dict.fromkeys(("not_settled", "in_future", "not_kept"), "/query/known_at")


def _faults(problem: Problem) -> Sequence[Fault]:
    """Return the faults to list; a 422 has at least one, if only of the request as a whole."""
    if problem.faults or problem.status != 422:
        return problem.faults
    return (Fault(_POINTERS.get(problem.code, ""), problem.code, problem.detail),)


def title(status: int) -> str:
    """Return the phrase of a status as RFC 9110 has it, on every Python."""
    return _TITLES.get(status) or HTTPStatus(status).phrase


_TITLES = {413: "Content Too Large", 422: "Unprocessable Content"}


def of_domain(error: DomainError) -> Problem:
    """Return the problem of a refusal by the rules: 404 for an unknown thing, else 422."""
    status = 404 if error.code.startswith("unknown_") and not error.pointer else 422
    faults = (Fault(error.pointer, error.code, error.detail),) if error.pointer else ()
    if isinstance(error, AreaNotInForce):
        return Problem(
            status,
            error.code,
            error.detail,
            faults,
            successors=error.successors,
            nearest_day=error.nearest_day,
        )
    return Problem(status, error.code, error.detail, faults)


def of_validation(error: RequestValidationError) -> Problem:
    """Return the problem of everything that pydantic found wrong with a request."""
    faults = [
        Fault(_pointer(e["loc"]), _CODES.get(e["type"], e["type"]), e["msg"])
        for e in error.errors()
    ]
    return invalid(faults or [Fault("", "invalid_request", "the request is not valid")])


_CODES = {
    "extra_forbidden": "unknown_field",
    "missing": "missing_field",
    "json_invalid": "invalid_json",
    "date_from_datetime_parsing": "invalid_date",
    "date_parsing": "invalid_date",
    "date_type": "invalid_date",
    "datetime_parsing": "invalid_instant",
    "timezone_aware": "invalid_instant",
    "greater_than_equal": "out_of_range",
    "less_than_equal": "out_of_range",
    "greater_than": "out_of_range",
    "less_than": "out_of_range",
    "literal_error": "invalid_value",
    "enum": "invalid_value",
    "string_pattern_mismatch": "invalid_format",
    "string_too_long": "too_long",
    "too_long": "too_many",
    "too_short": "too_few",
}


def _pointer(location: Sequence[Any]) -> str:
    parts = location[1:] if location and location[0] == "body" else location
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in parts)


def of_status(error: HTTPException) -> Problem:
    """Return the problem of an error that the framework raised: no such path, wrong method, …"""
    code, detail = _STATUS.get(error.status_code, (None, None))
    phrase = HTTPStatus(error.status_code).phrase
    return Problem(
        error.status_code,
        code or phrase.lower().replace(" ", "_"),
        detail or phrase,
        headers=error.headers,
    )


_STATUS = {
    400: ("bad_request", "the request cannot be read"),
    404: ("not_found", "nothing is served under this path"),
    405: ("method_not_allowed", "this path does not take this method; see the Allow header"),
}


def unavailable(error: Exception | None = None) -> Problem:
    """Return the 503 of a database that cannot be reached, is full or has no free connection."""
    full = "the database has no room left on its disk; nothing was stored, try again later"
    return Problem(
        503,
        "database_unavailable",
        full
        if isinstance(error, FULL)
        else "the database cannot be reached at the moment; try again",
        headers={"Retry-After": str(RETRY_SECONDS)},
    )


def of_error(error: Exception) -> Problem:
    """Return the problem of any error; what is not foreseen is logged and becomes a bare 500."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, DomainError):
        return of_domain(error)
    if isinstance(error, RequestValidationError):
        return of_validation(error)
    if isinstance(error, HTTPException):
        return of_status(error)
    if isinstance(error, UNREACHABLE):
        log.warning("http.database_unavailable", error=type(error).__name__)
        return unavailable(error)
    log.error("http.failed", exc_info=error)
    return Problem(500, "internal_error", "the request failed; it is logged under its request id")


# Instants of examples; what an answer says is the instant of that moment.
NOT_SETTLED = ProblemType(
    "`known_at` lies after the settled watermark; ask again in a moment",
    DomainError(
        "not_settled",
        "known_at lies after the settled watermark 2026-11-21T03:00:00.000123+00:00; ask again in "
        "a moment",
    ),
)
IN_FUTURE = ProblemType(
    "`known_at` lies in the future",
    DomainError("in_future", "known_at lies in the future; it is 2026-11-21T03:00:00.000123+00:00"),
)
NOT_KEPT = ProblemType(
    "`known_at` lies before the instant from which on what was known is kept",
    DomainError(
        "not_kept",
        "what was known is kept from 2026-11-21T03:00:00.000123+00:00 on; ask from there on",
    ),
)
UNAVAILABLE = ProblemType("The database cannot be reached; see Retry-After", unavailable())
UNKNOWN_AREA = ProblemType("No such unit, or outside the caller's area", UnknownArea("99999"))
AREA_NOT_IN_FORCE = ProblemType(
    "The unit is not in force on that day; `successors` took it over",
    AreaNotInForce("184", "2026-01-01", ("05983", "06001"), "2025-06-30"),
)


# What may pass by itself: the server away or restarting, out of resources, a plan gone stale.


def install(app: FastAPI) -> None:
    """Make every error of `app` a problem."""
    for kind in (Problem, DomainError, RequestValidationError, HTTPException, *UNREACHABLE):
        app.add_exception_handler(kind, _handle)


async def _handle(_: Request, error: Exception) -> Response:
    return response(of_error(error))
