"""What a caller accepts (RFC 9110 section 12.5.1) and prefers (RFC 7240)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from starlette.requests import Request
from starlette.responses import Response

from shared.http.audit import Endpoint
from shared.http.problems import Problem

_ANYTHING = "*/*"


# A caller says the same each time; what strange ones say is forgotten again.
@lru_cache(maxsize=256)
def chosen(accept: str | None, offered: tuple[str, ...]) -> str | None:
    """Return which of the media types offered a caller likes best; None: it takes none of them.

    Of those it likes alike the first. Who says nothing, or nothing that can be read, takes all.

    >>> chosen("application/json;q=0.5, application/x-ndjson", ("application/json",))
    'application/json'
    >>> chosen("text/*, text/csv;q=0", ("text/csv", "text/html"))
    'text/html'
    >>> chosen("application/xml", ("application/json",)) is None
    True
    >>> chosen("nonsense", ("application/json",))
    'application/json'
    """
    if accept is None or accept == _ANYTHING:
        return offered[0]
    ranges = _ranges(accept)
    best = max(offered, key=lambda media: _quality(ranges, media))
    return best if not ranges or _quality(ranges, best) > 0 else None


def _ranges(accept: str) -> dict[str, float]:
    ranges = {}
    for part in accept.lower().split(","):
        media, *parameters = (each.strip() for each in part.split(";"))
        if media.count("/") == 1:
            ranges[media] = _weight(parameters)
    return ranges


def _weight(parameters: Iterable[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return float(value)
            except ValueError:
                return 1.0
    return 1.0


def _quality(ranges: Mapping[str, float], media: str) -> float:
    """Return the weight of a media type; the range that says most exactly what it is counts."""
    for like in (media, f"{media.partition('/')[0]}/*", _ANYTHING):
        if like in ranges:
            return ranges[like]
    return 0.0


def not_acceptable(offered: Sequence[str]) -> Problem:
    """Return the 406 of a caller that takes nothing of what there is."""
    detail = f"this is answered as {' or '.join(offered)}"
    return Problem(406, "not_acceptable", detail, offered=list(offered))


def negotiated(endpoint: Endpoint, offered: tuple[str, ...]) -> Endpoint:
    """Return an endpoint that refuses who takes nothing of what it answers."""

    async def choosy(request: Request) -> Response:
        accepted = [v for name, v in request.scope["headers"] if name == b"accept"]
        if accepted and chosen(b",".join(accepted).decode("latin-1"), offered) is None:
            raise not_acceptable(offered)
        response = await endpoint(request)
        if len(offered) > 1:
            response.headers.add_vary_header("accept")
        return response

    return choosy


def preferences(headers: Iterable[str]) -> dict[str, str]:
    """Return what a caller prefers, by name; of what is named twice the first counts.

    What cannot be read is as if it had not been sent: RFC 7240 asks for that.

    >>> preferences(['respond-async, Wait = "60"; x=1', "wait=7"])
    {'respond-async': '', 'wait': '60'}
    """
    found: dict[str, str] = {}
    for preference in ",".join(headers).split(","):
        name, _, value = preference.partition(";")[0].partition("=")
        if name.strip():
            found.setdefault(name.strip().lower(), value.strip().strip('"'))
    return found
