"""How documents are answered: signed beside their clocks, or as files in a language."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta
from starlette.responses import Response

from services.api.print.paper import PDF
from shared.http import parameters
from shared.http.ask import PRIVATE, Ask, Known

Language = Literal["vi", "en"]
InLanguage = Annotated[
    Language, parameters.choice(Language, "Language of its headings.").but(default="vi")
]


PAGES = {PDF: Annotated[bytes, Meta(description="The pages.")]}
PDF_SHOWN = "JVBERi0xLjQ="


class Signed(Known, frozen=True):
    """The echoes of a document: what it was known at, and both signed."""

    signature: Annotated[
        str | None,
        Meta(
            description="JWS over the digest and `settled_at`; `/v1/signatures/{signature}` "
            "verifies it. Null: there is no key to sign with."
        ),
    ]

    @classmethod
    def of(cls, ask: Ask) -> Signed:
        """Return the echoes."""
        return cls(ask.known_at, ask.settled, ask.signature)


def own_address(ask: Ask) -> str:
    """Return the address of this registry as the caller asked it, for codes to scan."""
    return str(ask.request.base_url).rstrip("/")


def printed_file(content: bytes, media_type: str, name: str) -> Response:
    """Return a file to be kept by whoever asked, and by nobody between."""
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": PRIVATE}
    return Response(content, 200, headers, media_type=media_type)
