"""`/`: where a person who opens the registry in a browser can go on from."""

from __future__ import annotations

from starlette.responses import HTMLResponse

from shared.http.ask import Ask
from shared.http.operations import Routes

HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "cache-control": "private, no-cache",
}
# Address, Vietnamese, English. Those about Bình Gia answer with numbers once the demo is loaded.
LINKS = (
    ("/docs", "Mọi đường dẫn, có ví dụ và thử được ngay", "Every path, with examples, to be tried"),
    (
        "/v1/areas/181/statistics?as_of=2023-12-31",
        "Thống kê huyện Bình Gia cuối năm 2023",
        "Statistics of Bình Gia district at the end of 2023",
    ),
    (
        "/v1/transitions?area=181&amp;limit=5",
        "Thay đổi tình trạng của các hộ",
        "Changes of the status of households",
    ),
    (
        "/v1/funds/BG-HOUSING-2024",
        "Một nguồn vốn: đã phân bổ, đã chi, đã thu hồi",
        "The money of a fund: allocated, paid, returned",
    ),
    ("/v1/articles", "Các bài báo", "Articles"),
    (
        "/v1/findings?kind=uses_exceed_fund",
        "Điểm bất nhất: chi quá nguồn vốn",
        "Findings: uses that exceed their fund",
    ),
    ("/asyncapi.json", "Thông điệp được công bố", "Messages that are announced"),
    ("/health/ready", "Hệ thống đã sẵn sàng chưa", "Whether the registry is ready"),
)

routes = Routes("service")


@routes.get("/", scope=None, answers={"text/html": str})
async def get_front_page(_: Ask) -> HTMLResponse:
    """Where to go on from, as a page in Vietnamese and English."""
    return HTMLResponse(_PAGE, headers=HEADERS)


def _page() -> str:
    links = "".join(
        f'<li><a href="{address}"><span lang="vi">{vi}</span></a><br>{en}<br>'
        f"<code>{address}</code></li>"
        for address, vi, en in LINKS
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<title>Poverty Registry</title><style>"
        ":root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;"
        "margin:0 auto;padding:1rem}li{margin:0 0 .75rem}code{overflow-wrap:anywhere;opacity:.75}"
        '</style></head><body><h1 lang="vi">Cơ sở dữ liệu giảm nghèo bền vững</h1>'
        f"<p>Poverty Registry</p><ul>{links}</ul></body></html>"
    )


_PAGE = _page()
