"""What a year-end book holds: its sheets, rows and cells, as they are answered."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta, Struct

from services.api.areas.statistics import AreaName
from shared.households.recognised import Basis
from shared.law.percent import Rate
from shared.law.standards import ListName

RowKind = Literal["total", "urban", "rural", "unit"]
CellName = Literal[
    "start",
    "start_minority",
    "left",
    "form_left",
    "relapsed",
    "newly_arisen",
    "form_newly_arisen",
    "moved_in",
    "moved_out",
    "closed",
    "renumbered_in",
    "renumbered_out",
    "end",
    "end_minority",
]


class Cell(Struct, frozen=True):
    """Households in a cell of the book."""

    households: Annotated[int, Meta(description="How many they are.")]
    rate: Annotated[
        Rate | None, Meta(description="Over all households of the row; null: not known.")
    ]
    href: Annotated[str, Meta(description="The households behind the cell, by id.")]


class OutsideForm(Struct, frozen=True):
    """Flows that the form has no column for: each stands in a column, and in a footnote."""

    moved_in: Annotated[Cell, Meta(description="Moved in on the list; in `newly_arisen`.")]
    moved_out: Annotated[Cell, Meta(description="Moved out on the list; in `left`.")]
    closed: Annotated[Cell, Meta(description="Ended on the list; in `left`.")]
    renumbered_in: Annotated[
        Cell, Meta(description="Went on here under a new id; less `renumbered_out` in a column.")
    ]
    renumbered_out: Annotated[
        Cell, Meta(description="Went on under another id; what is left of both is in a column.")
    ]
    by_standard_left: Annotated[
        int, Meta(description="Of those that left by a review: measured by a new standard.")
    ]
    by_standard_relapsed: Annotated[int, Meta(description="The same of those that came back.")]
    by_standard_newly_arisen: Annotated[int, Meta(description="The same of those newly on it.")]


class FormRow(Struct, frozen=True):
    """A row of the form: start - left + relapsed + newly_arisen = end."""

    kind: Annotated[RowKind, Meta(description="All, town, country, or a unit directly below.")]
    code: Annotated[str, Meta(description="Code of the unit; that of the area in other rows.")]
    name: Annotated[str, Meta(description="Its name in Vietnamese.")]
    base_start: Annotated[
        int | None, Meta(description="All households at the start; null: not known.")
    ]
    base_end: Annotated[int | None, Meta(description="All households at the end; null: not known.")]
    base_minority_end: Annotated[
        int | None, Meta(description="Of those at the end, minorities; null: not known.")
    ]
    start: Annotated[Cell, Meta(description="On the list at the start of the year.")]
    start_minority: Annotated[Cell, Meta(description="Of those, minorities.")]
    left: Annotated[Cell, Meta(description="Column thoát: left by a review, moved out, or ended.")]
    relapsed: Annotated[Cell, Meta(description="Column tái: came back.")]
    newly_arisen: Annotated[
        Cell, Meta(description="Column phát sinh: for the first time, or moved in.")
    ]
    end: Annotated[Cell, Meta(description="On the list at the end of the year.")]
    end_minority: Annotated[Cell, Meta(description="Of those, minorities.")]
    outside_form: Annotated[OutsideForm, Meta(description="What stands in columns of others.")]


class Note(Struct, frozen=True):
    """A footnote of a sheet."""

    code: Annotated[str, Meta(description="Stable; branch on it, such as `closed`.")]
    text_en: Annotated[str, Meta(description="The note in English.")]
    text_vi: Annotated[str, Meta(description="The note in Vietnamese.")]


# Within the class below `list` is a field.
FormRows = list[FormRow]
Notes = list[Note]


class ListForm(Struct, frozen=True):
    """The movement of one list."""

    rows: Annotated[FormRows, Meta(description="Town, country, each unit below, all.")]
    notes: Annotated[Notes, Meta(description="Footnotes of the sheet.")]
    list: Annotated[ListName, Meta(description="The list.")]


class TargetRow(Struct, frozen=True):
    """Target groups of one list at the year's end in one row."""

    list: Annotated[ListName, Meta(description="The list.")]
    kind: Annotated[RowKind, Meta(description="All, town, country, or a unit directly below.")]
    code: Annotated[str, Meta(description="Code of the unit.")]
    name: Annotated[str, Meta(description="Its name in Vietnamese.")]
    households: Annotated[int, Meta(description="On the list.")]
    minority: Annotated[int, Meta(description="Of minorities.")]
    no_labour_capacity: Annotated[int, Meta(description="Of those stated unable to work.")]
    merit_member: Annotated[int, Meta(description="With a member stated to have merits.")]
    persons: Annotated[int, Meta(description="Persons in them, as far as reviews say.")]
    size_unknown: Annotated[int, Meta(description="Households whose size no review says.")]
    undecided: Annotated[int, Meta(description="Whose review in force states no decision.")]


class IndicatorRow(Struct, frozen=True):
    """Listed households that lack one thing at the year's end."""

    standard: Annotated[str, Meta(description="Id of the poverty standard.")]
    code: Annotated[str, Meta(description="Code of the indicator in the standard.")]
    name_en: Annotated[str, Meta(description="Its name in English.")]
    name_vi: Annotated[str, Meta(description="Its name in Vietnamese.")]
    poor: Annotated[int, Meta(description="Poor households that lack it.")]
    poor_rate: Annotated[Rate | None, Meta(description="Of all poor households.")]
    near_poor: Annotated[int, Meta(description="Near-poor households that lack it.")]
    near_poor_rate: Annotated[Rate | None, Meta(description="Of all near-poor households.")]


class ListedBy(Struct, frozen=True):
    """Listed households of one ethnic group, or of one stated cause, at the year's end."""

    name: Annotated[str | None, Meta(description="As facts state it; null: none stated.")]
    poor: Annotated[int, Meta(description="Poor households.")]
    near_poor: Annotated[int, Meta(description="Near-poor households.")]


class YearEnd(Struct, frozen=True):
    """The year-end book of an area."""

    area: Annotated[AreaName, Meta(description="The unit that was counted.")]
    year: Annotated[int, Meta(description="The year.")]
    basis: Annotated[Basis, Meta(description="By figures, or by what was recognised.")]
    start_on: Annotated[
        date,
        Meta(
            description="`start` is counted at the end of this day: of the year before, or the "
            "first day of a standard that begins with the year."
        ),
    ]
    end_on: Annotated[date, Meta(description="`end` is counted at the end of this day.")]
    preliminary: Annotated[bool, Meta(description="The year's last day has not passed yet.")]
    lists: Annotated[list[ListForm], Meta(description="Movement of the poor and near-poor lists.")]
    target_groups: Annotated[list[TargetRow], Meta(description="Target groups by row.")]
    indicators: Annotated[list[IndicatorRow], Meta(description="By indicator.")]
    ethnic_groups: Annotated[list[ListedBy], Meta(description="By ethnic group.")]
    causes: Annotated[
        list[ListedBy],
        Meta(description="By cause, as reviews state it; a household counts for each of its own."),
    ]
    legal_basis: Annotated[tuple[str, ...], Meta(description="The forms that this follows.")]
    digest: Annotated[str, Meta(description="SHA-256 of the book without this field, as JSON.")]
