"""Facts of the press and of authorities: articles, and official figures to hold them against."""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any, Literal

from msgspec import Meta

from shared.areas.facts import UNIT_REFUSALS, Code, check_unit
from shared.kernel.facts import Checks, Fact, FactKind, Identity, Wakes
from shared.kernel.fields import (
    PRINTABLE,
    QUANTITY,
    TYPE,
    WEB_ADDRESS,
    Day,
    Number,
    PastDay,
    ShortText,
    about,
    read_printed,
)
from shared.law.world import World
from shared.messages import ARTICLE_RECORDED, REFERENCE_FIGURE_RECORDED
from shared.press.html_text import plain_text

Language = Literal["vi", "id", "th", "en"]
Body = Annotated[str, Meta(min_length=1, max_length=6_000_000, pattern=PRINTABLE)]

NextRevision = Annotated[
    Number | None,
    about("The highest counts; by default the next one if the article has changed."),
]


class Article(Fact, frozen=True, kw_only=True, dict=True):
    """One revision of an article; with no `revision`, changed text becomes the next one."""

    type: Annotated[Literal["article"], TYPE] = "article"
    revision: NextRevision = None  # type: ignore[assignment] # numbered here where none is sent
    url: Annotated[
        Annotated[str, Meta(max_length=2000, pattern=WEB_ADDRESS)] | None,
        about("Where it can be read.", vi="Địa chỉ", en="Address"),
    ] = None
    language: Annotated[
        Language | None,
        about(
            "Its language; by default it is recognised.", example="vi", vi="Ngôn ngữ", en="Language"
        ),
    ] = None
    published_on: Annotated[
        PastDay | None,
        about(
            'The day it appeared, which "last year" counts from.',
            example="2024-11-20",
            vi="Ngày đăng",
            en="Published on",
        ),
    ] = None
    title: Annotated[
        Annotated[str, Meta(max_length=1000, pattern=PRINTABLE)] | None,
        about("Its title.", example="Bình Gia giảm nghèo", vi="Tiêu đề", en="Title"),
    ] = None
    text: Annotated[
        Body | None,
        about(
            "Its text, kept as sent; or else `html`.",
            example="Cuối năm 2023, huyện Bình Gia còn 2.100 hộ nghèo, chiếm 14,78%.",
            vi="Nội dung",
            en="Text",
        ),
    ] = None
    html: Annotated[
        Body | None, about("Its page, of which the readable text is kept; or else `text`.")
    ] = None

    @cached_property
    def readable(self) -> str:
        """Return the text to be kept: as sent, or what a reader of the page sees."""
        return self.text if self.text is not None else plain_text(self.html or "")

    def check(self, world: World, checks: Checks) -> None:
        """Refuse two bodies or none, and a slip of the date."""
        if (self.text is None) == (self.html is None):
            checks.refuse("", "text_or_html", "give either text or html")
        if self.published_on and self.published_on > world.today:
            detail = "an article cannot be published in the future"
            checks.refuse("published_on", "in_future", detail)
        if self.html is not None and not self.readable:
            checks.refuse("html", "no_text", "the page holds no text to read")

    def columns(self, world: World) -> dict[str, Any]:
        """Return the text to be read."""
        return {"text": self.readable}


class PublishedFigure(Fact, frozen=True, kw_only=True):
    """What an authority said that a measure of a unit was on a day."""

    type: Annotated[Literal["figure"], TYPE] = "figure"
    area_code: Annotated[
        Code, about("The unit, in force on `on`.", example="181", vi="Mã đơn vị", en="Area code")
    ]
    measure: Annotated[
        ShortText,
        about(
            "What was counted, by the vocabulary of measures.",
            example="poor_households",
            vi="Chỉ tiêu",
            en="Measure",
        ),
    ]
    value: Annotated[
        Decimal,
        QUANTITY,
        about(
            "The number as printed: 2.90 is more exact than 2.9.",
            unit="the measure's unit: households, persons, percent",
            example=2100,
            vi="Giá trị",
            en="Value",
            read=read_printed,
        ),
    ]
    on: Annotated[Day, about("The day that it tells of.", example="2023-12-31", vi="Ngày", en="On")]
    standard: Annotated[
        ShortText | None,
        about(
            "The standard that was applied.",
            law="the standards (`GET /v1/standards`)",
            example="VN-2022-2025",
            vi="Chuẩn nghèo",
            en="Standard",
        ),
    ] = None
    decision_no: Annotated[
        ShortText | None,
        about(
            "Number of the decision that publishes it.",
            example="3345",
            vi="Số quyết định",
            en="Decision no.",
        ),
    ] = None
    preliminary: Annotated[
        bool | None,
        about(
            "A preliminary number can agree with a figure, never contradict one.",
            vi="Sơ bộ",
            en="Preliminary",
        ),
    ] = None

    def check(self, world: World, checks: Checks) -> None:
        """Refuse what the vocabulary, the standards and the map contradict."""
        if self.on > world.today:
            checks.refuse("on", "in_future", "what is to come is no official number yet")
        check_unit(checks, world, self.area_code, self.on)
        checks.attempt("measure", lambda: world.measures.check(self.measure))
        standards = [standard.id for standard in world.policy.standards.items]
        # A first count under a new standard is of a day before it is in force: any one may be.
        if self.standard is not None and self.standard not in standards:
            detail = f"{self.standard!r} is no standard; known are: {', '.join(standards)}"
            checks.refuse("standard", "unknown_standard", detail)

    def columns(self, world: World) -> dict[str, Any]:
        """Return the unit, and that a number is final unless it says otherwise."""
        return {
            "area_id": world.areas.on(self.area_code, self.on).area_id,
            "on_date": self.on,
            "preliminary": bool(self.preliminary),
        }

    def as_kept(self, world: World) -> dict[str, Any]:
        """Return the value as it was printed."""
        return {"value": f"{self.value:f}"}


ARTICLES = FactKind(
    name="articles",
    plural="articles",
    types=(Article,),
    summary="Record articles",
    description="Record news articles; the same article with new text becomes the next revision.",
    columns={
        "article_id": "uuid",
        "url": "text",
        "language": "text",
        "published_on": "date",
        "title": "text",
        "text": "text",
    },
    needed=frozenset({"article_id"}),
    indexes={"article_id": ("article_id",)},
    identity=Identity("article_id", "article"),
    wakes=Wakes(ARTICLE_RECORDED, "article_ids", "article_id"),
    payload=False,
    numbered=True,
    refusals={
        "text_or_html": "Either `text` or `html` is to be given.",
        "in_future": "The day of publication lies in the future.",
        "no_text": "The page holds no readable text.",
    },
)
REFERENCE_FIGURES = FactKind(
    name="reference-figures",
    plural="figures",
    types=(PublishedFigure,),
    summary="Record official figures",
    description="Record official numbers; articles with figures about the same area are checked "
    "again.",
    columns={
        "area_id": "int",
        "measure": "text",
        "value": "numeric",
        "on_date": "date",
        "standard": "text",
        "preliminary": "bool",
    },
    indexes={"area": ("area_id", "on_date")},
    wakes=Wakes(REFERENCE_FIGURE_RECORDED, "event_ids", "event_id"),
    refusals={
        **UNIT_REFUSALS,
        "in_future": "The day lies in the future.",
        "unknown_measure": "The vocabulary has no such measure.",
        "unknown_standard": "No standard has this id.",
        "not_a_decimal": "The value is no exact number.",
        "too_precise": "The value has more than 6 decimals.",
    },
)
