"""Every operation of the registry. Written by `make client` from the OpenAPI document."""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import date, datetime
from typing import Any, Literal

from poverty_registry import models
from poverty_registry.calls import Call, place


class Operations:
    """Each question as a method."""

    def ask(self, call: Call) -> Any:
        """Ask the registry."""
        raise NotImplementedError

    def post_household_events(
        self, body: models.HouseholdEventFacts, *, wait: int | None = None
    ) -> models.Receipts | models.ImportResult:
        """Record household events."""
        answer: models.Receipts | models.ImportResult = self.ask(
            Call(
                "POST",
                "/v1/household-events",
                body=body,
                headers={} if wait is None else {"prefer": f"wait={wait}"},
            )
        )
        return answer

    def post_members(
        self, body: models.MemberFacts, *, wait: int | None = None
    ) -> models.Receipts | models.ImportResult:
        """Record members of households."""
        answer: models.Receipts | models.ImportResult = self.ask(
            Call(
                "POST",
                "/v1/members",
                body=body,
                headers={} if wait is None else {"prefer": f"wait={wait}"},
            )
        )
        return answer

    def post_person_decisions(
        self, body: models.PersonDecisionFacts, *, wait: int | None = None
    ) -> models.Receipts | models.ImportResult:
        """Record decisions on likely same persons."""
        answer: models.Receipts | models.ImportResult = self.ask(
            Call(
                "POST",
                "/v1/person-decisions",
                body=body,
                headers={} if wait is None else {"prefer": f"wait={wait}"},
            )
        )
        return answer

    def post_move_requests(
        self, body: models.MoveRequestFacts, *, wait: int | None = None
    ) -> models.Receipts | models.ImportResult:
        """Ask for moves of households."""
        answer: models.Receipts | models.ImportResult = self.ask(
            Call(
                "POST",
                "/v1/move-requests",
                body=body,
                headers={} if wait is None else {"prefer": f"wait={wait}"},
            )
        )
        return answer

    def list_move_requests(
        self,
        *,
        state: Literal["open", "moved", "refused"] | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> models.MoveRequests:
        """Requests for moves."""
        answer: models.MoveRequests = self.ask(
            Call("GET", "/v1/move-requests", {"state": state, "cursor": cursor, "limit": limit})
        )
        return answer

    def post_move_refusals(
        self, body: models.MoveRefusalFacts, *, wait: int | None = None
    ) -> models.Receipts | models.ImportResult:
        """Refuse moves that were asked for."""
        answer: models.Receipts | models.ImportResult = self.ask(
            Call(
                "POST",
                "/v1/move-refusals",
                body=body,
                headers={} if wait is None else {"prefer": f"wait={wait}"},
            )
        )
        return answer

    def post_area_facts(
        self, body: models.AreaFactFacts, *, wait: int | None = None
    ) -> models.Receipts | models.ImportResult:
        """Record area facts."""
        answer: models.Receipts | models.ImportResult = self.ask(
            Call(
                "POST",
                "/v1/area-facts",
                body=body,
                headers={} if wait is None else {"prefer": f"wait={wait}"},
            )
        )
        return answer

    def post_articles(
        self, body: models.ArticleFacts, *, wait: int | None = None
    ) -> models.Receipts | models.ImportResult:
        """Record articles."""
        answer: models.Receipts | models.ImportResult = self.ask(
            Call(
                "POST",
                "/v1/articles",
                body=body,
                headers={} if wait is None else {"prefer": f"wait={wait}"},
            )
        )
        return answer

    def list_articles(
        self,
        *,
        measure: str | None = None,
        area: str | None = None,
        from_date: date | str | None = None,
        to_date: date | str | None = None,
        has_findings: bool | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> models.Articles:
        """Articles, the newest first."""
        answer: models.Articles = self.ask(
            Call(
                "GET",
                "/v1/articles",
                {
                    "measure": measure,
                    "area": area,
                    "from_date": from_date,
                    "to_date": to_date,
                    "has_findings": has_findings,
                    "cursor": cursor,
                    "limit": limit,
                },
            )
        )
        return answer

    def post_funds(
        self, body: models.FundFacts, *, wait: int | None = None
    ) -> models.Receipts | models.ImportResult:
        """Record funds."""
        answer: models.Receipts | models.ImportResult = self.ask(
            Call(
                "POST",
                "/v1/funds",
                body=body,
                headers={} if wait is None else {"prefer": f"wait={wait}"},
            )
        )
        return answer

    def list_funds(
        self,
        *,
        program: str | None = None,
        component: str | None = None,
        year: int | None = None,
        area: str | None = None,
        funding_source: Literal["central", "local", "mobilised"] | None = None,
        parent: str | None = None,
        known_at: datetime | str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> models.Funds:
        """Funds."""
        answer: models.Funds = self.ask(
            Call(
                "GET",
                "/v1/funds",
                {
                    "program": program,
                    "component": component,
                    "year": year,
                    "area": area,
                    "funding_source": funding_source,
                    "parent": parent,
                    "known_at": known_at,
                    "cursor": cursor,
                    "limit": limit,
                },
            )
        )
        return answer

    def post_disbursements(
        self, body: models.DisbursementFacts, *, wait: int | None = None
    ) -> models.Receipts | models.ImportResult:
        """Record payments and returns."""
        answer: models.Receipts | models.ImportResult = self.ask(
            Call(
                "POST",
                "/v1/disbursements",
                body=body,
                headers={} if wait is None else {"prefer": f"wait={wait}"},
            )
        )
        return answer

    def list_disbursements(
        self,
        *,
        run: str | None = None,
        fund: str | None = None,
        line: str | None = None,
        from_date: date | str | None = None,
        to_date: date | str | None = None,
        known_at: datetime | str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> models.Disbursements:
        """Payments and returns."""
        answer: models.Disbursements = self.ask(
            Call(
                "GET",
                "/v1/disbursements",
                {
                    "run": run,
                    "fund": fund,
                    "line": line,
                    "from_date": from_date,
                    "to_date": to_date,
                    "known_at": known_at,
                    "cursor": cursor,
                    "limit": limit,
                },
            )
        )
        return answer

    def post_support_records(
        self, body: models.SupportRecordFacts, *, wait: int | None = None
    ) -> models.Receipts | models.ImportResult:
        """Record support."""
        answer: models.Receipts | models.ImportResult = self.ask(
            Call(
                "POST",
                "/v1/support-records",
                body=body,
                headers={} if wait is None else {"prefer": f"wait={wait}"},
            )
        )
        return answer

    def list_support_records(
        self,
        *,
        fund: str | None = None,
        area: str | None = None,
        kind: str | None = None,
        program: str | None = None,
        household: str | None = None,
        from_date: date | str | None = None,
        to_date: date | str | None = None,
        known_at: datetime | str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> models.SupportRecords:
        """Support records."""
        answer: models.SupportRecords = self.ask(
            Call(
                "GET",
                "/v1/support-records",
                {
                    "fund": fund,
                    "area": area,
                    "kind": kind,
                    "program": program,
                    "household": household,
                    "from_date": from_date,
                    "to_date": to_date,
                    "known_at": known_at,
                    "cursor": cursor,
                    "limit": limit,
                },
            )
        )
        return answer

    def post_reference_figures(
        self, body: models.ReferenceFigureFacts, *, wait: int | None = None
    ) -> models.Receipts | models.ImportResult:
        """Record official figures."""
        answer: models.Receipts | models.ImportResult = self.ask(
            Call(
                "POST",
                "/v1/reference-figures",
                body=body,
                headers={} if wait is None else {"prefer": f"wait={wait}"},
            )
        )
        return answer

    def list_reference_figures(
        self, *, measure: str, area: str, known_at: datetime | str | None = None
    ) -> models.OfficialFigures:
        """Official figures."""
        answer: models.OfficialFigures = self.ask(
            Call(
                "GET",
                "/v1/reference-figures",
                {"measure": measure, "area": area, "known_at": known_at},
            )
        )
        return answer

    def post_allocation_run(self, body: models.AllocationRun) -> models.RunAccepted:
        """Request an allocation run."""
        answer: models.RunAccepted = self.ask(Call("POST", "/v1/allocation-runs", body=body))
        return answer

    def list_allocation_runs(
        self,
        *,
        fund: str | None = None,
        rule: str | None = None,
        state: Literal["pending", "completed", "refused"] | None = None,
        mode: Literal["commit", "preview"] | None = None,
        known_at: datetime | str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> models.Runs:
        """Allocation runs."""
        answer: models.Runs = self.ask(
            Call(
                "GET",
                "/v1/allocation-runs",
                {
                    "fund": fund,
                    "rule": rule,
                    "state": state,
                    "mode": mode,
                    "known_at": known_at,
                    "cursor": cursor,
                    "limit": limit,
                },
            )
        )
        return answer

    def get_receipt(self, event_id: str) -> models.ReceiptState:
        """What became of a fact."""
        answer: models.ReceiptState = self.ask(Call("GET", f"/v1/receipts/{place(event_id)}"))
        return answer

    def get_csv_template(self, kind: str) -> bytes:
        """An empty table to fill in, as CSV."""
        answer: bytes = self.ask(Call("GET", f"/v1/imports/templates/{place(kind)}.csv"))
        return answer

    def get_xlsx_template(self, kind: str) -> bytes:
        """An empty table to fill in, as a workbook."""
        answer: bytes = self.ask(Call("GET", f"/v1/imports/templates/{place(kind)}.xlsx"))
        return answer

    def get_import(self, import_id: str) -> models.ImportState:
        """What became of an import."""
        answer: models.ImportState = self.ask(Call("GET", f"/v1/imports/{place(import_id)}"))
        return answer

    def get_rejected(self, import_id: str) -> bytes:
        """Refused rows of an import."""
        answer: bytes = self.ask(Call("GET", f"/v1/imports/{place(import_id)}/rejected"))
        return answer

    def list_feeds(
        self, *, cursor: str | None = None, limit: int | None = None
    ) -> models.PolledFeeds:
        """Feeds that are polled."""
        answer: models.PolledFeeds = self.ask(
            Call("GET", "/v1/feeds", {"cursor": cursor, "limit": limit})
        )
        return answer

    def get_signature(self, signature: str) -> models.SignedDocument:
        """Verify the signature of a document."""
        answer: models.SignedDocument = self.ask(Call("GET", f"/v1/signatures/{place(signature)}"))
        return answer

    def list_clients(
        self, *, cursor: str | None = None, limit: int | None = None
    ) -> models.Clients:
        """Clients."""
        answer: models.Clients = self.ask(
            Call("GET", "/v1/clients", {"cursor": cursor, "limit": limit})
        )
        return answer

    def list_audited_answers(
        self, *, client: str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> models.AuditedAnswers:
        """Who read what."""
        answer: models.AuditedAnswers = self.ask(
            Call("GET", "/v1/audit/answers", {"client": client, "cursor": cursor, "limit": limit})
        )
        return answer

    def get_household(
        self,
        household_id: str,
        *,
        basis: Literal["computed", "recognised"] | None = None,
        as_of: date | str | None = None,
        known_at: datetime | str | None = None,
    ) -> models.Household:
        """Status of a household."""
        answer: models.Household = self.ask(
            Call(
                "GET",
                f"/v1/households/{place(household_id)}",
                {"basis": basis, "as_of": as_of, "known_at": known_at},
            )
        )
        return answer

    def list_households(
        self,
        *,
        area: str | None = None,
        status: Literal["poor", "near_poor", "recently_exited", "non_poor", "closed"] | None = None,
        not_reviewed_since: date | str | None = None,
        q: str | None = None,
        basis: Literal["computed", "recognised"] | None = None,
        as_of: date | str | None = None,
        known_at: datetime | str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> models.Households:
        """Households."""
        answer: models.Households = self.ask(
            Call(
                "GET",
                "/v1/households",
                {
                    "area": area,
                    "status": status,
                    "not_reviewed_since": not_reviewed_since,
                    "q": q,
                    "basis": basis,
                    "as_of": as_of,
                    "known_at": known_at,
                    "cursor": cursor,
                    "limit": limit,
                },
            )
        )
        return answer

    def get_timeline(
        self,
        household_id: str,
        *,
        basis: Literal["computed", "recognised"] | None = None,
        known_at: datetime | str | None = None,
    ) -> models.Timeline:
        """Timeline of a household."""
        answer: models.Timeline = self.ask(
            Call(
                "GET",
                f"/v1/households/{place(household_id)}/timeline",
                {"basis": basis, "known_at": known_at},
            )
        )
        return answer

    def list_household_events(
        self,
        household_id: str,
        *,
        known_at: datetime | str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> models.Events:
        """Events of a household."""
        answer: models.Events = self.ask(
            Call(
                "GET",
                f"/v1/households/{place(household_id)}/events",
                {"known_at": known_at, "cursor": cursor, "limit": limit},
            )
        )
        return answer

    def explain_household(
        self,
        household_id: str,
        *,
        as_of: date | str | None = None,
        known_at: datetime | str | None = None,
    ) -> models.Explanation:
        """Why a household has its status."""
        answer: models.Explanation = self.ask(
            Call(
                "GET",
                f"/v1/households/{place(household_id)}/explanation",
                {"as_of": as_of, "known_at": known_at},
            )
        )
        return answer

    def get_entitlements(
        self,
        household_id: str,
        *,
        as_of: date | str | None = None,
        known_at: datetime | str | None = None,
    ) -> models.Entitlements:
        """Entitlements of a household."""
        answer: models.Entitlements = self.ask(
            Call(
                "GET",
                f"/v1/households/{place(household_id)}/entitlements",
                {"as_of": as_of, "known_at": known_at},
            )
        )
        return answer

    def list_exit_windows(
        self,
        *,
        area: str | None = None,
        until_before: date | str | None = None,
        as_of: date | str | None = None,
        known_at: datetime | str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> models.ExitWindows:
        """Exit windows running out."""
        answer: models.ExitWindows = self.ask(
            Call(
                "GET",
                "/v1/exit-windows",
                {
                    "area": area,
                    "until_before": until_before,
                    "as_of": as_of,
                    "known_at": known_at,
                    "cursor": cursor,
                    "limit": limit,
                },
            )
        )
        return answer

    def list_transitions(
        self,
        *,
        area: str | None = None,
        from_date: date | str | None = None,
        to_date: date | str | None = None,
        kind: Literal["left", "relapsed", "newly_arisen"] | None = None,
        list_: Literal["poor", "near_poor"] | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> models.Feed:
        """Feed of transitions."""
        answer: models.Feed = self.ask(
            Call(
                "GET",
                "/v1/transitions",
                {
                    "area": area,
                    "from_date": from_date,
                    "to_date": to_date,
                    "kind": kind,
                    "list": list_,
                    "cursor": cursor,
                    "limit": limit,
                },
            )
        )
        return answer

    def get_certificate(
        self,
        household_id: str,
        *,
        basis: Literal["computed", "recognised"] | None = None,
        as_of: date | str | None = None,
        known_at: datetime | str | None = None,
    ) -> models.Certificate:
        """Certificate of a household."""
        answer: models.Certificate = self.ask(
            Call(
                "GET",
                f"/v1/households/{place(household_id)}/certificate",
                {"basis": basis, "as_of": as_of, "known_at": known_at},
            )
        )
        return answer

    def get_certificate_page(
        self,
        household_id: str,
        *,
        basis: Literal["computed", "recognised"] | None = None,
        lang: Literal["vi", "en"] | None = None,
        as_of: date | str | None = None,
        known_at: datetime | str | None = None,
    ) -> bytes:
        """Certificate of a household as a page."""
        answer: bytes = self.ask(
            Call(
                "GET",
                f"/v1/households/{place(household_id)}/certificate.pdf",
                {"basis": basis, "lang": lang, "as_of": as_of, "known_at": known_at},
            )
        )
        return answer

    def get_certificate_state(self, signature: str) -> models.CertificateState:
        """Verify a certificate."""
        answer: models.CertificateState = self.ask(
            Call("GET", f"/v1/certificates/{place(signature)}")
        )
        return answer

    def list_decision_changes(
        self, *, area: str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> models.DecisionChanges:
        """Feed of decisions."""
        answer: models.DecisionChanges = self.ask(
            Call("GET", "/v1/decision-changes", {"area": area, "cursor": cursor, "limit": limit})
        )
        return answer

    def verify_person(self, body: models.VerificationQuestion) -> models.Verification:
        """Verify that a citizen is on a list."""
        answer: models.Verification = self.ask(Call("POST", "/v1/verifications", body=body))
        return answer

    def look_up_households(self, body: models.HouseholdLookup) -> models.LookedUp:
        """Many households at once."""
        answer: models.LookedUp = self.ask(Call("POST", "/v1/households/lookup", body=body))
        return answer

    def list_household_accesses(
        self,
        household_id: str,
        *,
        order: Literal["oldest", "newest"] | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> models.HouseholdAccesses:
        """Who asked about a household."""
        answer: models.HouseholdAccesses = self.ask(
            Call(
                "GET",
                f"/v1/audit/subjects/{place(household_id)}",
                {"order": order, "cursor": cursor, "limit": limit},
            )
        )
        return answer

    def search_persons(self, body: models.PersonSearch) -> models.Persons:
        """Persons by a number."""
        answer: models.Persons = self.ask(Call("POST", "/v1/persons/search", body=body))
        return answer

    def list_likely_same_persons(
        self,
        *,
        area: str | None = None,
        as_of: date | str | None = None,
        known_at: datetime | str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> models.Likenesses:
        """Persons that look like one."""
        answer: models.Likenesses = self.ask(
            Call(
                "GET",
                "/v1/persons/likely-same",
                {
                    "area": area,
                    "as_of": as_of,
                    "known_at": known_at,
                    "cursor": cursor,
                    "limit": limit,
                },
            )
        )
        return answer

    def list_areas(
        self,
        *,
        level: Literal["country", "province", "district", "commune"] | None = None,
        parent: str | None = None,
        q: str | None = None,
        as_of: date | str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> models.Areas:
        """Administrative units."""
        answer: models.Areas = self.ask(
            Call(
                "GET",
                "/v1/areas",
                {
                    "level": level,
                    "parent": parent,
                    "q": q,
                    "as_of": as_of,
                    "cursor": cursor,
                    "limit": limit,
                },
            )
        )
        return answer

    def get_area(self, code: str, *, as_of: date | str | None = None) -> models.Area:
        """An administrative unit."""
        answer: models.Area = self.ask(Call("GET", f"/v1/areas/{place(code)}", {"as_of": as_of}))
        return answer

    def get_statistics(
        self,
        code: str,
        *,
        basis: Literal["computed", "recognised", "both"] | None = None,
        as_of: date | str | None = None,
        known_at: datetime | str | None = None,
    ) -> models.Statistics:
        """Statistics of an area."""
        answer: models.Statistics = self.ask(
            Call(
                "GET",
                f"/v1/areas/{place(code)}/statistics",
                {"basis": basis, "as_of": as_of, "known_at": known_at},
            )
        )
        return answer

    def get_status_flows(
        self,
        code: str,
        *,
        from_date: date | str,
        to_date: date | str,
        basis: Literal["computed", "recognised"] | None = None,
        known_at: datetime | str | None = None,
    ) -> models.StatusFlows:
        """Flows between statuses in an area."""
        answer: models.StatusFlows = self.ask(
            Call(
                "GET",
                f"/v1/areas/{place(code)}/status-flows",
                {"from_date": from_date, "to_date": to_date, "basis": basis, "known_at": known_at},
            )
        )
        return answer

    def list_statistics(
        self,
        code: str,
        *,
        from_date: date | str,
        to_date: date | str,
        every: Literal["year", "quarter", "month"] | None = None,
        known_at: datetime | str | None = None,
    ) -> models.StatisticsSeries:
        """Statistics of an area over time."""
        answer: models.StatisticsSeries = self.ask(
            Call(
                "GET",
                f"/v1/areas/{place(code)}/statistics/series",
                {"from_date": from_date, "to_date": to_date, "every": every, "known_at": known_at},
            )
        )
        return answer

    def list_children_statistics(
        self,
        code: str,
        *,
        by: Literal["province", "district", "commune"],
        as_of: date | str | None = None,
        known_at: datetime | str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> models.ChildrenStatistics:
        """Statistics of the units below an area."""
        answer: models.ChildrenStatistics = self.ask(
            Call(
                "GET",
                f"/v1/areas/{place(code)}/statistics/children",
                {"by": by, "as_of": as_of, "known_at": known_at, "cursor": cursor, "limit": limit},
            )
        )
        return answer

    def get_movement(
        self,
        code: str,
        *,
        list_: Literal["poor", "near_poor"],
        from_date: date | str,
        to_date: date | str,
        basis: Literal["computed", "recognised"] | None = None,
        known_at: datetime | str | None = None,
    ) -> models.ListMovement:
        """Movement of a list in an area."""
        answer: models.ListMovement = self.ask(
            Call(
                "GET",
                f"/v1/areas/{place(code)}/movement",
                {
                    "list": list_,
                    "from_date": from_date,
                    "to_date": to_date,
                    "basis": basis,
                    "known_at": known_at,
                },
            )
        )
        return answer

    def get_year_end(
        self,
        code: str,
        *,
        year: int,
        basis: Literal["computed", "recognised"] | None = None,
        known_at: datetime | str | None = None,
    ) -> models.YearEnd:
        """Year-end book of an area."""
        answer: models.YearEnd = self.ask(
            Call(
                "GET",
                f"/v1/areas/{place(code)}/year-end",
                {"year": year, "basis": basis, "known_at": known_at},
            )
        )
        return answer

    def get_year_end_workbook(
        self,
        code: str,
        *,
        year: int,
        basis: Literal["computed", "recognised"] | None = None,
        lang: Literal["vi", "en"] | None = None,
        known_at: datetime | str | None = None,
    ) -> bytes:
        """Year-end book of an area as a workbook."""
        answer: bytes = self.ask(
            Call(
                "GET",
                f"/v1/areas/{place(code)}/year-end.xlsx",
                {"year": year, "basis": basis, "lang": lang, "known_at": known_at},
            )
        )
        return answer

    def get_year_end_pages(
        self,
        code: str,
        *,
        year: int,
        basis: Literal["computed", "recognised"] | None = None,
        lang: Literal["vi", "en"] | None = None,
        known_at: datetime | str | None = None,
    ) -> bytes:
        """Year-end book of an area as pages."""
        answer: bytes = self.ask(
            Call(
                "GET",
                f"/v1/areas/{place(code)}/year-end.pdf",
                {"year": year, "basis": basis, "lang": lang, "known_at": known_at},
            )
        )
        return answer

    def list_year_end_households(
        self,
        code: str,
        *,
        year: int,
        list_: Literal["poor", "near_poor"],
        cell: Literal[
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
        ],
        row: str | None = None,
        basis: Literal["computed", "recognised"] | None = None,
        known_at: datetime | str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> models.CellHouseholds:
        """Households behind a cell of a year-end book."""
        answer: models.CellHouseholds = self.ask(
            Call(
                "GET",
                f"/v1/areas/{place(code)}/year-end/households",
                {
                    "year": year,
                    "list": list_,
                    "cell": cell,
                    "row": row,
                    "basis": basis,
                    "known_at": known_at,
                    "cursor": cursor,
                    "limit": limit,
                },
            )
        )
        return answer

    def get_decision_list(
        self,
        code: str,
        *,
        decision_no: str,
        year: int,
        list_: Literal["poor", "near_poor", "exit"],
        basis: Literal["computed", "recognised"] | None = None,
        known_at: datetime | str | None = None,
    ) -> models.DecisionList:
        """List of a decision."""
        answer: models.DecisionList = self.ask(
            Call(
                "GET",
                f"/v1/areas/{place(code)}/decision-list",
                {
                    "decision_no": decision_no,
                    "year": year,
                    "list": list_,
                    "basis": basis,
                    "known_at": known_at,
                },
            )
        )
        return answer

    def get_decision_list_pages(
        self,
        code: str,
        *,
        decision_no: str,
        year: int,
        list_: Literal["poor", "near_poor", "exit"],
        basis: Literal["computed", "recognised"] | None = None,
        lang: Literal["vi", "en"] | None = None,
        known_at: datetime | str | None = None,
    ) -> bytes:
        """List of a decision as pages."""
        answer: bytes = self.ask(
            Call(
                "GET",
                f"/v1/areas/{place(code)}/decision-list.pdf",
                {
                    "decision_no": decision_no,
                    "year": year,
                    "list": list_,
                    "basis": basis,
                    "lang": lang,
                    "known_at": known_at,
                },
            )
        )
        return answer

    def list_relapse_watch(
        self,
        code: str,
        *,
        at_least: int | None = None,
        as_of: date | str | None = None,
        known_at: datetime | str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> models.WatchList:
        """Relapse watch."""
        answer: models.WatchList = self.ask(
            Call(
                "GET",
                f"/v1/areas/{place(code)}/relapse-watch",
                {
                    "at_least": at_least,
                    "as_of": as_of,
                    "known_at": known_at,
                    "cursor": cursor,
                    "limit": limit,
                },
            )
        )
        return answer

    def get_relapse_backtest(
        self, code: str, *, as_of: date | str | None = None, known_at: datetime | str | None = None
    ) -> models.Backtest:
        """Back-test of the relapse watch."""
        answer: models.Backtest = self.ask(
            Call(
                "GET",
                f"/v1/areas/{place(code)}/relapse-watch/backtest",
                {"as_of": as_of, "known_at": known_at},
            )
        )
        return answer

    def get_changeover(
        self,
        code: str,
        *,
        standard: str | None = None,
        basis: Literal["computed", "recognised"] | None = None,
        as_of: date | str | None = None,
        known_at: datetime | str | None = None,
    ) -> models.Changeover:
        """Changeover board of an area."""
        answer: models.Changeover = self.ask(
            Call(
                "GET",
                f"/v1/areas/{place(code)}/changeover",
                {"standard": standard, "basis": basis, "as_of": as_of, "known_at": known_at},
            )
        )
        return answer

    def list_changeover_households(
        self,
        code: str,
        *,
        becomes: Literal["stays", "newly_poor", "newly_near_poor", "leaves", "uncertain", "unknown"]
        | None = None,
        standard: str | None = None,
        basis: Literal["computed", "recognised"] | None = None,
        as_of: date | str | None = None,
        known_at: datetime | str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> models.ChangingHouseholds:
        """Households of a changeover board."""
        answer: models.ChangingHouseholds = self.ask(
            Call(
                "GET",
                f"/v1/areas/{place(code)}/changeover/households",
                {
                    "becomes": becomes,
                    "standard": standard,
                    "basis": basis,
                    "as_of": as_of,
                    "known_at": known_at,
                    "cursor": cursor,
                    "limit": limit,
                },
            )
        )
        return answer

    def get_changeover_costs(
        self,
        code: str,
        *,
        standard: str | None = None,
        basis: Literal["computed", "recognised"] | None = None,
        as_of: date | str | None = None,
        known_at: datetime | str | None = None,
    ) -> models.ChangeoverCosts:
        """Costs of a changeover."""
        answer: models.ChangeoverCosts = self.ask(
            Call(
                "GET",
                f"/v1/areas/{place(code)}/changeover/costs",
                {"standard": standard, "basis": basis, "as_of": as_of, "known_at": known_at},
            )
        )
        return answer

    def ask_what_if(self, body: models.StandardWhatIf) -> models.StandardOutcome:
        """Another standard over today's households."""
        answer: models.StandardOutcome = self.ask(Call("POST", "/v1/what-if/standards", body=body))
        return answer

    def get_review_round(
        self,
        code: str,
        *,
        year: int,
        basis: Literal["computed", "recognised"] | None = None,
        as_of: date | str | None = None,
        known_at: datetime | str | None = None,
    ) -> models.ReviewRound:
        """Progress of a yearly round of reviews."""
        answer: models.ReviewRound = self.ask(
            Call(
                "GET",
                f"/v1/areas/{place(code)}/review-round",
                {"year": year, "basis": basis, "as_of": as_of, "known_at": known_at},
            )
        )
        return answer

    def list_review_round_households(
        self,
        code: str,
        *,
        year: int,
        state: Literal["open", "undecided", "late", "decided", "ended"] | None = None,
        basis: Literal["computed", "recognised"] | None = None,
        as_of: date | str | None = None,
        known_at: datetime | str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> models.RoundHouseholds:
        """Households of a round of reviews."""
        answer: models.RoundHouseholds = self.ask(
            Call(
                "GET",
                f"/v1/areas/{place(code)}/review-round/households",
                {
                    "year": year,
                    "state": state,
                    "basis": basis,
                    "as_of": as_of,
                    "known_at": known_at,
                    "cursor": cursor,
                    "limit": limit,
                },
            )
        )
        return answer

    def get_area_entitlements(
        self, code: str, *, as_of: date | str | None = None, known_at: datetime | str | None = None
    ) -> models.AreaEntitlements:
        """Entitlements in an area."""
        answer: models.AreaEntitlements = self.ask(
            Call(
                "GET",
                f"/v1/areas/{place(code)}/entitlements",
                {"as_of": as_of, "known_at": known_at},
            )
        )
        return answer

    def list_standards(
        self, *, on: date | str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> models.PolicyItems:
        """Poverty standards in force."""
        answer: models.PolicyItems = self.ask(
            Call("GET", "/v1/standards", {"on": on, "cursor": cursor, "limit": limit})
        )
        return answer

    def list_programs(
        self, *, on: date | str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> models.PolicyItems:
        """Programmes in force."""
        answer: models.PolicyItems = self.ask(
            Call("GET", "/v1/programs", {"on": on, "cursor": cursor, "limit": limit})
        )
        return answer

    def list_rules(
        self, *, on: date | str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> models.PolicyItems:
        """Allocation rules and norms in force."""
        answer: models.PolicyItems = self.ask(
            Call("GET", "/v1/rules", {"on": on, "cursor": cursor, "limit": limit})
        )
        return answer

    def list_support_norms(
        self, *, on: date | str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> models.PolicyItems:
        """Support norms in force."""
        answer: models.PolicyItems = self.ask(
            Call("GET", "/v1/support-norms", {"on": on, "cursor": cursor, "limit": limit})
        )
        return answer

    def list_support_kinds(
        self, *, on: date | str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> models.PolicyItems:
        """Kinds of support that are recorded."""
        answer: models.PolicyItems = self.ask(
            Call("GET", "/v1/support-kinds", {"on": on, "cursor": cursor, "limit": limit})
        )
        return answer

    def get_fund(self, fund_id: str, *, known_at: datetime | str | None = None) -> models.Fund:
        """A fund."""
        answer: models.Fund = self.ask(
            Call("GET", f"/v1/funds/{place(fund_id)}", {"known_at": known_at})
        )
        return answer

    def get_fund_progress(
        self,
        fund_id: str,
        *,
        level: Literal["country", "province", "district", "commune"] | None = None,
        not_moved_for: int | None = None,
        known_at: datetime | str | None = None,
    ) -> models.FundProgress:
        """Progress of a fund."""
        answer: models.FundProgress = self.ask(
            Call(
                "GET",
                f"/v1/funds/{place(fund_id)}/progress",
                {"level": level, "not_moved_for": not_moved_for, "known_at": known_at},
            )
        )
        return answer

    def get_payment_progress(
        self,
        *,
        program: str | None = None,
        component: str | None = None,
        year: int | None = None,
        area: str | None = None,
        funding_source: Literal["central", "local", "mobilised"] | None = None,
        level: Literal["country", "province", "district", "commune"] | None = None,
        known_at: datetime | str | None = None,
    ) -> models.PaymentProgress:
        """Progress of payment."""
        answer: models.PaymentProgress = self.ask(
            Call(
                "GET",
                "/v1/disbursements/progress",
                {
                    "program": program,
                    "component": component,
                    "year": year,
                    "area": area,
                    "funding_source": funding_source,
                    "level": level,
                    "known_at": known_at,
                },
            )
        )
        return answer

    def get_fund_scenario(
        self,
        code: str,
        *,
        year: int,
        program: str | None = None,
        component: str | None = None,
        not_moved_for: int | None = None,
        as_of: date | str | None = None,
        known_at: datetime | str | None = None,
    ) -> models.FundScenario:
        """Scenario of funds."""
        answer: models.FundScenario = self.ask(
            Call(
                "GET",
                f"/v1/areas/{place(code)}/fund-scenario",
                {
                    "year": year,
                    "program": program,
                    "component": component,
                    "not_moved_for": not_moved_for,
                    "as_of": as_of,
                    "known_at": known_at,
                },
            )
        )
        return answer

    def get_allocation_run(
        self, run_id: str, *, known_at: datetime | str | None = None
    ) -> models.Run:
        """An allocation run."""
        answer: models.Run = self.ask(
            Call("GET", f"/v1/allocation-runs/{place(run_id)}", {"known_at": known_at})
        )
        return answer

    def list_allocation_lines(
        self,
        run_id: str,
        *,
        outcome: Literal["allocated", "not_eligible", "already_supported", "fund_exhausted"]
        | None = None,
        area: str | None = None,
        line: str | None = None,
        format_: Literal["json", "ndjson"] | None = None,
        known_at: datetime | str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> models.AllocationLines:
        """Lines of an allocation run."""
        answer: models.AllocationLines = self.ask(
            Call(
                "GET",
                f"/v1/allocation-runs/{place(run_id)}/lines",
                {
                    "outcome": outcome,
                    "area": area,
                    "line": line,
                    "format": format_,
                    "known_at": known_at,
                    "cursor": cursor,
                    "limit": limit,
                },
            )
        )
        return answer

    def compare_allocation_runs(
        self,
        run_id: str,
        *,
        with_: str,
        change: Literal["gained", "lost"] | None = None,
        known_at: datetime | str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> models.Comparison:
        """Two runs side by side."""
        answer: models.Comparison = self.ask(
            Call(
                "GET",
                f"/v1/allocation-runs/{place(run_id)}/compare",
                {
                    "with": with_,
                    "change": change,
                    "known_at": known_at,
                    "cursor": cursor,
                    "limit": limit,
                },
            )
        )
        return answer

    def get_best_allocation(
        self,
        run_id: str,
        *,
        with_: str | None = None,
        counted: Literal["household", "content"] | None = None,
        known_at: datetime | str | None = None,
    ) -> models.BestAllocation:
        """Best allocation beside a run."""
        answer: models.BestAllocation = self.ask(
            Call(
                "GET",
                f"/v1/allocation-runs/{place(run_id)}/best-allocation",
                {"with": with_, "counted": counted, "known_at": known_at},
            )
        )
        return answer

    def list_best_allocation_households(
        self,
        run_id: str,
        *,
        with_: str | None = None,
        counted: Literal["household", "content"] | None = None,
        change: Literal["gained", "lost"] | None = None,
        known_at: datetime | str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> models.BestDifferences:
        """Households that a best allocation serves differently."""
        answer: models.BestDifferences = self.ask(
            Call(
                "GET",
                f"/v1/allocation-runs/{place(run_id)}/best-allocation/households",
                {
                    "with": with_,
                    "counted": counted,
                    "change": change,
                    "known_at": known_at,
                    "cursor": cursor,
                    "limit": limit,
                },
            )
        )
        return answer

    def list_stalled_lines(
        self,
        *,
        fund: str | None = None,
        program: str | None = None,
        component: str | None = None,
        area: str | None = None,
        days: int | None = None,
        known_at: datetime | str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> models.StalledLines:
        """Lines that stand still."""
        answer: models.StalledLines = self.ask(
            Call(
                "GET",
                "/v1/disbursements/stalled",
                {
                    "fund": fund,
                    "program": program,
                    "component": component,
                    "area": area,
                    "days": days,
                    "known_at": known_at,
                    "cursor": cursor,
                    "limit": limit,
                },
            )
        )
        return answer

    def list_support_totals(
        self,
        *,
        area: str | None = None,
        level: Literal["country", "province", "district", "commune"] | None = None,
        year: int | None = None,
        kind: str | None = None,
        program: str | None = None,
        known_at: datetime | str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> models.SupportTotals:
        """Totals of support."""
        answer: models.SupportTotals = self.ask(
            Call(
                "GET",
                "/v1/support-records/totals",
                {
                    "area": area,
                    "level": level,
                    "year": year,
                    "kind": kind,
                    "program": program,
                    "known_at": known_at,
                    "cursor": cursor,
                    "limit": limit,
                },
            )
        )
        return answer

    def get_article(self, article_id: str) -> models.Article:
        """An article."""
        answer: models.Article = self.ask(Call("GET", f"/v1/articles/{place(article_id)}"))
        return answer

    def list_article_figures(
        self,
        article_id: str,
        *,
        explain: bool | None = None,
        known_at: datetime | str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> models.Figures:
        """Figures of an article."""
        answer: models.Figures = self.ask(
            Call(
                "GET",
                f"/v1/articles/{place(article_id)}/figures",
                {"explain": explain, "known_at": known_at, "cursor": cursor, "limit": limit},
            )
        )
        return answer

    def list_figures(
        self,
        *,
        measure: str | None = None,
        area: str | None = None,
        from_date: date | str | None = None,
        to_date: date | str | None = None,
        kind: Literal["actual", "forecast", "target", "norm"] | None = None,
        known_at: datetime | str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> models.Figures:
        """Figures as time series."""
        answer: models.Figures = self.ask(
            Call(
                "GET",
                "/v1/figures",
                {
                    "measure": measure,
                    "area": area,
                    "from_date": from_date,
                    "to_date": to_date,
                    "kind": kind,
                    "known_at": known_at,
                    "cursor": cursor,
                    "limit": limit,
                },
            )
        )
        return answer

    def view_article(self, article_id: str, *, lang: Literal["vi", "en"] | None = None) -> bytes:
        """An article to look at."""
        answer: bytes = self.ask(
            Call("GET", f"/v1/articles/{place(article_id)}/view", {"lang": lang})
        )
        return answer

    def list_findings(
        self,
        *,
        article: str | None = None,
        area: str | None = None,
        kind: Literal[
            "area_type_differs",
            "average_mismatch",
            "change_mismatch",
            "child_fund_differs",
            "decision_differs",
            "differs_from_reference",
            "differs_from_registry",
            "paid_after_closure",
            "paid_before_decision",
            "paid_not_eligible",
            "parts_exceed_total",
            "parts_total_mismatch",
            "payment_repeated",
            "person_in_two_households",
            "rate_count_mismatch",
            "rate_over_100",
            "restatement_mismatch",
            "returned_before_paid",
            "review_outside_calendar",
            "stale_year",
            "supported_twice",
            "tranche_exceeded",
            "transposed_digits",
            "two_heads",
            "unit_amount_mismatch",
            "unregistered_negative",
            "uses_exceed_fund",
        ]
        | None = None,
        fund: str | None = None,
        known_at: datetime | str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> models.Findings:
        """Findings."""
        answer: models.Findings = self.ask(
            Call(
                "GET",
                "/v1/findings",
                {
                    "article": article,
                    "area": area,
                    "kind": kind,
                    "fund": fund,
                    "known_at": known_at,
                    "cursor": cursor,
                    "limit": limit,
                },
            )
        )
        return answer

    def count_findings(
        self, *, area: str | None = None, known_at: datetime | str | None = None
    ) -> models.FindingCounts:
        """Findings counted by kind."""
        answer: models.FindingCounts = self.ask(
            Call("GET", "/v1/findings/counts", {"area": area, "known_at": known_at})
        )
        return answer

    def post_registry_sync_search(self, body: models.SearchMessage) -> models.SearchResponseMessage:
        """Search and be answered (SPDCI)."""
        answer: models.SearchResponseMessage = self.ask(
            Call("POST", "/registry/sync/search", body=body)
        )
        return answer

    def post_sr_registry_sync_search(
        self, body: models.SearchMessage
    ) -> models.SearchResponseMessage:
        """Search and be answered (SPDCI)."""
        answer: models.SearchResponseMessage = self.ask(
            Call("POST", "/sr/registry/sync/search", body=body)
        )
        return answer

    def post_registry_sync_txn_status(
        self, body: models.TxnStatusMessage
    ) -> models.TxnStatusResponseMessage:
        """Ask what has become of a message (SPDCI)."""
        answer: models.TxnStatusResponseMessage = self.ask(
            Call("POST", "/registry/sync/txn/status", body=body)
        )
        return answer

    def post_sr_registry_sync_txn_status(
        self, body: models.TxnStatusMessage
    ) -> models.TxnStatusResponseMessage:
        """Ask what has become of a message (SPDCI)."""
        answer: models.TxnStatusResponseMessage = self.ask(
            Call("POST", "/sr/registry/sync/txn/status", body=body)
        )
        return answer

    def post_registry_search(self, body: models.SearchMessage) -> models.AckMessage:
        """Search and be called back (SPDCI)."""
        answer: models.AckMessage = self.ask(Call("POST", "/registry/search", body=body))
        return answer

    def post_sr_registry_search(self, body: models.SearchMessage) -> models.AckMessage:
        """Search and be called back (SPDCI)."""
        answer: models.AckMessage = self.ask(Call("POST", "/sr/registry/search", body=body))
        return answer

    def post_registry_txn_status(self, body: models.TxnStatusMessage) -> models.AckMessage:
        """Ask what has become of a message and be called back (SPDCI)."""
        answer: models.AckMessage = self.ask(Call("POST", "/registry/txn/status", body=body))
        return answer

    def post_sr_registry_txn_status(self, body: models.TxnStatusMessage) -> models.AckMessage:
        """Ask what has become of a message and be called back (SPDCI)."""
        answer: models.AckMessage = self.ask(Call("POST", "/sr/registry/txn/status", body=body))
        return answer

    def post_registry_subscribe(self, body: models.SubscribeMessage) -> models.AckMessage:
        """Subscribe to changes (SPDCI)."""
        answer: models.AckMessage = self.ask(Call("POST", "/registry/subscribe", body=body))
        return answer

    def post_sr_registry_subscribe(self, body: models.SubscribeMessage) -> models.AckMessage:
        """Subscribe to changes (SPDCI)."""
        answer: models.AckMessage = self.ask(Call("POST", "/sr/registry/subscribe", body=body))
        return answer

    def post_registry_unsubscribe(self, body: models.UnsubscribeMessage) -> models.AckMessage:
        """End subscriptions (SPDCI)."""
        answer: models.AckMessage = self.ask(Call("POST", "/registry/unsubscribe", body=body))
        return answer

    def post_sr_registry_unsubscribe(self, body: models.UnsubscribeMessage) -> models.AckMessage:
        """End subscriptions (SPDCI)."""
        answer: models.AckMessage = self.ask(Call("POST", "/sr/registry/unsubscribe", body=body))
        return answer

    def get_spdci_profile(self) -> dict[str, Any]:
        """National profile of SPDCI."""
        answer: dict[str, Any] = self.ask(Call("GET", "/registry/profiles/vn/context.jsonld"))
        return answer

    def post_subscription(self, body: models.NewSubscription) -> models.SignedSubscription:
        """Subscribe."""
        answer: models.SignedSubscription = self.ask(
            Call("POST", "/v1/subscriptions", body=body, repeatable=False)
        )
        return answer

    def list_subscriptions(
        self, *, cursor: str | None = None, limit: int | None = None
    ) -> models.Subscriptions:
        """Subscriptions of the caller."""
        answer: models.Subscriptions = self.ask(
            Call("GET", "/v1/subscriptions", {"cursor": cursor, "limit": limit})
        )
        return answer

    def get_subscription(self, subscription_id: str) -> models.SubscriptionAnswer:
        """A subscription."""
        answer: models.SubscriptionAnswer = self.ask(
            Call("GET", f"/v1/subscriptions/{place(subscription_id)}")
        )
        return answer

    def delete_subscription(self, subscription_id: str) -> models.SubscriptionAnswer:
        """End a subscription."""
        answer: models.SubscriptionAnswer = self.ask(
            Call("DELETE", f"/v1/subscriptions/{place(subscription_id)}")
        )
        return answer

    def rotate_subscription(
        self, subscription_id: str, body: models.Rotation
    ) -> models.SignedSubscription:
        """Exchange the secret."""
        answer: models.SignedSubscription = self.ask(
            Call(
                "POST",
                f"/v1/subscriptions/{place(subscription_id)}/rotate",
                body=body,
                repeatable=False,
            )
        )
        return answer

    def list_deliveries(
        self,
        subscription_id: str,
        *,
        state: Literal["waiting", "delivered", "parked", "withheld"] | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> models.Deliveries:
        """Log of a subscription's deliveries."""
        answer: models.Deliveries = self.ask(
            Call(
                "GET",
                f"/v1/subscriptions/{place(subscription_id)}/deliveries",
                {"state": state, "cursor": cursor, "limit": limit},
            )
        )
        return answer

    def replay_subscription(self, subscription_id: str, body: models.Replay) -> models.Replayed:
        """Send again."""
        answer: models.Replayed = self.ask(
            Call("POST", f"/v1/subscriptions/{place(subscription_id)}/replay", body=body)
        )
        return answer

    def test_subscription(self, subscription_id: str, body: models.Trial) -> models.TrialPlanned:
        """Send a trial."""
        answer: models.TrialPlanned = self.ask(
            Call(
                "POST",
                f"/v1/subscriptions/{place(subscription_id)}/test",
                body=body,
                repeatable=False,
            )
        )
        return answer

    def stream_export(
        self, *, question: str, format_: Literal["ndjson", "csv"] | None = None
    ) -> bytes:
        """A list as a stream."""
        answer: bytes = self.ask(
            Call("GET", "/v1/exports/stream", {"question": question, "format": format_})
        )
        return answer

    def post_export(self, body: models.NewExport) -> models.ExportAnswer:
        """Order a list as a file."""
        answer: models.ExportAnswer = self.ask(Call("POST", "/v1/exports", body=body))
        return answer

    def list_exports(
        self, *, cursor: str | None = None, limit: int | None = None
    ) -> models.Exports:
        """Exports of the caller."""
        answer: models.Exports = self.ask(
            Call("GET", "/v1/exports", {"cursor": cursor, "limit": limit})
        )
        return answer

    def get_export(self, export_id: str) -> models.ExportAnswer:
        """An export."""
        answer: models.ExportAnswer = self.ask(Call("GET", f"/v1/exports/{place(export_id)}"))
        return answer

    def delete_export(self, export_id: str) -> models.ExportAnswer:
        """Remove an export."""
        answer: models.ExportAnswer = self.ask(Call("DELETE", f"/v1/exports/{place(export_id)}"))
        return answer

    def get_export_content(self, export_id: str) -> bytes:
        """The file of an export."""
        answer: bytes = self.ask(Call("GET", f"/v1/exports/{place(export_id)}/content"))
        return answer

    def get_export_manifest(self, export_id: str) -> models.ExportManifest:
        """What the file of an export holds."""
        answer: models.ExportManifest = self.ask(
            Call("GET", f"/v1/exports/{place(export_id)}/manifest")
        )
        return answer


class AsyncOperations:
    """Each question as a method."""

    def ask(self, call: Call) -> Awaitable[Any]:
        """Ask the registry."""
        raise NotImplementedError

    def post_household_events(
        self, body: models.HouseholdEventFacts, *, wait: int | None = None
    ) -> Awaitable[models.Receipts | models.ImportResult]:
        """Record household events."""
        answer: Awaitable[models.Receipts | models.ImportResult] = self.ask(
            Call(
                "POST",
                "/v1/household-events",
                body=body,
                headers={} if wait is None else {"prefer": f"wait={wait}"},
            )
        )
        return answer

    def post_members(
        self, body: models.MemberFacts, *, wait: int | None = None
    ) -> Awaitable[models.Receipts | models.ImportResult]:
        """Record members of households."""
        answer: Awaitable[models.Receipts | models.ImportResult] = self.ask(
            Call(
                "POST",
                "/v1/members",
                body=body,
                headers={} if wait is None else {"prefer": f"wait={wait}"},
            )
        )
        return answer

    def post_person_decisions(
        self, body: models.PersonDecisionFacts, *, wait: int | None = None
    ) -> Awaitable[models.Receipts | models.ImportResult]:
        """Record decisions on likely same persons."""
        answer: Awaitable[models.Receipts | models.ImportResult] = self.ask(
            Call(
                "POST",
                "/v1/person-decisions",
                body=body,
                headers={} if wait is None else {"prefer": f"wait={wait}"},
            )
        )
        return answer

    def post_move_requests(
        self, body: models.MoveRequestFacts, *, wait: int | None = None
    ) -> Awaitable[models.Receipts | models.ImportResult]:
        """Ask for moves of households."""
        answer: Awaitable[models.Receipts | models.ImportResult] = self.ask(
            Call(
                "POST",
                "/v1/move-requests",
                body=body,
                headers={} if wait is None else {"prefer": f"wait={wait}"},
            )
        )
        return answer

    def list_move_requests(
        self,
        *,
        state: Literal["open", "moved", "refused"] | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> Awaitable[models.MoveRequests]:
        """Requests for moves."""
        answer: Awaitable[models.MoveRequests] = self.ask(
            Call("GET", "/v1/move-requests", {"state": state, "cursor": cursor, "limit": limit})
        )
        return answer

    def post_move_refusals(
        self, body: models.MoveRefusalFacts, *, wait: int | None = None
    ) -> Awaitable[models.Receipts | models.ImportResult]:
        """Refuse moves that were asked for."""
        answer: Awaitable[models.Receipts | models.ImportResult] = self.ask(
            Call(
                "POST",
                "/v1/move-refusals",
                body=body,
                headers={} if wait is None else {"prefer": f"wait={wait}"},
            )
        )
        return answer

    def post_area_facts(
        self, body: models.AreaFactFacts, *, wait: int | None = None
    ) -> Awaitable[models.Receipts | models.ImportResult]:
        """Record area facts."""
        answer: Awaitable[models.Receipts | models.ImportResult] = self.ask(
            Call(
                "POST",
                "/v1/area-facts",
                body=body,
                headers={} if wait is None else {"prefer": f"wait={wait}"},
            )
        )
        return answer

    def post_articles(
        self, body: models.ArticleFacts, *, wait: int | None = None
    ) -> Awaitable[models.Receipts | models.ImportResult]:
        """Record articles."""
        answer: Awaitable[models.Receipts | models.ImportResult] = self.ask(
            Call(
                "POST",
                "/v1/articles",
                body=body,
                headers={} if wait is None else {"prefer": f"wait={wait}"},
            )
        )
        return answer

    def list_articles(
        self,
        *,
        measure: str | None = None,
        area: str | None = None,
        from_date: date | str | None = None,
        to_date: date | str | None = None,
        has_findings: bool | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> Awaitable[models.Articles]:
        """Articles, the newest first."""
        answer: Awaitable[models.Articles] = self.ask(
            Call(
                "GET",
                "/v1/articles",
                {
                    "measure": measure,
                    "area": area,
                    "from_date": from_date,
                    "to_date": to_date,
                    "has_findings": has_findings,
                    "cursor": cursor,
                    "limit": limit,
                },
            )
        )
        return answer

    def post_funds(
        self, body: models.FundFacts, *, wait: int | None = None
    ) -> Awaitable[models.Receipts | models.ImportResult]:
        """Record funds."""
        answer: Awaitable[models.Receipts | models.ImportResult] = self.ask(
            Call(
                "POST",
                "/v1/funds",
                body=body,
                headers={} if wait is None else {"prefer": f"wait={wait}"},
            )
        )
        return answer

    def list_funds(
        self,
        *,
        program: str | None = None,
        component: str | None = None,
        year: int | None = None,
        area: str | None = None,
        funding_source: Literal["central", "local", "mobilised"] | None = None,
        parent: str | None = None,
        known_at: datetime | str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> Awaitable[models.Funds]:
        """Funds."""
        answer: Awaitable[models.Funds] = self.ask(
            Call(
                "GET",
                "/v1/funds",
                {
                    "program": program,
                    "component": component,
                    "year": year,
                    "area": area,
                    "funding_source": funding_source,
                    "parent": parent,
                    "known_at": known_at,
                    "cursor": cursor,
                    "limit": limit,
                },
            )
        )
        return answer

    def post_disbursements(
        self, body: models.DisbursementFacts, *, wait: int | None = None
    ) -> Awaitable[models.Receipts | models.ImportResult]:
        """Record payments and returns."""
        answer: Awaitable[models.Receipts | models.ImportResult] = self.ask(
            Call(
                "POST",
                "/v1/disbursements",
                body=body,
                headers={} if wait is None else {"prefer": f"wait={wait}"},
            )
        )
        return answer

    def list_disbursements(
        self,
        *,
        run: str | None = None,
        fund: str | None = None,
        line: str | None = None,
        from_date: date | str | None = None,
        to_date: date | str | None = None,
        known_at: datetime | str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> Awaitable[models.Disbursements]:
        """Payments and returns."""
        answer: Awaitable[models.Disbursements] = self.ask(
            Call(
                "GET",
                "/v1/disbursements",
                {
                    "run": run,
                    "fund": fund,
                    "line": line,
                    "from_date": from_date,
                    "to_date": to_date,
                    "known_at": known_at,
                    "cursor": cursor,
                    "limit": limit,
                },
            )
        )
        return answer

    def post_support_records(
        self, body: models.SupportRecordFacts, *, wait: int | None = None
    ) -> Awaitable[models.Receipts | models.ImportResult]:
        """Record support."""
        answer: Awaitable[models.Receipts | models.ImportResult] = self.ask(
            Call(
                "POST",
                "/v1/support-records",
                body=body,
                headers={} if wait is None else {"prefer": f"wait={wait}"},
            )
        )
        return answer

    def list_support_records(
        self,
        *,
        fund: str | None = None,
        area: str | None = None,
        kind: str | None = None,
        program: str | None = None,
        household: str | None = None,
        from_date: date | str | None = None,
        to_date: date | str | None = None,
        known_at: datetime | str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> Awaitable[models.SupportRecords]:
        """Support records."""
        answer: Awaitable[models.SupportRecords] = self.ask(
            Call(
                "GET",
                "/v1/support-records",
                {
                    "fund": fund,
                    "area": area,
                    "kind": kind,
                    "program": program,
                    "household": household,
                    "from_date": from_date,
                    "to_date": to_date,
                    "known_at": known_at,
                    "cursor": cursor,
                    "limit": limit,
                },
            )
        )
        return answer

    def post_reference_figures(
        self, body: models.ReferenceFigureFacts, *, wait: int | None = None
    ) -> Awaitable[models.Receipts | models.ImportResult]:
        """Record official figures."""
        answer: Awaitable[models.Receipts | models.ImportResult] = self.ask(
            Call(
                "POST",
                "/v1/reference-figures",
                body=body,
                headers={} if wait is None else {"prefer": f"wait={wait}"},
            )
        )
        return answer

    def list_reference_figures(
        self, *, measure: str, area: str, known_at: datetime | str | None = None
    ) -> Awaitable[models.OfficialFigures]:
        """Official figures."""
        answer: Awaitable[models.OfficialFigures] = self.ask(
            Call(
                "GET",
                "/v1/reference-figures",
                {"measure": measure, "area": area, "known_at": known_at},
            )
        )
        return answer

    def post_allocation_run(self, body: models.AllocationRun) -> Awaitable[models.RunAccepted]:
        """Request an allocation run."""
        answer: Awaitable[models.RunAccepted] = self.ask(
            Call("POST", "/v1/allocation-runs", body=body)
        )
        return answer

    def list_allocation_runs(
        self,
        *,
        fund: str | None = None,
        rule: str | None = None,
        state: Literal["pending", "completed", "refused"] | None = None,
        mode: Literal["commit", "preview"] | None = None,
        known_at: datetime | str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> Awaitable[models.Runs]:
        """Allocation runs."""
        answer: Awaitable[models.Runs] = self.ask(
            Call(
                "GET",
                "/v1/allocation-runs",
                {
                    "fund": fund,
                    "rule": rule,
                    "state": state,
                    "mode": mode,
                    "known_at": known_at,
                    "cursor": cursor,
                    "limit": limit,
                },
            )
        )
        return answer

    def get_receipt(self, event_id: str) -> Awaitable[models.ReceiptState]:
        """What became of a fact."""
        answer: Awaitable[models.ReceiptState] = self.ask(
            Call("GET", f"/v1/receipts/{place(event_id)}")
        )
        return answer

    def get_csv_template(self, kind: str) -> Awaitable[bytes]:
        """An empty table to fill in, as CSV."""
        answer: Awaitable[bytes] = self.ask(Call("GET", f"/v1/imports/templates/{place(kind)}.csv"))
        return answer

    def get_xlsx_template(self, kind: str) -> Awaitable[bytes]:
        """An empty table to fill in, as a workbook."""
        answer: Awaitable[bytes] = self.ask(
            Call("GET", f"/v1/imports/templates/{place(kind)}.xlsx")
        )
        return answer

    def get_import(self, import_id: str) -> Awaitable[models.ImportState]:
        """What became of an import."""
        answer: Awaitable[models.ImportState] = self.ask(
            Call("GET", f"/v1/imports/{place(import_id)}")
        )
        return answer

    def get_rejected(self, import_id: str) -> Awaitable[bytes]:
        """Refused rows of an import."""
        answer: Awaitable[bytes] = self.ask(Call("GET", f"/v1/imports/{place(import_id)}/rejected"))
        return answer

    def list_feeds(
        self, *, cursor: str | None = None, limit: int | None = None
    ) -> Awaitable[models.PolledFeeds]:
        """Feeds that are polled."""
        answer: Awaitable[models.PolledFeeds] = self.ask(
            Call("GET", "/v1/feeds", {"cursor": cursor, "limit": limit})
        )
        return answer

    def get_signature(self, signature: str) -> Awaitable[models.SignedDocument]:
        """Verify the signature of a document."""
        answer: Awaitable[models.SignedDocument] = self.ask(
            Call("GET", f"/v1/signatures/{place(signature)}")
        )
        return answer

    def list_clients(
        self, *, cursor: str | None = None, limit: int | None = None
    ) -> Awaitable[models.Clients]:
        """Clients."""
        answer: Awaitable[models.Clients] = self.ask(
            Call("GET", "/v1/clients", {"cursor": cursor, "limit": limit})
        )
        return answer

    def list_audited_answers(
        self, *, client: str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> Awaitable[models.AuditedAnswers]:
        """Who read what."""
        answer: Awaitable[models.AuditedAnswers] = self.ask(
            Call("GET", "/v1/audit/answers", {"client": client, "cursor": cursor, "limit": limit})
        )
        return answer

    def get_household(
        self,
        household_id: str,
        *,
        basis: Literal["computed", "recognised"] | None = None,
        as_of: date | str | None = None,
        known_at: datetime | str | None = None,
    ) -> Awaitable[models.Household]:
        """Status of a household."""
        answer: Awaitable[models.Household] = self.ask(
            Call(
                "GET",
                f"/v1/households/{place(household_id)}",
                {"basis": basis, "as_of": as_of, "known_at": known_at},
            )
        )
        return answer

    def list_households(
        self,
        *,
        area: str | None = None,
        status: Literal["poor", "near_poor", "recently_exited", "non_poor", "closed"] | None = None,
        not_reviewed_since: date | str | None = None,
        q: str | None = None,
        basis: Literal["computed", "recognised"] | None = None,
        as_of: date | str | None = None,
        known_at: datetime | str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> Awaitable[models.Households]:
        """Households."""
        answer: Awaitable[models.Households] = self.ask(
            Call(
                "GET",
                "/v1/households",
                {
                    "area": area,
                    "status": status,
                    "not_reviewed_since": not_reviewed_since,
                    "q": q,
                    "basis": basis,
                    "as_of": as_of,
                    "known_at": known_at,
                    "cursor": cursor,
                    "limit": limit,
                },
            )
        )
        return answer

    def get_timeline(
        self,
        household_id: str,
        *,
        basis: Literal["computed", "recognised"] | None = None,
        known_at: datetime | str | None = None,
    ) -> Awaitable[models.Timeline]:
        """Timeline of a household."""
        answer: Awaitable[models.Timeline] = self.ask(
            Call(
                "GET",
                f"/v1/households/{place(household_id)}/timeline",
                {"basis": basis, "known_at": known_at},
            )
        )
        return answer

    def list_household_events(
        self,
        household_id: str,
        *,
        known_at: datetime | str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> Awaitable[models.Events]:
        """Events of a household."""
        answer: Awaitable[models.Events] = self.ask(
            Call(
                "GET",
                f"/v1/households/{place(household_id)}/events",
                {"known_at": known_at, "cursor": cursor, "limit": limit},
            )
        )
        return answer

    def explain_household(
        self,
        household_id: str,
        *,
        as_of: date | str | None = None,
        known_at: datetime | str | None = None,
    ) -> Awaitable[models.Explanation]:
        """Why a household has its status."""
        answer: Awaitable[models.Explanation] = self.ask(
            Call(
                "GET",
                f"/v1/households/{place(household_id)}/explanation",
                {"as_of": as_of, "known_at": known_at},
            )
        )
        return answer

    def get_entitlements(
        self,
        household_id: str,
        *,
        as_of: date | str | None = None,
        known_at: datetime | str | None = None,
    ) -> Awaitable[models.Entitlements]:
        """Entitlements of a household."""
        answer: Awaitable[models.Entitlements] = self.ask(
            Call(
                "GET",
                f"/v1/households/{place(household_id)}/entitlements",
                {"as_of": as_of, "known_at": known_at},
            )
        )
        return answer

    def list_exit_windows(
        self,
        *,
        area: str | None = None,
        until_before: date | str | None = None,
        as_of: date | str | None = None,
        known_at: datetime | str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> Awaitable[models.ExitWindows]:
        """Exit windows running out."""
        answer: Awaitable[models.ExitWindows] = self.ask(
            Call(
                "GET",
                "/v1/exit-windows",
                {
                    "area": area,
                    "until_before": until_before,
                    "as_of": as_of,
                    "known_at": known_at,
                    "cursor": cursor,
                    "limit": limit,
                },
            )
        )
        return answer

    def list_transitions(
        self,
        *,
        area: str | None = None,
        from_date: date | str | None = None,
        to_date: date | str | None = None,
        kind: Literal["left", "relapsed", "newly_arisen"] | None = None,
        list_: Literal["poor", "near_poor"] | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> Awaitable[models.Feed]:
        """Feed of transitions."""
        answer: Awaitable[models.Feed] = self.ask(
            Call(
                "GET",
                "/v1/transitions",
                {
                    "area": area,
                    "from_date": from_date,
                    "to_date": to_date,
                    "kind": kind,
                    "list": list_,
                    "cursor": cursor,
                    "limit": limit,
                },
            )
        )
        return answer

    def get_certificate(
        self,
        household_id: str,
        *,
        basis: Literal["computed", "recognised"] | None = None,
        as_of: date | str | None = None,
        known_at: datetime | str | None = None,
    ) -> Awaitable[models.Certificate]:
        """Certificate of a household."""
        answer: Awaitable[models.Certificate] = self.ask(
            Call(
                "GET",
                f"/v1/households/{place(household_id)}/certificate",
                {"basis": basis, "as_of": as_of, "known_at": known_at},
            )
        )
        return answer

    def get_certificate_page(
        self,
        household_id: str,
        *,
        basis: Literal["computed", "recognised"] | None = None,
        lang: Literal["vi", "en"] | None = None,
        as_of: date | str | None = None,
        known_at: datetime | str | None = None,
    ) -> Awaitable[bytes]:
        """Certificate of a household as a page."""
        answer: Awaitable[bytes] = self.ask(
            Call(
                "GET",
                f"/v1/households/{place(household_id)}/certificate.pdf",
                {"basis": basis, "lang": lang, "as_of": as_of, "known_at": known_at},
            )
        )
        return answer

    def get_certificate_state(self, signature: str) -> Awaitable[models.CertificateState]:
        """Verify a certificate."""
        answer: Awaitable[models.CertificateState] = self.ask(
            Call("GET", f"/v1/certificates/{place(signature)}")
        )
        return answer

    def list_decision_changes(
        self, *, area: str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> Awaitable[models.DecisionChanges]:
        """Feed of decisions."""
        answer: Awaitable[models.DecisionChanges] = self.ask(
            Call("GET", "/v1/decision-changes", {"area": area, "cursor": cursor, "limit": limit})
        )
        return answer

    def verify_person(self, body: models.VerificationQuestion) -> Awaitable[models.Verification]:
        """Verify that a citizen is on a list."""
        answer: Awaitable[models.Verification] = self.ask(
            Call("POST", "/v1/verifications", body=body)
        )
        return answer

    def look_up_households(self, body: models.HouseholdLookup) -> Awaitable[models.LookedUp]:
        """Many households at once."""
        answer: Awaitable[models.LookedUp] = self.ask(
            Call("POST", "/v1/households/lookup", body=body)
        )
        return answer

    def list_household_accesses(
        self,
        household_id: str,
        *,
        order: Literal["oldest", "newest"] | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> Awaitable[models.HouseholdAccesses]:
        """Who asked about a household."""
        answer: Awaitable[models.HouseholdAccesses] = self.ask(
            Call(
                "GET",
                f"/v1/audit/subjects/{place(household_id)}",
                {"order": order, "cursor": cursor, "limit": limit},
            )
        )
        return answer

    def search_persons(self, body: models.PersonSearch) -> Awaitable[models.Persons]:
        """Persons by a number."""
        answer: Awaitable[models.Persons] = self.ask(Call("POST", "/v1/persons/search", body=body))
        return answer

    def list_likely_same_persons(
        self,
        *,
        area: str | None = None,
        as_of: date | str | None = None,
        known_at: datetime | str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> Awaitable[models.Likenesses]:
        """Persons that look like one."""
        answer: Awaitable[models.Likenesses] = self.ask(
            Call(
                "GET",
                "/v1/persons/likely-same",
                {
                    "area": area,
                    "as_of": as_of,
                    "known_at": known_at,
                    "cursor": cursor,
                    "limit": limit,
                },
            )
        )
        return answer

    def list_areas(
        self,
        *,
        level: Literal["country", "province", "district", "commune"] | None = None,
        parent: str | None = None,
        q: str | None = None,
        as_of: date | str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> Awaitable[models.Areas]:
        """Administrative units."""
        answer: Awaitable[models.Areas] = self.ask(
            Call(
                "GET",
                "/v1/areas",
                {
                    "level": level,
                    "parent": parent,
                    "q": q,
                    "as_of": as_of,
                    "cursor": cursor,
                    "limit": limit,
                },
            )
        )
        return answer

    def get_area(self, code: str, *, as_of: date | str | None = None) -> Awaitable[models.Area]:
        """An administrative unit."""
        answer: Awaitable[models.Area] = self.ask(
            Call("GET", f"/v1/areas/{place(code)}", {"as_of": as_of})
        )
        return answer

    def get_statistics(
        self,
        code: str,
        *,
        basis: Literal["computed", "recognised", "both"] | None = None,
        as_of: date | str | None = None,
        known_at: datetime | str | None = None,
    ) -> Awaitable[models.Statistics]:
        """Statistics of an area."""
        answer: Awaitable[models.Statistics] = self.ask(
            Call(
                "GET",
                f"/v1/areas/{place(code)}/statistics",
                {"basis": basis, "as_of": as_of, "known_at": known_at},
            )
        )
        return answer

    def get_status_flows(
        self,
        code: str,
        *,
        from_date: date | str,
        to_date: date | str,
        basis: Literal["computed", "recognised"] | None = None,
        known_at: datetime | str | None = None,
    ) -> Awaitable[models.StatusFlows]:
        """Flows between statuses in an area."""
        answer: Awaitable[models.StatusFlows] = self.ask(
            Call(
                "GET",
                f"/v1/areas/{place(code)}/status-flows",
                {"from_date": from_date, "to_date": to_date, "basis": basis, "known_at": known_at},
            )
        )
        return answer

    def list_statistics(
        self,
        code: str,
        *,
        from_date: date | str,
        to_date: date | str,
        every: Literal["year", "quarter", "month"] | None = None,
        known_at: datetime | str | None = None,
    ) -> Awaitable[models.StatisticsSeries]:
        """Statistics of an area over time."""
        answer: Awaitable[models.StatisticsSeries] = self.ask(
            Call(
                "GET",
                f"/v1/areas/{place(code)}/statistics/series",
                {"from_date": from_date, "to_date": to_date, "every": every, "known_at": known_at},
            )
        )
        return answer

    def list_children_statistics(
        self,
        code: str,
        *,
        by: Literal["province", "district", "commune"],
        as_of: date | str | None = None,
        known_at: datetime | str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> Awaitable[models.ChildrenStatistics]:
        """Statistics of the units below an area."""
        answer: Awaitable[models.ChildrenStatistics] = self.ask(
            Call(
                "GET",
                f"/v1/areas/{place(code)}/statistics/children",
                {"by": by, "as_of": as_of, "known_at": known_at, "cursor": cursor, "limit": limit},
            )
        )
        return answer

    def get_movement(
        self,
        code: str,
        *,
        list_: Literal["poor", "near_poor"],
        from_date: date | str,
        to_date: date | str,
        basis: Literal["computed", "recognised"] | None = None,
        known_at: datetime | str | None = None,
    ) -> Awaitable[models.ListMovement]:
        """Movement of a list in an area."""
        answer: Awaitable[models.ListMovement] = self.ask(
            Call(
                "GET",
                f"/v1/areas/{place(code)}/movement",
                {
                    "list": list_,
                    "from_date": from_date,
                    "to_date": to_date,
                    "basis": basis,
                    "known_at": known_at,
                },
            )
        )
        return answer

    def get_year_end(
        self,
        code: str,
        *,
        year: int,
        basis: Literal["computed", "recognised"] | None = None,
        known_at: datetime | str | None = None,
    ) -> Awaitable[models.YearEnd]:
        """Year-end book of an area."""
        answer: Awaitable[models.YearEnd] = self.ask(
            Call(
                "GET",
                f"/v1/areas/{place(code)}/year-end",
                {"year": year, "basis": basis, "known_at": known_at},
            )
        )
        return answer

    def get_year_end_workbook(
        self,
        code: str,
        *,
        year: int,
        basis: Literal["computed", "recognised"] | None = None,
        lang: Literal["vi", "en"] | None = None,
        known_at: datetime | str | None = None,
    ) -> Awaitable[bytes]:
        """Year-end book of an area as a workbook."""
        answer: Awaitable[bytes] = self.ask(
            Call(
                "GET",
                f"/v1/areas/{place(code)}/year-end.xlsx",
                {"year": year, "basis": basis, "lang": lang, "known_at": known_at},
            )
        )
        return answer

    def get_year_end_pages(
        self,
        code: str,
        *,
        year: int,
        basis: Literal["computed", "recognised"] | None = None,
        lang: Literal["vi", "en"] | None = None,
        known_at: datetime | str | None = None,
    ) -> Awaitable[bytes]:
        """Year-end book of an area as pages."""
        answer: Awaitable[bytes] = self.ask(
            Call(
                "GET",
                f"/v1/areas/{place(code)}/year-end.pdf",
                {"year": year, "basis": basis, "lang": lang, "known_at": known_at},
            )
        )
        return answer

    def list_year_end_households(
        self,
        code: str,
        *,
        year: int,
        list_: Literal["poor", "near_poor"],
        cell: Literal[
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
        ],
        row: str | None = None,
        basis: Literal["computed", "recognised"] | None = None,
        known_at: datetime | str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> Awaitable[models.CellHouseholds]:
        """Households behind a cell of a year-end book."""
        answer: Awaitable[models.CellHouseholds] = self.ask(
            Call(
                "GET",
                f"/v1/areas/{place(code)}/year-end/households",
                {
                    "year": year,
                    "list": list_,
                    "cell": cell,
                    "row": row,
                    "basis": basis,
                    "known_at": known_at,
                    "cursor": cursor,
                    "limit": limit,
                },
            )
        )
        return answer

    def get_decision_list(
        self,
        code: str,
        *,
        decision_no: str,
        year: int,
        list_: Literal["poor", "near_poor", "exit"],
        basis: Literal["computed", "recognised"] | None = None,
        known_at: datetime | str | None = None,
    ) -> Awaitable[models.DecisionList]:
        """List of a decision."""
        answer: Awaitable[models.DecisionList] = self.ask(
            Call(
                "GET",
                f"/v1/areas/{place(code)}/decision-list",
                {
                    "decision_no": decision_no,
                    "year": year,
                    "list": list_,
                    "basis": basis,
                    "known_at": known_at,
                },
            )
        )
        return answer

    def get_decision_list_pages(
        self,
        code: str,
        *,
        decision_no: str,
        year: int,
        list_: Literal["poor", "near_poor", "exit"],
        basis: Literal["computed", "recognised"] | None = None,
        lang: Literal["vi", "en"] | None = None,
        known_at: datetime | str | None = None,
    ) -> Awaitable[bytes]:
        """List of a decision as pages."""
        answer: Awaitable[bytes] = self.ask(
            Call(
                "GET",
                f"/v1/areas/{place(code)}/decision-list.pdf",
                {
                    "decision_no": decision_no,
                    "year": year,
                    "list": list_,
                    "basis": basis,
                    "lang": lang,
                    "known_at": known_at,
                },
            )
        )
        return answer

    def list_relapse_watch(
        self,
        code: str,
        *,
        at_least: int | None = None,
        as_of: date | str | None = None,
        known_at: datetime | str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> Awaitable[models.WatchList]:
        """Relapse watch."""
        answer: Awaitable[models.WatchList] = self.ask(
            Call(
                "GET",
                f"/v1/areas/{place(code)}/relapse-watch",
                {
                    "at_least": at_least,
                    "as_of": as_of,
                    "known_at": known_at,
                    "cursor": cursor,
                    "limit": limit,
                },
            )
        )
        return answer

    def get_relapse_backtest(
        self, code: str, *, as_of: date | str | None = None, known_at: datetime | str | None = None
    ) -> Awaitable[models.Backtest]:
        """Back-test of the relapse watch."""
        answer: Awaitable[models.Backtest] = self.ask(
            Call(
                "GET",
                f"/v1/areas/{place(code)}/relapse-watch/backtest",
                {"as_of": as_of, "known_at": known_at},
            )
        )
        return answer

    def get_changeover(
        self,
        code: str,
        *,
        standard: str | None = None,
        basis: Literal["computed", "recognised"] | None = None,
        as_of: date | str | None = None,
        known_at: datetime | str | None = None,
    ) -> Awaitable[models.Changeover]:
        """Changeover board of an area."""
        answer: Awaitable[models.Changeover] = self.ask(
            Call(
                "GET",
                f"/v1/areas/{place(code)}/changeover",
                {"standard": standard, "basis": basis, "as_of": as_of, "known_at": known_at},
            )
        )
        return answer

    def list_changeover_households(
        self,
        code: str,
        *,
        becomes: Literal["stays", "newly_poor", "newly_near_poor", "leaves", "uncertain", "unknown"]
        | None = None,
        standard: str | None = None,
        basis: Literal["computed", "recognised"] | None = None,
        as_of: date | str | None = None,
        known_at: datetime | str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> Awaitable[models.ChangingHouseholds]:
        """Households of a changeover board."""
        answer: Awaitable[models.ChangingHouseholds] = self.ask(
            Call(
                "GET",
                f"/v1/areas/{place(code)}/changeover/households",
                {
                    "becomes": becomes,
                    "standard": standard,
                    "basis": basis,
                    "as_of": as_of,
                    "known_at": known_at,
                    "cursor": cursor,
                    "limit": limit,
                },
            )
        )
        return answer

    def get_changeover_costs(
        self,
        code: str,
        *,
        standard: str | None = None,
        basis: Literal["computed", "recognised"] | None = None,
        as_of: date | str | None = None,
        known_at: datetime | str | None = None,
    ) -> Awaitable[models.ChangeoverCosts]:
        """Costs of a changeover."""
        answer: Awaitable[models.ChangeoverCosts] = self.ask(
            Call(
                "GET",
                f"/v1/areas/{place(code)}/changeover/costs",
                {"standard": standard, "basis": basis, "as_of": as_of, "known_at": known_at},
            )
        )
        return answer

    def ask_what_if(self, body: models.StandardWhatIf) -> Awaitable[models.StandardOutcome]:
        """Another standard over today's households."""
        answer: Awaitable[models.StandardOutcome] = self.ask(
            Call("POST", "/v1/what-if/standards", body=body)
        )
        return answer

    def get_review_round(
        self,
        code: str,
        *,
        year: int,
        basis: Literal["computed", "recognised"] | None = None,
        as_of: date | str | None = None,
        known_at: datetime | str | None = None,
    ) -> Awaitable[models.ReviewRound]:
        """Progress of a yearly round of reviews."""
        answer: Awaitable[models.ReviewRound] = self.ask(
            Call(
                "GET",
                f"/v1/areas/{place(code)}/review-round",
                {"year": year, "basis": basis, "as_of": as_of, "known_at": known_at},
            )
        )
        return answer

    def list_review_round_households(
        self,
        code: str,
        *,
        year: int,
        state: Literal["open", "undecided", "late", "decided", "ended"] | None = None,
        basis: Literal["computed", "recognised"] | None = None,
        as_of: date | str | None = None,
        known_at: datetime | str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> Awaitable[models.RoundHouseholds]:
        """Households of a round of reviews."""
        answer: Awaitable[models.RoundHouseholds] = self.ask(
            Call(
                "GET",
                f"/v1/areas/{place(code)}/review-round/households",
                {
                    "year": year,
                    "state": state,
                    "basis": basis,
                    "as_of": as_of,
                    "known_at": known_at,
                    "cursor": cursor,
                    "limit": limit,
                },
            )
        )
        return answer

    def get_area_entitlements(
        self, code: str, *, as_of: date | str | None = None, known_at: datetime | str | None = None
    ) -> Awaitable[models.AreaEntitlements]:
        """Entitlements in an area."""
        answer: Awaitable[models.AreaEntitlements] = self.ask(
            Call(
                "GET",
                f"/v1/areas/{place(code)}/entitlements",
                {"as_of": as_of, "known_at": known_at},
            )
        )
        return answer

    def list_standards(
        self, *, on: date | str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> Awaitable[models.PolicyItems]:
        """Poverty standards in force."""
        answer: Awaitable[models.PolicyItems] = self.ask(
            Call("GET", "/v1/standards", {"on": on, "cursor": cursor, "limit": limit})
        )
        return answer

    def list_programs(
        self, *, on: date | str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> Awaitable[models.PolicyItems]:
        """Programmes in force."""
        answer: Awaitable[models.PolicyItems] = self.ask(
            Call("GET", "/v1/programs", {"on": on, "cursor": cursor, "limit": limit})
        )
        return answer

    def list_rules(
        self, *, on: date | str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> Awaitable[models.PolicyItems]:
        """Allocation rules and norms in force."""
        answer: Awaitable[models.PolicyItems] = self.ask(
            Call("GET", "/v1/rules", {"on": on, "cursor": cursor, "limit": limit})
        )
        return answer

    def list_support_norms(
        self, *, on: date | str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> Awaitable[models.PolicyItems]:
        """Support norms in force."""
        answer: Awaitable[models.PolicyItems] = self.ask(
            Call("GET", "/v1/support-norms", {"on": on, "cursor": cursor, "limit": limit})
        )
        return answer

    def list_support_kinds(
        self, *, on: date | str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> Awaitable[models.PolicyItems]:
        """Kinds of support that are recorded."""
        answer: Awaitable[models.PolicyItems] = self.ask(
            Call("GET", "/v1/support-kinds", {"on": on, "cursor": cursor, "limit": limit})
        )
        return answer

    def get_fund(
        self, fund_id: str, *, known_at: datetime | str | None = None
    ) -> Awaitable[models.Fund]:
        """A fund."""
        answer: Awaitable[models.Fund] = self.ask(
            Call("GET", f"/v1/funds/{place(fund_id)}", {"known_at": known_at})
        )
        return answer

    def get_fund_progress(
        self,
        fund_id: str,
        *,
        level: Literal["country", "province", "district", "commune"] | None = None,
        not_moved_for: int | None = None,
        known_at: datetime | str | None = None,
    ) -> Awaitable[models.FundProgress]:
        """Progress of a fund."""
        answer: Awaitable[models.FundProgress] = self.ask(
            Call(
                "GET",
                f"/v1/funds/{place(fund_id)}/progress",
                {"level": level, "not_moved_for": not_moved_for, "known_at": known_at},
            )
        )
        return answer

    def get_payment_progress(
        self,
        *,
        program: str | None = None,
        component: str | None = None,
        year: int | None = None,
        area: str | None = None,
        funding_source: Literal["central", "local", "mobilised"] | None = None,
        level: Literal["country", "province", "district", "commune"] | None = None,
        known_at: datetime | str | None = None,
    ) -> Awaitable[models.PaymentProgress]:
        """Progress of payment."""
        answer: Awaitable[models.PaymentProgress] = self.ask(
            Call(
                "GET",
                "/v1/disbursements/progress",
                {
                    "program": program,
                    "component": component,
                    "year": year,
                    "area": area,
                    "funding_source": funding_source,
                    "level": level,
                    "known_at": known_at,
                },
            )
        )
        return answer

    def get_fund_scenario(
        self,
        code: str,
        *,
        year: int,
        program: str | None = None,
        component: str | None = None,
        not_moved_for: int | None = None,
        as_of: date | str | None = None,
        known_at: datetime | str | None = None,
    ) -> Awaitable[models.FundScenario]:
        """Scenario of funds."""
        answer: Awaitable[models.FundScenario] = self.ask(
            Call(
                "GET",
                f"/v1/areas/{place(code)}/fund-scenario",
                {
                    "year": year,
                    "program": program,
                    "component": component,
                    "not_moved_for": not_moved_for,
                    "as_of": as_of,
                    "known_at": known_at,
                },
            )
        )
        return answer

    def get_allocation_run(
        self, run_id: str, *, known_at: datetime | str | None = None
    ) -> Awaitable[models.Run]:
        """An allocation run."""
        answer: Awaitable[models.Run] = self.ask(
            Call("GET", f"/v1/allocation-runs/{place(run_id)}", {"known_at": known_at})
        )
        return answer

    def list_allocation_lines(
        self,
        run_id: str,
        *,
        outcome: Literal["allocated", "not_eligible", "already_supported", "fund_exhausted"]
        | None = None,
        area: str | None = None,
        line: str | None = None,
        format_: Literal["json", "ndjson"] | None = None,
        known_at: datetime | str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> Awaitable[models.AllocationLines]:
        """Lines of an allocation run."""
        answer: Awaitable[models.AllocationLines] = self.ask(
            Call(
                "GET",
                f"/v1/allocation-runs/{place(run_id)}/lines",
                {
                    "outcome": outcome,
                    "area": area,
                    "line": line,
                    "format": format_,
                    "known_at": known_at,
                    "cursor": cursor,
                    "limit": limit,
                },
            )
        )
        return answer

    def compare_allocation_runs(
        self,
        run_id: str,
        *,
        with_: str,
        change: Literal["gained", "lost"] | None = None,
        known_at: datetime | str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> Awaitable[models.Comparison]:
        """Two runs side by side."""
        answer: Awaitable[models.Comparison] = self.ask(
            Call(
                "GET",
                f"/v1/allocation-runs/{place(run_id)}/compare",
                {
                    "with": with_,
                    "change": change,
                    "known_at": known_at,
                    "cursor": cursor,
                    "limit": limit,
                },
            )
        )
        return answer

    def get_best_allocation(
        self,
        run_id: str,
        *,
        with_: str | None = None,
        counted: Literal["household", "content"] | None = None,
        known_at: datetime | str | None = None,
    ) -> Awaitable[models.BestAllocation]:
        """Best allocation beside a run."""
        answer: Awaitable[models.BestAllocation] = self.ask(
            Call(
                "GET",
                f"/v1/allocation-runs/{place(run_id)}/best-allocation",
                {"with": with_, "counted": counted, "known_at": known_at},
            )
        )
        return answer

    def list_best_allocation_households(
        self,
        run_id: str,
        *,
        with_: str | None = None,
        counted: Literal["household", "content"] | None = None,
        change: Literal["gained", "lost"] | None = None,
        known_at: datetime | str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> Awaitable[models.BestDifferences]:
        """Households that a best allocation serves differently."""
        answer: Awaitable[models.BestDifferences] = self.ask(
            Call(
                "GET",
                f"/v1/allocation-runs/{place(run_id)}/best-allocation/households",
                {
                    "with": with_,
                    "counted": counted,
                    "change": change,
                    "known_at": known_at,
                    "cursor": cursor,
                    "limit": limit,
                },
            )
        )
        return answer

    def list_stalled_lines(
        self,
        *,
        fund: str | None = None,
        program: str | None = None,
        component: str | None = None,
        area: str | None = None,
        days: int | None = None,
        known_at: datetime | str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> Awaitable[models.StalledLines]:
        """Lines that stand still."""
        answer: Awaitable[models.StalledLines] = self.ask(
            Call(
                "GET",
                "/v1/disbursements/stalled",
                {
                    "fund": fund,
                    "program": program,
                    "component": component,
                    "area": area,
                    "days": days,
                    "known_at": known_at,
                    "cursor": cursor,
                    "limit": limit,
                },
            )
        )
        return answer

    def list_support_totals(
        self,
        *,
        area: str | None = None,
        level: Literal["country", "province", "district", "commune"] | None = None,
        year: int | None = None,
        kind: str | None = None,
        program: str | None = None,
        known_at: datetime | str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> Awaitable[models.SupportTotals]:
        """Totals of support."""
        answer: Awaitable[models.SupportTotals] = self.ask(
            Call(
                "GET",
                "/v1/support-records/totals",
                {
                    "area": area,
                    "level": level,
                    "year": year,
                    "kind": kind,
                    "program": program,
                    "known_at": known_at,
                    "cursor": cursor,
                    "limit": limit,
                },
            )
        )
        return answer

    def get_article(self, article_id: str) -> Awaitable[models.Article]:
        """An article."""
        answer: Awaitable[models.Article] = self.ask(
            Call("GET", f"/v1/articles/{place(article_id)}")
        )
        return answer

    def list_article_figures(
        self,
        article_id: str,
        *,
        explain: bool | None = None,
        known_at: datetime | str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> Awaitable[models.Figures]:
        """Figures of an article."""
        answer: Awaitable[models.Figures] = self.ask(
            Call(
                "GET",
                f"/v1/articles/{place(article_id)}/figures",
                {"explain": explain, "known_at": known_at, "cursor": cursor, "limit": limit},
            )
        )
        return answer

    def list_figures(
        self,
        *,
        measure: str | None = None,
        area: str | None = None,
        from_date: date | str | None = None,
        to_date: date | str | None = None,
        kind: Literal["actual", "forecast", "target", "norm"] | None = None,
        known_at: datetime | str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> Awaitable[models.Figures]:
        """Figures as time series."""
        answer: Awaitable[models.Figures] = self.ask(
            Call(
                "GET",
                "/v1/figures",
                {
                    "measure": measure,
                    "area": area,
                    "from_date": from_date,
                    "to_date": to_date,
                    "kind": kind,
                    "known_at": known_at,
                    "cursor": cursor,
                    "limit": limit,
                },
            )
        )
        return answer

    def view_article(
        self, article_id: str, *, lang: Literal["vi", "en"] | None = None
    ) -> Awaitable[bytes]:
        """An article to look at."""
        answer: Awaitable[bytes] = self.ask(
            Call("GET", f"/v1/articles/{place(article_id)}/view", {"lang": lang})
        )
        return answer

    def list_findings(
        self,
        *,
        article: str | None = None,
        area: str | None = None,
        kind: Literal[
            "area_type_differs",
            "average_mismatch",
            "change_mismatch",
            "child_fund_differs",
            "decision_differs",
            "differs_from_reference",
            "differs_from_registry",
            "paid_after_closure",
            "paid_before_decision",
            "paid_not_eligible",
            "parts_exceed_total",
            "parts_total_mismatch",
            "payment_repeated",
            "person_in_two_households",
            "rate_count_mismatch",
            "rate_over_100",
            "restatement_mismatch",
            "returned_before_paid",
            "review_outside_calendar",
            "stale_year",
            "supported_twice",
            "tranche_exceeded",
            "transposed_digits",
            "two_heads",
            "unit_amount_mismatch",
            "unregistered_negative",
            "uses_exceed_fund",
        ]
        | None = None,
        fund: str | None = None,
        known_at: datetime | str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> Awaitable[models.Findings]:
        """Findings."""
        answer: Awaitable[models.Findings] = self.ask(
            Call(
                "GET",
                "/v1/findings",
                {
                    "article": article,
                    "area": area,
                    "kind": kind,
                    "fund": fund,
                    "known_at": known_at,
                    "cursor": cursor,
                    "limit": limit,
                },
            )
        )
        return answer

    def count_findings(
        self, *, area: str | None = None, known_at: datetime | str | None = None
    ) -> Awaitable[models.FindingCounts]:
        """Findings counted by kind."""
        answer: Awaitable[models.FindingCounts] = self.ask(
            Call("GET", "/v1/findings/counts", {"area": area, "known_at": known_at})
        )
        return answer

    def post_registry_sync_search(
        self, body: models.SearchMessage
    ) -> Awaitable[models.SearchResponseMessage]:
        """Search and be answered (SPDCI)."""
        answer: Awaitable[models.SearchResponseMessage] = self.ask(
            Call("POST", "/registry/sync/search", body=body)
        )
        return answer

    def post_sr_registry_sync_search(
        self, body: models.SearchMessage
    ) -> Awaitable[models.SearchResponseMessage]:
        """Search and be answered (SPDCI)."""
        answer: Awaitable[models.SearchResponseMessage] = self.ask(
            Call("POST", "/sr/registry/sync/search", body=body)
        )
        return answer

    def post_registry_sync_txn_status(
        self, body: models.TxnStatusMessage
    ) -> Awaitable[models.TxnStatusResponseMessage]:
        """Ask what has become of a message (SPDCI)."""
        answer: Awaitable[models.TxnStatusResponseMessage] = self.ask(
            Call("POST", "/registry/sync/txn/status", body=body)
        )
        return answer

    def post_sr_registry_sync_txn_status(
        self, body: models.TxnStatusMessage
    ) -> Awaitable[models.TxnStatusResponseMessage]:
        """Ask what has become of a message (SPDCI)."""
        answer: Awaitable[models.TxnStatusResponseMessage] = self.ask(
            Call("POST", "/sr/registry/sync/txn/status", body=body)
        )
        return answer

    def post_registry_search(self, body: models.SearchMessage) -> Awaitable[models.AckMessage]:
        """Search and be called back (SPDCI)."""
        answer: Awaitable[models.AckMessage] = self.ask(Call("POST", "/registry/search", body=body))
        return answer

    def post_sr_registry_search(self, body: models.SearchMessage) -> Awaitable[models.AckMessage]:
        """Search and be called back (SPDCI)."""
        answer: Awaitable[models.AckMessage] = self.ask(
            Call("POST", "/sr/registry/search", body=body)
        )
        return answer

    def post_registry_txn_status(
        self, body: models.TxnStatusMessage
    ) -> Awaitable[models.AckMessage]:
        """Ask what has become of a message and be called back (SPDCI)."""
        answer: Awaitable[models.AckMessage] = self.ask(
            Call("POST", "/registry/txn/status", body=body)
        )
        return answer

    def post_sr_registry_txn_status(
        self, body: models.TxnStatusMessage
    ) -> Awaitable[models.AckMessage]:
        """Ask what has become of a message and be called back (SPDCI)."""
        answer: Awaitable[models.AckMessage] = self.ask(
            Call("POST", "/sr/registry/txn/status", body=body)
        )
        return answer

    def post_registry_subscribe(
        self, body: models.SubscribeMessage
    ) -> Awaitable[models.AckMessage]:
        """Subscribe to changes (SPDCI)."""
        answer: Awaitable[models.AckMessage] = self.ask(
            Call("POST", "/registry/subscribe", body=body)
        )
        return answer

    def post_sr_registry_subscribe(
        self, body: models.SubscribeMessage
    ) -> Awaitable[models.AckMessage]:
        """Subscribe to changes (SPDCI)."""
        answer: Awaitable[models.AckMessage] = self.ask(
            Call("POST", "/sr/registry/subscribe", body=body)
        )
        return answer

    def post_registry_unsubscribe(
        self, body: models.UnsubscribeMessage
    ) -> Awaitable[models.AckMessage]:
        """End subscriptions (SPDCI)."""
        answer: Awaitable[models.AckMessage] = self.ask(
            Call("POST", "/registry/unsubscribe", body=body)
        )
        return answer

    def post_sr_registry_unsubscribe(
        self, body: models.UnsubscribeMessage
    ) -> Awaitable[models.AckMessage]:
        """End subscriptions (SPDCI)."""
        answer: Awaitable[models.AckMessage] = self.ask(
            Call("POST", "/sr/registry/unsubscribe", body=body)
        )
        return answer

    def get_spdci_profile(self) -> Awaitable[dict[str, Any]]:
        """National profile of SPDCI."""
        answer: Awaitable[dict[str, Any]] = self.ask(
            Call("GET", "/registry/profiles/vn/context.jsonld")
        )
        return answer

    def post_subscription(
        self, body: models.NewSubscription
    ) -> Awaitable[models.SignedSubscription]:
        """Subscribe."""
        answer: Awaitable[models.SignedSubscription] = self.ask(
            Call("POST", "/v1/subscriptions", body=body, repeatable=False)
        )
        return answer

    def list_subscriptions(
        self, *, cursor: str | None = None, limit: int | None = None
    ) -> Awaitable[models.Subscriptions]:
        """Subscriptions of the caller."""
        answer: Awaitable[models.Subscriptions] = self.ask(
            Call("GET", "/v1/subscriptions", {"cursor": cursor, "limit": limit})
        )
        return answer

    def get_subscription(self, subscription_id: str) -> Awaitable[models.SubscriptionAnswer]:
        """A subscription."""
        answer: Awaitable[models.SubscriptionAnswer] = self.ask(
            Call("GET", f"/v1/subscriptions/{place(subscription_id)}")
        )
        return answer

    def delete_subscription(self, subscription_id: str) -> Awaitable[models.SubscriptionAnswer]:
        """End a subscription."""
        answer: Awaitable[models.SubscriptionAnswer] = self.ask(
            Call("DELETE", f"/v1/subscriptions/{place(subscription_id)}")
        )
        return answer

    def rotate_subscription(
        self, subscription_id: str, body: models.Rotation
    ) -> Awaitable[models.SignedSubscription]:
        """Exchange the secret."""
        answer: Awaitable[models.SignedSubscription] = self.ask(
            Call(
                "POST",
                f"/v1/subscriptions/{place(subscription_id)}/rotate",
                body=body,
                repeatable=False,
            )
        )
        return answer

    def list_deliveries(
        self,
        subscription_id: str,
        *,
        state: Literal["waiting", "delivered", "parked", "withheld"] | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> Awaitable[models.Deliveries]:
        """Log of a subscription's deliveries."""
        answer: Awaitable[models.Deliveries] = self.ask(
            Call(
                "GET",
                f"/v1/subscriptions/{place(subscription_id)}/deliveries",
                {"state": state, "cursor": cursor, "limit": limit},
            )
        )
        return answer

    def replay_subscription(
        self, subscription_id: str, body: models.Replay
    ) -> Awaitable[models.Replayed]:
        """Send again."""
        answer: Awaitable[models.Replayed] = self.ask(
            Call("POST", f"/v1/subscriptions/{place(subscription_id)}/replay", body=body)
        )
        return answer

    def test_subscription(
        self, subscription_id: str, body: models.Trial
    ) -> Awaitable[models.TrialPlanned]:
        """Send a trial."""
        answer: Awaitable[models.TrialPlanned] = self.ask(
            Call(
                "POST",
                f"/v1/subscriptions/{place(subscription_id)}/test",
                body=body,
                repeatable=False,
            )
        )
        return answer

    def stream_export(
        self, *, question: str, format_: Literal["ndjson", "csv"] | None = None
    ) -> Awaitable[bytes]:
        """A list as a stream."""
        answer: Awaitable[bytes] = self.ask(
            Call("GET", "/v1/exports/stream", {"question": question, "format": format_})
        )
        return answer

    def post_export(self, body: models.NewExport) -> Awaitable[models.ExportAnswer]:
        """Order a list as a file."""
        answer: Awaitable[models.ExportAnswer] = self.ask(Call("POST", "/v1/exports", body=body))
        return answer

    def list_exports(
        self, *, cursor: str | None = None, limit: int | None = None
    ) -> Awaitable[models.Exports]:
        """Exports of the caller."""
        answer: Awaitable[models.Exports] = self.ask(
            Call("GET", "/v1/exports", {"cursor": cursor, "limit": limit})
        )
        return answer

    def get_export(self, export_id: str) -> Awaitable[models.ExportAnswer]:
        """An export."""
        answer: Awaitable[models.ExportAnswer] = self.ask(
            Call("GET", f"/v1/exports/{place(export_id)}")
        )
        return answer

    def delete_export(self, export_id: str) -> Awaitable[models.ExportAnswer]:
        """Remove an export."""
        answer: Awaitable[models.ExportAnswer] = self.ask(
            Call("DELETE", f"/v1/exports/{place(export_id)}")
        )
        return answer

    def get_export_content(self, export_id: str) -> Awaitable[bytes]:
        """The file of an export."""
        answer: Awaitable[bytes] = self.ask(Call("GET", f"/v1/exports/{place(export_id)}/content"))
        return answer

    def get_export_manifest(self, export_id: str) -> Awaitable[models.ExportManifest]:
        """What the file of an export holds."""
        answer: Awaitable[models.ExportManifest] = self.ask(
            Call("GET", f"/v1/exports/{place(export_id)}/manifest")
        )
        return answer
