"""A web server of a few lines that can do what servers should not, and feeds for it to serve."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html import escape

from services.ingest.feeds.fetching import Fetcher
from services.ingest.feeds.pace import Paces
from services.ingest.feeds.poller import Poller
from tests.harness import Registry, registry

Headers = dict[str, str]


@dataclass
class Asked:
    """One request that came."""

    path: str
    headers: Headers


@dataclass
class Answer:
    """What a path answers; `stall` sends the head and then nothing."""

    body: bytes = b""
    status: int = 200
    headers: Headers = field(default_factory=dict)
    stall: bool = False
    endless: bool = False

    def head(self) -> bytes:
        lines = [f"HTTP/1.1 {self.status} Said"]
        if not self.stall and not self.endless:
            lines.append(f"content-length: {len(self.body)}")
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()


@dataclass
class Web:
    """The pages, by path, and what was asked of them."""

    pages: dict[str, Answer | Callable[[Headers], Answer]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    port: int = 0
    open: int = 0
    most_open: int = 0

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def paths(self) -> list[str]:
        return [each.path for each in self.asked]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        try:
            await self._serve(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self.open -= 1
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in head[1:] if line)
        path = head[0].split(" ")[1]
        self.asked.append(Asked(path, headers))
        page = self.pages.get(path, Answer(status=404))
        answer = page(headers) if callable(page) else page
        writer.write(answer.head() + answer.body)
        await writer.drain()
        while answer.endless:
            writer.write(b" " * 65536)
            await writer.drain()
        if answer.stall:
            await reader.read()


@asynccontextmanager
async def web() -> AsyncIterator[Web]:
    """Serve on a free port of this machine."""
    found = Web()
    server = await asyncio.start_server(found.serve, "127.0.0.1", 0)
    found.port = server.sockets[0].getsockname()[1]
    try:
        yield found
    finally:
        server.close()


@asynccontextmanager
async def polled(
    dsn: str, feeds: Sequence[str], *, hosts: Sequence[str] = (), seconds: float = 2.0
) -> AsyncIterator[tuple[Registry, Poller]]:
    """Run a registry with these feeds, polled by hand, without pauses."""
    async with registry(dsn) as app:
        named = {"feeds": tuple(feeds), "feed_hosts": tuple(hosts)}
        app.change(settings=app.context.settings.model_copy(update=named))
        fetcher = Fetcher(app.clock, Paces(0.0), seconds=seconds, private=True)
        yield app, Poller(app.context, fetcher)
        await fetcher.client.aclose()


def rss(*items: str, language: str = "vi-VN", charset: str = "utf-8") -> bytes:
    text = (
        f'<?xml version="1.0" encoding="{charset}"?><rss version="2.0"><channel>'
        f"<title>Báo</title><language>{language}</language>{''.join(items)}</channel></rss>"
    )
    return text.encode(charset, "xmlcharrefreplace")


def item(number: int, html: str = "<p>Còn <b>2.100</b> hộ nghèo.</p>", **more: str) -> str:
    fields = {
        "guid": f"https://press.example/{number}",
        "link": f"https://press.example/{number}.html",
        "title": f"Tin {number}",
        "pubDate": "Mon, 20 Nov 2023 18:30:00 +0000",
        "description": html,
        **more,
    }
    inner = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in fields.items() if value)
    return f"<item>{inner}</item>"


def atom(*entries: str) -> bytes:
    text = (
        '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom" '
        f'xml:lang="id"><title>Kabar</title><id>urn:feed</id>{"".join(entries)}</feed>'
    )
    return text.encode()


def gzipped(data: bytes) -> Answer:
    return Answer(gzip.compress(data), headers={"content-encoding": "gzip"})
