"""Sealed is what only the right key beside the right owner opens."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from shared.kernel.key_file import KeyFile, KeysUnreadable
from shared.kernel.sealing import (
    SealBroken,
    new_key,
    new_ring,
    read_ring,
    seal,
    unseal,
    written_ring,
)

NAME = "Lý Thị Mẩy".encode()


def test_what_is_sealed_opens_with_its_key_beside_its_owner_and_not_otherwise() -> None:
    key = new_key()
    sealed = seal(key, NAME, b"owner")
    assert NAME not in sealed
    assert unseal(key, sealed, b"owner") == NAME
    assert seal(key, NAME, b"owner") != sealed
    flipped = sealed[:-1] + bytes([sealed[-1] ^ 1])
    for wrong in ((new_key(), sealed, b"owner"), (key, sealed, b"other"), (key, flipped, b"owner")):
        with pytest.raises(SealBroken):
            unseal(*wrong)


def test_a_rotated_ring_opens_what_the_old_one_wrapped_until_the_old_key_goes() -> None:
    ring, key = new_ring(), new_key()
    wrapped = ring.wrap(key, b"owner")
    rotated = ring.rotated()
    assert rotated.current != ring.current
    assert rotated.unwrap(wrapped, b"owner") == key
    assert rotated.digest("use", NAME) == ring.digest("use", NAME)
    with pytest.raises(SealBroken):
        rotated.without_old().unwrap(wrapped, b"owner")


def test_digests_differ_by_use_and_by_installation() -> None:
    ring = new_ring()
    assert ring.digest("identifier", NAME) == ring.digest("identifier", NAME)
    assert ring.digest("identifier", NAME) != ring.digest("likeness", NAME)
    assert ring.digest("identifier", NAME) != new_ring().digest("identifier", NAME)


def test_a_ring_reads_as_it_was_written() -> None:
    ring = new_ring().rotated()
    assert read_ring(written_ring(ring)) == ring


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[]",
        b'"text"',
        b'{"current": "a", "wrapping": {}, "lookups": ""}',
        b'{"current": "a", "wrapping": {"a": "c2hvcnQ="}, "lookups": "c2hvcnQ="}',
    ],
)
def test_what_is_no_file_of_keys_is_refused(text: bytes) -> None:
    with pytest.raises(ValueError, match="key"):
        read_ring(text) if text else read_ring(b'{"keys": 1}')


def test_the_file_is_the_owners_alone_and_read_again_when_it_changes(tmp_path: Path) -> None:
    keys = KeyFile(tmp_path / "deep" / "persons.key")
    with pytest.raises(KeysUnreadable, match="make-key"):
        keys.ring()
    assert keys.make()
    assert not keys.make()
    assert stat.S_IMODE(keys.path.stat().st_mode) == 0o600
    before = keys.ring()
    other = KeyFile(keys.path)
    other.write(before.rotated())
    assert keys.ring().current != before.current
    keys.path.write_text("{}")
    with pytest.raises(KeysUnreadable, match="cannot be read"):
        keys.ring()
