"""Named refusals: a stable code, and a sentence that says what to do about it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a request, and where; `status`: the answer if nothing else is."""

    pointer: str
    code: str
    detail: str
    status: int = 422


class DomainError(ValueError):
    """A fact or a question that the rules refuse.

    `code` is stable and snake_case; callers may branch on it. `pointer` names the faulty field as a
    JSON pointer below the item, where there is one.
    """

    def __init__(self, code: str, detail: str, pointer: str = "") -> None:
        """Remember the stable code, the sentence and the field."""
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.pointer = pointer


class PolicyError(DomainError):
    """The law as loaded has a gap, an overlap or an unknown value where one is needed."""


class UnknownArea(DomainError):
    """No administrative unit ever had this code."""

    def __init__(self, code: str) -> None:
        """Name the code that was not found."""
        super().__init__("unknown_area", f"no administrative unit has the code {code!r}")


class AreaNotInForce(DomainError):
    """The unit exists, but not on that day; `successors` are the codes that took it over.

    `nearest_day` is the day closest to it on which the unit is in force.
    """

    def __init__(self, code: str, day: str, successors: tuple[str, ...], nearest_day: str) -> None:
        """Name the unit, the day, where its territory went, and which day to ask with."""
        hint = f"; its territory is now in {', '.join(successors)}" if successors else ""
        when = "until" if nearest_day < day else "from"
        super().__init__(
            "area_not_in_force",
            f"unit {code} is not in force on {day}, it is {when} {nearest_day}: ask with that "
            f"day{hint}",
        )
        self.successors = successors
        self.nearest_day = nearest_day
