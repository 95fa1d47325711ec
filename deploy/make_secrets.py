"""Write the secrets that docker-compose.yml mounts; `make secrets` runs this.

Every secret is new and random. The directory is closed to everybody but its owner (0700). Inside
it, files that a container reads are 0644: compose mounts a file secret with the owner and mode it
has on the host, and the containers run as users of their own (10001, 999, 472), so 0600 would shut
them out. Nobody else on the host gets past the directory. What no container reads, the operator's
own token, is 0600.

    make_secrets.py                      all of them; refuses when one exists already
    make_secrets.py --force operator     new ones for one group; rotate.sh does it in a live system

The group `persons` is never replaced, not even by --force: without its keys nobody stored can be
read. `registry persons rotate-key` changes them.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import os
import secrets
import sys
import tempfile
from pathlib import Path

DIRECTORY = Path(__file__).resolve().parent / "secrets"
FOR_CONTAINERS = 0o644
FOR_THE_OWNER = 0o600
OPERATOR = "operator"
EXAMPLE = "example-lang-son"
SCOPES = [
    "ingest:write",
    "households:read",
    "persons:read",
    "statistics:read",
    "funds:read",
    "funds:write",
    "articles:read",
    "operations",
]
GROUPS = {
    "postgres": ["postgres_password"],
    "database": ["database_password"],
    "rabbitmq": ["rabbitmq_password", "rabbitmq.conf"],
    "grafana": ["grafana_password"],
    "operator": ["tokens.json", "operator_token"],
    "persons": ["persons.key"],
}


def password() -> str:
    """Return a new password: 256 bits, in letters that need no quoting anywhere."""
    return secrets.token_hex(32)


def rabbitmq_files() -> dict[str, str]:
    """Return the broker's password for its clients, and the same for the broker's first start."""
    secret = password()
    return {
        "rabbitmq_password": secret,
        "rabbitmq.conf": "default_vhost = registry\n"
        "default_user = registry\n"
        f"default_pass = {secret}\n",
    }


def persons_key() -> str:
    """Return the keys of persons, as `registry persons make-key` draws them."""
    key = secrets.token_bytes(32)
    name = hashlib.sha256(key).hexdigest()[:12]
    lookups = base64.b64encode(secrets.token_bytes(32)).decode()
    wrapping = {name: base64.b64encode(key).decode()}
    return json.dumps({"current": name, "wrapping": wrapping, "lookups": lookups}, indent=2) + "\n"


def example() -> dict[str, object]:
    """Return an entry to copy for a client: nobody has the token, so it lets nobody in."""
    return {
        "name": EXAMPLE,
        "token_sha256": hashlib.sha256(secrets.token_bytes(32)).hexdigest(),
        "scopes": ["households:read", "statistics:read"],
        "area": "20",
    }


def operator_files(directory: Path, area: str) -> dict[str, str]:
    """Return the operator's token and the list with its digest; other clients' entries stay."""
    token = secrets.token_urlsafe(32)
    entry = {
        "name": OPERATOR,
        "token_sha256": hashlib.sha256(token.encode()).hexdigest(),
        "scopes": SCOPES,
        "area": area,
    }
    known = directory / "tokens.json"
    others = [example()]
    if known.exists():
        others = json.loads(known.read_text(encoding="utf-8"))["tokens"]
    tokens = [entry, *(other for other in others if other["name"] != OPERATOR)]
    return {
        "tokens.json": json.dumps({"tokens": tokens}, indent=2, ensure_ascii=False) + "\n",
        "operator_token": token,
    }


def make(directory: Path, group: str, area: str) -> dict[str, str]:
    """Return the new content of every file of one group."""
    if group == "rabbitmq":
        return rabbitmq_files()
    if group == "operator":
        return operator_files(directory, area)
    if group == "persons":
        return {"persons.key": persons_key()}
    return {name: password() for name in GROUPS[group]}


def write(path: Path, content: str, mode: int) -> None:
    """Put a whole file in place at once; it is never readable to others before its mode is set."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, mode)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def main(arguments: list[str] | None = None) -> int:
    """Write the secrets asked for; 1 when that would overwrite one."""
    parser = argparse.ArgumentParser(description="Write the secrets of the distributed mode.")
    parser.add_argument(
        "groups", nargs="*", metavar="GROUP", help=f"{', '.join(GROUPS)}; none: all of them"
    )
    parser.add_argument("--force", action="store_true", help="replace secrets that exist")
    parser.add_argument(
        "--directory", type=Path, default=DIRECTORY, help="where (default: secrets/ beside this)"
    )
    parser.add_argument(
        "--area", default="VN", help="area that the operator's token covers (default: VN)"
    )
    options = parser.parse_args(arguments)
    groups: list[str] = options.groups or list(GROUPS)
    if unknown := sorted(set(groups) - set(GROUPS)):
        parser.error(f"unknown group: {', '.join(unknown)}")
    directory: Path = options.directory

    if options.force:
        groups = [group for group in groups if group != "persons"]
    existing = [name for group in groups for name in GROUPS[group] if (directory / name).exists()]
    if existing and not options.force:
        print(f"{directory} already has {', '.join(existing)}: nothing written.", file=sys.stderr)
        print(
            "A running system uses them. To replace some, name their group and add --force;"
            " to add a missing group, name it alone.",
            file=sys.stderr,
        )
        return 1

    directory.mkdir(parents=True, exist_ok=True)
    directory.chmod(0o700)
    for group in groups:
        for name, content in make(directory, group, options.area).items():
            mode = FOR_THE_OWNER if name == "operator_token" else FOR_CONTAINERS
            write(directory / name, content, mode)
    print(f"Secrets are in {directory} (0700).")
    if "operator" in groups:
        print(f"The operator's bearer token is in {directory / 'operator_token'}.")
        print("The server keeps only its digest.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
