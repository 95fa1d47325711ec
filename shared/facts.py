"""Every kind of fact: a door, a table, an import and a receipt each. Add a new one here."""

from __future__ import annotations

from shared.access.caller import Caller
from shared.areas.facts import AREA_FACTS
from shared.areas.store import facts as area_facts
from shared.households.facts import HOUSEHOLD_EVENTS
from shared.households.move_facts import MOVE_REFUSALS, MOVE_REQUESTS
from shared.households.person_facts import HOUSEHOLD_MEMBERS, PERSON_DECISIONS
from shared.households.store import households, members
from shared.kernel.facts import FactKind
from shared.kernel.imports import ImportRow
from shared.money.facts import DISBURSEMENTS, FUNDS, SUPPORT_RECORDS
from shared.money.store import disbursements, funds, support_records
from shared.press.facts import ARTICLES, REFERENCE_FIGURES
from shared.press.store import articles, reference_figures

# What each concerns, which has to take it in before its receipt says `processed`; None: nothing.
CONCERNED: dict[FactKind, str | None] = {
    HOUSEHOLD_EVENTS: households.CONCERNED,
    HOUSEHOLD_MEMBERS: members.CONCERNED,
    PERSON_DECISIONS: None,
    MOVE_REQUESTS: None,
    MOVE_REFUSALS: None,
    AREA_FACTS: area_facts.CONCERNED,
    ARTICLES: articles.CONCERNED,
    FUNDS: funds.CONCERNED,
    DISBURSEMENTS: disbursements.CONCERNED,
    SUPPORT_RECORDS: support_records.CONCERNED,
    REFERENCE_FIGURES: reference_figures.CONCERNED,
}
FACTS: dict[str, FactKind] = {kind.name: kind for kind in CONCERNED}


def may_see_import(caller: Caller, row: ImportRow) -> bool:
    """Say whether an import is the caller's to see: its own, or anybody's for who is not bound."""
    own = not caller.bound or row.client_id == caller.client_id
    return own and FACTS[row.door].scope in caller.scopes
