"""The reason codes of the standard, and the three ways in which something is refused.

A message that cannot be taken is refused as a whole (`MessageRefused`, ack status ERR); a header
that is well-formed and wrong is rejected in the answer's header; one search among many in its own
answer. The codes are the standard's (Social Registry 1.0.0); it has no others to say more with, so
the sentence beside a code says what is wrong.
"""

from __future__ import annotations

from typing import Literal

ErrorCode = Literal[
    "err.request.bad",
    "err.request.unauthorized",
    "err.request.forbidden",
    "err.request.not_found",
    "err.request.timeout",
    "err.request.too_many_requests",
    "err.version.not_supported",
    "err.sender_id.invalid",
    "err.sender_uri.invalid",
    "err.receiver_id.invalid",
    "err.signature.missing",
    "err.signature.invalid",
    "err.encryption.invalid",
    "err.service.unavailable",
]
HeaderReason = Literal[
    "rjct.version.invalid",
    "rjct.message_id.duplicate",
    "rjct.message_ts.invalid",
    "rjct.action.invalid",
    "rjct.action.not_supported",
    "rjct.total_count.invalid",
    "rjct.total_count.limit_exceeded",
    "rjct.errors.too_many",
]
SearchReason = Literal[
    "rjct.reference_id.invalid",
    "rjct.reference_id.duplicate",
    "rjct.timestamp.invalid",
    "rjct.search_criteria.invalid",
    "rjct.filter.invalid",
    "rjct.sort.invalid",
    "rjct.pagination.invalid",
    "rjct.search.too_many_records_found",
]
RequestStatus = Literal["rcvd", "pdng", "succ", "rjct"]
AckStatus = Literal["ACK", "NACK", "ERR"]
# So long may the sentence beside a code be.
SENTENCE_MAX = 999

# What an HTTP status says in the standard's words.
OF_STATUS: dict[int, ErrorCode] = {
    401: "err.request.unauthorized",
    403: "err.request.forbidden",
    404: "err.request.not_found",
    408: "err.request.timeout",
    429: "err.request.too_many_requests",
    500: "err.service.unavailable",
    503: "err.service.unavailable",
}


class MessageRefused(Exception):
    """A message that is not taken; `pointer` says where in it the fault is."""

    def __init__(self, code: ErrorCode, detail: str, pointer: str = "") -> None:
        """Remember the code and a sentence that quotes nothing of the message."""
        super().__init__(code)
        self.code: ErrorCode = code
        self.detail = detail
        self.pointer = pointer


class HeaderRejected(Exception):
    """A message whose header is well-formed and wrong: none of its parts is looked at."""

    def __init__(self, code: HeaderReason, detail: str) -> None:
        """Remember the code and a sentence."""
        super().__init__(code)
        self.code: HeaderReason = code
        self.detail = detail


class SearchRejected(Exception):
    """One search that is not done; the others of its message are."""

    def __init__(self, code: SearchReason, detail: str) -> None:
        """Remember the code and a sentence."""
        super().__init__(code)
        self.code: SearchReason = code
        self.detail = detail


def bad_filter(detail: str) -> SearchRejected:
    """Return the rejection of what a search asks for: never is it taken for everything."""
    return SearchRejected("rjct.filter.invalid", detail)
