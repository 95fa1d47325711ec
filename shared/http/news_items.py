"""News beside changes of status, as webhooks tell them: what happened to what, to be asked for."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from shared.http.schemas import Instant

FundId = Annotated[str, Meta(description="The fund; `GET /v1/funds/{fund_id}` says more.")]
RecordedAt = Annotated[Instant, Meta(description="When it was committed.")]
EventId = Annotated[UUID, Meta(description="The revision of the fact.")]
Source = Annotated[str, Meta(description="Who posted it.")]
ExternalId = Annotated[str, Meta(description="The sender's id of the fact.")]
Number = Annotated[int, Meta(description="Its number; a higher one corrects it.")]
Withdrawn = Annotated[bool, Meta(description="The revision takes the fact back.")]


class FundNews(Struct, frozen=True):
    """A fund was posted, corrected or withdrawn."""

    fund_id: FundId
    event_id: EventId
    source: Source
    external_id: ExternalId
    revision: Number
    withdrawn: Withdrawn
    recorded_at: RecordedAt


class PaymentNews(Struct, frozen=True):
    """A payment or a return of a line was posted, corrected or withdrawn."""

    fund_id: FundId
    run_id: Annotated[str, Meta(description="The allocation run.")]
    line: Annotated[str, Meta(description="The area's code or the household's id.")]
    household_id: Annotated[str | None, Meta(description="The id; null: an area's line.")]
    kind: Annotated[Literal["paid", "returned"], Meta(description="Which way it moved.")]
    amount_vnd: Annotated[int, Meta(description="Whole đồng.")]
    paid_on: Annotated[date, Meta(description="The day on which the money moved.")]
    event_id: EventId
    source: Source
    external_id: ExternalId
    revision: Number
    withdrawn: Withdrawn
    recorded_at: RecordedAt


class RunNews(Struct, frozen=True):
    """An allocation run ended: `GET /v1/allocation-runs/{run_id}` has what came of it."""

    run_id: Annotated[str, Meta(description="The allocation run.")]
    fund_id: FundId
    state: Annotated[
        Literal["completed", "refused"], Meta(description="Whether it divided the fund.")
    ]
    mode: Annotated[Literal["commit", "preview"], Meta(description="Whether its lines hold money.")]
    supersedes: Annotated[str | None, Meta(description="The run that it replaces; null: none.")]
    recorded_at: RecordedAt


class FindingNews(Struct, frozen=True):
    """A finding was raised, or no longer holds."""

    finding_id: Annotated[UUID, Meta(description="Id, made of what contradicts what.")]
    kind: Annotated[str, Meta(description="As in `GET /v1/findings`.")]
    subject: Annotated[
        str, Meta(description="`fund:ID`, `household:ID`, `area:CODE` or `article:ID`.")
    ]
    article_id: Annotated[UUID | None, Meta(description="The article that it is in.")]
    withdrawn: Annotated[bool, Meta(description="It no longer holds.")]
    recorded_at: RecordedAt


class ExitWindowNews(Struct, frozen=True):
    """The exit window of a household ends soon, or no longer on the day that was told."""

    household_id: Annotated[str, Meta(description="Id of the household.")]
    last_day: Annotated[
        date, Meta(description="Last day of the window: the next day it is `non_poor`.")
    ]
    days_before: Annotated[
        int, Meta(description="At most so many days were left; the days told are policy.")
    ]
    withdrawn: Annotated[bool, Meta(description="It no longer ends on that day.")]
    recorded_at: RecordedAt


ArticleId = Annotated[UUID, Meta(description="`GET /v1/articles/{article_id}` says more.")]


class ArticleNews(Struct, frozen=True):
    """An article was stored, corrected or withdrawn."""

    article_id: ArticleId
    event_id: EventId
    source: Source
    external_id: ExternalId
    revision: Number
    withdrawn: Withdrawn
    recorded_at: RecordedAt


class FiguresNews(Struct, frozen=True):
    """What is read out of an article has changed."""

    article_id: ArticleId
    figures: Annotated[int, Meta(description="How many there are since.")]
    recorded_at: RecordedAt
