"""`/problems`: every `type` of a problem is the address of a page that explains it.

What operations declare is recorded by `make client` from the whole document, as the api answers the
pages of the doors' problems too; `problem_words.yaml` has the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from html import escape
from pathlib import Path
from typing import Annotated, Any

import msgspec
import yaml
from msgspec import Struct
from starlette.responses import Response

from shared.http import problems
from shared.http.ask import Ask
from shared.http.operations import Routes
from shared.http.parameters import PathParameter
from shared.http.problems import Problem, ProblemType, not_found
from shared.http.reading_pages import HTML, answer, page
from shared.kernel.texts import Text

_FOLDER = Path(__file__).parent
RECORDED = _FOLDER / "problem_types.json"
# More operations than these answer it: whoever reads need not know which.
OPERATIONS_MAX = 12


class Declared(Struct, frozen=True):
    """A code as operations declare it under one status; no `operations`: many."""

    status: int
    meanings: list[str]
    operations: list[str]
    example: dict[str, Any]


class _Word(Struct, frozen=True):
    vi: str
    en: str = ""
    status: int = 422
    do: dict[str, str] | None = None


class _Words(Struct, frozen=True):
    statuses: dict[int, dict[str, str]]
    codes: dict[str, _Word | str]


@cache
def _words() -> _Words:
    text = (_FOLDER / "problem_words.yaml").read_text("utf-8")
    return msgspec.convert(yaml.safe_load(text), _Words, strict=False)


@cache
def _declared() -> dict[str, list[Declared]]:
    return msgspec.json.decode(RECORDED.read_bytes(), type=dict[str, list[Declared]])


def codes() -> Sequence[str]:
    """Return every code that has a page."""
    return sorted(_words().codes)


def _word(code: str) -> _Word:
    word = _words().codes[code]
    return _Word(word) if isinstance(word, str) else word


def _meaning(code: str) -> Text:
    word = _word(code)
    said = word.en or "; ".join(
        dict.fromkeys(each for kind in _declared()[code] for each in kind.meanings)
    )
    return Text(f"{said}.", word.vi)


def _kinds(code: str) -> Sequence[Declared]:
    """Return a code by its statuses; what is not declared is shown as a fault of a body."""
    if code in _declared():
        return _declared()[code]
    shown = problems.document(Problem(_word(code).status, code, _meaning(code).en))
    return [Declared(shown["status"], [], [], shown)]


def _both(text: Text) -> str:
    return f'<p>{_marked(text.en)}</p><p lang="vi">{_marked(text.vi)}</p>'


def _marked(text: str) -> str:
    """Return a sentence as HTML, what stands between backticks as code.

    >>> _marked("`a` < b")
    '<code>a</code> &lt; b'
    """
    parts = escape(text, quote=False).split("`")
    return "".join(f"<code>{p}</code>" if at % 2 else p for at, p in enumerate(parts))


def _described(code: str) -> Iterator[str]:
    yield f"<h1><code>{code}</code></h1>"
    yield f'<h2>Meaning · <span lang="vi">Ý nghĩa</span></h2>{_both(_meaning(code))}'
    for kind in _kinds(code):
        do = _word(code).do or _words().statuses[kind.status]
        yield f"<h2>{kind.status} {problems.title(kind.status)}</h2>"
        yield f'<h3>What to do · <span lang="vi">Cần làm gì</span></h3>{_both(Text(**do))}'
        if kind.operations:
            items = "".join(f"<li><code>{escape(each)}</code></li>" for each in kind.operations)
            yield f'<h3>Answered by · <span lang="vi">Ở thao tác</span></h3><ul>{items}</ul>'
        shown = msgspec.json.format(msgspec.json.encode(kind.example), indent=2).decode()
        yield f'<h3>Example · <span lang="vi">Ví dụ</span></h3><pre>{escape(shown)}</pre>'


@cache
def _page(code: str) -> str:
    return page(code, "\n".join(_described(code)))


@cache
def _index() -> str:
    rows = "".join(
        f'<tr><td><a href="{problems.address(code)}"><code>{code}</code></a></td>'
        f"<td>{', '.join(str(kind.status) for kind in _kinds(code))}</td>"
        f"<td>{_both(_meaning(code))}</td></tr>"
        for code in codes()
    )
    head = "<tr><th>code</th><th>status</th><th>Meaning · Ý nghĩa</th></tr>"
    return page("Problems", f"<h1>Problems · Lỗi</h1>{_BEFORE}<table>{head}{rows}</table>")


_BEFORE = _both(
    Text(
        "Every error is `application/problem+json` (RFC 9457). Branch on `code`; `type` is the "
        "address of its page here; `errors` points at every fault of the request.",
        "Mọi lỗi là `application/problem+json` (RFC 9457). Chương trình dựa vào `code`; `type` là "
        "địa chỉ trang giải thích ở đây; `errors` chỉ ra mọi chỗ sai của yêu cầu.",
    )
)


def _no_such_problem() -> Problem:
    return not_found("not_found", "no problem has this code; /problems lists them")


def _read(text: str) -> str:
    if text not in _words().codes:
        raise _no_such_problem()
    return text


Code = Annotated[str, PathParameter(_read, "`code` of the problem.", "event_conflict")]
_SHOWN = "<!doctype html>…"

routes = Routes("service")


@routes.get("/problems", scope=None, answers={HTML: str}, shown=_SHOWN)
async def list_problems(ask: Ask) -> Response:
    """Every problem that is answered, and what it means.

    A page in English and Vietnamese.
    """
    return answer(ask.request, _index())


@routes.get(
    "/problems/{code}",
    scope=None,
    answers={HTML: str},
    problems=[ProblemType("There is no such problem", _no_such_problem())],
    shown=_SHOWN,
)
async def get_problem(ask: Ask, code: Code) -> Response:
    """What a problem means, when it is answered, and what to do.

    The `type` of every problem is such an address. A page in English and Vietnamese.
    """
    return answer(ask.request, _page(code))
