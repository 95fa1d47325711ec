"""SVG written element by element, escaped where it is written, and styled by classes only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture; `key` is its name in addresses, `summary` what it says in a sentence."""

    key: str
    caption: str
    summary: str
    svg: str


def element(name: str, *content: str, **attributes: object) -> str:
    """Return an element; `class_` is `class`, `stroke_width` is `stroke-width`."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_written(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    inner = "".join(content)
    return f"<{name}{written}>{inner}</{name}>" if inner else f"<{name}{written}/>"


def label(text: object, **attributes: object) -> str:
    """Return a text at a place."""
    return element("text", escape(str(text)), **attributes)


def hint(text: object) -> str:
    """Return what is shown when a pointer rests on the element that it stands in."""
    return element("title", escape(str(text)))


def picture(
    key: str,
    caption: str,
    summary: str,
    size: tuple[float, float],
    content: Iterable[str],
    *,
    of_links: bool = False,
) -> Drawing:
    """Return a picture that says in words what it shows; one of links is a group, not an image."""
    width, height = size
    names = f"{key}-title {key}-summary"
    svg = element(
        "svg",
        element("title", escape(caption), id=f"{key}-title"),
        element("desc", escape(summary), id=f"{key}-summary"),
        *content,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {_written(width)} {_written(height)}",
        role="group" if of_links else "img",
        aria_labelledby=names,
        class_="drawing map" if of_links else "drawing",
    )
    return Drawing(key, caption, summary, svg)


def _written(value: object) -> str:
    """Write coordinates to a tenth: more makes the page heavy and shows nowhere."""
    if isinstance(value, float):
        return f"{value:.1f}".removesuffix(".0")
    return str(value)
