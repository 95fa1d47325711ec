"""The searches of a message, done together: one statement for each kind of question.

Persons by their numbers, households by their ids (those of the persons found among them), and
households by conditions. What lies outside the caller's area is as what is not there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from shared.areas.reach import granted, reached
from shared.areas.tree import AreaTree
from shared.households.persons import CITIZEN_NUMBER, masked
from shared.households.store import person_lookups
from shared.households.store.person_lookups import PersonHit
from shared.households.store.persons import identifier_digest
from shared.kernel import knowledge, retention
from shared.kernel.database import Snapshot
from shared.kernel.errors import DomainError
from shared.kernel.sealing import Keyring
from shared.spdci.answers import SearchAnswer, SearchData, SearchPage
from shared.spdci.conditions import Comparison, Condition, Either, Every, Negation
from shared.spdci.envelope import SearchItem
from shared.spdci.reasons import HeaderRejected, SearchRejected, bad_filter
from shared.spdci.records import GroupRow, SpdciGroup, SpdciMember, group, member
from shared.spdci.searching import IdentifierQuery, Search, read_search
from shared.spdci.store import groups
from shared.spdci.store.groups import Selected, Selection

# Each may look at every household; identifiers are as many as searches.
CONDITIONS_MAX = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Searcher:
    """Who searches, on which map and day, and what it may see."""

    tree: AreaTree
    area: str
    sees_persons: bool
    as_of: date
    known_at: datetime | None
    now: datetime


@dataclass
class Searches:
    """The searches of one message, and what each is answered."""

    searcher: Searcher
    items: Sequence[SearchItem]
    subjects: set[str] = field(default_factory=set)
    _searches: dict[int, Search] = field(default_factory=dict)
    _conditions: dict[int, Condition] = field(default_factory=dict)
    _rejected: dict[int, SearchRejected] = field(default_factory=dict)
    _reach: frozenset[int] | None = None

    def __post_init__(self) -> None:
        """Read all of them; what is wrong with one is its own answer."""
        searcher = self.searcher
        self._reach = granted(searcher.tree, searcher.area, searcher.as_of)
        times = Counter(item.reference_id for item in self.items)
        for number, item in enumerate(self.items):
            try:
                if times[item.reference_id] > 1:
                    detail = "another search of the message has this reference_id"
                    raise SearchRejected("rjct.reference_id.duplicate", detail)
                self._read(number, item)
            except SearchRejected as rejected:
                self._rejected[number] = rejected
        if len(self._conditions) > CONDITIONS_MAX:
            detail = f"at most {CONDITIONS_MAX} searches of a message are by conditions"
            raise HeaderRejected("rjct.total_count.limit_exceeded", detail)

    def _read(self, number: int, item: SearchItem) -> None:
        search = read_search(item)
        if not isinstance(search.query, IdentifierQuery):
            self._conditions[number] = self._placed(search.query)
        elif search.query.citizen and self.searcher.known_at is not None:
            detail = "persons are found as known now: leave known_at out"
            raise SearchRejected("rjct.search_criteria.invalid", detail)
        self._searches[number] = search

    def _placed(self, condition: Condition) -> Condition:
        """Return a condition whose codes of units are ids of communes within the caller's area."""
        if isinstance(condition, Negation):
            return Negation(self._placed(condition.condition))
        if isinstance(condition, Every):
            return Every(tuple(map(self._placed, condition.conditions)))
        if isinstance(condition, Either):
            return Either(tuple(map(self._placed, condition.conditions)))
        if condition.attribute.kind != "area":
            return condition
        ids = {each for code in condition.values for each in self._communes(str(code))}
        return Comparison(condition.attribute, "in", tuple(sorted(ids)))

    def _communes(self, code: str) -> Sequence[int]:
        searcher = self.searcher
        try:
            ids = reached(searcher.tree, searcher.area, code, searcher.as_of)
        except DomainError as error:
            raise bad_filter(error.detail) from None
        if ids is None:
            return [unit.area_id for unit in searcher.tree.units if unit.level == "commune"]
        return ids

    @property
    def numbers(self) -> set[str]:
        """Return the numbers of citizens that are looked up."""
        return {each.value for each in self._identifiers(citizen=True).values()}

    @property
    def heavy(self) -> bool:
        """Say whether any search may look at every household."""
        return bool(self._conditions)

    def _identifiers(self, *, citizen: bool) -> dict[int, IdentifierQuery]:
        asked = ((number, each.query) for number, each in self._searches.items())
        return {n: a for n, a in asked if isinstance(a, IdentifierQuery) and a.citizen is citizen}

    async def answers(self, snapshot: Snapshot, ring: Callable[[], Keyring]) -> list[SearchAnswer]:
        """Return an answer to each search, in their order."""
        await self._check_kept(snapshot)
        hits = await self._persons(snapshot, ring)
        ids = {each.value for each in self._identifiers(citizen=False).values()}
        ids |= {hit.household_id for found in hits.values() for hit in found}
        rows = await self._groups(snapshot, ids)
        selected = await self._selected(snapshot)
        records = self._records(hits, rows, selected)
        return [self._answer(number, item, records) for number, item in enumerate(self.items)]

    async def _check_kept(self, snapshot: Snapshot) -> None:
        """Reject all: the horizon may have been raised since the message was taken."""
        known_at = self.searcher.known_at
        try:
            if known_at is not None:
                knowledge.check_kept(known_at, await retention.kept_from(snapshot))
        except DomainError as error:
            rejected = SearchRejected("rjct.search_criteria.invalid", error.detail)
            self._rejected = dict.fromkeys(range(len(self.items)), rejected)
            self._searches, self._conditions = {}, {}

    async def _persons(
        self, snapshot: Snapshot, ring: Callable[[], Keyring]
    ) -> dict[str, list[PersonHit]]:
        """Return the persons within reach by number; each that is tried leaves a trace."""
        numbers = sorted(self.numbers)
        if not numbers:
            return {}
        keys = ring()
        digests = {n: identifier_digest(keys, CITIZEN_NUMBER, n) for n in numbers}
        self.subjects |= {f"person:{digest[:16].hex()}" for digest in digests.values()}
        day = self.searcher.as_of
        hits = await person_lookups.by_digests(snapshot, keys, list(digests.values()), day)
        return {
            number: [hit for hit in hits.get(digest, ()) if self._sees(hit.area_id)]
            for number, digest in digests.items()
        }

    async def _groups(self, snapshot: Snapshot, ids: set[str]) -> dict[str, GroupRow]:
        if not ids:
            return {}
        searcher = self.searcher
        rows = await groups.by_ids(snapshot, sorted(ids), searcher.as_of, searcher.known_at)
        return {name: row for name, row in rows.items() if self._sees(row.area_id)}

    def _sees(self, area_id: int | None) -> bool:
        return self._reach is None or area_id in self._reach

    async def _selected(self, snapshot: Snapshot) -> dict[int, Selected]:
        if not self._conditions:
            return {}
        searcher, reach = self.searcher, self._reach
        selections = [
            self._selection(self._searches[number], condition)
            for number, condition in self._conditions.items()
        ]
        pages = await groups.select(
            snapshot,
            selections,
            searcher.as_of,
            searcher.known_at,
            None if reach is None else sorted(reach),
        )
        return dict(zip(self._conditions, pages, strict=True))

    def _selection(self, search: Search, condition: Condition) -> Selection:
        offset = search.page_size * (search.page_number - 1)
        return Selection(condition, search.order, search.page_size, offset)

    def _records(
        self,
        hits: Mapping[str, Sequence[PersonHit]],
        rows: Mapping[str, GroupRow],
        selected: Mapping[int, Selected],
    ) -> dict[int, tuple[int, list[SpdciGroup | SpdciMember]]]:
        """Return for each search how many records there are, and those of its page."""
        records: dict[int, tuple[int, list[SpdciGroup | SpdciMember]]] = {}
        for number, search in self._searches.items():
            if number in selected:
                page = selected[number]
                records[number] = page.total, [self._group(row) for row in page.rows]
                continue
            all_of = self._identified(search, hits, rows)
            first = search.page_size * (search.page_number - 1)
            records[number] = len(all_of), all_of[first : first + search.page_size]
        return records

    def _identified(
        self,
        search: Search,
        hits: Mapping[str, Sequence[PersonHit]],
        rows: Mapping[str, GroupRow],
    ) -> list[SpdciGroup | SpdciMember]:
        asked = search.query
        if not isinstance(asked, IdentifierQuery):
            return []
        if search.entity == "Member":
            return [self._member(hit) for hit in hits.get(asked.value, ())]
        ids = [asked.value]
        if asked.citizen:
            ids = sorted({hit.household_id for hit in hits.get(asked.value, ())})
        return [self._group(rows[name]) for name in ids if name in rows]

    def _group(self, row: GroupRow) -> SpdciGroup:
        self.subjects.add(row.household_id)
        tree, code = self.searcher.tree, None
        if row.area_id is not None:
            unit = tree.current(tree.by_id(row.area_id), self.searcher.as_of)
            code = unit.code
        return group(row, code)

    def _member(self, hit: PersonHit) -> SpdciMember:
        self.subjects |= {hit.household_id, str(hit.person_id)}
        short = not self.searcher.sees_persons
        stated = masked(hit.member) if short and hit.member is not None else hit.member
        return member(hit.person_id, hit.household_id, stated, masked=short)

    def _answer(
        self,
        number: int,
        item: SearchItem,
        records: Mapping[int, tuple[int, list[SpdciGroup | SpdciMember]]],
    ) -> SearchAnswer:
        if number in self._rejected:
            return self._not_done(item, self._rejected[number])
        search, (total, page) = self._searches[number], records[number]
        if not search.paged and total > search.page_size:
            return self._not_done(item, _too_many())
        return self._done(item, search, total, page)

    def _not_done(self, item: SearchItem, rejected: SearchRejected) -> SearchAnswer:
        return SearchAnswer(
            reference_id=item.reference_id,
            timestamp=self.searcher.now,
            status="rjct",
            status_reason_code=rejected.code,
            status_reason_message=rejected.detail,
            locale=item.locale,
        )

    def _done(
        self,
        item: SearchItem,
        search: Search,
        total: int,
        page: list[SpdciGroup | SpdciMember],
    ) -> SearchAnswer:
        return SearchAnswer(
            reference_id=item.reference_id,
            timestamp=self.searcher.now,
            status="succ",
            data=SearchData(reg_record_type=search.entity, reg_records=page),
            pagination=SearchPage(search.page_size, search.page_number, total),
            locale=item.locale,
        )


def _too_many() -> SearchRejected:
    return SearchRejected("rjct.search.too_many_records_found", "say a pagination")
