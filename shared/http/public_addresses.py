"""Which addresses are of the internet, and which of our own networks, whatever they are wrapped in.

Who lets others name an address must connect to nothing inside: not to this machine, not to its
neighbours, not to what tells a machine in a cloud its passwords.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, urlsplit

from shared.kernel.errors import DomainError

Address = IPv4Address | IPv6Address

# IPv4 addresses as networks without IPv4 spell them (RFC 6052); the second is for local use alone.
_TRANSLATED = IPv6Network("64:ff9b::/96")
_TRANSLATED_LOCALLY = IPv6Network("64:ff9b:1::/48")
# They look like the internet, and answer a machine of their cloud what nobody else may know.
_METADATA = frozenset(map(IPv4Address, ("168.63.129.16", "192.0.0.192")))


def public(address: Address) -> bool:
    """Say whether an address is one of the internet."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _TRANSLATED:
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
        if address.teredo is not None or address in _TRANSLATED_LOCALLY:
            return False
        if inner is not None:
            return public(inner)
        if address.is_reserved or address.is_site_local:
            return False
    return address.is_global and not address.is_multicast and address not in _METADATA


def literal(host: str) -> Address | None:
    """Return the address that a host is written as, None for a name."""
    try:
        return ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return None


def is_strange(host: str) -> bool:
    """Say whether a host is a number in a form that is no address, as 127.1 or 0x7f000001 are.

    Some programs take them for addresses; nobody who means well writes them.
    """
    last = host.rstrip(".").rpartition(".")[2].lower()
    number = last.isdigit() or (last.startswith("0x") and last[2:].isalnum())
    return number and literal(host) is None


def check_receiver(url: str, *, inside: bool) -> None:
    """Refuse an address that nothing may be sent to; what a name means is asked at each sending.

    `inside`: http and our own networks are allowed.
    """
    parts = _parts(url)
    if parts is None or not parts.hostname or "@" in parts.netloc or "#" in url:
        raise DomainError("invalid_address", "an address has a host, no user and no fragment")
    if parts.scheme != "https" and not (inside and parts.scheme == "http"):
        raise DomainError("not_https", "changes are sent by https alone")
    address = literal(parts.hostname)
    ours = address is not None and not inside and not public(address)
    if ours or is_strange(parts.hostname):
        raise DomainError("private_address", "no address inside private networks")


def _parts(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        return parts if parts.port != 0 else None
    except ValueError:
        return None
