"""What searches are read as, and what is rejected: the cases of `cases/searches.yaml`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from shared.spdci.conditions import Comparison, Condition, Every, Negation
from shared.spdci.envelope import SearchCriteria, SearchItem
from shared.spdci.reasons import SearchRejected
from shared.spdci.searching import IdentifierQuery, read_search

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "searches.yaml").read_text("utf-8"))


def written(asked: IdentifierQuery | Condition) -> str:
    """Write a condition as the cases do."""
    if isinstance(asked, IdentifierQuery):
        return f"{'citizen' if asked.citizen else 'household'} {asked.value}"
    if isinstance(asked, Comparison):
        values = "|".join(str(value) for value in asked.values)
        return f"{asked.attribute.name} {asked.operator} {values}"
    if isinstance(asked, Negation):
        return f"not {written(asked.condition)}"
    joint = " and " if isinstance(asked, Every) else " or "
    return f"({joint.join(map(written, asked.conditions))})"


def item(criteria: dict[str, Any]) -> SearchItem:
    sent = {"reference_id": "r", "timestamp": "2026-11-21T05:00:00Z", "search_criteria": criteria}
    return msgspec.convert(sent, SearchItem)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_search_is_read_or_rejected(case: dict[str, Any]) -> None:
    if "rejected" in case:
        with pytest.raises(SearchRejected) as raised:
            read_search(item(case["criteria"]))
        assert raised.value.code == case["rejected"]
        assert raised.value.detail
    else:
        assert written(read_search(item(case["criteria"])).query) == case["asked"]


def test_too_many_comparisons_are_rejected() -> None:
    many = {"$or": [{"group_size": n} for n in range(51)]}
    query = {"value": {"expression": {"query": many}}}
    with pytest.raises(SearchRejected):
        read_search(item({"query_type": "expression", "query": query}))


def test_criteria_keep_their_page() -> None:
    criteria = {"query_type": "idtype-value", "query": {"type": "UIN", "value": "1"}}
    search = read_search(item({**criteria, "pagination": {"page_size": 10, "page_number": 3}}))
    assert (search.page_size, search.page_number, search.paged) == (10, 3, True)
    assert not read_search(item(criteria)).paged
    assert msgspec.convert(criteria, SearchCriteria).pagination is None
