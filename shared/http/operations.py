"""Operations: a route declared once, by a function whose types are its parameters and its answer.

    @routes.get("/v1/households/{household_id}", scope=HOUSEHOLDS_READ, clock=OnDay, private=True)
    async def get_household(ask: Ask, household_id: HouseholdId) -> Household:
        '''Status of a household.

        Its class on a day, since when, where it lives, and why.
        '''

The name is the `operationId`, the docstring summary and description, each further argument a
parameter (of the path, or of the query; without a default it must be given), the result the answer.
`clock` adds the parameters and the echoes of a clock, `cursor` those of a page.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import wraps
from inspect import cleandoc, signature
from typing import Any, TypeVar, get_args, get_type_hints

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from msgspec import Struct
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import Receive, Scope, Send

from shared.access.caller import NOBODY, SCOPES
from shared.http.ask import PRIVATE, Ask, Clock, Page, answer, encode, next_page
from shared.http.audit import PURPOSE, Endpoint, recorded, subjects_of
from shared.http.auth import authorize
from shared.http.bodies import BODY_PROBLEMS, example, read_part
from shared.http.context import Context, context_of
from shared.http.deprecation import Deprecation
from shared.http.heavy import HEAVY, TOO_MANY
from shared.http.idempotency import HEADER as KEY
from shared.http.idempotency import PROBLEMS as KEY_PROBLEMS
from shared.http.idempotency import once
from shared.http.negotiation import negotiated
from shared.http.parameters import (
    LIMIT,
    Declaration,
    Parameter,
    PathParameter,
    cursor,
    read,
    read_query,
)
from shared.http.problems import ProblemType, forbidden
from shared.http.subjects import Find, finder
from shared.kernel.facts import Part

JSON = "application/json"
# Reference data, the same for every caller: any valid token may read it.
ANY = "any"
# Days that are today unless they are given.
_DAYS = {"as_of", "on"}

F = TypeVar("F", bound=Callable[..., Awaitable[Any]])


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What a route promises; `answer` and `body` map media types to types.

    `shown` are bodies by media type and `shown_answer` is an answer, where none is recorded.
    `audited`: an answer waits for its row in the audit chain. `keyed`: by an `Idempotency-Key` it
    is done once.
    """

    name: str
    method: str
    path: str
    tag: str
    summary: str
    description: str
    answer: Mapping[str, Any]
    status: int = 200
    body: Mapping[str, Any] = field(default_factory=dict)
    clock: type[Clock] | None = None
    in_path: Mapping[str, PathParameter] = field(default_factory=dict)
    parameters: Declaration = field(default_factory=dict)
    headers: Declaration = field(default_factory=dict)
    problems: Sequence[ProblemType] = ()
    scope: str | None = None
    shown: Mapping[str, Any] = field(default_factory=dict)
    shown_answer: Any = None
    audited: bool = False
    deprecated: Deprecation | None = None
    keyed: bool = False


class PlainRoute(APIRoute):
    """A route whose endpoint takes the request and gives the response, with nothing in between.

    What FastAPI would do in between costs as much as the query of the hottest route.
    """

    operation: Operation | None = None

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Call the endpoint, say what the path takes, or refuse the method."""
        response: Response
        if scope["method"] in (self.methods or ()):
            response = await self.endpoint(Request(scope, receive, send))
        else:
            allow = {"Allow": ", ".join(sorted(_methods(scope)))}
            if scope["method"] != "OPTIONS":
                raise HTTPException(405, headers=allow)
            response = Response(status_code=204, headers=allow)
        await response(scope, receive, send)


def _methods(scope: Scope) -> set[str]:
    """Return what the path of a request takes by all its routes, for each has one method."""
    routes = [route for route in scope["app"].router.routes if isinstance(route, PlainRoute)]
    matching = [route for route in routes if route.matches(scope)[0] is not Match.NONE]
    methods = {method for route in matching for method in route.methods or ()}
    # `Delivery` answers HEAD wherever there is a GET.
    return methods | {"OPTIONS"} | ({"HEAD"} if "GET" in methods else set())


def mount(app: FastAPI, router: APIRouter) -> None:
    """Add a router's routes to an application.

    Plain routes need nothing from FastAPI's nested routers, which match every path twice; they are
    put beside the application's own.
    """
    if all(isinstance(route, PlainRoute) for route in router.routes):
        app.router.routes.extend(router.routes)
    else:
        app.include_router(router)


def operations(app: FastAPI) -> list[Operation]:
    """Return the operations that an application serves, in their order."""
    routes = (route for route in app.routes if isinstance(route, PlainRoute))
    return [route.operation for route in routes if route.operation is not None]


class Routes(APIRouter):
    """The operations of one subject."""

    def __init__(self, tag: str) -> None:
        """`tag` is one of `openapi.TAGS`."""
        super().__init__(route_class=PlainRoute)
        self.tag = tag

    def serve(
        self,
        operation: Operation,
        endpoint: Endpoint,
        *,
        audited: bool = False,
    ) -> Operation:
        """Serve an operation by an endpoint that reads its own request; return it as served.

        Writes, and answers whose type names a household or a person, are audited; so is what is
        said to be.
        """
        if operation.keyed:
            endpoint = once(endpoint)
            operation = replace(
                operation,
                headers={**operation.headers, **KEY},
                problems=[*operation.problems, *KEY_PROBLEMS],
            )
        writes = operation.method != "GET"
        # What any caller may read alike is law and map: open fields of theirs name nobody.
        names_any = operation.scope != ANY and finder(operation.answer.values()) is not None
        audited = operation.scope is not None and (writes or audited or names_any)
        if audited:
            endpoint = recorded(endpoint, operation.path)
            headers = {**operation.headers, **PURPOSE}
            operation = replace(operation, headers=headers, audited=True)
        endpoint = negotiated(endpoint, tuple(operation.answer))
        if operation.deprecated is not None:
            endpoint = operation.deprecated.marked(endpoint)
        self.add_api_route(
            operation.path, endpoint, methods=[operation.method], include_in_schema=False
        )
        route = self.routes[-1]
        if isinstance(route, PlainRoute):
            route.operation = operation
        return operation

    def get(  # type: ignore[override]  # FastAPI's has thirty arguments that plain routes ignore
        self,
        path: str,
        *,
        scope: str | None,
        clock: type[Clock] | None = None,
        cursor: Sequence[Callable[[Any], Any]] | None = None,
        problems: Sequence[ProblemType] = (),
        private: bool = False,
        heavy: bool = False,
        answers: Mapping[str, Any] | None = None,
        shown: Any = None,
        deprecated: Deprecation | None = None,
    ) -> Callable[[F], F]:
        """Declare a `GET` by a function.

        `cursor` has a kind for each value of a place in the list, `answers` the types of other
        media than the function's own result; `private` forbids caches to keep the answer. A
        `heavy` one waits for its turn. `shown` is an answer where none is recorded.
        """

        def declare(function: F) -> F:
            in_path, parameters, result = _signature(function, clock, cursor)
            summary, _, description = cleandoc(function.__doc__ or "").partition("\n\n")
            operation = Operation(
                name=function.__name__,
                method="GET",
                path=path,
                tag=self.tag,
                summary=summary.removesuffix("."),
                description=description or summary,
                answer={**({} if result is None else {JSON: result}), **(answers or {})},
                clock=clock,
                in_path=in_path,
                parameters=parameters,
                problems=[*problems, TOO_MANY] if heavy else problems,
                scope=scope,
                shown_answer=shown,
                deprecated=deprecated,
            )
            serving = _in_turn(function) if heavy else function
            if result is not None and (find := finder([result])) is not None:
                serving = _naming(serving, find)
            names = {name.rstrip("_"): name for name in signature(function).parameters}
            given = [(name, names[name]) for name in parameters if name in names]
            question = Question(operation, serving, given)
            served = self.serve(operation, _endpoint(question, private), audited=private)
            _QUESTIONS[function] = replace(question, operation=served)
            return function

        return declare

    def post(  # type: ignore[override]  # as `get`
        self,
        path: str,
        *,
        scope: str,
        also: Sequence[str] = (),
        problems: Sequence[ProblemType] = (),
        shown: Any,
        status: int = 200,
        order: bool = False,
    ) -> Callable[[F], F]:
        """Declare by a function a question whose subject must stand in no address, or an `order`.

        Its second argument is the body, a `Part` whose fields have examples; further ones stand in
        the path. The answer is private and audited. A caller with one of the scopes `also` may ask
        it too. An order changes something, in `ask.effect()`: by one `Idempotency-Key` once.
        """
        return self._write("POST", path, (scope, *also), problems, shown, status, order=order)

    def delete(  # type: ignore[override]  # as `get`
        self,
        path: str,
        *,
        scope: str,
        also: Sequence[str] = (),
        problems: Sequence[ProblemType] = (),
        shown: Any,
    ) -> Callable[[F], F]:
        """Declare by a function what ends a thing and answers with it; it takes no body."""
        return self._write("DELETE", path, (scope, *also), problems, shown, 200)

    def _write(
        self,
        method: str,
        path: str,
        scopes: Sequence[str],
        problems: Sequence[ProblemType],
        shown: Any,
        status: int,
        *,
        order: bool = False,
    ) -> Callable[[F], F]:
        def declare(function: F) -> F:
            body, in_path, result = _asked(function)
            summary, _, description = cleandoc(function.__doc__ or "").partition("\n\n")
            operation = Operation(
                name=function.__name__,
                method=method,
                path=path,
                tag=self.tag,
                summary=summary.removesuffix("."),
                description=description or summary,
                answer={JSON: result},
                status=status,
                body={JSON: body} if body else {},
                in_path=in_path,
                problems=[*(BODY_PROBLEMS if body else ()), *problems],
                scope=scopes[0],
                shown={JSON: example(body)} if body else {},
                shown_answer=shown,
                keyed=order,
            )
            find = finder([result])
            asked: Callable[..., Awaitable[Any]] = _naming(function, find) if find else function
            served = self.serve(operation, _asking(asked, body, scopes, operation))
            _QUESTIONS[function] = Question(served, asked, ())
            return function

        return declare


def _asked(
    function: Callable[..., Any],
) -> tuple[type[Part] | None, dict[str, PathParameter], Any]:
    """Return the type of an order's body, what stands in its path, and the type of its answer."""
    types = get_type_hints(function, include_extras=True)
    body: type[Part] | None = None
    in_path: dict[str, PathParameter] = {}
    for name in list(signature(function).parameters)[1:]:
        places = [each for each in get_args(types[name]) if isinstance(each, PathParameter)]
        if places:
            in_path[name] = places[0]
        else:
            body = types[name]
    return body, in_path, types["return"]


def _asking(
    function: Callable[..., Any],
    body: type[Part] | None,
    scopes: Sequence[str],
    operation: Operation,
) -> Endpoint:
    """Return what serves an order: caller, path and body before, encoding after."""

    async def endpoint(request: Request) -> Response:
        caller = await authorize(request, None)
        if ANY not in scopes and not caller.scopes & set(scopes):
            raise forbidden(scopes[0])
        read(request, {})
        ask = Ask(request, context_of(request), caller)
        bodies = [] if body is None else [await read_part(request, body)]
        places = {n: p.read(request.path_params[n]) for n, p in operation.in_path.items()}
        content = encode(await function(ask, *bodies, **places))
        headers = {"cache-control": PRIVATE}
        return Response(content, operation.status, headers, media_type=JSON)

    return endpoint


def _signature(
    function: Callable[..., Any],
    clock: type[Clock] | None,
    kinds: Sequence[Callable[[Any], Any]] | None,
) -> tuple[dict[str, PathParameter], dict[str, Parameter], Any]:
    """Return a function's parameters of path and query, and the type that it answers."""
    types = get_type_hints(function, include_extras=True)
    result = next((k for k in _members(types["return"]) if issubclass(k, Struct)), None)
    in_path: dict[str, PathParameter] = {}
    in_query: dict[str, Parameter] = {}
    for name, argument in list(signature(function).parameters.items())[1:]:
        declared = next(
            each for each in get_args(types[name]) if isinstance(each, Parameter | PathParameter)
        )
        if isinstance(declared, PathParameter):
            in_path[name] = declared
        else:
            required = argument.default is argument.empty and declared.default is None
            in_query[name.rstrip("_")] = declared.but(required=required)
    if clock is not None:
        in_query |= clock.PARAMETERS
    if kinds is not None:
        in_query |= {"cursor": cursor(*kinds), "limit": LIMIT}
    return in_path, in_query, result


def _members(kind: Any) -> Sequence[Any]:
    return get_args(kind) or (kind,)


@dataclass(frozen=True, slots=True)
class Question:
    """An operation and the function that answers it: over HTTP, or from within another one."""

    operation: Operation
    function: Callable[..., Awaitable[Any]]
    arguments: Sequence[tuple[str, str]]

    @property
    def scope(self) -> str | None:
        """Return the scope that a caller needs; None: any known caller may ask."""
        return self.operation.scope if self.operation.scope in SCOPES else None

    async def put(
        self,
        request: Request,
        context: Context,
        in_path: Mapping[str, str],
        query: bytes,
        *bodies: Part,
    ) -> tuple[Ask, Any]:
        """Answer what stands in a path and a query string; return the clocks beside the result.

        A question that takes a body is asked with it.

        Who asks from within another operation has to record it, where it is `audited`.
        """
        caller = NOBODY if self.operation.scope is None else await authorize(request, self.scope)
        ask = Ask(request, context, caller)
        # What does not exist is unknown, whatever else is asked of it.
        places = self.places(in_path)
        given = read_query(query, self.operation.parameters)
        return ask, await self.answer(ask, places, given, *bodies)

    def places(self, in_path: Mapping[str, str]) -> dict[str, Any]:
        """Return what the parts of a path stand for."""
        return {n: place.read(in_path[n]) for n, place in self.operation.in_path.items()}

    async def answer(
        self, ask: Ask, places: Mapping[str, Any], given: Mapping[str, Any], *bodies: Part
    ) -> Any:
        """Answer what was read of a path and of a query string, with the grants of `ask`."""
        values = {argument: given[name] for name, argument in self.arguments}
        _set(ask, given, self.operation.parameters)
        return await self.function(ask, *bodies, **places, **values)


# By the function that declares it; functions of modules, so they live as long as the process.
_QUESTIONS: dict[Callable[..., Awaitable[Any]], Question] = {}


def question_of(function: Callable[..., Awaitable[Any]]) -> Question:
    """Return the operation that a function declares, to be asked from within another one."""
    return _QUESTIONS[function]


def _endpoint(question: Question, private: bool) -> Endpoint:
    """Return what serves a function: callers, parameters and clocks before, encoding after."""
    clock = question.operation.clock

    async def endpoint(request: Request) -> Response:
        query = request.scope["query_string"]
        ask, result = await question.put(request, context_of(request), request.path_params, query)
        if isinstance(result, Response):
            return result
        response = answer(request, result, clock and clock.of(ask), private=private)
        following = getattr(result, "next_cursor", None)
        if following is not None:
            response.headers["link"] = next_page(request, following)
        return response

    return endpoint


def _naming(function: Callable[..., Awaitable[Any]], find: Find) -> Callable[..., Awaitable[Any]]:
    """Return a function that says whom its answers are about."""

    @wraps(function)
    async def naming(ask: Ask, *body: Any, **arguments: Any) -> Any:
        result = await function(ask, *body, **arguments)
        if ask.context.audit is not None and not isinstance(result, Response):
            find(result, subjects_of(ask.request))
        return result

    return naming


def _in_turn(function: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    @wraps(function)
    async def heavy(ask: Ask, **arguments: Any) -> Any:
        ask.limits = HEAVY
        async with ask.turn():
            return await function(ask, **arguments)

    return heavy


def _set(ask: Ask, values: Mapping[str, Any], declared: Declaration) -> None:
    ask.known_at = values.get("known_at")
    for name in _DAYS & declared.keys():
        setattr(ask, name, values[name] or ask.today)
    if "limit" in declared:
        ask.page = Page(values["cursor"], values["limit"])
