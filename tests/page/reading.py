"""Reads a page as a program: its links, its numbers, and what it would run."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from tests.harness import Registry


class Reading(HTMLParser):
    """What stands in a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.language = ""
        self.links: list[str] = []
        self.loads: list[str] = []
        self.inline: list[str] = []
        self.numbers: dict[str, str] = {}
        self.ids: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        held = dict(attributes)
        if tag == "html":
            self.language = held.get("lang") or ""
        if tag == "a" and held.get("href"):
            self.links.append(held["href"] or "")
        if tag in ("script", "link", "img"):
            self.loads.append(held.get("src") or held.get("href") or "")
        if tag == "data" and held.get("data-name"):
            self.numbers[held["data-name"] or ""] = held.get("value") or ""
        if held.get("id"):
            self.ids.append(held["id"] or "")
        self.inline += [name for name in held if name == "style" or name.startswith("on")]
        if tag == "style" or (tag == "script" and "src" not in held):
            self.inline.append(tag)


async def read(world: Registry, path: str, status: int = 200, **headers: str) -> Reading:
    """Return what a page says; it must be a page."""
    answer = await world.client.get(path, headers={"accept": "text/html", **headers})
    assert answer.status_code == status, (path, answer.status_code, answer.text[:2000])
    assert answer.headers["content-type"].startswith("text/html"), path
    assert "unsafe" not in answer.headers["content-security-policy"]
    return Reading(answer.text)


def written(value: Any) -> str:
    """Write a number of the api as a page's `data` holds it."""
    return "" if value is None else str(value)
