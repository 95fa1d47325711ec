"""Facts about money: funds, payments of allocation lines, and support without a run.

Law: none (decisions and payments are reported; their rules stand with the ledgers).
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from msgspec import Meta

from shared.areas.facts import UNIT_REFUSALS, Code, check_unit
from shared.households.facts import HouseholdId
from shared.kernel.facts import Checks, Fact, FactKind, Part, Wakes
from shared.kernel.fields import (
    NUMBER_MAX,
    QUANTITY,
    TYPE,
    Day,
    ShortText,
    Vnd,
    Year,
    about,
    name_of,
    quantity_text,
    read_quantity,
)
from shared.law.world import World
from shared.messages import DISBURSEMENT_RECORDED, FUND_RECORDED, MONEY_REVIEW_DUE

FundId = Annotated[str, name_of("A-Za-z0-9._:-")]
RunId = Annotated[str, name_of("A-Za-z0-9._:-")]
# An area's code or a household's id.
Line = Annotated[str, name_of("A-Za-z0-9._:-")]
Paid = Annotated[int, Meta(gt=0, le=NUMBER_MAX)]
MONEY = "vnd"
FUNDS_WRITE = "funds:write"
_PROGRAMS = "the programmes in force (`GET /v1/programs`)"


class Parent(Part, frozen=True, kw_only=True):
    """The line of an allocation run that the fund is made of."""

    run_id: Annotated[RunId, about("The run.", vi="Mã phân bổ gốc", en="Parent run")]
    area_code: Annotated[Code, about("Its line.", vi="Mã đơn vị gốc", en="Parent line")]


class Fund(Fact, frozen=True, kw_only=True):
    """A decision that gives money: how much, for what, and to whom."""

    type: Annotated[Literal["fund"], TYPE] = "fund"
    fund_id: Annotated[
        FundId,
        about(
            "What runs and payments call the fund.",
            example="BG-HOUSING-2024",
            vi="Mã nguồn vốn",
            en="Fund id",
        ),
    ]
    program: Annotated[
        ShortText,
        about(
            "The programme that pays, in force in `year`.",
            law=_PROGRAMS,
            example="NTP-SPR-2021-2025",
            vi="Chương trình",
            en="Programme",
        ),
    ]
    component: Annotated[
        ShortText | None,
        about(
            "Project of the programme.",
            law=_PROGRAMS,
            example="P5",
            vi="Dự án thành phần",
            en="Component",
        ),
    ] = None
    year: Annotated[Year, about("Budget year.", example=2024, vi="Năm ngân sách", en="Year")]
    funding_source: Annotated[
        Literal["central", "local", "mobilised"],
        about(
            "Which budget gives it, or that it was mobilised.",
            example="central",
            vi="Nguồn kinh phí",
            en="Funding source",
        ),
    ]
    area_code: Annotated[
        Code,
        about(
            "The unit that holds the money, in force on `decided_on`.",
            example="181",
            vi="Mã đơn vị",
            en="Holder",
        ),
    ]
    amount_vnd: Annotated[
        Vnd,
        about(
            "The amount; never less than is allocated of it.",
            unit="đồng",
            example=4_000_000_000,
            vi="Số tiền",
            en="Amount",
        ),
    ]
    decided_on: Annotated[
        Day,
        about(
            "The day of the decision.", example="2024-02-01", vi="Ngày quyết định", en="Decided on"
        ),
    ]
    decision_no: Annotated[
        ShortText | None, about("Number of the decision.", vi="Số quyết định", en="Decision no.")
    ] = None
    parent: Annotated[
        Parent | None, about("The line of a run above, if the fund is made of one.")
    ] = None

    def check(self, world: World, checks: Checks) -> None:
        """Refuse what the programmes and the map contradict."""
        if self.decided_on > world.today:
            checks.refuse("decided_on", "in_future", "money is posted once it is decided")
        check_unit(checks, world, self.area_code, self.decided_on)
        checks.attempt("program", lambda: world.programs.check_year(self.program, self.year))
        component = self.component
        if component is not None:
            checks.attempt(
                "component", lambda: world.programs.check_component(self.program, component)
            )

    def columns(self, world: World) -> dict[str, Any]:
        """Return the holder's unit, and the line above."""
        return {
            "area_id": world.areas.on(self.area_code, self.decided_on).area_id,
            "parent_run": self.parent and self.parent.run_id,
            "parent_line": self.parent and self.parent.area_code,
        }


class Disbursement(Fact, frozen=True, kw_only=True):
    """Money that was paid of a line, or came back to it."""

    type: Annotated[Literal["disbursement"], TYPE] = "disbursement"
    run_id: Annotated[
        RunId,
        about("The completed run.", example="BG-HOUSING-2024-1", vi="Mã đợt phân bổ", en="Run"),
    ]
    line: Annotated[
        Line,
        about(
            "Its line: the code of an area or the id of a household.",
            example="LS-06091-000123",
            vi="Dòng phân bổ",
            en="Line",
        ),
    ]
    amount_vnd: Annotated[
        Paid,
        about(
            "The amount; never more than the line has.",
            unit="đồng",
            example=28_000_000,
            vi="Số tiền",
            en="Amount",
        ),
    ]
    paid_on: Annotated[
        Day,
        about("The day of payment or return.", example="2024-05-20", vi="Ngày chi", en="Paid on"),
    ]
    kind: Annotated[
        Literal["paid", "returned"],
        about("Whether it went out or came back.", example="paid", vi="Chi hay thu hồi", en="Kind"),
    ]

    def check(self, world: World, checks: Checks) -> None:
        """Refuse payments to come."""
        if self.paid_on > world.today:
            checks.refuse("paid_on", "in_future", "a payment is posted once it is made")


class SupportRecord(Fact, frozen=True, kw_only=True):
    """What was given to a household, or in an area."""

    type: Annotated[Literal["record"], TYPE] = "record"
    program: Annotated[
        ShortText | None,
        about(
            "The programme that gave it, in force on `on`.",
            law=_PROGRAMS,
            example="FOR-THE-POOR",
            vi="Chương trình",
            en="Programme",
        ),
    ] = None
    kind: Annotated[
        ShortText,
        about(
            "What was given, by the vocabulary of kinds.",
            example="houses_new",
            vi="Loại hỗ trợ",
            en="Kind of support",
        ),
    ]
    quantity: Annotated[
        Decimal,
        QUANTITY,
        about(
            'How much, with at most 6 decimals; a text such as "7.5" is exact too.',
            unit="`unit`",
            example=697,
            vi="Số lượng",
            en="Quantity",
            read=read_quantity,
        ),
    ]
    unit: Annotated[
        ShortText,
        about("A unit of that kind.", example="house", vi="Đơn vị tính", en="Unit"),
    ]
    amount_vnd: Annotated[
        Vnd | None,
        about(
            "What it cost; needed where `unit` is `vnd`.",
            unit="đồng",
            example=40_000_000_000,
            vi="Số tiền",
            en="Amount",
        ),
    ] = None
    fund_id: Annotated[
        FundId | None,
        about(
            "The fund that it was paid from.",
            vi="Mã nguồn vốn",
            en="Fund id",
        ),
    ] = None
    area_code: Annotated[
        Code | None,
        about(
            "Where it was given, if not to one household; in force on `on`.",
            example="51",
            vi="Mã đơn vị",
            en="Area code",
        ),
    ] = None
    household_id: Annotated[
        HouseholdId | None,
        about("Who was given it, if one household.", vi="Mã hộ", en="Household id"),
    ] = None
    on: Annotated[
        Day, about("The day it was given.", example="2023-08-31", vi="Ngày hỗ trợ", en="Given on")
    ]

    def check(self, world: World, checks: Checks) -> None:
        """Refuse what the vocabulary, the programmes and the map contradict."""
        if self.on > world.today:
            checks.refuse("on", "in_future", "support is recorded once it is given")
        program = self.program
        if program is not None:
            checks.attempt("program", lambda: world.programs.check_day(program, self.on))
        checks.attempt("kind", lambda: world.kinds.named(self.kind))
        checks.attempt("unit", lambda: world.kinds.check_unit(self.kind, self.unit))
        if self.unit == MONEY and self.quantity != self.amount_vnd:
            detail = "a quantity in đồng is the amount: give it as amount_vnd too"
            checks.refuse("amount_vnd", "amount_mismatch", detail)
        self._check_place(world, checks)

    def _check_place(self, world: World, checks: Checks) -> None:
        either = "give either area_code or household_id"
        if self.area_code is not None and self.household_id is not None:
            checks.refuse("", "place_ambiguous", either)
        elif self.area_code is None and self.household_id is None:
            checks.refuse("", "place_missing", either)
        if self.area_code is not None:
            check_unit(checks, world, self.area_code, self.on)

    def columns(self, world: World) -> dict[str, Any]:
        """Return the unit, and what the kind supports if a rule supports it too."""
        code = self.area_code
        return {
            "content": world.kinds.named(self.kind).content,
            "area_id": None if code is None else world.areas.on(code, self.on).area_id,
            "on_date": self.on,
        }

    def as_kept(self, world: World) -> dict[str, Any]:
        """Return the quantity in its one way of writing."""
        return {"quantity": quantity_text(self.quantity)}


FUNDS = FactKind(
    name="funds",
    plural="funds",
    types=(Fund,),
    summary="Record funds",
    description="Record funds: money of a programme and year, its holder, the line it is made of.",
    columns={
        "fund_id": "key",
        "program": "text",
        "component": "text",
        "year": "int",
        "funding_source": "text",
        "area_id": "int",
        "amount_vnd": "bigint",
        "decided_on": "date",
        "parent_run": "key",
        "parent_line": "key",
    },
    indexes={"fund": ("fund_id",), "parent": ("parent_run", "parent_line")},
    sparse={"parent": "parent_run"},
    constraints={"amount": "amount_vnd >= 0"},
    wakes=Wakes(FUND_RECORDED),
    lock="funds",
    scope=FUNDS_WRITE,
    composed=True,
    refusals={
        **UNIT_REFUSALS,
        "in_future": "The decision lies in the future.",
        "unknown_program": "No programme is called so.",
        "program_not_in_force": "The programme is not in force in that year.",
        "unknown_component": "The programme has no such component.",
        "unknown_run": "No run is called so.",
        "run_not_committed": "The run is not completed as a commit.",
        "unknown_line": "The run has no such line of an area.",
    },
    conflicts={
        "fund_id_changed": "A revision cannot become another fund.",
        "fund_id_taken": "Another source calls its fund so.",
        "below_allocated": "More is allocated of the fund.",
        "fund_in_use": "Runs were computed with what would change.",
        "run_superseded": "The run above passes nothing on.",
        "exceeds_parent": "The line above has not so much left.",
        "differs_from_parent": "The money of the line above is of another kind.",
    },
)
DISBURSEMENTS = FactKind(
    name="disbursements",
    plural="disbursements",
    types=(Disbursement,),
    summary="Record payments and returns",
    description="Record what was paid of allocation lines, and what came back; never more than "
    "they have.",
    columns={
        "run_id": "key",
        "line": "key",
        "amount_vnd": "bigint",
        "paid_on": "date",
        "kind": "text",
    },
    indexes={"line": ("run_id", "line")},
    constraints={"amount": "amount_vnd > 0", "kind": "kind IN ('paid', 'returned')"},
    wakes=Wakes(DISBURSEMENT_RECORDED),
    lock="lines",
    scope=FUNDS_WRITE,
    refusals={
        "in_future": "The payment lies in the future.",
        "unknown_run": "No run is called so.",
        "unknown_line": "The run has no such line.",
    },
    conflicts={
        "run_not_committed": "The run is not completed as a commit.",
        "run_superseded": "What was paid of a superseded run can only come back.",
        "exceeds_allocation": "More would be paid of the line than it has.",
        "exceeds_payment": "More would come back than was paid.",
    },
)
SUPPORT_RECORDS = FactKind(
    name="support-records",
    plural="records",
    types=(SupportRecord,),
    summary="Record support",
    description="Record support without an allocation run, in money or in kind.",
    columns={
        "program": "text",
        "kind": "text",
        "content": "text",
        "quantity": "numeric",
        "unit": "text",
        "amount_vnd": "bigint",
        "fund_id": "key",
        "area_id": "int",
        "household_id": "key",
        "on_date": "date",
    },
    indexes={"fund": ("fund_id",), "area": ("area_id",), "household": ("household_id",)},
    constraints={"amount": "amount_vnd >= 0", "quantity": "quantity >= 0"},
    wakes=Wakes(MONEY_REVIEW_DUE),
    lock="funds named",
    scope=FUNDS_WRITE,
    refusals={
        **UNIT_REFUSALS,
        "in_future": "The support lies in the future.",
        "unknown_program": "No programme is called so.",
        "program_not_in_force": "The programme is not in force on that day.",
        "unknown_kind": "No kind of support is called so.",
        "unit_not_of_kind": "The kind is not counted in that unit.",
        "amount_mismatch": "A quantity in đồng differs from the amount.",
        "place_ambiguous": "Both a unit and a household are named.",
        "place_missing": "Neither a unit nor a household is named.",
        "not_a_decimal": "The quantity is no exact number.",
        "too_precise": "The quantity has more than 6 decimals.",
        "unknown_fund": "No fund is called so.",
    },
)
