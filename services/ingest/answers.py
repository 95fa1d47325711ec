"""What ingest answers, as types: receipts, imports, feeds."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from shared.http.schemas import Instant
from shared.kernel.receipts import State

_EVENT_ID = "uuid5 of (door, source, external_id, revision): a retry gets the same one."


class FactReceipt(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The answer to one posted fact."""

    external_id: Annotated[str, Meta(description="As posted.", examples=["2023/06091/000123"])]
    revision: Annotated[int, Meta(ge=1, description="As posted, or as it was given.")]
    event_id: Annotated[UUID, Meta(description=_EVENT_ID)]
    outcome: Annotated[
        Literal["accepted", "duplicate"],
        Meta(description="Whether it is new; an equal repeat is a duplicate."),
    ]
    article_id: Annotated[
        UUID | None, Meta(description="The article over all of its revisions; articles only.")
    ] = None
    request_id: Annotated[
        UUID | None,
        Meta(description="The request over all of its revisions; requests for moves only."),
    ] = None


class Receipts(Struct, frozen=True, kw_only=True):
    """The answer to a request that is stored, all of it."""

    accepted: Annotated[int, Meta(ge=0, description="How many facts are new.")]
    duplicates: Annotated[int, Meta(ge=0, description="How many were stored already.")]
    receipts: Annotated[list[FactReceipt], Meta(description="One a fact, in the order posted.")]


class ImportNotice(Struct, frozen=True):
    """What the sender should know of a file although nothing was refused for it."""

    code: Annotated[str, Meta(description="Stable name.", examples=["hidden_rows"])]
    detail: Annotated[str, Meta(description="In English.")]
    detail_vi: Annotated[str, Meta(description="In Vietnamese.")]


_NOTICES = "What was read unseen or not read: hidden rows and columns, sheets without a header."


class ImportResult(Struct, frozen=True, kw_only=True):
    """The answer to a stream or a file: good rows are stored, bad ones kept to be mended."""

    import_id: Annotated[
        UUID, Meta(description="Under which `/v1/imports/{import_id}` tells more.")
    ]
    accepted: Annotated[int, Meta(ge=0, description="Rows that are new facts.")]
    duplicates: Annotated[int, Meta(ge=0, description="Rows that were stored already.")]
    rejected: Annotated[int, Meta(ge=0, description="Rows that were refused.")]


class FileResult(ImportResult, frozen=True, kw_only=True):
    """The answer to a file."""

    rows_read: Annotated[
        int, Meta(ge=0, description="Accepted, duplicates and rejected; blank ones left out.")
    ]
    notices: Annotated[list[ImportNotice], Meta(description=_NOTICES)]


class ImportState(FileResult, frozen=True, kw_only=True):
    """How far an import has got: rows_read = accepted + duplicates + rejected."""

    kind: Annotated[str, Meta(description="The kind of fact.", examples=["household-events"])]
    filename: Annotated[str | None, Meta(description="The file's name; null of a stream.")]
    dry_run: Annotated[bool, Meta(description="True: only checked, nothing stored.")]
    state: Annotated[
        Literal["running", "completed", "interrupted"],
        Meta(description="`interrupted`: the sender or the store went away; send it all again."),
    ]
    started_at: Annotated[Instant, Meta(description="When it began.")]
    ended_at: Annotated[Instant | None, Meta(description="When it ended; null while it runs.")]


class ReceiptState(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of an accepted fact."""

    event_id: Annotated[UUID, Meta(description=_EVENT_ID)]
    door: Annotated[str, Meta(description="The kind of fact.", examples=["household-events"])]
    state: Annotated[
        State,
        Meta(
            description="`processed`: every effect is committed, and seen by every later request; "
            "`quarantined`: put aside after repeated failure, see `reason`."
        ),
    ]
    recorded_at: Annotated[Instant, Meta(description="When it was committed.")]
    reason: Annotated[str | None, Meta(description="Why it is quarantined.")] = None


class RunAccepted(Struct, frozen=True, kw_only=True):
    """The answer to a request for an allocation run."""

    run_id: Annotated[str, Meta(description="As requested.")]
    state: Annotated[
        Literal["pending", "completed", "refused"], Meta(description="How far the run has got.")
    ]
    requested_at: Annotated[Instant, Meta(description="When it was first requested.")]
    duplicate: Annotated[bool, Meta(description="True: the same request was stored before.")]


class PolledFeed(Struct, frozen=True, kw_only=True):
    """How the polling of a configured feed is going; null: never polled."""

    url: Annotated[str, Meta(description="As configured in REGISTRY_FEEDS.")]
    last_polled_at: Annotated[Instant | None, Meta(description="When the last poll began.")]
    last_status: Annotated[
        str | None, Meta(description="`ok`, `not_modified`, or the code of what went wrong.")
    ]
    http_status: Annotated[int | None, Meta(description="What its server answered.")]
    entries: Annotated[int, Meta(ge=0, description="Entries in the feed at the last good poll.")]
    recorded: Annotated[int, Meta(ge=0, description="Articles stored of it so far.")]
    refused: Annotated[int, Meta(ge=0, description="Entries that the door refused so far.")]
    failures: Annotated[int, Meta(ge=0, description="Failed polls in a row.")]
    next_poll_at: Annotated[Instant | None, Meta(description="When it is due again.")]


class PolledFeeds(Struct, frozen=True, kw_only=True):
    """The feeds, in order of their addresses."""

    items: Annotated[list[PolledFeed], Meta(description="The feeds of this page.")]
    next_cursor: Annotated[str | None, Meta(description="Of the next page; null: there is none.")]
