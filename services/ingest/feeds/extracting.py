"""Finds the article in a page, as a program of its own: HTML comes in on stdin, HTML goes out.

Which part of a page is its article is guessed by trafilatura, over a stranger's markup and with
libraries in C; run by `apart.py`, this process is killed when it takes too long. It imports nothing
of the registry.
"""

from __future__ import annotations

import sys
from contextlib import suppress

from trafilatura import extract

CPU_SECONDS = 15
MEMORY_BYTES = 1024**3
# Never the article, on however short a page; there the library would take all that it finds.
_BESIDE = ["//nav", "//aside", "//footer"]


def main() -> None:
    """Read a page from stdin and write its article to stdout; nothing, if there is none."""
    _limit()
    page = sys.stdin.buffer.read().decode("utf-8", "replace")
    sys.stdout.buffer.write(article_of(page).encode("utf-8", "replace"))


def _limit() -> None:
    # Not every system has every limit; the deadline of whoever started us holds on all of them.
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


def article_of(page: str) -> str:
    """Return the article of a page as plain HTML: headings, paragraphs, lists and tables."""
    article = extract(
        page,
        output_format="html",
        include_comments=False,
        include_tables=True,
        include_links=False,
        include_images=False,
        prune_xpath=_BESIDE,
    )
    return article or ""


if __name__ == "__main__":
    main()
