"""The commands of README and docs as a reader pastes them: every `curl`, in its order."""

from __future__ import annotations

import argparse
import re
import shlex
from dataclasses import dataclass, replace
from pathlib import Path
from string import Template
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx

_ROOT = Path(__file__).resolve().parents[1]
README, SPDCI = _ROOT / "README.md", _ROOT / "docs" / "spdci.md"
_COMMENT = re.compile(r"^#   (.+)$", re.MULTILINE)
_BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Curl:
    """One command: where it goes, and what it sends if it sends anything."""

    address: str
    headers: dict[str, str]
    body: str | None
    streams: bool

    @property
    def path(self) -> str:
        """Return the path, without what is asked."""
        return urlsplit(f"//{self.address}").path

    @property
    def query(self) -> dict[str, str]:
        """Return what is asked."""
        return dict(parse_qsl(urlsplit(f"//{self.address}").query))

    def filled(self, **variables: str) -> Curl:
        """Return the command with variables of the shell filled in."""
        return replace(self, address=Template(self.address).safe_substitute(variables))

    async def paste(self, client: httpx.AsyncClient) -> httpx.Response:
        """Do what the command does, at the client's address."""
        if self.body is None:
            return await client.get(self.path, params=self.query, headers=self.headers)
        return await client.post(self.path, content=self.body, headers=self.headers)


def curls(page: Path = README) -> list[Curl]:
    """Read what stands in a page, as the shell does."""
    return [curl for curl, _ in commands_of(page)]


def commands_of(page: Path) -> list[tuple[Curl, list[str]]]:
    """Read the commands of a page, each with the comments on lines of their own behind it."""
    shell = "".join(_BLOCK.findall(page.read_text("utf-8")))
    commands = re.split(r"^curl ", shell, flags=re.MULTILINE)[1:]
    return [(_read(shlex.split(c, comments=True)), _COMMENT.findall(c)) for c in commands]


def _read(words: list[str]) -> Curl:
    options = argparse.ArgumentParser()
    options.add_argument("address")
    options.add_argument("-H", dest="headers", action="append", default=[])
    options.add_argument("-d", dest="body")
    options.add_argument("-N", dest="streams", action="store_true")
    options.add_argument("-o", dest="kept_as")
    options.add_argument("-s", action="store_true")
    options.add_argument("-G", action="store_true")
    options.add_argument("--data-urlencode", dest="asked", action="append", default=[])
    given = options.parse_args(words)
    headers = dict(header.split(": ", 1) for header in given.headers)
    # With `-G` what is to be encoded is asked for in the address.
    asked = urlencode([tuple(each.split("=", 1)) for each in given.asked])
    address = f"{given.address}?{asked}" if asked else given.address
    return Curl(address, headers, given.body, given.streams)
