"""One search as it is understood: whom by what, in which order, which page."""

from __future__ import annotations

from typing import Any, Literal

from msgspec import Struct

from shared.households.personal_numbers import PERSONAL_NUMBERS
from shared.kernel.fields import CONTROL
from shared.spdci.attributes import ATTRIBUTES, TEXT_MAX, Attribute, attribute
from shared.spdci.conditions import Condition, read_expression, read_predicates
from shared.spdci.envelope import SearchCriteria, SearchItem, Sort
from shared.spdci.reasons import SearchRejected, bad_filter

Entity = Literal["Group", "Member"]
PAGE_MAX = 1000
REGISTRY = "ns:org:RegistryType:Social"
REGISTRY_ID = "poverty-registry"
_RECORDS: dict[str, Entity] = {
    "group": "Group",
    "household": "Group",
    "member": "Member",
    "person": "Member",
    "srperson": "Member",
}
# What identifiers are called, without their namespace, in any case, with - for _.
HOUSEHOLD_IDS = frozenset({"household_id", "householdid", "group_identifier", "group_id"})
CITIZEN_NUMBERS = PERSONAL_NUMBERS | {"uin", "nid", "nationalid"}


def called(name: str | None) -> str:
    """Return what this registry is called in headers: as a setting names it, or as it is."""
    return name or REGISTRY_ID


class IdentifierQuery(Struct, frozen=True):
    """An identifier of a household, or (`citizen`) the number of a person."""

    value: str
    citizen: bool


class Ordering(Struct, frozen=True):
    """An attribute that records are put in order by."""

    attribute: Attribute
    downwards: bool


class Search(Struct, frozen=True):
    """A search that can be done; `paged`: its sender wants pages and may get part of many."""

    reference_id: str
    query: IdentifierQuery | Condition
    entity: Entity
    order: tuple[Ordering, ...]
    page_size: int
    page_number: int
    paged: bool


def read_search(item: SearchItem) -> Search:
    """Return what a search asks for; `SearchRejected` where that is not clear."""
    criteria = item.search_criteria
    entity = _entity(criteria)
    query = _query(criteria)
    if entity == "Member" and not (isinstance(query, IdentifierQuery) and query.citizen):
        detail = "members are found by a citizen's number only"
        raise SearchRejected("rjct.search_criteria.invalid", detail)
    page = criteria.pagination
    if page is not None and page.page_size > PAGE_MAX:
        detail = f"a page has at most {PAGE_MAX} records"
        raise SearchRejected("rjct.pagination.invalid", detail)
    return Search(
        reference_id=item.reference_id,
        query=query,
        entity=entity,
        order=tuple(map(_ordering, criteria.sort)),
        page_size=PAGE_MAX if page is None else page.page_size,
        page_number=1 if page is None else page.page_number,
        paged=page is not None,
    )


def _entity(criteria: SearchCriteria) -> Entity:
    if criteria.reg_type is not None and _bare(criteria.reg_type) not in {"social", "sr"}:
        detail = f"the registry here is {REGISTRY}"
        raise SearchRejected("rjct.search_criteria.invalid", detail)
    kind = criteria.response_entity or criteria.reg_record_type or "Group"
    entity = _RECORDS.get(_bare(kind))
    if entity is None:
        detail = "records here are Group and Member"
        raise SearchRejected("rjct.search_criteria.invalid", detail)
    return entity


def _bare(name: str) -> str:
    """Return a name without its namespace.

    >>> _bare("spdci-extensions-dci:Member")
    'member'
    """
    return name.rpartition(":")[2].strip().casefold().replace("-", "_")


def _query(criteria: SearchCriteria) -> IdentifierQuery | Condition:
    if criteria.query_type == "idtype-value":
        return _identifier(criteria.query)
    if criteria.query_type == "expression":
        return read_expression(criteria.query)
    return read_predicates(criteria.query)


def _identifier(query: Any) -> IdentifierQuery:
    kind = query.get("type") if isinstance(query, dict) else None
    value = query.get("value") if isinstance(query, dict) else None
    if not isinstance(kind, str) or not isinstance(value, str):
        raise bad_filter("an identifier is an object of a type and a value, both text")
    value, name = value.strip(), _bare(kind)
    if not value or len(value) > TEXT_MAX or CONTROL.search(value):
        raise bad_filter(f"the value of an identifier is text of 1 to {TEXT_MAX} characters")
    if name in HOUSEHOLD_IDS:
        return IdentifierQuery(value, citizen=False)
    if name in CITIZEN_NUMBERS:
        return IdentifierQuery(value, citizen=True)
    raise bad_filter("no such type of identifier; there are household_id and national_id")


def _ordering(sort: Sort) -> Ordering:
    try:
        by = attribute(sort.attribute_name)
    except SearchRejected:
        detail = f"no such attribute; there are {', '.join(sorted(ATTRIBUTES))}"
        raise SearchRejected("rjct.sort.invalid", detail) from None
    if by.kind == "area":
        raise SearchRejected("rjct.sort.invalid", "places have no order")
    return Ordering(by, sort.sort_order == "desc")
