"""`POST /v1/articles`: news articles, text or HTML; kept as sent, HTML as its extracted text."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import Discriminator, Field, Tag, TypeAdapter, model_validator
from pydantic_core import PydanticCustomError

from services.ingest.doors.common import (
    Checks,
    Item,
    Kept,
    Law,
    PastDay,
    Printable,
    Revision,
    canonical,
    content_hash,
    event_id,
    withdrawal,
)
from services.ingest.doors.html_text import plain_text
from shared.http.problems import Fault
from shared.kernel.ids import content_id
from shared.press.store.articles import NewArticle

NAME = "articles"
PLURAL = "articles"

Body = Annotated[str, Field(min_length=1, max_length=6_000_000), Printable]
Url = Annotated[str, Field(max_length=2000, pattern=r"^https?://[^\s]+$"), Printable]
Title = Annotated[str, Field(max_length=1000), Printable]


class Article(Item):
    """One revision of an article; with no `revision`, changed text becomes the next one."""

    revision: Revision | None = None  # type: ignore[assignment]
    type: Literal["article"] = "article"
    withdrawn: Kept = False
    url: Url | None = None
    language: Literal["vi", "id", "th", "en"] | None = None
    published_on: PastDay | None = None
    title: Title | None = None
    text: Body | None = None
    html: Body | None = None

    @model_validator(mode="after")
    def _one_body(self) -> Self:
        if (self.text is None) == (self.html is None):
            raise PydanticCustomError("text_or_html", "give either text or html")
        return self

    @cached_property
    def readable(self) -> str:
        """Return the text to be kept: as sent, or what a reader of the HTML sees."""
        return self.text if self.html is None else plain_text(self.html)  # type: ignore[return-value]


class WithdrawnArticle(Item):
    """Removes (source, external_id); with no `revision`, as the next one."""

    revision: Revision | None = None  # type: ignore[assignment]
    type: Literal["article"] = "article"
    withdrawn: Literal[True]
    url: Any = None
    language: Any = None
    published_on: Any = None
    title: Any = None
    text: Any = None
    html: Any = None


def _tag(item: Any) -> str:
    given = item if isinstance(item, dict) else vars(item)
    return "withdrawn" if given.get("withdrawn") is True else "article"


PostedArticle = Annotated[
    Annotated[Article, Tag("article")] | Annotated[WithdrawnArticle, Tag("withdrawn")],
    Discriminator(_tag),
]
ADAPTER: TypeAdapter[Any] = TypeAdapter(PostedArticle)


def article_id(source: str, external_id: str) -> UUID:
    """Return the id of an article over all of its revisions."""
    return content_id(f"urn:poverty-registry:article:{source}:{external_id}")


def check(item: Any, law: Law, prefix: str) -> list[Fault]:
    """Return every fault: an article published in the future is a slip of the date."""
    checks = Checks(prefix)
    if isinstance(item, WithdrawnArticle):
        return []
    if item.published_on and item.published_on > law.today:
        checks.refuse("published_on", "in_future", "an article cannot be published in the future")
    if item.html is not None and not item.readable:
        checks.refuse("html", "no_text", "the page holds no text to read")
    return checks.faults


def row(model: Any, posted: dict[str, Any]) -> NewArticle:
    """Return the revision to be stored; revision 0 stands for "the next, if anything changed"."""
    withdrawn = isinstance(model, WithdrawnArticle)
    item = withdrawal(model) if withdrawn else canonical(posted)
    item.pop("revision", None)
    item.pop("type", None)
    revision = model.revision or 0
    return NewArticle(
        event_id=event_id(NAME, model.source, model.external_id, revision),
        article_id=article_id(model.source, model.external_id),
        source=model.source,
        external_id=model.external_id,
        revision=revision,
        withdrawn=withdrawn,
        url=None if withdrawn else model.url,
        language=None if withdrawn else model.language,
        published_on=None if withdrawn else model.published_on,
        title=None if withdrawn else model.title,
        text=None if withdrawn else model.readable,
        content_hash=content_hash(item),
    )
