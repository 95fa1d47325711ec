"""Nothing is sent inside: whatever an address is written as, means now, or answers with."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from ipaddress import ip_address
from typing import Any

import pytest
from aiohttp import web

from services.worker.webhooks import receivers
from services.worker.webhooks.receivers import Receivers
from shared.http.public_addresses import is_strange, literal, public
from tests.webhooks.receiver import Received, forever, receiver

INSIDE = (
    *("127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255"),
    *("192.168.1.1", "169.254.169.254", "169.254.170.2", "100.64.0.1", "100.100.100.200"),
    *("168.63.129.16", "192.0.0.192", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255"),
    *("::", "::1", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1", "fec0::1"),
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:a9fe:a9fe", "::127.0.0.1"),
    *("64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::", "2001::1"),
    "2001:db8::1",
)
OUTSIDE = ("8.8.8.8", "203.162.0.1", "2606:4700::1111", "64:ff9b::808:808", "2002:808:808::")


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_is_no_public_one(address: str) -> None:
    assert not public(ip_address(address))


@pytest.mark.parametrize("address", OUTSIDE)
def test_an_address_of_the_internet_is(address: str) -> None:
    assert public(ip_address(address))


@pytest.mark.parametrize(
    "host", ["127.1", "2130706433", "0x7f000001", "0177.0.0.1", "127.0.0.1.0x1", "1.2.3.4.5", "0x"]
)
def test_numbers_that_are_no_address_are_strange(host: str) -> None:
    assert is_strange(host) == (host != "0x")
    assert literal(host) is None


@pytest.fixture
async def careful() -> AsyncIterator[Receivers]:
    async with Receivers(inside=False, seconds=5.0) as made:
        yield made


class Names:
    """What names mean, one meaning after another."""

    def __init__(self, *meanings: str) -> None:
        self.meanings = list(meanings)
        self.asked = 0

    def look_up(self, host: str, port: int, family: int) -> list[Any]:
        self.asked += 1
        meaning = self.meanings.pop(0) if len(self.meanings) > 1 else self.meanings[0]
        return [
            (
                socket.AF_INET6 if ":" in one else socket.AF_INET,
                socket.SOCK_STREAM,
                6,
                "",
                (one, port),
            )
            for one in meaning.split()
        ]


async def test_a_literal_address_inside_is_not_connected_to(careful: Receivers) -> None:
    async with receiver() as mine:
        for host in ("127.0.0.1", "127.1", "2130706433", "[::1]", "[::ffff:127.0.0.1]", "0"):
            reply = await careful.post(f"http://{host}:{mine.port}/", b"{}", {})
            assert (reply.status, reply.taken) == (None, False), host
            assert reply.fault in {"private_address", "invalid_address"}, host
        assert mine.came == []


async def test_a_name_that_means_something_inside_is_not_connected_to(
    careful: Receivers, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with receiver() as mine:
        for meaning in ("127.0.0.1", "8.8.8.8 127.0.0.1", "::1", "169.254.169.254"):
            names = Names(meaning)
            monkeypatch.setattr(receivers, "look_up", names.look_up)
            reply = await careful.post(f"http://hook.example:{mine.port}/", b"{}", {})
            assert reply.fault == "private_address", meaning
            assert names.asked == 1
        assert mine.came == []


async def test_a_name_that_changes_its_meaning_is_checked_each_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The connection goes to what was checked: nobody is asked between check and connection."""
    connected: list[str] = []
    names = Names("192.0.2.7", "127.0.0.1")
    monkeypatch.setattr(receivers, "look_up", names.look_up)

    def checked(address: Any) -> bool:
        connected.append(str(address))
        return str(address) == "192.0.2.7"

    monkeypatch.setattr(receivers, "public", checked)
    async with receiver() as mine, Receivers(inside=False, seconds=0.5) as careful:
        first = await careful.post(f"http://hook.example:{mine.port}/", b"{}", {})
        # Nothing answers at an address of the documentation; but there it went.
        assert first.fault in {"timeout", "connection_failed"}
        assert connected == ["192.0.2.7", "192.0.2.7"], "the name, then the socket itself"
        second = await careful.post(f"http://hook.example:{mine.port}/", b"{}", {})
        assert second.fault == "private_address"
        assert (names.asked, mine.came) == (2, [])


async def test_the_socket_itself_is_refused_where_the_name_was_not(
    careful: Receivers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receivers, "look_up", Names("127.0.0.1").look_up)
    answers = iter((True, False))
    monkeypatch.setattr(receivers, "public", lambda _: next(answers))
    async with receiver() as mine:
        reply = await careful.post(f"http://hook.example:{mine.port}/", b"{}", {})
        assert (reply.fault, mine.came) == ("private_address", [])


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed(status: int) -> None:
    async with receiver() as inside:

        async def elsewhere(_: Received) -> web.Response:
            return web.Response(status=status, headers={"location": inside.url})

        async with receiver(elsewhere) as mine, Receivers(inside=True) as careful:
            reply = await careful.post(mine.url, b"{}", {"webhook-id": "1"})
            assert (reply.status, reply.fault) == (status, "redirected")
            assert (len(mine.came), inside.came) == (1, [])


async def test_a_long_answer_and_a_slow_one_come_to_an_end() -> None:
    async def endless(_: Received) -> web.Response:
        return web.Response(status=200, body=b"x" * 5_000_000)

    async with receiver(endless) as long, receiver(forever) as slow:
        async with Receivers(inside=True, seconds=0.5) as careful:
            assert (await careful.post(long.url, b"{}", {"webhook-id": "1"})).taken
            assert (await careful.post(slow.url, b"{}", {"webhook-id": "1"})).fault == "timeout"


@pytest.mark.parametrize("ends", [False, True])
async def test_of_an_answer_only_the_status_counts(ends: bool, monkeypatch: Any) -> None:
    """A body that never comes, or breaks off, has nothing sent again that was taken."""
    monkeypatch.setattr(receivers, "REST_SECONDS", 0.2)
    done = asyncio.Event()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n" + b"x" * ends)
        await writer.drain()
        if not ends:
            await reader.read()
        writer.close()
        await writer.wait_closed()
        done.set()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server, Receivers(inside=True, seconds=2.0) as careful:
        port = server.sockets[0].getsockname()[1]
        reply = await careful.post(f"http://127.0.0.1:{port}/", b"{}", {})
        await done.wait()
    assert (reply.status, reply.fault) == (200, None)


@pytest.mark.parametrize(
    ("asked", "status", "wait"),
    [
        ("120", 503, 120),
        ("9" * 5000, 503, 6 * 3600),
        ("99999999", 429, 6 * 3600),
        ("120", 500, 0),
        ("soon", 503, 0),
    ],
)
async def test_a_receiver_may_ask_to_be_left_alone(asked: str, status: int, wait: int) -> None:
    async def answer(_: Received) -> web.Response:
        return web.Response(status=status, headers={"retry-after": asked})

    async with receiver(answer) as mine, Receivers(inside=True) as careful:
        reply = await careful.post(mine.url, b"{}", {"webhook-id": "1"})
        assert (reply.status, reply.fault, reply.wait) == (status, "refused", wait)


async def test_nobody_and_no_name_are_faults_of_their_own() -> None:
    async with receiver() as gone:
        url = gone.url
    async with Receivers(inside=True) as careful:
        assert (await careful.post(url, b"{}", {})).fault == "connection_failed"
        nowhere = await careful.post("http://nowhere.invalid/", b"{}", {})
        assert nowhere.fault == "host_not_found"


async def test_names_that_are_long_in_answering_delay_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import threading

    held = threading.Event()

    def look_up(host: str, port: int, family: int) -> list[Any]:
        if host == "slow.example":
            held.wait(30)
        return Names("127.0.0.1").look_up(host, port, family)

    monkeypatch.setattr(receivers, "look_up", look_up)
    async with receiver() as mine, Receivers(inside=True) as careful:
        slow = [
            asyncio.create_task(careful.post(f"http://slow.example:{mine.port}/", b"{}", {}))
            for _ in range(64)
        ]
        await asyncio.sleep(0)
        quick = await careful.post(f"http://quick.example:{mine.port}/", b"{}", {"webhook-id": "1"})
        assert quick.taken
        held.set()
        await asyncio.gather(*slow)
