"""Facts of a bound caller: whose they are and in whose territory, before all other questions.

What lies outside is refused as what does not exist, and is neither locked nor compared with what is
stored. A fact's place follows from its columns: a unit, a household, a line of a run, on its day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from services.ingest.subjects import Subject, day_of, names_of, subject_of
from shared.access.grants import Writer
from shared.households.places import Residence, lived_before, rank_of, residence
from shared.households.store import households, move_requests, persons
from shared.households.store.move_requests import Wanted
from shared.kernel import revisions as store
from shared.kernel.database import Transaction
from shared.kernel.errors import Fault, UnknownArea
from shared.kernel.facts import FactKind
from shared.kernel.revisions import FactKey, Revision
from shared.money.ledgers import Journal
from shared.money.line_ledger import LineKey, unknown_line, unknown_run
from shared.money.store import holders


@dataclass
class Territory:
    """What decides on the facts of a batch: as it was looked up, and as the batch has changed it.

    `stored` has of each fact what its last revision said that was no withdrawal, `latest` the
    number of its last one. A residence is None where a revision has taken it away.
    """

    stored: dict[FactKey, Subject] = field(default_factory=dict)
    latest: dict[FactKey, int] = field(default_factory=dict)
    residences: dict[str, dict[FactKey, Residence | None]] = field(default_factory=dict)
    units: Mapping[LineKey, int] = field(default_factory=dict)
    runs: Mapping[str, int] = field(default_factory=dict)
    funds: Mapping[str, set[int]] = field(default_factory=dict)
    seen: Mapping[str, frozenset[Residence]] = field(default_factory=dict)
    requests: Mapping[UUID, Wanted] = field(default_factory=dict)
    persons: Mapping[UUID, str] = field(default_factory=dict)

    def refusal(self, writer: Writer | None, revision: Revision) -> Fault | None:
        """Say why a revision is none of the caller's, as what does not exist is refused."""
        if writer is None:
            return None
        source, external_id = revision.key
        if not writer.may_speak_for(source).allowed:
            detail = f"no source of yours is called {source!r}"
            fault = Fault("/source", "unknown_source", detail, 404)
        elif day_of(revision.kind) is None or writer.caller.nationwide:
            return None
        else:
            found = self._fact(writer, revision, external_id)
            if found is None:
                return None
            fault = found
        return replace(fault, pointer=revision.pointer + fault.pointer)

    def _fact(self, writer: Writer, revision: Revision, external_id: str) -> Fault | None:
        stored, posted = self.stored.get(revision.key), subject_of(revision)
        foreign = stored is not None and self.outside(writer, stored) is not None
        if foreign or (stored is None and posted is None):
            detail = f"no fact of yours is called {external_id!r}"
            return Fault("/external_id", "unknown_fact", detail, 404)
        return None if posted is None else self.outside(writer, posted)

    def outside(self, writer: Writer, subject: Subject) -> Fault | None:
        """Return the refusal of what lies outside of the caller's territory."""
        return (
            self._household(writer, subject)
            or self._unit(writer, subject)
            or self._lines(writer, subject)
            or self._fund(writer, subject)
            or self._request(writer, subject)
            or self._persons(writer, subject)
        )

    def _household(self, writer: Writer, subject: Subject) -> Fault | None:
        """A household is where it was before the fact; the first fact of all says itself where."""
        household, placing = subject.household_id, subject.residence
        if household is None:
            return None
        lived = self._lived(household, subject)
        first = lived is None and placing is not None and subject.type != "moved"
        if not first and not self._holds(writer, lived, subject.day):
            return _unknown_household("/household_id", household)
        stays = placing if subject.type != "moved" else None
        if stays is not None and not self._holds(writer, stays, subject.day):
            return _unknown_area(stays.area_code)
        older = subject.continues
        if older is None or self._holds(writer, self._lived(older, subject), subject.day):
            return None
        return _unknown_household("/continues", older)

    def _lived(self, household: str, subject: Subject) -> Residence | None:
        known = filter(None, self.residences.get(household, {}).values())
        return lived_before(known, subject.key, subject.day, rank_of(subject.type))

    def _holds(self, writer: Writer, lived: Residence | None, day: date) -> bool:
        if lived is None:
            return False
        unit = writer.tree.on(lived.area_code, lived.since)
        return writer.may_touch(unit.area_id, day).allowed

    def _unit(self, writer: Writer, subject: Subject) -> Fault | None:
        if subject.area_id is None or writer.may_touch(subject.area_id, subject.day).allowed:
            return None
        return _unknown_area(writer.tree.by_id(subject.area_id).code)

    def _lines(self, writer: Writer, subject: Subject) -> Fault | None:
        for run, line in subject.lines:
            if writer.may_touch(self.units.get((run, line)), subject.day).allowed:
                continue
            # Of a run that is the caller's to see it may know which lines there are.
            own = writer.may_touch(self.runs.get(run), subject.day).allowed
            refusal = unknown_line(run, line) if own else unknown_run(run)
            return Fault(f"/{refusal.field}", refusal.code, refusal.detail)
        return None

    def _fund(self, writer: Writer, subject: Subject) -> Fault | None:
        held_by = self.funds.get(subject.fund_id or "", set())
        if all(writer.may_touch(unit, subject.day).allowed for unit in held_by):
            return None
        return Fault("/fund_id", "unknown_fund", unknown_fund(subject.fund_id or ""))

    def _request(self, writer: Writer, subject: Subject) -> Fault | None:
        """A request is answered by who has the household before it moves."""
        if subject.request_id is None:
            return None
        wanted = self.requests.get(subject.request_id)
        if wanted is not None:
            known = filter(None, self.residences.get(wanted.household_id, {}).values())
            lived = lived_before(known, subject.key, wanted.day, rank_of("moved"))
            if self._holds(writer, lived, wanted.day):
                return None
        return unknown_request(subject.request_id)

    def _persons(self, writer: Writer, subject: Subject) -> Fault | None:
        """Who decides that two persons are one has both of their households."""
        for name, person in subject.persons:
            household = self.persons.get(person)
            lived = None if household is None else self._lived(household, subject)
            if not self._holds(writer, lived, subject.day):
                detail = f"no person is called '{person}'"
                return Fault(f"/{name}", "unknown_person", detail, 404)
        return None

    def enter(self, revision: Revision, journal: Journal) -> None:
        """Let a revision that is about to be stored count for those behind it."""
        if revision.revision < self.latest.get(revision.key, 0):
            return
        journal.write(self.latest, revision.key, revision.revision)
        before, now = self.stored.get(revision.key), subject_of(revision)
        if before is not None and before.household_id is not None:
            of_before = self.residences.setdefault(before.household_id, {})
            journal.write(of_before, revision.key, None)
        if now is None:
            return
        journal.write(self.stored, revision.key, now)
        if now.household_id is not None and now.residence is not None:
            of_now = self.residences.setdefault(now.household_id, {})
            journal.write(of_now, revision.key, now.residence)

    async def changed(self, tx: Transaction, own: Iterable[FactKey]) -> bool:
        """Say whether others have meanwhile stored where any of these households lives."""
        keys = set(own)
        now = await _residences(tx, self.seen.keys())
        return any(
            {r for r in now.get(household, {}).values() if r and r.key not in keys}
            != {r for r in seen if r.key not in keys}
            for household, seen in self.seen.items()
        )


# Of callers whose territory is the whole country nothing needs to be looked up.
OPEN = Territory()


def concerns(kind: FactKind, writer: Writer | None) -> bool:
    """Say whether facts of a kind that a caller sends may lie outside of its territory."""
    return writer is not None and not writer.caller.nationwide and day_of(kind) is not None


def unknown_fund(fund_id: str) -> str:
    """Return why a fund that is named is refused: there is none, or none for the caller."""
    return f"no fund is called {fund_id!r}; post it to /v1/funds first"


def unknown_request(request_id: UUID) -> Fault:
    """Return the refusal of a request that there is not, or none to the caller."""
    detail = f"no request to you is called '{request_id}'"
    return Fault("/request_id", "unknown_request", detail, 404)


def _unknown_household(pointer: str, household: str) -> Fault:
    return Fault(pointer, "unknown_household", f"no household is called {household!r}", 404)


def _unknown_area(code: str) -> Fault:
    return Fault("/area_code", "unknown_area", UnknownArea(code).detail)


async def look(tx: Transaction, kind: FactKind, revisions: Iterable[Revision]) -> Territory:
    """Look up what decides on these facts."""
    posted = list(revisions)
    stored, latest = await _stored(tx, kind, {revision.key for revision in posted})
    territory = await _of_subjects(tx, [*filter(None, map(subject_of, posted)), *stored.values()])
    return replace(territory, stored=stored, latest=latest)


async def _of_subjects(tx: Transaction, subjects: Sequence[Subject]) -> Territory:
    named = {each for s in subjects for each in (s.household_id, s.continues) if each is not None}
    request_ids = {each.request_id for each in subjects if each.request_id is not None}
    requests = await move_requests.of_ids(tx, request_ids) if request_ids else {}
    people = {person for subject in subjects for _, person in subject.persons}
    of_people = await persons.households_of(tx, people) if people else {}
    named |= {wanted.household_id for wanted in requests.values()} | set(of_people.values())
    residences = await _residences(tx, named)
    lines = {line for subject in subjects for line in subject.lines}
    funds = {subject.fund_id for subject in subjects if subject.fund_id is not None}
    return Territory(
        residences=residences,
        units=await holders.of_lines(tx, lines) if lines else {},
        runs=await holders.of_runs(tx, {run for run, _ in lines}) if lines else {},
        funds=await holders.of_funds(tx, funds) if funds else {},
        requests=requests,
        persons=of_people,
        seen={n: frozenset(filter(None, residences.get(n, {}).values())) for n in named},
    )


async def holds(tx: Transaction, kind: FactKind, writer: Writer, key: FactKey) -> bool:
    """Say whether a stored fact is about what is the caller's."""
    stored, _ = await _stored(tx, kind, [key])
    if key not in stored:
        return False
    territory = await _of_subjects(tx, list(stored.values()))
    return territory.outside(writer, stored[key]) is None


async def _stored(
    tx: Transaction, kind: FactKind, keys: Iterable[FactKey]
) -> tuple[dict[FactKey, Subject], dict[FactKey, int]]:
    column, stored, latest = day_of(kind), dict[FactKey, Subject](), dict[FactKey, int]()
    if column is None:
        return stored, latest
    names = names_of(kind)
    fields = ", ".join(f"e.{name}" for name in ("revision", "withdrawn", column, *names))
    if "household_id" in names and kind.payload:
        fields, names = f"{fields}, e.payload->>'area_code'", [*names, "area_code"]
    rows = await store.of_keys(tx, kind, fields, keys)
    for source, external_id, revision, withdrawn, day, *values in sorted(rows, key=lambda r: r[2]):
        latest[source, external_id] = revision
        if not withdrawn:
            named = dict(zip(names, values, strict=True))
            stored[source, external_id] = Subject((source, external_id), day, **named)
    return stored, latest


async def _residences(
    tx: Transaction, named: Iterable[str]
) -> dict[str, dict[FactKey, Residence | None]]:
    found = await households.list_counting(tx, sorted(named))
    return {
        household: {r.key: r for event in events if (r := residence(event)) is not None}
        for household, events in found.items()
    }
