"""What is known of households: status on a day, timelines, events and lists, on both clocks.

Each read asks the current episodes, and for an instant of the past also those closed since: two
halves of one `UNION ALL`, because each half has a partial index of its own. What one household is
asked for comes from one statement, which is its own snapshot.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, get_args
from uuid import UUID

from msgspec import Struct

from shared.households.events import Assessed
from shared.households.recognised import Basis
from shared.households.store.feed import COLUMNS, Transition
from shared.households.store.households import read_event
from shared.kernel.database import Snapshot
from shared.law.standards import AreaType, LivingStandard, Status

_HELD = (
    "household_id, valid_from, valid_to, status, living_standard, standard, spell_from, spell_to, "
    "spell_event, assessment, area_id, area_type, ethnic_group, deprived, entry, renumbered_area"
)


def known(where: str, at: str | None, basis: Basis = "computed") -> str:
    """Return the SQL of the episodes that meet `where`, as known at the parameter `at` (None: now).

    Both are text of this package, never of a caller. By what was recognised the second timeline of
    those that have one stands in place of the first.
    """
    return " UNION ALL ".join(parts(where, at, basis))


def parts(where: str, at: str | None, basis: Basis = "computed") -> list[str]:
    """Return the same as selections that have nothing in common."""
    if basis == "computed":
        return _halves(where, at)
    return [
        *_halves(f"{where} AND household_id NOT IN ({_differing(at)})", at),
        *_halves(where, at, "recognised_episodes"),
    ]


def _halves(where: str, at: str | None, table: str = "episodes") -> list[str]:
    current = f"SELECT {_HELD} FROM {table} WHERE known_to IS NULL AND {where}"
    if at is None:
        return [current]
    past = (
        f"SELECT {_HELD} FROM {table} "
        f"WHERE known_to IS NOT NULL AND known_to > {at} AND known_from <= {at} AND {where}"
    )
    return [f"{current} AND known_from <= {at}", past]


def _differing(at: str | None) -> str:
    """Return the SQL of the households whose recognised timeline differs from the computed one."""
    held = "known_to IS NULL"
    if at is not None:
        held = f"known_from <= {at} AND (known_to IS NULL OR known_to > {at})"
    return f"SELECT household_id FROM recognised_episodes WHERE {held}"


def differing(where: str, at: str | None, basis: Basis) -> str:
    """Return the SQL of the same, of those households alone of which `basis` makes a difference."""
    if basis == "recognised":
        return " UNION ALL ".join(_halves(where, at, "recognised_episodes"))
    return " UNION ALL ".join(_halves(f"{where} AND household_id IN ({_differing(at)})", at))


def _received(at: str | None) -> str:
    """Return the SQL that says whether any event of the household had been received."""
    if at is None:
        return "EXISTS (SELECT 1 FROM household_events v WHERE v.household_id = $1)"
    return (
        "EXISTS (SELECT 1 FROM household_events v JOIN recordings r USING (recording_id) "
        f"WHERE v.household_id = $1 AND r.recorded_at <= {at})"
    )


def _unfolded(at: str | None) -> str:
    """Return the SQL of the instant of the oldest fact of the household that is not yet folded.

    How far folding has got is known of the present only: of an instant of the past it is null.
    """
    if at is not None:
        return "NULL::timestamptz"
    return """(
        SELECT min(r.recorded_at)
        FROM (SELECT DISTINCT source, external_id FROM household_events WHERE household_id = $1) f
        JOIN household_events v USING (source, external_id) JOIN recordings r USING (recording_id)
        WHERE r.recorded_at > coalesce(
            (SELECT folded_through FROM households WHERE household_id = $1), '-infinity'))"""


class Spell(Struct, frozen=True):
    """An unbroken stretch in one status; `until` is the first day after it."""

    since: date
    until: date | None
    status: Status
    living_standard: LivingStandard | None
    standard: str
    event_id: UUID


def _spells(at: str | None, basis: Basis = "computed") -> str:
    """Return the SQL of a household's spells in order, rebuilt from its episodes."""
    own = "household_id = $1 AND spell_from IS NOT NULL AND status <> 'closed'"
    held = known(own, at, basis=basis)
    return (
        "ARRAY(SELECT ROW(spell_from, spell_to, status, living_standard, standard, spell_event) "
        f"FROM (SELECT DISTINCT ON (spell_from) * FROM ({held}) h ORDER BY spell_from) d "
        "ORDER BY spell_from)"
    )


class Standing(Struct, frozen=True):
    """What holds of a household on a day, and `at`, the instant of the last commit visible.

    The status is None before the first assessment, the area before the first placing. A closed
    household's `since` is the day it ended. `unfolded_since` is when the oldest fact was recorded
    that has no part in this yet.
    """

    status: Status | None
    living_standard: LivingStandard | None
    standard: str | None
    since: date | None
    until: date | None
    spell_event: UUID | None
    area_id: int | None
    area_type: AreaType | None
    ethnic_group: str | None
    assessment: Assessed | None
    at: datetime
    spells: Sequence[Spell] = ()
    unfolded_since: datetime | None = None


# Behind every sign of an id that a door takes.
ID_END = "\x7f"
SINCE = "CASE WHEN s.status = 'closed' THEN s.valid_from ELSE s.spell_from END"
_HOLDS = "valid_from <= $2 AND (valid_to IS NULL OR valid_to > $2)"
_ON_DAY = f"household_id = $1 AND {_HOLDS}"


def _status(at: str | None, spells: str, basis: Basis) -> str:
    return f"""
        SELECT CASE WHEN s.household_id IS NULL THEN {_received(at)} ELSE true END,
            s.status, s.living_standard, s.standard, {SINCE}, s.spell_to, s.spell_event,
            s.area_id, s.area_type, s.ethnic_group, k.at,
            e.event_id, e.source, e.external_id, e.effective_from, e.payload, {spells},
            {_unfolded(at)}
        FROM knowledge_clock k
        LEFT JOIN ({known(_ON_DAY, at, basis=basis)}) s ON true
        LEFT JOIN household_events e ON e.event_id = s.assessment
    """


_STATUS = {
    (past, spells, basis): _status(at, _spells(at, basis) if spells else "NULL", basis)
    for past, at in ((False, None), (True, "$3"))
    for spells in (False, True)
    for basis in get_args(Basis)
}


async def status(
    snapshot: Snapshot,
    household_id: str,
    as_of: date,
    known_at: datetime | None,
    *,
    spells: bool = False,
    basis: Basis = "computed",
) -> Standing | None:
    """Return what holds of a household on a day, with its spells of all days if asked for.

    None: no event of the household was ever received.
    """
    past = known_at is not None
    row = await snapshot.fetchrow(
        _STATUS[past, spells, basis], household_id, as_of, *((known_at,) if past else ())
    )
    if row is None or not row[0]:
        return None
    event_id, source, external_id, effective_from, payload = row[11:16]
    assessment = None
    if event_id is not None:
        origin = event_id, source, external_id, "assessed", household_id, effective_from
        event = read_event((*origin, payload))
        assessment = event if isinstance(event, Assessed) else None
    spans = [Spell(*each) for each in row[16] or ()]
    return Standing(*(*row[1:10], assessment, row[10], spans, row[17]))


class Timeline(Struct, frozen=True):
    """A household over time, and where it is now known to live on a day.

    `unfolded_since` is when the oldest fact was recorded that has no part in this yet.
    """

    area_id: int | None
    closed_on: date | None
    spells: Sequence[Spell]
    transitions: Sequence[Transition]
    at: datetime
    unfolded_since: datetime | None = None


# Where a household lives decides who may see it: as known now, whatever instant is asked about.
_LIVES = (
    "(SELECT area_id FROM episodes WHERE known_to IS NULL AND household_id = $1 "
    "AND valid_from <= $2 AND (valid_to IS NULL OR valid_to > $2))"
)


def _timeline(at: str | None, basis: Basis) -> str:
    published = "retracted_at IS NULL"
    if at is not None:
        published = f"recorded_at <= {at} AND (retracted_at IS NULL OR retracted_at > {at})"
    closed = known("household_id = $1 AND status = 'closed'", at, basis=basis)
    return f"""
        SELECT {_received(at)}, {_LIVES}, (SELECT min(valid_from) FROM ({closed}) c),
            {_spells(at, basis)},
            ARRAY(SELECT ROW({COLUMNS}) FROM transitions
                WHERE household_id = $1 AND retracts IS NULL AND {published}
                ORDER BY on_date, seq),
            k.at, {_unfolded(at)}
        FROM knowledge_clock k
    """


_TIMELINES = {
    (past, basis): _timeline(at, basis)
    for past, at in ((False, None), (True, "$3"))
    for basis in get_args(Basis)
}


async def timeline(
    snapshot: Snapshot,
    household_id: str,
    day: date,
    known_at: datetime | None,
    basis: Basis = "computed",
) -> Timeline | None:
    """Return a household's spells, future ones too, and the transitions that stood published.

    None: no event of the household had been received.
    """
    past = known_at is not None
    row = await snapshot.fetchrow(
        _TIMELINES[past, basis], household_id, day, *((known_at,) if past else ())
    )
    if row is None or not row[0]:
        return None
    spells = [Spell(*each) for each in row[3]]
    return Timeline(row[1], row[2], spells, [Transition(*each) for each in row[4]], *row[5:])


_SPELLS_AT = {basis: f"SELECT {_spells('$2', basis)}" for basis in get_args(Basis)}


async def spells(
    snapshot: Snapshot, household_id: str, known_at: datetime, basis: Basis
) -> list[Spell]:
    """Return a household's spells as known at an instant."""
    rows = await snapshot.fetchval(_SPELLS_AT[basis], household_id, known_at)
    return [Spell(*each) for each in rows]


async def placed(
    snapshot: Snapshot, household_id: str, day: date, known_at: datetime | None
) -> tuple[bool, int | None]:
    """Return whether any event of the household had been received, and where it now lives."""
    at = None if known_at is None else "$3"
    row = await snapshot.fetchrow(
        f"SELECT {_received(at)}, {_LIVES}",
        household_id,
        day,
        *(() if known_at is None else (known_at,)),
    )
    return (False, None) if row is None else (row[0], row[1])


class Received(Struct, frozen=True):
    """One revision as it was received; `payload` as posted, without its personal parts."""

    event_id: UUID
    source: str
    external_id: str
    revision: int
    type: str
    withdrawn: bool
    payload: dict[str, Any]
    recorded_at: datetime


async def events(
    snapshot: Snapshot,
    household_id: str,
    known_at: datetime | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Received]:
    """Return every revision received about a household, in the order of system time.

    A withdrawal may name no household: it belongs to that of the revisions it withdraws.
    """
    rows = await snapshot.fetch(
        """
        WITH keys AS (
            SELECT DISTINCT k.source, k.external_id
            FROM household_events k JOIN recordings s USING (recording_id)
            WHERE k.household_id = $1 AND ($2::timestamptz IS NULL OR s.recorded_at <= $2))
        SELECT e.event_id, e.source, e.external_id, e.revision, e.type, e.withdrawn, e.payload,
            r.recorded_at
        FROM keys JOIN household_events e USING (source, external_id)
        JOIN recordings r USING (recording_id)
        WHERE (e.household_id = $1 OR e.household_id IS NULL)
            AND ($2::timestamptz IS NULL OR r.recorded_at <= $2)
            AND ($3::timestamptz IS NULL OR (r.recorded_at, e.event_id) > ($3, $4::uuid))
        ORDER BY r.recorded_at, e.event_id LIMIT $5
        """,
        household_id,
        known_at,
        after[0] if after else None,
        after[1] if after else None,
        limit,
    )
    return [Received(*row) for row in rows]


# What comes first of a list.
_FIRST = 'ORDER BY household_id COLLATE "C" LIMIT $2'


def _first(where: str, at: str | None, basis: Basis) -> str:
    """Return the SQL of the first `$2` of these episodes by the bytes of their ids.

    Each part is cut off by itself, and all where the first one ends if that is full: the history
    of every household behind the place would else be read for each page.
    """
    current, *others = parts(where, at, basis)
    if not others:
        return f"{current} {_FIRST}"
    end = f"""household_id COLLATE "C" <= (
        SELECT CASE WHEN count(*) < $2 THEN '{ID_END}' ELSE max(household_id COLLATE "C") END
        FROM first)"""
    bounded = " UNION ALL ".join(f"({part} AND {end} {_FIRST})" for part in others)
    return f"""
        WITH first AS MATERIALIZED ({current} {_FIRST})
        SELECT * FROM first UNION ALL {bounded}"""


class Listed(Struct, frozen=True):
    """A household in a list; `reviewed_on` is the day its assessment took effect."""

    household_id: str
    status: Status | None
    living_standard: LivingStandard | None
    since: date | None
    area_id: int | None
    area_type: AreaType | None
    standard: str | None
    reviewed_on: date | None


def _listed(held: str) -> str:
    """Return the SQL of these episodes as `Listed` rows."""
    return f"""
        SELECT s.household_id, s.status, s.living_standard, {SINCE}, s.area_id, s.area_type,
            s.standard, e.effective_from
        FROM ({held}) s
        LEFT JOIN household_events e ON e.event_id = s.assessment"""


async def list_households(
    snapshot: Snapshot,
    as_of: date,
    known_at: datetime | None,
    *,
    area_ids: Sequence[int] | None,
    status: str | None,
    not_reviewed_since: date | None,
    prefix: str | None,
    after: str | None,
    limit: int,
    basis: Basis = "computed",
) -> list[Listed]:
    """Return households as they stand on a day, in the byte order of their ids.

    Of those asked for by `not_reviewed_since` closed ones are left out: nobody can review them.
    """
    parameters: list[Any] = [as_of, limit]
    where = ["valid_from <= $1 AND (valid_to IS NULL OR valid_to > $1)"]

    def also(condition: str, value: Any) -> None:
        parameters.append(value)
        where.append(condition.format(f"${len(parameters)}"))

    if area_ids is not None:
        also("area_id = ANY({}::int[])", area_ids)
    if status is not None:
        also("status = {}", status)
    if prefix is not None:
        # As a range the index of the ids finds it, whatever signs it has.
        also('household_id COLLATE "C" >= {}', prefix)
        also('household_id COLLATE "C" < {}', prefix + ID_END)
    if after is not None:
        also('household_id COLLATE "C" > {}', after)
    reviewed = ""
    if not_reviewed_since is not None:
        parameters.append(not_reviewed_since)
        where.append("status IS DISTINCT FROM 'closed'")
        reviewed = f"WHERE e.effective_from IS NULL OR e.effective_from < ${len(parameters)}"
    at = None
    if known_at is not None:
        parameters.append(known_at)
        at = f"${len(parameters)}"
    held = (known if reviewed else _first)(" AND ".join(where), at, basis=basis)
    rows = await snapshot.fetch(
        f"""
        {_listed(held)}
        {reviewed}
        ORDER BY s.household_id COLLATE "C" LIMIT $2
        """,
        *parameters,
    )
    return [Listed(*row) for row in rows]


def _looked_up(at: str | None) -> str:
    held = known(f"household_id = ANY($1::text[]) AND {_HOLDS}", at)
    return f"""
        {_listed(held)}
        ORDER BY s.household_id COLLATE "C"
    """


_LOOKED_UP_NOW, _LOOKED_UP_AT = _looked_up(None), _looked_up("$3")


async def look_up(
    snapshot: Snapshot, household_ids: Sequence[str], as_of: date, known_at: datetime | None
) -> list[Listed]:
    """Return these households as they stand on a day, those that are there, by id."""
    if known_at is None:
        rows = await snapshot.fetch(_LOOKED_UP_NOW, household_ids, as_of)
    else:
        rows = await snapshot.fetch(_LOOKED_UP_AT, household_ids, as_of, known_at)
    return [Listed(*row) for row in rows]
