"""Entries of feeds: the day on which a newspaper published, and which article it is."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from services.ingest.feeds.dates import day_of
from services.ingest.feeds.entries import canonical_address, entries_of
from services.ingest.feeds.reading import Document

EVENING = date(2026, 11, 28)
FEED = "https://bao.vn/rss"
TODAY = date(2026, 11, 29)

WRITTEN = (
    "Sat, 28 Nov 2026 20:15:00 GMT+7",
    "Sat, 28 Nov 2026 00:30:00 GMT+7",
    "Sat, 28 Nov 2026 20:15:00 UTC+07:00",
    "Sat, 28 Nov 2026 20:15:00 ICT",
    "Sat, 28 Nov 2026 20:15:00 +0700",
    "Sat, 28 Nov 2026 13:15:00 GMT",
    "Sat, 28 Nov 2026 20:15:00",
    "2026-11-28 20:15:00",
    "2026-11-28T20:15:00",
    "2026-11-28T20:15:00+07:00",
    "2026-11-28T13:15:00Z",
    "2026-11-28",
    "28/11/2026 20:15",
    "28/11/2026 20:15:30 GMT+7",
    "20:15 28/11/2026",
    "Thứ Bảy, 28/11/2026, 20:15 (GMT+7)",
    "28-11-2026",
)


@pytest.mark.parametrize("text", WRITTEN)
def test_a_vietnamese_clock_is_read_as_it_is_written(text: str) -> None:
    assert day_of(text, vietnamese=True) == EVENING


def test_elsewhere_a_date_without_a_zone_is_greenwichs() -> None:
    assert day_of("Sat, 28 Nov 2026 20:15:00", vietnamese=False) == date(2026, 11, 29)
    for text in ("never", "", "31/02/2026", "28 Nov", "2026-13-01"):
        assert day_of(text, vietnamese=True) is None


SAME = (
    "http://bao.vn/tin/1?id=7",
    "https://bao.vn/tin/1?id=7",
    "https://www.bao.vn/tin/1?id=7",
    "HTTPS://BAO.VN:443/tin/1?id=7#binh-luan",
    "https://bao.vn/tin/1?utm_source=rss&id=7&utm_medium=feed&fbclid=x",
)


def test_one_page_has_one_name_by_whatever_way() -> None:
    assert len({canonical_address(url) for url in SAME}) == 1
    other = ("https://bao.vn/tin/1", "https://bao.vn/tin/1?id=8", "https://m.bao.vn/tin/1?id=7")
    assert len({canonical_address(url) for url in (*other, SAME[0])}) == 4


def entry(id_: str, link: str, **more: Any) -> dict[str, Any]:
    given = {"title": "Tin", "language": None, "published": None, "body": "a", "plain": True}
    return {"id": id_, "link": link, **given, **more}


def names(*entries: dict[str, Any]) -> list[str]:
    return [e.external_id for e in entries_of(Document("vi", list(entries)), FEED, TODAY)]


def test_the_same_article_under_two_addresses_is_one() -> None:
    assert len(names(*(entry(url, url) for url in SAME))) == 1
    assert len(names(*(entry("", url) for url in SAME))) == 1


def test_an_id_that_articles_share_tells_none_apart() -> None:
    assert len(names(entry("17", "http://bao.vn/a"), entry("17", "http://bao.vn/b"))) == 2
    assert (
        len(
            names(
                entry("http://bao.vn/", "http://bao.vn/a"),
                entry("http://bao.vn/", "http://bao.vn/b"),
            )
        )
        == 2
    )
    first = names(entry("17", "http://bao.vn/a"))
    assert first != names(entry("17", "http://bao.vn/b"))
    assert first == names(entry("17", "https://www.bao.vn/a#x"))
    assert (
        len(names(entry("urn:uuid:1", "http://bao.vn/a"), entry("urn:uuid:1", "http://bao.vn/a")))
        == 1
    )


def test_a_day_to_come_is_a_wrong_clock() -> None:
    document = Document("vi", [entry("", "http://bao.vn/a", dated="30/11/2026 08:00")])
    assert entries_of(document, FEED, TODAY)[0].published_on is None
