"""The readable text of an HTML page, in one pass that never looks back.

The standard library's parser takes time quadratic in the length of hostile markup: 300 kB of `<a `
hold it for minutes. Here every character is read once, so the size limit of a body bounds the time.
"""

from __future__ import annotations

import re
from html import unescape

_BLOCKS = {"p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "section", "article"}
_CELLS = {"td", "th"}
# Between the cells of a row: by blanks alone the digits of two cells would be one number.
_BESIDE = " | "
# Not text to a reader. What the second set holds is lost to a browser too if it is never closed.
_SKIPPED = {"template", "noscript", "svg"}
_RAW = {"script", "style", "title", "textarea"}
_OPENING = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]*)")
_QUOTE_OR_END = re.compile(r"=\s*([\"'])|>")
_LONG_REFERENCE = re.compile(r"&#[0-9]{8,}|&#[xX][0-9a-fA-F]{8,}")


def plain_text(html: str) -> str:
    """Return the readable text of a page: a line per block, no scripts, no styles."""
    reader = _Page(html)
    reader.read()
    lines = (" ".join(line.split()) for line in "".join(reader.parts).splitlines())
    return "\n".join(line for line in lines if line)


class _Page:
    def __init__(self, html: str) -> None:
        self.html = html
        self.parts: list[str] = []
        self._never_closed: set[str] = set()
        self._row_begun = False

    def read(self) -> None:
        """Collect the text between the tags."""
        place = 0
        while place < len(self.html):
            tag = self.html.find("<", place)
            end = len(self.html) if tag < 0 else tag
            self._text(place, end)
            place = end if tag < 0 else self._markup(tag)

    def _text(self, start: int, end: int) -> None:
        if start < end:
            # A reference of thousands of digits is no character; counting them takes long.
            safe = _LONG_REFERENCE.sub("\ufffd", self.html[start:end])
            # How a row is set in the source is no end of a line.
            self.parts.append(" " if self._row_begun and safe.isspace() else unescape(safe))

    def _markup(self, start: int) -> int:
        """Return the place behind the tag or comment that starts here."""
        opening = _OPENING.match(self.html, start)
        if opening is not None:
            return self._tag(opening[1].lower(), opening[0][1] == "/", opening.end())
        if self.html.startswith("<!--", start):
            return self._after("-->", start + 4)
        if self.html[start + 1 : start + 2] in {"!", "?", "/"}:
            return self._after(">", start + 2)
        self.parts.append("<")
        return start + 1

    def _tag(self, name: str, closing: bool, place: int) -> int:
        if name in _BLOCKS:
            self.parts.append("\n")
        self._row(name, closing)
        end = self._end_of_tag(place)
        if closing or name not in _SKIPPED | _RAW or self.html[end - 2 : end] == "/>":
            return end
        return self._skip(name, end)

    def _row(self, name: str, closing: bool) -> None:
        if name in _CELLS and not closing:
            self.parts.append(_BESIDE if self._row_begun else "")
            self._row_begun = True
        elif name in {"tr", "table"}:
            self._row_begun = False

    def _end_of_tag(self, place: int) -> int:
        while (found := _QUOTE_OR_END.search(self.html, place)) is not None:
            if found[1] is None:
                return found.end()
            place = self._after(found[1], found.end())
        return len(self.html)

    def _skip(self, name: str, place: int) -> int:
        if name in self._never_closed:
            return place
        closing = re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE).search(self.html, place)
        if closing is not None:
            return closing.start()
        self._never_closed.add(name)
        return len(self.html) if name in _RAW else place

    def _after(self, mark: str, place: int) -> int:
        found = self.html.find(mark, place)
        return len(self.html) if found < 0 else found + len(mark)
