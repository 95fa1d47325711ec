"""Shapes of answers about articles."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel

from services.api.schemas.common import Page


class ListedArticle(BaseModel):
    """An article without its text."""

    article_id: UUID
    source: str
    external_id: str
    revision: int
    event_id: UUID
    url: str | None
    language: str | None
    published_on: date | None
    title: str | None
    recorded_at: datetime


class Article(ListedArticle):
    """An article with its text."""

    text: str | None


class Articles(Page):
    """A page of articles."""

    items: list[ListedArticle]
