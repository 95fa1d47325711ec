"""Feeds from a real server, friendly and hostile: each polled on its own, each entry once."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from ipaddress import ip_address
from time import monotonic
from typing import Any

import pytest
import pytest_asyncio

from services.ingest.context import Admission
from services.ingest.feeds.addresses import Hosts, resolve
from services.ingest.feeds.entries import source_of
from services.ingest.feeds.faults import Unfetched
from services.ingest.feeds.fetching import Fetcher
from services.ingest.feeds.pace import Paces
from services.ingest.feeds.pages import decoded
from services.ingest.feeds.poller import ENTRIES_NEW_MAX, Poller
from shared.http.public_addresses import public
from shared.kernel.clock import FrozenClock
from shared.press.store.feeds import FeedState
from shared.settings import Settings
from tests.harness import NOON, Registry, registry
from tests.ingest.items import assessed, fetch
from tests.ingest.web import Answer, Headers, Web, atom, gzipped, item, polled, rss, web
from tests.waiting import STANDSTILL_SECONDS, until

FEED = {"content-type": "application/rss+xml; charset=utf-8"}


@pytest_asyncio.fixture
async def site() -> AsyncIterator[Web]:
    async with web() as found:
        yield found


async def articles(app: Registry) -> list[dict[str, Any]]:
    return await fetch(
        app,
        "SELECT source, external_id, revision, url, language, published_on, title, text "
        "FROM articles ORDER BY title, revision",
    )


async def again(app: Registry, poller: Poller, url: str) -> FeedState:
    """Poll once more, when the feed is due."""
    app.clock.advance(timedelta(days=2))
    state = await poller.poll(url)
    assert state is not None
    return state


async def test_rss_entries_become_articles_and_changed_ones_revisions(dsn: str, site: Web) -> None:
    url = site.url("/rss")
    site.pages["/rss"] = Answer(rss(item(1), item(2)), headers=FEED)
    async with polled(dsn, [url]) as (app, poller):
        state = await poller.poll(url)
        assert state is not None
        assert (state.status, state.entries, state.recorded, state.failures) == ("ok", 2, 2, 0)
        first = (await articles(app))[0]
        assert first["source"] == "feed:127.0.0.1"
        assert first["url"] == "https://press.example/1.html"
        assert (first["language"], first["title"]) == ("vi", "Tin 1")
        assert first["published_on"] == date(2023, 11, 21)  # the day in Viet Nam
        assert first["text"] == "Còn 2.100 hộ nghèo."
        changed = item(1, "<p>Còn 2.200 hộ nghèo.</p>")
        site.pages["/rss"] = Answer(rss(changed, item(2), item(3)), headers=FEED)
        assert (await again(app, poller, url)).recorded == 4
        found = [(a["title"], a["revision"], a["text"]) for a in await articles(app)]
        assert found == [
            ("Tin 1", 1, "Còn 2.100 hộ nghèo."),
            ("Tin 1", 2, "Còn 2.200 hộ nghèo."),
            ("Tin 2", 1, "Còn 2.100 hộ nghèo."),
            ("Tin 3", 1, "Còn 2.100 hộ nghèo."),
        ]


async def test_atom_entries_keep_language_and_plain_text(dsn: str, site: Web) -> None:
    url = site.url("/atom")
    entry = (
        "<entry><id>urn:uuid:1</id><title>Satu</title><updated>2023-11-20T01:00:00Z</updated>"
        '<link href="/satu"/><content type="text">Ada 2.100 &lt;b&gt; keluarga.</content></entry>'
    )
    site.pages["/atom"] = Answer(atom(entry))
    async with polled(dsn, [url]) as (app, poller):
        await poller.poll(url)
        (found,) = await articles(app)
        assert (found["language"], found["text"]) == ("id", "Ada 2.100 <b> keluarga.")
        assert (found["published_on"], found["url"]) == (date(2023, 11, 20), site.url("/satu"))


async def test_an_unchanged_feed_is_asked_for_conditionally(dsn: str, site: Web) -> None:
    url = site.url("/rss")

    def page(headers: Headers) -> Answer:
        known = headers.get("if-none-match") == '"a"' and headers.get("if-modified-since") == "then"
        if known:
            return Answer(status=304)
        return Answer(rss(item(1)), headers={**FEED, "etag": '"a"', "last-modified": "Then"})

    site.pages["/rss"] = page
    async with polled(dsn, [url]) as (app, poller):
        await poller.poll(url)
        state = await again(app, poller, url)
        assert (state.status, state.http_status, state.entries) == ("not_modified", 304, 1)
        assert len(await articles(app)) == 1


async def test_a_restart_keeps_what_is_known(dsn: str, site: Web) -> None:
    url = site.url("/rss")
    site.pages["/rss"] = Answer(rss(item(1)), headers={**FEED, "etag": '"a"'})
    async with polled(dsn, [url]) as (app, poller):
        await poller.poll(url)
    async with polled(dsn, [url]) as (app, poller):
        assert await poller.poll(url) is None  # not due yet
        state = await again(app, poller, url)
        assert site.asked[-1].headers["if-none-match"] == '"a"'
        assert (state.recorded, len(await articles(app))) == (1, 1)


async def test_a_feed_without_its_memory_records_duplicates_only(dsn: str, site: Web) -> None:
    url = site.url("/rss")
    site.pages["/rss"] = Answer(rss(item(1)), headers=FEED)
    async with polled(dsn, [url]) as (app, poller):
        await poller.poll(url)
        async with app.context.database.transaction() as tx:
            await tx.execute("DELETE FROM feeds")
        state = await poller.poll(url)
        assert state is not None
        assert (state.recorded, len(await articles(app))) == (0, 1)


async def test_more_entries_than_one_poll_takes_come_with_the_next(dsn: str, site: Web) -> None:
    url, number = site.url("/rss"), ENTRIES_NEW_MAX + 5
    items = [item(n) for n in range(number)]
    site.pages["/rss"] = Answer(rss(*items), headers={**FEED, "etag": '"a"'})
    async with polled(dsn, [url]) as (app, poller):
        state = await poller.poll(url)
        assert state is not None
        assert (state.recorded, state.etag) == (ENTRIES_NEW_MAX, None)
        state = await again(app, poller, url)
        assert (state.recorded, state.etag) == (number, '"a"')


async def test_headers_and_letters_that_are_none_do_no_harm(dsn: str, site: Web) -> None:
    url = site.url("/rss")
    half = rss(item(1)).replace("nghèo".encode(), b"&#xD800;&#0;\x00 cu\xe1\xbb\x91i")
    site.pages["/rss"] = Answer(half, headers={**FEED, "etag": '"ngh\u00e8o"'})
    async with polled(dsn, [url]) as (app, poller):
        state = await poller.poll(url)
        assert state is not None
        assert (state.status, state.etag) == ("ok", None)
        assert (await articles(app))[0]["text"].startswith("Còn 2.100 hộ")
        assert (await again(app, poller, url)).status == "ok"


BOMB = zlib.compress(b"\0" * 300_000_000, 9)
BAD = {
    "server error": (Answer(status=500), "http_500"),
    "not found": (Answer(status=404), "http_404"),
    "no feed": (Answer(b"<html><p>Hello</html>"), "not_a_feed"),
    "nothing": (Answer(b""), "not_a_feed"),
    "binary": (Answer(bytes(range(256)) * 10), "not_a_feed"),
    "name of a file": (Answer(b"/etc/passwd"), "not_a_feed"),
    "hang": (Answer(stall=True), "timeout"),
    "endless": (Answer(b"<rss>", endless=True), "too_large"),
    "huge": (Answer(b"<rss>" + b" " * 2**21), "too_large"),
    "gzip bomb": (Answer(BOMB, headers={"content-encoding": "gzip"}), "too_large"),
    "broken gzip": (Answer(b"not packed", headers={"content-encoding": "gzip"}), "bad_encoding"),
    "half a gzip": (Answer(BOMB[:50], headers={"content-encoding": "deflate"}), "incomplete"),
    "twice packed": (Answer(BOMB, headers={"content-encoding": "gzip, gzip"}), "bad_encoding"),
    "redirect loop": (Answer(status=302, headers={"location": "/bad"}), "too_many_redirects"),
    "to another host": (
        Answer(status=301, headers={"location": "http://elsewhere.example/rss"}),
        "host_not_allowed",
    ),
    "to a file": (Answer(status=301, headers={"location": "file:///etc/passwd"}), "invalid_url"),
    "to nowhere": (Answer(status=301), "invalid_url"),
    "no HTTP": (Answer(headers={"bad header": "\x00"}), "connection_failed"),
}


async def test_what_is_wrong_is_named_and_waits_longer_each_time(dsn: str, site: Web) -> None:
    url = site.url("/bad")
    async with polled(dsn, [url], seconds=3.0) as (app, poller):
        for failures, (name, (page, code)) in enumerate(BAD.items(), 1):
            site.pages["/bad"] = page
            state = await again(app, poller, url)
            assert (state.status, state.failures) == (code, failures), name
            wait = (state.next_poll_at - app.clock.now()).total_seconds()
            assert wait == min(900 * 2 ** (failures - 1), 86400), name
        assert await articles(app) == []
        site.pages["/bad"] = Answer(rss(item(1)), headers=FEED)
        assert (await again(app, poller, url)).failures == 0
        assert len(await articles(app)) == 1


async def test_broken_xml_gives_what_can_be_read(dsn: str, site: Web) -> None:
    url = site.url("/rss")
    site.pages["/rss"] = Answer(rss(item(1)).replace(b"</rss>", b"<item><title>a & b"))
    async with polled(dsn, [url]) as (app, poller):
        await poller.poll(url)
        assert (await articles(app))[0]["text"] == "Còn 2.100 hộ nghèo."


async def test_a_wrong_charset_costs_letters_not_the_feed(dsn: str, site: Web) -> None:
    url = site.url("/rss")
    latin = rss(item(1, "Còn 2.100 hộ")).replace("ò".encode(), b"\xf2")
    site.pages["/rss"] = Answer(latin, headers={"content-type": "text/xml; charset=no-such"})
    async with polled(dsn, [url]) as (app, poller):
        await poller.poll(url)
        assert "2.100 h" in (await articles(app))[0]["text"]


async def test_a_packed_feed_is_unpacked(dsn: str, site: Web) -> None:
    url = site.url("/rss")
    site.pages["/rss"] = gzipped(rss(item(1)))
    async with polled(dsn, [url]) as (app, poller):
        await poller.poll(url)
        assert len(await articles(app)) == 1


def bomb(kind: str) -> bytes:
    if kind == "laughs":
        names = [f'<!ENTITY a{n} "{f"&a{n - 1};" * 20}">' for n in range(1, 12)]
        kinds = "".join(['<!ENTITY a0 "lol">', *names])
    else:
        kinds = f'<!ENTITY a11 "{"x" * 500_000}">'
    times = 1 if kind == "laughs" else 5000
    text = rss(item(1, "TEXT")).decode().replace("TEXT", "&a11;" * times)
    return text.replace("<rss", f"<!DOCTYPE rss [{kinds}]><rss").encode()


@pytest.mark.parametrize("kind", ["laughs", "blowup"])
async def test_an_entity_bomb_does_not_go_off(dsn: str, site: Web, kind: str) -> None:
    url = site.url("/rss")
    site.pages["/rss"] = Answer(bomb(kind))
    async with polled(dsn, [url]) as (app, poller):
        async with asyncio.timeout(STANDSTILL_SECONDS):
            await poller.poll(url)
        assert all(len(a["text"]) < 1_000_000 for a in await articles(app))


async def test_an_outer_entity_is_not_read(dsn: str, site: Web) -> None:
    url = site.url("/rss")
    text = rss(item(1, "before TEXT after")).decode().replace("TEXT", "&file;")
    outer = f'<!DOCTYPE rss [<!ENTITY file SYSTEM "{site.url("/outer")}">]><rss'
    site.pages["/rss"] = Answer(text.replace("<rss", outer).encode())
    site.pages["/outer"] = Answer(b"secret")
    async with polled(dsn, [url]) as (app, poller):
        await poller.poll(url)
        assert all("secret" not in a["text"] for a in await articles(app))
        assert site.paths() == ["/rss"]


async def test_a_parser_that_hangs_is_killed(dsn: str, site: Web, monkeypatch: Any) -> None:
    monkeypatch.setattr("services.ingest.feeds.reading.read_feed.__defaults__", (2.0,))
    url = site.url("/rss")
    site.pages["/rss"] = Answer(rss(item(1, author="a@" + "a." * 30_000 + "!")))
    async with polled(dsn, [url]) as (_, poller):
        async with asyncio.timeout(STANDSTILL_SECONDS):
            state = await poller.poll(url)
        assert state is not None
        assert state.status == "feed_too_slow"


async def test_a_hanging_feed_keeps_no_other_one_waiting(dsn: str, site: Web) -> None:
    hanging, good = site.url("/hang", "localhost"), site.url("/rss")
    site.pages |= {"/hang": Answer(stall=True), "/rss": Answer(rss(item(1)), headers=FEED)}
    async with polled(dsn, [hanging, good], seconds=10 * STANDSTILL_SECONDS) as (app, poller):
        running = asyncio.create_task(poller.run())
        await until(partial(articles, app))
        assert "/hang" in site.paths()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_an_error_of_one_feed_leaves_the_loop_standing(dsn: str, site: Web) -> None:
    url = site.url("/rss")
    site.pages["/rss"] = Answer(rss(item(1)), headers=FEED)
    async with polled(dsn, [url, "http://broken.example/rss"]) as (app, poller):
        whole = poller.poll

        async def poll(asked: str) -> FeedState | None:
            if "broken" in asked:
                raise RuntimeError("broken")
            return await whole(asked)

        poller.poll = poll  # type: ignore[method-assign]
        running = asyncio.create_task(poller.run())
        await until(partial(articles, app))
        assert not running.done()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_retry_after_is_honoured(dsn: str, site: Web) -> None:
    url = site.url("/rss")
    site.pages["/rss"] = Answer(status=429, headers={"retry-after": "7200"})
    async with polled(dsn, [url]) as (app, poller):
        state = await poller.poll(url)
        assert state is not None
        assert state.status == "http_429"
        assert state.next_poll_at == app.clock.now() + timedelta(seconds=7200)
        assert (await again(app, poller, url)).status == "host_resting"  # by the machine's time
        assert len(site.asked) == 1


async def test_one_request_at_a_time_and_a_pause_between(site: Web) -> None:
    site.pages["/a"] = Answer(b"x")
    fetcher = Fetcher(FrozenClock(NOON), Paces(0.1), private=True)
    hosts, started = Hosts.of_urls([site.url("/a")]), monotonic()
    await asyncio.gather(*(fetcher.get(site.url("/a"), hosts, 10) for _ in range(4)))
    assert monotonic() - started >= 0.3
    assert site.most_open == 1
    await fetcher.client.aclose()


async def test_two_processes_poll_a_feed_once(dsn: str, site: Web) -> None:
    url = site.url("/rss")
    site.pages["/rss"] = Answer(rss(item(1)), headers=FEED)
    async with polled(dsn, [url]) as (app, poller):
        other = Poller(app.context, poller.fetcher)
        found = await asyncio.gather(poller.poll(url), other.poll(url))
        assert [state is None for state in found].count(True) == 1
        assert len(site.asked) == 1


PAGE = "<html><nav>99 hộ</nav><article><p>Cả bài: 3.784 hộ.</p></article></html>"


async def test_the_full_text_comes_from_allowed_hosts_only(dsn: str, site: Web) -> None:
    url = site.url("/rss")
    other = site.url("/page", "localhost")
    site.pages["/rss"] = Answer(
        rss(item(1, link=site.url("/page")), item(2, link=other), item(3)), headers=FEED
    )
    site.pages["/page"] = Answer(PAGE.encode(), headers={"content-type": "text/html"})
    async with polled(dsn, [url], hosts=[f"127.0.0.1:{site.port}"]) as (app, poller):
        await poller.poll(url)
        texts = [a["text"] for a in await articles(app)]
        assert texts == ["Cả bài: 3.784 hộ.", "Còn 2.100 hộ nghèo.", "Còn 2.100 hộ nghèo."]
        await again(app, poller, url)
        # An unchanged entry asks for no page, and a server's rules hold for a day.
        assert site.paths() == ["/rss", "/robots.txt", "/page", "/rss"]


CLOSED = b"User-agent: *\nDisallow: /page\n"
ROBOTS = {
    "closed to all": (Answer(CLOSED), False),
    "closed to us": (Answer(CLOSED.replace(b"*", b"poverty-registry")), False),
    "closed to others": (Answer(CLOSED.replace(b"*", b"badbot")), True),
    "open below": (Answer(CLOSED + b"Allow: /page\n"), True),
    "none": (Answer(status=404), True),
    "failing": (Answer(status=503), False),
    "no rules": (Answer(b"<html>"), True),
}


@pytest.mark.parametrize(("robots", "is_open"), ROBOTS.values(), ids=ROBOTS)
async def test_a_page_that_its_server_closes_is_not_fetched(
    dsn: str, site: Web, robots: Answer, is_open: bool
) -> None:
    url = site.url("/rss")
    site.pages["/rss"] = Answer(rss(item(1, link=site.url("/page"))), headers=FEED)
    site.pages["/page"] = Answer(PAGE.encode(), headers={"content-type": "text/html"})
    site.pages["/robots.txt"] = robots
    async with polled(dsn, [url], hosts=[f"127.0.0.1:{site.port}"]) as (app, poller):
        await poller.poll(url)
        assert ("/page" in site.paths()) is is_open
        text = "Cả bài: 3.784 hộ." if is_open else "Còn 2.100 hộ nghèo."
        assert [a["text"] for a in await articles(app)] == [text]


async def test_a_page_that_fails_is_tried_again(dsn: str, site: Web) -> None:
    url = site.url("/rss")
    site.pages["/rss"] = Answer(rss(item(1, link=site.url("/page"))), headers=FEED)
    site.pages["/page"] = Answer(status=503)
    async with polled(dsn, [url], hosts=[f"127.0.0.1:{site.port}"]) as (app, poller):
        await poller.poll(url)
        site.pages["/page"] = Answer(PAGE.encode())
        await again(app, poller, url)
        await again(app, poller, url)
        found = [(a["revision"], a["text"]) for a in await articles(app)]
        assert found == [(1, "Còn 2.100 hộ nghèo."), (2, "Cả bài: 3.784 hộ.")]


@pytest.mark.parametrize(
    "page",
    [
        Answer(status=404),
        Answer(b"x" * (5 * 2**20 + 1)),
        Answer(b"%PDF", headers={"content-type": "application/pdf"}),
        Answer(b"<script>1</script>", headers={"content-type": "text/html"}),
        Answer(status=302, headers={"location": "http://elsewhere.example/"}),
    ],
)
async def test_a_page_that_is_no_text_leaves_the_summary(dsn: str, site: Web, page: Answer) -> None:
    url = site.url("/rss")
    site.pages |= {"/rss": Answer(rss(item(1, link=site.url("/page"))), headers=FEED)}
    site.pages["/page"] = page
    async with polled(dsn, [url], hosts=[f"127.0.0.1:{site.port}"]) as (app, poller):
        state = await poller.poll(url)
        assert state is not None
        assert len(state.seen) == 1
        assert [a["text"] for a in await articles(app)] == ["Còn 2.100 hộ nghèo."]


async def test_entries_without_text_or_id_do_not_stop_the_others(dsn: str, site: Web) -> None:
    url = site.url("/rss")
    silent = item(1, "<p> </p>", title="")
    nameless = item(2, guid="", link="")
    numbered = item(4, guid="17", pubDate="never", title="Tin <b>4</b>\x01")
    late = item(5, pubDate="Fri, 20 Nov 2093 18:30:00 +0000", link="javascript:alert(1)")
    site.pages["/rss"] = Answer(rss(silent, nameless, item(3), item(3, "x"), numbered, late))
    async with polled(dsn, [url]) as (app, poller):
        state = await poller.poll(url)
        assert state is not None
        assert (state.recorded, state.refused, state.entries) == (3, 1, 4)
        found = [(a["title"], a["published_on"], bool(a["url"])) for a in await articles(app)]
        assert found == [
            ("Tin 3", date(2023, 11, 21), True),
            ("Tin 4", None, True),
            ("Tin 5", None, False),
        ]


async def test_a_full_outbox_is_no_fault_of_the_feed(dsn: str, site: Web) -> None:
    url = site.url("/rss")
    site.pages["/rss"] = Answer(rss(item(1), item(2)), headers=FEED)
    async with polled(dsn, [url]) as (app, poller):
        full = Admission(app.context.database, app.clock, 0)
        await app.post("/v1/household-events", {"events": [assessed()]})
        usual, poller.context = poller.context, replace(poller.context, admission=full)
        state = await poller.poll(url)
        assert state is not None
        assert (state.status, state.failures) == ("store_busy", 0)
        assert state.next_poll_at == app.clock.now() + timedelta(minutes=1)
        poller.context = usual
        assert (await again(app, poller, url)).recorded == 2


async def test_addresses_inside_our_networks_are_never_asked() -> None:
    inside = (
        "127.0.0.1 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0 224.0.0.1 "
        "::1 fe80::1 fd00::1 ::ffff:10.0.0.1 2002:7f00:1:: 64:ff9b::7f00:1 ff02::1"
    )
    assert not any(public(ip_address(each)) for each in inside.split())
    assert all(public(ip_address(each)) for each in ("8.8.8.8", "2606:4700::1111"))
    for host in ("localhost", "127.0.0.1", "[::1]", "2130706433"):
        hosts = Hosts.of_urls([f"http://{host}/"])
        with pytest.raises(Unfetched) as refused:
            await resolve(hosts.target(f"http://{host}/x"), private=False)
        assert refused.value.code in {"private_address", "host_not_found"}


def test_only_named_hosts_and_ports_are_allowed() -> None:
    hosts = Hosts.of_urls(["https://Press.example/rss"])
    for good in ("https://press.example/2", "http://press.example:80/", "https://PRESS.example./"):
        assert hosts.allows(good), good
    for bad in (
        *("https://press.example:8443/", "https://sub.press.example/", "ftp://press.example/"),
        *("https://me@press.example/", "https://press.example@evil.example/", "//press.example/"),
        *("https://press.example.evil.example/", "", "https:///x", "http://[::1", "http://a\x00b/"),
    ):
        assert not hosts.allows(bad), bad


def test_sources_fit_the_door() -> None:
    assert source_of("press.example") == "feed:press.example"
    names = {source_of("a" * n + ".example") for n in (60, 61, 200)}
    assert len(names) == 3
    assert all(len(name) <= 64 for name in names)


def test_pages_are_decoded_by_what_they_say() -> None:
    thai = "ครัวเรือน"
    assert decoded(thai.encode("cp874"), "windows-874") == thai
    assert decoded(b'<meta charset="tis-620">' + thai.encode("tis-620"), None).endswith(thai)
    for strange in ("zlib", "rot13", "unicode_escape", "no-such", "idna"):
        assert decoded(thai.encode(), strange) == thai


@pytest.mark.parametrize("bad", ["ftp://a.example/", "press", "http://me:pw@a.example/", "http://"])
def test_a_feed_that_is_no_web_address_stops_the_start(bad: str) -> None:
    with pytest.raises(ValueError, match="feeds"):
        Settings(feeds=(bad,))


def test_settings_are_words(monkeypatch: Any) -> None:
    monkeypatch.setenv("REGISTRY_FEEDS", "https://a.example/1  https://b.example/2\n")
    monkeypatch.setenv("REGISTRY_FEED_HOSTS", "a.example b.example:8080")
    read = Settings()
    assert read.feeds == ("https://a.example/1", "https://b.example/2")
    assert read.feed_hosts == ("a.example", "b.example:8080")


async def test_the_state_of_every_feed_is_listed(dsn: str, site: Web) -> None:
    urls = [site.url("/rss"), site.url("/bad"), "https://never.example/rss"]
    site.pages["/rss"] = Answer(rss(item(1)), headers=FEED)
    async with polled(dsn, urls) as (app, poller):
        await poller.poll(urls[0])
        await poller.poll(urls[1])
        first = await app.get("/v1/feeds", limit=2)
        rest = await app.get("/v1/feeds", cursor=first["next_cursor"])
        found = {each["url"]: each for each in (*first["items"], *rest["items"])}
        good, bad, never = (found[url] for url in urls)
        assert (good["last_status"], good["entries"], good["recorded"]) == ("ok", 1, 1)
        assert (bad["last_status"], bad["http_status"], bad["failures"]) == ("http_404", 404, 1)
        assert (never["last_polled_at"], never["next_poll_at"]) == (None, None)
        assert rest["next_cursor"] is None


async def test_without_feeds_nothing_is_polled(app: Registry) -> None:
    assert "feeds" not in [named.name for named in app.process.components]
    assert await app.get("/v1/feeds") == {"items": [], "next_cursor": None}


async def test_polls_are_counted(dsn: str, site: Web) -> None:
    async with registry(dsn, feeds=(site.url("/rss"),)) as app:
        (found,) = (n.component for n in app.process.components if n.name == "feeds")
        assert isinstance(found, Poller)
        found.count("poll", "ok", 1)
        found.count("entry", "accepted", 3)
        text = (await app.client.get("/metrics")).text
        assert 'registry_feed_polls_total{outcome="ok"} 1.0' in text
        assert 'registry_feed_entries_total{outcome="accepted"} 3.0' in text
