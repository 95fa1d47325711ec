"""The file of the keys that personal parts are sealed with; read again when it changes."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from shared.kernel.sealing import Keyring, new_ring, read_ring, written_ring

MODE = 0o600


class KeysUnreadable(Exception):
    """The file of keys is missing or is none; the message is for the person who set it."""


class KeyFile:
    """The keys of an installation in a file; a rotation is seen at the next asking."""

    def __init__(self, path: Path) -> None:
        """It is read when it is first asked for."""
        self.path = path
        self._seen: tuple[int, ...] | None = None
        self._ring: Keyring | None = None

    def ring(self) -> Keyring:
        """Return the keys; KeysUnreadable where the file is missing or is none of ours."""
        try:
            stat = os.stat(self.path)
            seen = stat.st_mtime_ns, stat.st_size, stat.st_ino
            if self._ring is None or seen != self._seen:
                self._ring = read_ring(self.path.read_bytes())
                self._seen = seen
        except FileNotFoundError:
            raise KeysUnreadable(
                f"there is no file of keys {self.path}: `registry persons make-key` or `make "
                "secrets` makes one; REGISTRY_PERSONS_KEY_FILE says where it is"
            ) from None
        except (OSError, ValueError) as error:
            raise KeysUnreadable(f"the file of keys {self.path} cannot be read: {error}") from error
        return self._ring

    def write(self, ring: Keyring) -> None:
        """Put the keys in place at once; nobody but the owner may read them."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self.path.parent, prefix=f".{self.path.name}.")
        with os.fdopen(handle, "wb") as file:
            file.write(written_ring(ring))
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, MODE)
        os.replace(name, self.path)

    def make(self) -> bool:
        """Draw keys if there are none; say whether that was so."""
        if self.path.exists():
            return False
        self.write(new_ring())
        return True
