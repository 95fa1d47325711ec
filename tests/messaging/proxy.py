"""A TCP proxy in front of a server that can swallow what the server says, or cut the line."""

from __future__ import annotations

import asyncio
from contextlib import suppress


class Proxy:
    """Forwards to `host:port`; `swallow` drops server bytes, `refuse` drops new connections."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self.swallow = False
        self.refuse = False
        self.connections = 0
        self.port = 0
        self._writers: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen on `port`."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Stop listening and cut everything."""
        if self._server:
            self._server.close()
        self.cut()

    def cut(self) -> None:
        """Reset every connection."""
        for writer in list(self._writers):
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.refuse:
            writer.transport.abort()
            return
        self.connections += 1
        there, back = await asyncio.open_connection(*self._target)
        self._writers |= {writer, back}
        await asyncio.gather(self._pump(reader, back, False), self._pump(there, writer, True))
        self._writers -= {writer, back}

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answers: bool
    ) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                if answers and self.swallow:
                    continue
                writer.write(data)
                await writer.drain()
        writer.close()
