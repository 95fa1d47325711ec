"""Forms of ours that change something: who sends one, and that it was made for him."""

from __future__ import annotations

from services.api.access.tokens import read_form
from services.api.page.site import Page
from shared.http.auth import authorize, check_form_key, signed_in_sender

# What a browser says of where a form stood; one that says nothing is no browser of these years.
_OWN_SITE = (None, "same-origin", "none")


async def read_own(page: Page, scope: str) -> dict[str, str]:
    """Return the fields of a form whose sender may use `scope`; he is the page's caller then.

    With authentication off there is no session to hold the form against, and its site is.
    """
    request = page.ask.request
    session = await signed_in_sender(request)
    page.ask.caller = await authorize(request, scope)
    fields = await read_form(request)
    if session is not None or request.headers.get("sec-fetch-site") not in _OWN_SITE:
        check_form_key(session, fields.get("form_key"))
    page.audited = True
    return fields
