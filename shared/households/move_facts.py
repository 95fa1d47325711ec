"""Facts about moves to come: a receiving unit asks for a household, the unit where it is refuses.

Whoever has the household answers by sending the move, which is a household event like any other.

Law: none (who sends a move is the owner's decision).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from shared.areas.facts import Code
from shared.households.facts import HouseholdId
from shared.kernel.facts import Checks, Fact, FactKind, Identity
from shared.kernel.fields import OWN_ID, TYPE, Day, ShortText, about
from shared.law.world import World

RequestId = Annotated[str, OWN_ID]


class MoveRequest(Fact, frozen=True, kw_only=True):
    """A unit says that a household lives in it now, and asks whoever has it to send the move."""

    type: Annotated[Literal["request"], TYPE] = "request"
    household_id: Annotated[
        HouseholdId,
        about(
            "The household, by the id that it says it has; nothing tells whether there is one.",
            example="LS-06091-000123",
            vi="Mã hộ",
            en="Household id",
        ),
    ]
    area_code: Annotated[
        Code,
        about(
            "The commune that it has come to, in force on `effective_from`.",
            example="06112",
            vi="Mã xã nơi đến",
            en="Code of the receiving commune",
        ),
    ]
    effective_from: Annotated[
        Day,
        about(
            "The day from which it lives there.",
            example="2026-02-01",
            vi="Ngày chuyển đến",
            en="Arrived on",
        ),
    ]
    remark: Annotated[
        ShortText | None,
        about("What tells the asked unit whom it is about.", vi="Ghi chú", en="Remark"),
    ] = None

    def check(self, world: World, checks: Checks) -> None:
        """Refuse what is no commune on that day."""
        checks.attempt(
            "area_code", lambda: world.areas.commune_on(self.area_code, self.effective_from)
        )

    def columns(self, world: World) -> dict[str, Any]:
        """Return the commune that asks."""
        unit = world.areas.commune_on(self.area_code, self.effective_from)
        return {"area_id": unit.area_id}


MOVE_REQUESTS = FactKind(
    name="move-requests",
    plural="requests",
    types=(MoveRequest,),
    summary="Ask for moves of households",
    description="Ask the unit where a household is for its move to another commune. The answer is "
    "the same whether there is such a household or not; who has it sees the request in "
    "`GET /v1/move-requests`, and sends the move or refuses it (`/v1/move-refusals`).",
    columns={
        "request_id": "uuid",
        "area_id": "int",
        "household_id": "key",
        "effective_from": "date",
    },
    indexes={"household": ("household_id",), "request": ("request_id",), "area": ("area_id",)},
    needed=frozenset({"request_id"}),
    identity=Identity("request_id", "move-request"),
    asks=True,
    composed=True,
    refusals={
        "unknown_area": "No unit ever had this code, or it is none of the caller's.",
        "area_not_in_force": "The commune is not in force on that day; `detail` names successors.",
        "area_not_commune": "The code is of a district, a province or a waiting room.",
    },
)


class MoveRefusal(Fact, frozen=True, kw_only=True):
    """Who has the household says why it will not send the move."""

    type: Annotated[Literal["refusal"], TYPE] = "refusal"
    request_id: Annotated[
        RequestId,
        about(
            "The request, as `/v1/move-requests` names it.",
            example="3d0f5a1e-7b2c-5e46-9f80-1a2b3c4d5e6f",
            vi="Mã đề nghị",
            en="Request id",
        ),
    ]
    refused_on: Annotated[
        Day,
        about(
            "The day of the refusal, not in the future.",
            example="2026-02-10",
            vi="Ngày từ chối",
            en="Refused on",
        ),
    ]
    reason: Annotated[
        Literal["lives_here", "lives_elsewhere", "other_household", "documents_missing"],
        about(
            "Why: it never left, it went to another place, the id is of another household, or what "
            "the move needs is missing.",
            example="lives_here",
            vi="Lý do từ chối",
            en="Reason for refusal",
        ),
    ]
    remark: Annotated[
        ShortText | None, about("What the asker should know.", vi="Ghi chú", en="Remark")
    ] = None

    def check(self, world: World, checks: Checks) -> None:
        """Refuse days to come."""
        if self.refused_on > world.today:
            checks.refuse("refused_on", "in_future", "nothing is refused in the future")

    def columns(self, world: World) -> dict[str, Any]:
        """Return the request's id as the store has it."""
        return {"request_id": UUID(self.request_id)}


MOVE_REFUSALS = FactKind(
    name="move-refusals",
    plural="refusals",
    types=(MoveRefusal,),
    summary="Refuse moves that were asked for",
    description="Say why a move that was asked for will not be sent; for the unit where the "
    "household is, or one above it.",
    columns={"request_id": "uuid", "refused_on": "date", "reason": "text"},
    indexes={"request": ("request_id",)},
    lock="requests named",
    composed=True,
    refusals={
        "invalid_format": "A field has another form.",
        "in_future": "A day lies in the future.",
        "unknown_request": "No such request, or its household is not in the caller's area.",
    },
)
