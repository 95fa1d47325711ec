"""Shapes of answers about findings."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.api.schemas.common import Known, Page, Unit


class Sentences(BaseModel):
    """The sentence in two languages."""

    en: str
    vi: str


class Finding(BaseModel):
    """A contradiction; further fields by kind."""

    model_config = ConfigDict(extra="allow")

    finding_id: UUID
    kind: str
    subject: Annotated[str, Field(description="`fund:ID`, `household:ID` or `article:ID`.")]
    article_id: UUID | None
    area: Unit | None
    raised_at: datetime
    figures: Any = None
    expected: Any = None
    stated: Any = None
    tolerance: Any = None
    explanation: Sentences | None = None


class Findings(Page, Known):
    """A page of findings."""

    items: list[Finding]
