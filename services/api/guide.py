"""`/guide`: how to connect, in English and Vietnamese, as it stands in `docs`.

It needs no internet. The same texts are tried by tests, which paste their commands.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated

from markdown_it import MarkdownIt
from markdown_it.token import Token
from starlette.responses import Response

from shared.http.ask import Ask
from shared.http.operations import Routes
from shared.http.parameters import PathParameter
from shared.http.problems import Problem, ProblemType, not_found
from shared.http.reading_pages import HTML, answer, page

_ROOT = Path(__file__).resolve().parents[2]
_FOLDER = _ROOT / "docs" / "guide"
# In the order of the index.
GUIDES = {
    "start": _FOLDER / "start.md",
    "webhooks": _FOLDER / "webhooks.md",
    "access": _FOLDER / "access.md",
    "officials-year": _FOLDER / "officials-year.md",
    "versions": _FOLDER / "versions.md",
    "spdci": _ROOT / "docs" / "spdci.md",
    "changes": _ROOT / "CHANGELOG.md",
}
_NAMES = {path: name for name, path in GUIDES.items()}
_markdown = MarkdownIt("commonmark", {"html": False}).enable("table")


@cache
def _title(name: str) -> str:
    return GUIDES[name].read_text("utf-8").partition("\n")[0].removeprefix("# ")


@cache
def _page(name: str) -> str:
    tokens = _markdown.parse(GUIDES[name].read_text("utf-8"))
    for token in tokens:
        _lead(token.children or [], GUIDES[name].parent)
    return page(_title(name), _markdown.renderer.render(tokens, _markdown.options, {}))


@cache
def _index() -> str:
    links = "".join(f'<li><a href="/guide/{each}">{_title(each)}</a></li>' for each in GUIDES)
    return page("Guide", f"<h1>Guide · Hướng dẫn</h1><ul>{links}</ul>")


def _lead(tokens: list[Token], folder: Path) -> None:
    """Let links between the texts lead from page to page; what is not served is not linked."""
    for token in tokens:
        to = token.attrGet("href")
        if token.type != "link_open" or not isinstance(to, str) or to.startswith(("/", "http")):
            continue
        served = _NAMES.get((folder / to).resolve())
        if served is None:
            del token.attrs["href"]
        else:
            token.attrSet("href", f"/guide/{served}")


def _no_such_guide() -> Problem:
    return not_found("not_found", f"guides: {', '.join(GUIDES)}")


def _read(text: str) -> str:
    if text not in GUIDES:
        raise _no_such_guide()
    return text


Name = Annotated[str, PathParameter(_read, "Which guide.", "webhooks")]
_SHOWN = "<!doctype html>…"

routes = Routes("service")


@routes.get("/guide", scope=None, answers={HTML: str}, shown=_SHOWN)
async def list_guides(ask: Ask) -> Response:
    """The guides that there are.

    Pages in English and Vietnamese.
    """
    return answer(ask.request, _index())


@routes.get(
    "/guide/{name}",
    scope=None,
    answers={HTML: str},
    problems=[ProblemType("There is no such guide", _no_such_guide())],
    shown=_SHOWN,
)
async def get_guide(ask: Ask, name: Name) -> Response:
    """One of the guides.

    Webhooks, access, versions, SPDCI, the change log: pages in English and Vietnamese.
    """
    return answer(ask.request, _page(name))
