"""Fields that answers about several subjects share."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from msgspec import Meta

NextCursor = Annotated[
    str | None,
    Meta(description="The `cursor` of the next page; null on the last."),
]
EventId = Annotated[UUID, Meta(description="Id of the fact, as its receipt gave it.")]
Source = Annotated[str, Meta(description="The system that sent it.")]
ExternalId = Annotated[str, Meta(description="The sender's own id of it.")]
Revision = Annotated[int, Meta(description="The highest revision of an id counts.", ge=1)]
