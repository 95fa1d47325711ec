"""One request for a page: its language and clocks, what it asked the api, where its links lead.

A page asks nothing of its own: each number is the answer of an operation of the api, asked with the
same caller, scope, clocks and checks as over HTTP, so both cannot differ.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime
from typing import Any, TypeVar
from urllib.parse import urlencode

from services.api.page import addresses
from services.api.page.shared_answers import Answer, answers_of, is_shared
from services.api.page.writing import Writing
from shared.access.caller import ANYBODY
from shared.access.sessions import Session
from shared.areas.tree import AreaTree
from shared.http import parameters
from shared.http.ask import Ask, encode
from shared.http.audit import concern, named_in
from shared.http.auth import authorize
from shared.http.bodies import part_of
from shared.http.operations import Operation, Question, question_of
from shared.http.parameters import Declaration
from shared.kernel import knowledge
from shared.kernel.clock import VIETNAM
from shared.kernel.facts import Part
from shared.kernel.texts import Text
from shared.law.standards import Policy

T = TypeVar("T")
Answering = Callable[..., Awaitable[T]]

# What every address may hold beside its own: language, both clocks, and a part to be fetched alone.
STATE: Declaration = {
    "lang": parameters.choice(("vi", "en"), "Language; Vietnamese unless asked otherwise."),
    "as_of": parameters.AS_OF,
    "known_at": parameters.KNOWN_AT,
    "csv": parameters.text("Only this table, as CSV."),
    "svg": parameters.text("Only this picture, as SVG."),
}


class Page(Writing):
    """A request for a page."""

    def __init__(self, ask: Ask, values: Mapping[str, Any]) -> None:
        """`values` are the parameters of the address as read."""
        super().__init__(values["lang"] or "vi")
        self.ask = ask
        self.values = values
        self.as_of: date | None = values["as_of"]
        self.known_at: datetime | None = values["known_at"]
        ask.known_at = self.known_at
        self.settled_at: datetime | None = None
        self.sources: list[str] = []
        self.posted: list[tuple[str, str]] = []
        self.audited = False
        self._last_commit: datetime | None = None
        # Where the page is to be had again: that of a form that was sent, where it stood.
        self.path = ask.request.url.path

    @property
    def on(self) -> date:
        """Return the day that is looked at."""
        return self.as_of or self.ask.today

    @property
    def known_local(self) -> str:
        """Return the instant of knowledge as a form's field takes it, by Viet Nam's clocks."""
        if self.known_at is None:
            return ""
        return self.known_at.astimezone(VIETNAM).replace(tzinfo=None).isoformat()

    async def tree(self) -> AreaTree:
        """Return the administrative units."""
        return await self.ask.tree()

    async def policy(self) -> Policy:
        """Return the law, as known at `known_at`."""
        return await self.ask.policy()

    def t(self, vi: str, en: str) -> str:
        """Return one of two texts."""
        return self.say(Text(en, vi))

    async def put(self, function: Answering[T], /, **given: Any) -> T:
        """Ask an operation of the api; parts of its path by their names, the rest is its query.

        It is asked at the page's clocks unless others are given, and remembered as a source.
        """
        question = question_of(function)
        operation = question.operation
        self.sources.append(self.address_of(function, **given))
        in_path = {name: str(given.pop(name)) for name in operation.in_path}
        values = self._values(operation, given)
        query = {n: addresses.written(v) for n, v in values.items() if v is not None}
        if operation.audited:
            self.audited = True
            concern(self.ask.request, named_in(in_path))
        settled, result = await self._answered(question, in_path, urlencode(query))
        self.settled_at = max(filter(None, (self.settled_at, settled)), default=None)
        return result  # type: ignore[no-any-return]

    async def _answered(self, question: Question, in_path: dict[str, str], query: str) -> Answer:
        """Ask a question, or take the answer that another reader was just given to the same."""
        request, context = self.ask.request, self.ask.context

        async def make() -> Answer:
            ask, result = await question.put(request, context, in_path, query.encode())
            return getattr(ask, "settled", None), result

        if not is_shared(question.operation):
            return await make()
        caller = await authorize(request, question.scope)
        key = (
            question.operation.name,
            *in_path.items(),
            query,
            caller.area,
            caller.scopes,
            self.ask.today,
            (await self.tree()).digest,
            (await self.policy()).digest,
            await self._known(),
        )
        return await answers_of(request).get(key, await self._known(), make)

    async def _known(self) -> datetime:
        """Return the instant of the last commit when the page first asked."""
        if self._last_commit is None:
            async with self.ask.context.database.statement() as snapshot:
                self._last_commit = await knowledge.settled(snapshot)
        return self._last_commit

    async def post(self, function: Answering[T], kind: type[Part], fields: Mapping[str, Any]) -> T:
        """Ask an operation of the api that takes a body, and nothing else; `kind` is its type."""
        question = question_of(function)
        body = encode({n: v for n, v in fields.items() if v is not None})
        self.posted.append((question.operation.path, body.decode()))
        self.audited = True
        request, context = self.ask.request, self.ask.context
        _, result = await question.put(request, context, {}, b"", part_of(body, kind))
        return result  # type: ignore[no-any-return]

    def address_of(self, function: Answering[Any], /, **given: Any) -> str:
        """Return the address of an operation of the api, at the page's clocks as in `put`."""
        operation = question_of(function).operation
        in_path = {name: addresses.segment(given.pop(name)) for name in operation.in_path}
        return addresses.address(operation.path.format(**in_path), self._values(operation, given))

    def _values(self, operation: Operation, given: Mapping[str, Any]) -> dict[str, Any]:
        clocks = {"as_of": self.as_of, "known_at": self.known_at}
        values = {n: v for n, v in clocks.items() if n in operation.parameters}
        return values | {name.rstrip("_"): value for name, value in given.items()}

    def may(self, function: Answering[Any]) -> bool:
        """Say whether the caller may ask an operation."""
        scope = question_of(function).scope
        return scope is None or scope in self.ask.caller.scopes

    @property
    def open_to_all(self) -> bool:
        """Say whether the registry answers without authentication, on loopback."""
        return self.ask.caller is ANYBODY

    @property
    def session(self) -> Session | None:
        """Return the session of who is signed in with the browser that asks."""
        session: Session | None = self.ask.request.scope["state"].get("session")
        return session

    @property
    def address_again(self) -> str | None:
        """Return the address that was asked for, to come back to it after signing in."""
        url = self.ask.request.url
        on_the_way = url.path in ("/", "/signed-in") or self.ask.request.method == "POST"
        return None if on_the_way else url.path + (f"?{url.query}" if url.query else "")

    def to(self, path: str, **changes: Any) -> str:
        """Return the address of a page in the same language and at the same clocks."""
        state = {
            "as_of": self.as_of,
            "known_at": self.known_at,
            "lang": None if self.language == "vi" else self.language,
        }
        return addresses.address(path, state | changes)

    def here(self, **changes: Any) -> str:
        """Return the address of this page with something changed."""
        own = {n: v for n, v in self.values.items() if n not in STATE and n != "cursor"}
        return self.to(self.path, **(own | changes))

    def own_values(self) -> list[tuple[str, str]]:
        """Return what a form that changes the clocks has to carry along."""
        own = {n: v for n, v in self.values.items() if n not in STATE and n != "cursor"}
        return [(n, addresses.written(v)) for n, v in own.items() if v is not None]
