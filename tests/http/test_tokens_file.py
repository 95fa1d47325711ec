"""Static tokens: whose they are, and that a changed file counts without a restart."""

from __future__ import annotations

import json
import os
import re
from hashlib import sha256
from pathlib import Path

import pytest

from shared.access.caller import Caller
from shared.http.auth import TokensFile


def _write(path: Path, *entries: dict[str, object]) -> None:
    """Put a whole file in place, as `make secrets` does."""
    written = path.with_suffix(".new")
    written.write_text(json.dumps({"tokens": entries}))
    os.replace(written, path)


def _entry(name: str, **others: object) -> dict[str, object]:
    digest = sha256(name.encode()).hexdigest()
    return {"name": name, "token_sha256": digest, "scopes": ["households:read"], **others}


def test_an_entry_says_who_calls(tmp_path: Path) -> None:
    path = tmp_path / "tokens.json"
    _write(path, _entry("a"), _entry("b", area="20", sources=["langson"], purpose="review"))
    tokens = TokensFile(path)
    scopes = frozenset({"households:read"})
    assert tokens.find(b"a") == Caller("a", scopes, client_id="static:a")
    assert tokens.find(b"b") == Caller(
        "b", scopes, "20", frozenset({"langson"}), client_id="static:b", purpose="review"
    )
    assert tokens.find(b"c") is None


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "tokens.json"
    _write(path, _entry("a"))
    tokens = TokensFile(path, look_every_seconds=0)
    _write(path, _entry("b"))
    assert tokens.find(b"a") is None
    assert tokens.find(b"b") is not None


@pytest.mark.parametrize("broken", ["", '{"tokens": [{}]}', '{"tokens": [1]}', None])
def test_a_file_that_cannot_be_read_changes_nobody(tmp_path: Path, broken: str | None) -> None:
    path = tmp_path / "tokens.json"
    _write(path, _entry("a"))
    tokens = TokensFile(path, look_every_seconds=0)
    if broken is None:
        path.unlink()
    else:
        path.write_text(broken)
    assert tokens.find(b"a") is not None
    _write(path, _entry("b"))
    assert (tokens.find(b"a"), tokens.find(b"b") is not None) == (None, True)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"areas": "20"}, "unknown field `areas`"),
        ({"area": 20}, "Expected `str`, got `int` - at `$.tokens[0].area`"),
        ({"area": "20 "}, "area"),
        ({"sources": "langson"}, "Expected `array | null`, got `str`"),
        ({"scopes": "households:read"}, "Expected `array`, got `str`"),
        ({"scopes": ["households:raed"]}, "unknown scopes: households:raed"),
        ({"token_sha256": "00"}, "token_sha256"),
    ],
)
def test_a_slip_of_the_pen_is_no_greater_grant(
    tmp_path: Path, wrong: dict[str, object], said: str
) -> None:
    path = tmp_path / "tokens.json"
    _write(path, _entry("a") | wrong)
    with pytest.raises(ValueError, match=re.escape(said)):
        TokensFile(path)
