"""The article of a page: all of its sentences, and nothing of what stands around it."""

from __future__ import annotations

import asyncio

import pytest

from services.ingest.feeds.faults import Unfetched
from services.ingest.feeds.pages import article_of
from shared.press.html_text import plain_text

SENTENCES = [
    "Theo kết quả rà soát cuối năm 2023, huyện có 14.208 hộ, trong đó 2.100 hộ nghèo (14,78%).",
    "So với cuối năm 2022, số hộ nghèo giảm 1.684 hộ; số hộ cận nghèo là 2.686 hộ.",
    "Năm 2024, huyện phấn đấu giảm thêm 4,5% hộ nghèo, tập trung vào các xã khó khăn.",
    "Tổng kinh phí thực hiện là 59,5 tỷ đồng, hỗ trợ nhà ở 40 triệu đồng một hộ cho 258 hộ.",
]
TABLE = (
    "<table><tr><th>Xã</th><th>Hộ nghèo</th><th>Tỷ lệ</th></tr>"
    "<tr><td>Hồng Thái</td><td>123</td><td>456</td></tr></table>"
)
AROUND = ("9.901", "9.902", "9.903", "9.904", "9.905", "9.906")
MENU = "<header><nav><a href='/1'>Trang chủ</a><ul><li>9.901 hộ nghèo</li></ul></nav></header>"
SIDE = "<aside><h3>Đọc nhiều</h3><a href='/2'>Huyện bên còn 9.902 hộ nghèo</a></aside>"
RELATED = "<div class='related'><a href='/3'>Bình Gia: 9.903 hộ thoát nghèo</a></div>"
COMMENTS = (
    "<div id='comments' class='comment-list'><div class='comment'>"
    "<p>Bạn đọc: tôi nghĩ còn 9.904 hộ nghèo, cần xem lại số liệu này cho đúng.</p></div></div>"
)
TEASERS = "".join(
    f"<article class='story'><a href='/{n}'><h3>Tin {n}: 9.905 hộ ở xã Tân Văn được xây nhà mới"
    "</h3></a></article>"
    for n in range(4, 9)
)
FOOT = "<footer><p>Giấy phép số 9.906/GP-BTTTT ngày 1/1/2020</p></footer>"
TITLE = "<h1>Bình Gia giảm nghèo bền vững</h1>"
PARAGRAPHS = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)
CONTENT = "<div class='detail-content'>"
BODIES = {
    "in an article": f"<article>{TITLE}{PARAGRAPHS}</article>{RELATED}{COMMENTS}",
    "beside other things in an article": f"<article>{PARAGRAPHS}{RELATED}{COMMENTS}</article>",
    "beside teasers that are articles": f"{CONTENT}{TITLE}{PARAGRAPHS}</div>{TEASERS}",
    "in a div": f"<div>{CONTENT}{PARAGRAPHS}</div>{RELATED}</div>{COMMENTS}",
    "in divs without paragraphs": "<div><div class='noidung'>"
    + "".join(f"<div>{sentence}</div>" for sentence in SENTENCES)
    + f"</div>{RELATED}</div>{COMMENTS}",
    "in lines of an old page": "<table width='100%'><tr><td><div class='content'>"
    + "<br><br>".join(SENTENCES)
    + f"</div></td></tr></table>{COMMENTS}",
    "in a list": "<div class='entry-content'><ul>"
    + "".join(f"<li>{sentence}</li>" for sentence in SENTENCES)
    + f"</ul></div>{RELATED}{COMMENTS}",
}


def page(body: str) -> str:
    head = "<!doctype html><html><head><title>Bình Gia giảm nghèo bền vững</title></head>"
    return f"{head}<body>{MENU}<main>{body}</main>{SIDE}{FOOT}</body></html>"


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
async def test_all_of_the_article_is_read_and_nothing_around_it(body: str) -> None:
    text = plain_text(await article_of(page(body)))
    assert [sentence for sentence in SENTENCES if sentence not in text] == []
    assert [number for number in AROUND if number in text] == []


async def test_a_table_keeps_its_rows_and_the_cells_of_a_row_apart() -> None:
    text = plain_text(await article_of(page(f"<article>{PARAGRAPHS}{TABLE}</article>")))
    assert text.splitlines()[-2:] == ["Xã | Hộ nghèo | Tỷ lệ", "Hồng Thái | 123 | 456"]
    assert plain_text(f"<p>Trước</p>{TABLE}<p>Sau</p>").splitlines() == [
        "Trước",
        "Xã | Hộ nghèo | Tỷ lệ",
        "Hồng Thái | 123 | 456",
        "Sau",
    ]


async def test_an_article_of_one_sentence_is_read_without_what_is_marked_as_no_part_of_it() -> None:
    """So short a page tells too little to know a list of other articles; it stays in the text."""
    text = plain_text(await article_of(page(f"<article><p>{SENTENCES[0]}</p></article>{RELATED}")))
    assert SENTENCES[0] in text
    assert [n for n in ("9.901", "9.902", "9.906") if n in text] == []


@pytest.mark.parametrize("markup", ["", "<p>", "<" * 1000, "<a " * 200_000, "\ud800"])
async def test_a_page_without_a_text_is_none(markup: str) -> None:
    with pytest.raises(Unfetched, match="no_text"):
        await article_of(markup)


async def test_what_takes_too_long_is_ended() -> None:
    with pytest.raises(Unfetched, match="page_too_slow"):
        await article_of("<div>" * 10, seconds=0.0)
    deep = "<div>" * 100_000 + SENTENCES[0]
    try:
        async with asyncio.timeout(120):
            await article_of(deep)
    except Unfetched as fault:
        assert fault.code in {"no_text", "page_too_slow"}
