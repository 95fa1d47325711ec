"""Shapes of answers about policy."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field

from services.api.schemas.common import Page


class PolicyDocument(BaseModel):
    """A policy document as loaded: its version is its digest."""

    kind: Annotated[str, Field(description="Name of the file in `seeds/policy`, without ending.")]
    digest: str
    recorded_at: datetime


class PolicyItems(Page):
    """Items of policy documents in force on a day, as loaded, and the versions they are of."""

    items: Annotated[
        list[dict[str, Any]],
        Field(description="As loaded; `document` names the one that an item stands in."),
    ]
    undecided: Annotated[
        list[dict[str, Any]],
        Field(
            description="Items of which the known days do not tell whether they are in force, each "
            "with the reason in `unknown`; on every page all of them."
        ),
    ]
    documents: list[PolicyDocument]
    digest: Annotated[
        str | None,
        Field(description="Of the one document, or of all digests together; null before loading."),
    ]
    recorded_at: Annotated[
        datetime | None, Field(description="When the latest of the documents was recorded.")
    ]
    on: date
