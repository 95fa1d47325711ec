"""Signing in: what a person's browser brings back from an issuer, and for how long that counts.

A person is a client like any other system, with scopes, a territory and sources. Law of the matter:
RFC 6749 section 4.1, RFC 7636 (PKCE), RFC 9700.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256

from shared.access.tokens import Claims

# A day at a desk. Grants are looked at with each request, so that a shorter time would protect only
# what stands unlocked.
SESSION_SECONDS = 8 * 3600
# The browser comes back at once; a person may take this long to find the secret.
CODE_SECONDS = 60
ENTERING_SECONDS = 600

_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
# No scheme, no host, and none of what browsers take for a slash.
_OWN_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x20]*")


@dataclass(frozen=True, slots=True)
class Session:
    """A browser that is signed in.

    `form_key` goes with every form: the cookie also goes along with forms of other sites.
    """

    claims: Claims
    form_key: str


def challenge_of(verifier: str) -> str:
    """Return the challenge (S256) that only the holder of a verifier can meet.

    >>> challenge_of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
    'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'
    """
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def is_challenge(text: str) -> bool:
    """Say whether a text can be a challenge."""
    return _CHALLENGE.fullmatch(text) is not None


def own_path(text: str | None) -> str:
    """Return where to go after signing in: a path of ours, never another site.

    >>> own_path("/places/20?lang=en"), own_path("//elsewhere"), own_path("https://elsewhere")
    ('/places/20?lang=en', '/', '/')
    """
    return text if text is not None and _OWN_PATH.fullmatch(text) else "/"
