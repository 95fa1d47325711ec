"""The two clocks of this registry in a header's `meta`, which the standard leaves open."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec

from shared.spdci.envelope import Instant, MessageHeader
from shared.spdci.reasons import MessageRefused


def read_clocks(header: MessageHeader) -> tuple[date | None, datetime | None]:
    """Return the day and the instant of knowledge that a header names."""
    return _read(header.meta, "as_of", date), _read(header.meta, "known_at", Instant)


def _read(meta: Any, name: str, kind: Any) -> Any:
    value = meta.get(name) if isinstance(meta, dict) else None
    if value is None:
        return None
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise MessageRefused("err.request.bad", str(error), f"/header/meta/{name}") from None
