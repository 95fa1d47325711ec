"""That a route is to end: `Deprecation` (RFC 9745), `Sunset` (RFC 8594) and where to go instead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from email.utils import format_datetime

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response

from shared.http import problems
from shared.http.audit import Endpoint

# Promised to callers: what is deprecated is served for so long at least.
NOTICE_MONTHS = 12
POLICY = "/guide/versions"


@dataclass(frozen=True, slots=True)
class Deprecation:
    """Since when a route should no longer be used, when it ends, and what takes its place."""

    since: date
    sunset: date
    successor: str

    def __post_init__(self) -> None:
        """Hold what the policy of versions promises."""
        months = (self.sunset.year - self.since.year) * 12 + self.sunset.month - self.since.month
        if months - (self.sunset.day < self.since.day) < NOTICE_MONTHS:
            raise ValueError(f"a route is served for {NOTICE_MONTHS} months after it is deprecated")

    @property
    def sentence(self) -> str:
        """Return what documents say of it."""
        days = f"Deprecated since {self.since}, not served after {self.sunset}"
        return f"{days}: use `{self.successor}`."

    def marked(self, endpoint: Endpoint) -> Endpoint:
        """Return an endpoint that says so in every answer, refusals too."""

        async def marked(request: Request) -> Response:
            try:
                response = await endpoint(request)
            except Exception as error:
                response = problems.response(problems.of_error(error))
            self._mark(response.headers)
            return response

        return marked

    def _mark(self, headers: MutableHeaders) -> None:
        headers["deprecation"] = f"@{int(_begin(self.since).timestamp())}"
        headers["sunset"] = format_datetime(_begin(self.sunset), usegmt=True)
        headers.append("link", f'<{POLICY}>; rel="deprecation"; type="text/html"')
        headers.append("link", f'<{self.successor}>; rel="successor-version"')


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
