"""Rows go into a table as they are, in their order, by the table's own columns."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import uuid4

from shared.households.store.rows import EpisodeRow, TransitionRow
from shared.households.store.timelines import EPISODES, TRANSITIONS
from shared.kernel.database import connect, insert_rows

AT = datetime(2026, 1, 2, tzinfo=UTC)


def episode(household: str, deprived: tuple[str, ...] | None) -> EpisodeRow:
    return EpisodeRow(
        household_id=household,
        valid_from=date(2023, 1, 1),
        valid_to=None,
        status="poor",
        living_standard=None,
        standard="P2022",
        spell_from=date(2023, 1, 1),
        spell_to=None,
        spell_event=uuid4(),
        assessment=None,
        area_id=7,
        area_type="rural",
        ethnic_group="Tày, Nùng",
        deprived=deprived,
        entry=None,
        renumbered_area=None,
        due_on=None,
    )


async def test_rows_come_back_as_they_went_in(dsn: str) -> None:
    rows = [
        episode("none", None),
        episode("empty", ()),
        episode("commas", ("a,b", 'say "so"', "{c}")),
    ]
    database = await connect(dsn, name="test", pool_max=1)
    async with database.transaction() as tx:
        await insert_rows(tx, EPISODES, EpisodeRow._fields, rows, known_from=AT)
        await insert_rows(tx, EPISODES, EpisodeRow._fields, [], known_from=AT)
        stored = await tx.fetch(
            f"SELECT known_from, {', '.join(EpisodeRow._fields)} FROM episodes "
            "ORDER BY household_id DESC"
        )
    await database.close()
    wanted = {row.household_id: row._asdict() for row in rows}
    for row in stored:
        values = wanted.pop(row["household_id"])
        deprived = values["deprived"]
        values["deprived"] = None if deprived is None else list(deprived)
        assert dict(row) == {"known_from": AT, **values}
    assert not wanted


async def test_rows_keep_their_order(dsn: str) -> None:
    names = ("transition_id", *TransitionRow._fields)
    days = [date(2023, 1, day) for day in (9, 3, 27, 1)]
    rows = [
        (uuid4(), *TransitionRow("h", None, None, day, None, "poor", ("poor:newly",), False, None))
        for day in days
    ]
    database = await connect(dsn, name="test", pool_max=1)
    async with database.transaction() as tx:
        await insert_rows(tx, TRANSITIONS, names, rows, recorded_at=AT)
        stored = await tx.fetch("SELECT on_date, movements FROM transitions ORDER BY seq")
    await database.close()
    assert [(row[0], row[1]) for row in stored] == [(day, ["poor:newly"]) for day in days]
