"""Who calls: a client with its scopes, its territory, the sources it speaks for, and its purpose.

Made once a request, from a static token or from a signed one; everything that decides what a caller
may see or do is given this and nothing else of the request.
"""

from __future__ import annotations

from dataclasses import dataclass

from shared.areas.tree import COUNTRY

INGEST_WRITE = "ingest:write"
HOUSEHOLDS_READ = "households:read"
PERSONS_READ = "persons:read"
PERSONS_VERIFY = "persons:verify"
STATISTICS_READ = "statistics:read"
FUNDS_READ = "funds:read"
FUNDS_WRITE = "funds:write"
ARTICLES_READ = "articles:read"
OPERATIONS = "operations"
# What each lets a caller do, as documents say it.
MEANT = {
    INGEST_WRITE: "Send household events, area facts, articles and official figures.",
    HOUSEHOLDS_READ: "Read households: status, timeline, events, transitions.",
    PERSONS_READ: "Read what is known of the persons of a household.",
    PERSONS_VERIFY: "Ask whether a citizen is on a list, and nothing else.",
    STATISTICS_READ: "Read counts, rates and movement.",
    FUNDS_READ: "Read funds, allocation runs, payments and support.",
    FUNDS_WRITE: "Send funds, payments and support records; request allocation runs.",
    ARTICLES_READ: "Read articles, their figures and findings.",
    OPERATIONS: "See how the registry itself is doing.",
}
SCOPES = frozenset(MEANT)


@dataclass(frozen=True, slots=True)
class Caller:
    """A client as one request shows it.

    `area` is the unit whose territory it sees, VN everything. `sources` are those in whose name it
    may write, None any. `client_id` is what audit rows and limits go by; `purpose` is what the
    client was let in for.
    """

    name: str
    scopes: frozenset[str]
    area: str = COUNTRY
    sources: frozenset[str] | None = None
    client_id: str = ""
    purpose: str = ""

    @property
    def nationwide(self) -> bool:
        """Say whether the caller sees the whole country."""
        return self.area == COUNTRY

    @property
    def bound(self) -> bool:
        """Say whether anything is outside what the caller may write."""
        return not self.nationwide or self.sources is not None


# With authentication off whoever asks is this one; `NOBODY` asks what needs no token.
ANYBODY = Caller("anybody", SCOPES, client_id="anybody")
NOBODY = Caller("nobody", frozenset(), client_id="nobody")
