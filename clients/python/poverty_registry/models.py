"""What the registry sends and takes. Written by `make client` from the OpenAPI document."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict


class AccessToken(TypedDict):
    """A signed token, to be sent as `Authorization: Bearer`."""

    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int
    scope: str


class Ack(TypedDict):
    """What becomes of a message: `ACK` a callback will come, `NACK` none, `ERR` not taken."""

    ack_status: Literal["ACK", "ERR", "NACK"]
    timestamp: str
    correlation_id: str
    error: NotRequired[AckError]


class AckError(TypedDict):
    """Why a message was not taken."""

    code: Literal[
        "err.encryption.invalid",
        "err.receiver_id.invalid",
        "err.request.bad",
        "err.request.forbidden",
        "err.request.not_found",
        "err.request.timeout",
        "err.request.too_many_requests",
        "err.request.unauthorized",
        "err.sender_id.invalid",
        "err.sender_uri.invalid",
        "err.service.unavailable",
        "err.signature.invalid",
        "err.signature.missing",
        "err.version.not_supported",
    ]
    message: str


class AckMessage(TypedDict):
    """An acknowledgement."""

    message: Ack


class AllocationLine(TypedDict):
    """What an area or a household gets, and why; the reasons depend on the kind of rule."""

    household_id: NotRequired[str]
    area_code: NotRequired[str]
    amount_vnd: int
    score: str | None
    commune_code: NotRequired[str | None]
    outcome: Literal["allocated", "already_supported", "fund_exhausted", "not_eligible"]
    reasons: Any


class AllocationLines(TypedDict):
    """A page of lines."""

    items: list[AllocationLine]
    next_cursor: str | None
    known_at: str | None
    settled_at: str


class AllocationRun(TypedDict):
    """A request to divide a fund's money by a rule."""

    run_id: str
    fund_id: str
    rule: str
    as_of: str
    known_at: NotRequired[str | None]
    areas: NotRequired[list[str] | None]
    parameters: NotRequired[Parameters | None]
    mode: NotRequired[Literal["commit", "preview"]]
    supersedes: NotRequired[str | None]


class AnswerHeader(TypedDict):
    """The header of an answer."""

    version: NotRequired[str]
    message_id: str
    message_ts: str
    action: str
    status: Literal["pdng", "rcvd", "rjct", "succ"]
    status_reason_code: NotRequired[
        Literal[
            "rjct.action.invalid",
            "rjct.action.not_supported",
            "rjct.errors.too_many",
            "rjct.message_id.duplicate",
            "rjct.message_ts.invalid",
            "rjct.total_count.invalid",
            "rjct.total_count.limit_exceeded",
            "rjct.version.invalid",
        ]
    ]
    status_reason_message: NotRequired[str]
    total_count: int
    completed_count: int
    sender_id: str
    receiver_id: str
    is_msg_encrypted: NotRequired[bool]
    meta: NotRequired[AnswerMeta]


class AnswerMeta(TypedDict):
    """What this registry says beside the standard: its clocks, and what it checked."""

    as_of: str
    known_at: str | None
    settled_at: str
    signature_verified: bool
    consent_checked: NotRequired[bool]


class Area(TypedDict):
    """One unit."""

    code: str
    name: str
    level: Literal["commune", "country", "district", "province"]
    kind: str
    parent_code: str | None
    valid_from: str
    valid_to: str | None
    predecessors: list[str]
    successors: list[str]
    latitude: float | None
    longitude: float | None
    version: AreaVersion
    as_of: str


class AreaEntitlements(TypedDict):
    """What the households of an area are entitled to on a day."""

    area: AreaName
    households: int
    items: list[NormEntitled]
    norms_digest: str
    as_of: str
    known_at: str | None
    settled_at: str


class AreaFact(TypedDict):
    """What is true of a unit from `on` on, until a later fact says otherwise."""

    source: str
    external_id: str
    revision: NotRequired[int]
    withdrawn: NotRequired[bool | None]
    type: NotRequired[Literal["fact"]]
    area_code: str
    on: str
    households_total: int
    minority_households_total: NotRequired[int | None]
    zone: NotRequired[Literal["I", "II", "III"] | None]
    attributes: NotRequired[
        list[Literal["atk", "border", "island", "poor_commune", "poor_district", "special_zone"]]
        | None
    ]
    extremely_difficult_villages: NotRequired[int | None]


class AreaFactFacts(TypedDict):
    """Facts of one kind, all stored or none."""

    facts: list[AreaFact | WithdrawnAreaFact]


class AreaMoney(TypedDict):
    """Money of the lines in one unit."""

    allocated_vnd: int
    paid_vnd: int
    returned_vnd: int
    net_paid_vnd: int
    area: Unit | None
    rates: PaidRates


class AreaName(TypedDict):
    """The unit that was counted."""

    code: str
    name: str
    level: Literal["commune", "country", "district", "province"]


class AreaStatistics(TypedDict):
    """An area's households on a day that stands beside it."""

    area: AreaName
    households_total: int | None
    registered: int | None
    counts: Counts
    unregistered: int | None
    rates: Rates
    minority: Minority
    by_ethnicity: list[EthnicCounts]
    by_indicator: list[IndicatorCounts]
    by_area_type: list[AreaTypeCounts]
    base: Base | None


class AreaTypeCounts(TypedDict):
    """Rural or urban households."""

    area_type: Literal["rural", "urban"] | None
    counts: Counts


class AreaVersion(TypedDict):
    """Which version of the areas answered."""

    digest: str
    recorded_at: str | None


class Areas(TypedDict):
    """A page of units."""

    items: list[ListedArea]
    next_cursor: str | None
    version: AreaVersion
    as_of: str


class Article(TypedDict):
    """An article with its text."""

    article_id: str
    source: str
    external_id: str
    revision: int
    event_id: str
    url: str | None
    language: str | None
    published_on: str | None
    title: str | None
    recorded_at: str
    figures: int
    findings: int
    text: str | None


class ArticleFacts(TypedDict):
    """Facts of one kind, all stored or none."""

    articles: list[PostedArticle | WithdrawnArticle]


class Articles(TypedDict):
    """A page of articles."""

    items: list[ListedArticle]
    next_cursor: str | None


class Assessment(TypedDict):
    """A review's result: measured by income and deprivations, or by the scores B1 and B2."""

    source: str
    external_id: str
    revision: NotRequired[int]
    withdrawn: NotRequired[bool | None]
    household_id: str
    effective_from: str
    area_code: str
    area_type: Literal["rural", "urban"]
    area_type_reason: NotRequired[str | None]
    type: Literal["assessed"]
    assessed_on: str
    review: Literal["annual", "regular"]
    decision_no: NotRequired[str | None]
    income_vnd: NotRequired[int | None]
    deprived: NotRequired[list[str] | None]
    b1: NotRequired[int | None]
    b2: NotRequired[int | None]
    standard: NotRequired[str | None]
    recognised: NotRequired[Literal["near_poor", "non_poor", "poor"] | None]
    household_size: NotRequired[int | None]
    ethnic_group: NotRequired[str | None]
    no_labour_capacity: NotRequired[bool | None]
    merit_member: NotRequired[bool | None]
    causes: NotRequired[list[str] | None]


class AuditedAnswer(TypedDict):
    """A request that told of households or persons, or wrote."""

    at: str
    client: str
    purpose: str
    method: str
    route: str
    status: int
    subjects: int
    request_id: str


class AuditedAnswers(TypedDict):
    """A page of audited answers."""

    items: list[AuditedAnswer]
    next_cursor: str | None


class Backtest(TypedDict):
    """How often the score was right, counted from a day of the past."""

    within_months: int
    until: str
    all: Hits
    bands: list[Hits]
    as_of: str
    known_at: str | None
    settled_at: str


class Base(TypedDict):
    """All households of the area, as area facts report them."""

    households_total: int
    on: str
    minority_households_total: int | None
    zone: Literal["I", "II", "III"] | None
    attributes: list[str]
    extremely_difficult_villages: int | None
    source: Literal["children", "own", "predecessors"]
    facts: list[str]


class BestAllocation(TypedDict):
    """The allocation by the law's queue, and the one that reaches the most for the same money."""

    fund_id: str
    money_vnd: int
    counted: Literal["content", "household"]
    legal: Comes
    best: Comes
    proven: bool
    spent_at_least_vnd: int
    norms: list[BestNorm]
    ranks: list[BestRank]
    unknown: int
    reasons: list[BestReason]
    how_en: str
    how_vi: str
    known_at: str | None
    settled_at: str


class BestDifference(TypedDict):
    """A household that the two allocations serve differently."""

    household_id: str
    content: str
    lacking: int | None
    legal_run: str | None
    legal_vnd: int
    best_run: str | None
    best_vnd: int


class BestDifferences(TypedDict):
    """A page of households."""

    items: list[BestDifference]
    next_cursor: str | None
    known_at: str | None
    settled_at: str


class BestNorm(TypedDict):
    """One of the norms that are given."""

    run_id: str
    rule: str
    content: str
    unit_norm_vnd: int
    en: str
    vi: str
    legal_basis: list[str]
    waiting: int
    legal: Comes
    best: Comes


class BestRank(TypedDict):
    """One rank of the law: no later one is served at its cost."""

    rank: int
    en: str
    vi: str
    legal: Comes
    best: Comes
    at_most: int
    gap: int


class BestReason(TypedDict):
    """What the answer rests on, or what it leaves open."""

    code: Literal[
        "as_the_law",
        "earlier_rank_first",
        "lacks_unknown",
        "may_cost_less",
        "not_proven",
        "order_within_rank",
        "queue_ends_early",
    ]
    text_en: str
    text_vi: str


class BoardRow(TypedDict):
    """What becomes of the households of one unit; each is in one of the six last numbers."""

    code: str
    name: str
    households: int
    today: ClassesToday
    coming: ClassesComing
    stays: int
    newly_poor: int
    newly_near_poor: int
    leaves: int
    uncertain: int
    unknown: int


class Cause(TypedDict):
    """One cause in two languages, with what stood before and after."""

    code: Literal[
        "amount_changed",
        "area_changed",
        "area_fact_changed",
        "as_of_changed",
        "household_moved",
        "parameters_changed",
        "queue_changed",
        "rule_changed",
        "scores_of_others_changed",
        "status_corrected",
        "supported_elsewhere",
    ]
    detail_en: str
    detail_vi: str
    before: Any
    after: Any


class Cell(TypedDict):
    """Households in a cell of the book."""

    households: int
    rate: Rate | None
    href: str


class CellHousehold(TypedDict):
    """A household behind a cell."""

    household_id: str


class CellHouseholds(TypedDict):
    """A page of the households behind a cell."""

    items: list[CellHousehold]
    next_cursor: str | None
    known_at: str | None
    settled_at: str


class Certificate(TypedDict):
    """A certificate of a household."""

    household_id: str
    kind: Literal["near_poor", "poor", "recently_exited"]
    title_en: str
    title_vi: str
    form: str | None
    since: str
    until: str | None
    decision_no: str | None
    transition_id: str | None
    area: Unit | None
    ethnic_group: str | None
    household_size: int | None
    members: list[PaperMember]
    masked: bool
    reasons: list[Reason]
    legal_basis: list[str]
    digest: str
    known_at: str | None
    settled_at: str
    signature: str | None
    as_of: str


class CertificateState(TypedDict):
    """Whether what a certificate says still stands."""

    state: Literal["ended", "revoked", "valid"]
    ended_on: str | None
    kind: Literal["near_poor", "poor", "recently_exited"]
    household_id: str
    since: str
    certified_for: str
    digest: str


class Change(TypedDict):
    """A change of one input, by itself, that leads to another class."""

    input: str
    change: int
    value: int
    to_status: str
    text_en: str
    text_vi: str


class ChangeFilter(TypedDict):
    """Which transitions are told, as in the feed; what is left out takes all. Money is as it is."""

    kind: NotRequired[Literal["left", "newly_arisen", "relapsed"] | None]
    list: NotRequired[Literal["near_poor", "poor"] | None]


class ChangeFrom(TypedDict):
    """The direction of a change, and what it is counted from."""

    direction: Literal["decrease", "increase"]
    vs: str | None


class Changeover(TypedDict):
    """The changeover board of an area."""

    area: AreaName
    standard: str
    begins_on: str
    legal_basis: list[str]
    basis: Literal["computed", "recognised"]
    unknown_indicators: list[UnknownIndicator]
    rows: list[BoardRow]
    as_of: str
    known_at: str | None
    settled_at: str


class ChangeoverCosts(TypedDict):
    """What the coming standard costs in an area."""

    area: AreaName
    standard: str
    norms_on: str
    basis: Literal["computed", "recognised"]
    rows: list[CostRow]
    norms_digest: str
    as_of: str
    known_at: str | None
    settled_at: str


class ChangingHousehold(TypedDict):
    """A household beside its class by the coming standard."""

    household_id: str
    today: Literal["near_poor", "non_poor", "poor"]
    coming: list[Literal["near_poor", "non_poor", "poor"]]
    becomes: Literal["leaves", "newly_near_poor", "newly_poor", "stays", "uncertain", "unknown"]
    income_vnd: int | None
    deprived: list[str]


class ChangingHouseholds(TypedDict):
    """A page of households."""

    items: list[ChangingHousehold]
    next_cursor: str | None
    as_of: str
    known_at: str | None
    settled_at: str


class ChildFund(TypedDict):
    """A fund that draws on a line of this one."""

    fund_id: str
    run_id: str
    area_code: str
    amount_vnd: int


class ChildStatistics(TypedDict):
    """The households of one unit below."""

    area: AreaName
    statistics: AreaStatistics


class ChildrenStatistics(TypedDict):
    """A page of the units below an area, with their households."""

    items: list[ChildStatistics]
    next_cursor: str | None
    as_of: str
    known_at: str | None
    settled_at: str


class ClassSince(TypedDict):
    """A class that is certified, and its first day."""

    kind: Literal["near_poor", "poor", "recently_exited"]
    since: str


class ClassesComing(TypedDict):
    """Households by the class that another standard gives to what reviews measured."""

    poor: Range
    near_poor: Range
    non_poor: Range


class ClassesToday(TypedDict):
    """Households by the class that holds on the day."""

    poor: int
    near_poor: int
    non_poor: int


class Clients(TypedDict):
    """A page of clients."""

    items: list[ListedClient]
    next_cursor: str | None


class Closure(TypedDict):
    """The household ends."""

    source: str
    external_id: str
    revision: NotRequired[int]
    withdrawn: NotRequired[bool | None]
    household_id: str
    effective_from: str
    type: Literal["closed"]
    reason: Literal["deceased", "dissolved", "merged", "moved_out"]
    into: NotRequired[str | None]


class Comes(TypedDict):
    """What an allocation comes to."""

    households: int
    reached: int
    spent_vnd: int
    vnd_for_each: int | None


class Compared(TypedDict):
    """A number by today's classes, and by those of the coming standard."""

    today: int
    least: int
    most: int


class Comparison(TypedDict):
    """Two runs side by side."""

    before: str
    after: str
    summary: ComparisonSummary
    items: list[LineDifference]
    next_cursor: str | None
    known_at: str | None
    settled_at: str


class ComparisonSummary(TypedDict):
    """All lines of both runs; difference = gained - lost = allocated after - before."""

    gained: LineSums
    lost: LineSums
    unchanged: LineSums
    before_vnd: int
    after_vnd: int
    difference_vnd: int


class ComponentMoney(TypedDict):
    """Money of one component."""

    allocated_vnd: int
    paid_vnd: int
    returned_vnd: int
    net_paid_vnd: int
    amount_vnd: int
    rates: MoneyRates
    program: str
    component: str | None


class CostRow(TypedDict):
    """The norms of one unit."""

    code: str
    name: str
    norms: list[NormCostOf]


class Counterpart(TypedDict):
    """The local share that a rule asks for; null where the law's value is not known."""

    rule: str | None
    percent: str | None
    legal_basis: list[str]
    required_vnd: int | None
    provided_vnd: int
    missing_vnd: int | None


class Counts(TypedDict):
    """Registered households by status."""

    poor: int | None
    near_poor: int | None
    recently_exited: int | None
    non_poor: int | None
    withheld: NotRequired[bool]


class DecidedOtherwise(TypedDict):
    """Households whose review in force was decided otherwise than its figures say."""

    computed: Literal["near_poor", "non_poor", "poor"]
    recognised: Literal["near_poor", "non_poor", "poor"]
    households: int


class DecisionChange(TypedDict):
    """A household whose recognised classes changed."""

    household_id: str
    revoked: list[ClassSince]
    recognised: list[ClassSince]
    recorded_at: str


class DecisionChanges(TypedDict):
    """A page of the feed."""

    items: list[DecisionChange]
    next_cursor: str


class DecisionList(TypedDict):
    """The list of a decision."""

    area: AreaName
    decision_no: str
    year: int
    list: Literal["exit", "near_poor", "poor"]
    basis: Literal["computed", "recognised"]
    title_en: str
    title_vi: str
    form: str | None
    households: list[ListedByDecision]
    legal_basis: list[str]
    digest: str
    known_at: str | None
    settled_at: str
    signature: str | None


class Deliveries(TypedDict):
    """A page of a subscription's log."""

    items: list[Delivery]
    next_cursor: str | None


class Delivery(TypedDict):
    """A webhook of a subscription: what it tells of, and what its receiver answered last."""

    webhook_id: str
    type: str
    seq: int | None
    state: Literal["delivered", "parked", "waiting", "withheld"]
    attempts: int
    planned_at: str
    next_attempt_at: str | None
    sent_at: str | None
    status: int | None
    fault: str | None
    milliseconds: int | None


class Disbursement(TypedDict):
    """A payment or a return as last posted."""

    run_id: str
    fund_id: str
    line: str
    area_code: str | None
    household_id: str | None
    area: Unit | None
    event_id: str
    source: str
    external_id: str
    revision: int
    amount_vnd: int
    paid_on: str
    kind: Literal["paid", "returned"]
    recorded_at: str


class DisbursementFacts(TypedDict):
    """Facts of one kind, all stored or none."""

    disbursements: list[PostedDisbursement | WithdrawnDisbursement]


class Disbursements(TypedDict):
    """A page of payments and returns."""

    items: list[Disbursement]
    next_cursor: str | None
    known_at: str | None
    settled_at: str


Entitlement = TypedDict(
    "Entitlement",
    {
        "norm": "str",
        "content": "str",
        "sector": "str",
        "kind": "str",
        "en": "str",
        "vi": "str",
        "unit": "str",
        "given": "Given",
        "legal_basis": "list[str]",
        "value_vnd": "int | None",
        "own_vnd": "int | None",
        "unknown_value": "str | None",
        "persons": "int | None",
        "person_ids": "NotRequired[list[str] | None]",
        "from": "str | None",
        "until": "str | None",
        "counts": "bool | None",
        "superseded_by": "str | None",
        "missing": "list[Missing]",
    },
)
"""A norm that holds of a household, or would if what is missing were known."""


class Entitlements(TypedDict):
    """What a household is entitled to on a day."""

    household_id: str
    status: Literal["closed", "near_poor", "non_poor", "poor", "recently_exited"] | None
    items: list[Entitlement]
    undecided: list[Entitlement]
    norms_digest: str
    pending: NotRequired[bool]
    pending_since: NotRequired[str]
    as_of: str
    known_at: str | None
    settled_at: str


class EthnicCounts(TypedDict):
    """Households of one ethnic group."""

    ethnic_group: str | None
    counts: Counts


class Event(TypedDict):
    """A revision as received; further fields as posted, by type."""

    event_id: str
    type: str
    source: str
    external_id: str
    revision: int
    withdrawn: bool
    recorded_at: str


class Events(TypedDict):
    """A page of a household's events."""

    items: list[Event]
    next_cursor: str | None
    known_at: str | None
    settled_at: str


class ExitWindow(TypedDict):
    """A household in its exit window."""

    household_id: str
    area_code: str | None
    area_type: Literal["rural", "urban"] | None
    living_standard: Literal["above", "average"] | None
    left_on: str
    last_day: str
    days_left: int
    credit_records: int


class ExitWindows(TypedDict):
    """Exit windows that run on a day."""

    items: list[ExitWindow]
    next_cursor: str | None
    weeks: list[Week]
    window: WindowRule
    as_of: str
    known_at: str | None
    settled_at: str


class Explanation(TypedDict):
    """Why a household has its status."""

    household_id: str
    living_standard: Literal["above", "average"] | None
    event_id: str | None
    policy_digest: str
    status: Literal["closed", "near_poor", "non_poor", "poor", "recently_exited"] | None
    status_en: str
    status_vi: str
    reasons: list[Reason]
    standard: str | None
    legal_basis: list[str]
    rule: FiredRule | None
    inputs: list[Input] | None
    smallest_changes: list[Change]
    exit_window: Window | None
    pending: NotRequired[bool]
    pending_since: NotRequired[str]
    as_of: str
    known_at: str | None
    settled_at: str


class ExportAnswer(TypedDict):
    """An export as it stands."""

    export_id: str
    question: str
    format: Literal["csv", "ndjson", "parquet", "xlsx"]
    state: Literal["completed", "failed", "interrupted", "running", "streamed", "waiting"]
    rows: int
    bytes: int
    fault: str | None
    created_at: str
    ended_at: str | None
    expires_at: str
    href: str
    content_href: str
    manifest_href: str


class ExportColumn(TypedDict):
    """A column of a file."""

    name: str
    kind: Literal["boolean", "day", "instant", "integer", "json", "number", "text"]


class ExportManifest(TypedDict):
    """What a file holds, to be kept beside it."""

    export_id: str
    question: str
    as_of: str | None
    known_at: str
    format: Literal["csv", "ndjson", "parquet", "xlsx"]
    media_type: str
    rows: int
    bytes: int
    sha256: str
    columns: list[ExportColumn]


class Exports(TypedDict):
    """A page of the caller's own exports."""

    items: list[ExportAnswer]
    next_cursor: str | None


class FactReceipt(TypedDict):
    """The answer to one posted fact."""

    external_id: str
    revision: int
    event_id: str
    outcome: Literal["accepted", "duplicate"]
    article_id: NotRequired[str | None]
    request_id: NotRequired[str | None]


class Feed(TypedDict):
    """A page of the feed."""

    items: list[FeedTransition | Retraction]
    next_cursor: str


FeedTransition = TypedDict(
    "FeedTransition",
    {
        "transition_id": "str",
        "household_id": "str",
        "area_code": "str | None",
        "on": "str",
        "from": "Literal['closed', 'near_poor', 'non_poor', 'poor', 'recently_exited'] | None",
        "to": "Literal['closed', 'near_poor', 'non_poor', 'poor', 'recently_exited']",
        "movements": "list[Movement]",
        "standard_changed": "bool",
        "cause": "TransitionCause",
        "recorded_at": "str",
        "seq": "int",
    },
)
"""A transition at its place in the feed."""


class Figure(TypedDict):
    """One figure, with the words that say it."""

    figure_id: str
    article_id: str
    measure: str
    value: int | float
    value_max: int | float | None
    unit: str
    qualifier: Literal[
        "about", "at_least", "at_most", "below", "between", "exact", "more_than", "nearly"
    ]
    place: FigurePlace | None
    period: Period | None
    population: str
    kind: Literal["actual", "forecast", "norm", "target"]
    comparison: ChangeFrom | None
    quote: str
    start: int
    end: int
    ambiguous: list[int | float] | None
    evidence: NotRequired[list[Slot] | None]


class FigurePlace(TypedDict):
    """Where a figure holds."""

    name: str
    level: str | None
    area_code: str | None


class Figures(TypedDict):
    """A page of figures."""

    items: list[Figure]
    next_cursor: str | None
    known_at: str | None
    settled_at: str


class FileResult(TypedDict):
    """The answer to a file."""

    import_id: str
    accepted: int
    duplicates: int
    rejected: int
    rows_read: int
    notices: list[ImportNotice]


class Finding(TypedDict):
    """A contradiction; further fields by kind."""

    finding_id: str
    kind: str
    subject: str
    article_id: str | None
    area: Unit | None
    raised_at: str
    figures: NotRequired[list[Any]]
    expected: NotRequired[Any]
    stated: NotRequired[Any]
    tolerance: NotRequired[Any]
    legal_basis: NotRequired[list[str]]
    explanation: NotRequired[Sentences]


class FindingCount(TypedDict):
    """How many findings of one kind stand."""

    kind: str
    findings: int


class FindingCounts(TypedDict):
    """Findings by kind."""

    items: list[FindingCount]
    known_at: str | None
    settled_at: str


class Findings(TypedDict):
    """A page of findings."""

    items: list[Finding]
    next_cursor: str | None
    known_at: str | None
    settled_at: str


FiredRule = TypedDict(
    "FiredRule",
    {
        "class": "Literal['near_poor', 'poor'] | Literal['above', 'average']",
        "area_type": "Literal['rural', 'urban']",
        "income_vnd_above": "NotRequired[int | None]",
        "income_vnd_at_most": "NotRequired[int | None]",
        "deprived_at_least": "NotRequired[int | None]",
        "deprived_below": "NotRequired[int | None]",
        "b1_above": "NotRequired[int | None]",
        "b1_at_most": "NotRequired[int | None]",
        "b2_at_least": "NotRequired[int | None]",
        "b2_below": "NotRequired[int | None]",
    },
)
"""The rule that fired with its bounds: on income and deprivations, or on scores B1 and B2."""


class FormRow(TypedDict):
    """A row of the form: start - left + relapsed + newly_arisen = end."""

    kind: Literal["rural", "total", "unit", "urban"]
    code: str
    name: str
    base_start: int | None
    base_end: int | None
    base_minority_end: int | None
    start: Cell
    start_minority: Cell
    left: Cell
    relapsed: Cell
    newly_arisen: Cell
    end: Cell
    end_minority: Cell
    outside_form: OutsideForm


class Fund(TypedDict):
    """A fund with its balance."""

    fund_id: str
    program: str
    component: str | None
    year: int
    funding_source: Literal["central", "local", "mobilised"]
    amount_vnd: int
    area: Unit | None
    decided_on: str
    decision_no: str | None
    parent: ParentLine | None
    source: str
    external_id: str
    revision: int
    event_id: str
    recorded_at: str
    balance: FundBalance
    counterpart: Counterpart | None
    runs: list[FundRun]
    children: list[ChildFund]
    children_count: int
    known_at: str | None
    settled_at: str


class FundBalance(TypedDict):
    """Where a fund's money is; amount = allocated + unallocated."""

    amount_vnd: int
    unallocated_vnd: int
    passed_on_vnd: int
    allocated_vnd: int
    paid_vnd: int
    returned_vnd: int
    net_paid_vnd: int


class FundFacts(TypedDict):
    """Facts of one kind, all stored or none."""

    funds: list[PostedFund | WithdrawnFund]


class FundMoney(TypedDict):
    """Money of one fund."""

    allocated_vnd: int
    paid_vnd: int
    returned_vnd: int
    net_paid_vnd: int
    amount_vnd: int
    rates: MoneyRates
    fund_id: str
    program: str
    component: str | None
    year: int
    area: Unit | None
    passed_on_vnd: int


class FundProgress(TypedDict):
    """How a fund's money gets on."""

    allocated_vnd: int
    paid_vnd: int
    returned_vnd: int
    net_paid_vnd: int
    fund_id: str
    on: str
    amount_vnd: int
    rates: MoneyRates
    allocated_on: str | None
    days_since_allocation: int | None
    by_area: list[AreaMoney]
    by_month: list[MonthMoney]
    stalled: Stalled
    known_at: str | None
    settled_at: str


class FundRun(TypedDict):
    """A run on the fund."""

    run_id: str
    rule: str
    mode: Literal["commit", "preview"]
    state: Literal["completed", "pending", "refused"]
    active: bool
    as_of: str
    allocated_vnd: int | None
    superseded_by: str | None
    completed_at: str | None


class FundScenario(TypedDict):
    """An area's money by year and source, and what will be paid by the year's end."""

    area_code: str
    year: int
    on: str
    years: list[YearSources]
    forecasts: list[SourceForecast]
    how_en: str
    how_vi: str
    as_of: str
    known_at: str | None
    settled_at: str


class Funds(TypedDict):
    """A page of funds."""

    items: list[ListedFund]
    next_cursor: str | None
    known_at: str | None
    settled_at: str


class FundsMoney(TypedDict):
    """Money of several funds."""

    allocated_vnd: int
    paid_vnd: int
    returned_vnd: int
    net_paid_vnd: int
    amount_vnd: int
    rates: MoneyRates


class Given(TypedDict):
    """What a norm gives, as the law says it."""

    measure: Literal["package", "percent", "rate", "vnd"]
    value: str | None
    bound: Literal["at_least", "at_most", "exact"]
    of: str | None


class Hits(TypedDict):
    """Households with so many points or more, and how many came back."""

    points: int
    households: int
    came_back: int
    hit_rate: Rate | None


class Household(TypedDict):
    """What holds of a household on a day."""

    household_id: str
    status: Literal["closed", "near_poor", "non_poor", "poor", "recently_exited"] | None
    living_standard: Literal["above", "average"] | None
    since: str | None
    until: str | None
    area: Unit | None
    area_type: Literal["rural", "urban"] | None
    ethnic_group: str | None
    standard: str | None
    event_id: str | None
    reasons: list[Reason]
    basis: Literal["computed", "recognised"]
    pending: NotRequired[bool]
    pending_since: NotRequired[str]
    as_of: str
    known_at: str | None
    settled_at: str


class HouseholdAccess(TypedDict):
    """A request that was answered about the household, or wrote about it."""

    at: str
    client: str
    purpose: str
    method: str
    route: str
    status: int
    request_id: str


class HouseholdAccesses(TypedDict):
    """A page of who was answered what about a household."""

    items: list[HouseholdAccess]
    kept_from: str | None
    next_cursor: str | None


class HouseholdEventFacts(TypedDict):
    """Facts of one kind, all stored or none."""

    events: list[Assessment | Registration | Move | Closure | WithdrawnHouseholdEvent]


class HouseholdLookup(TypedDict):
    """Which households are asked about, on which day, as known when."""

    household_ids: list[str]
    as_of: NotRequired[str | None]
    known_at: NotRequired[str | None]


class HouseholdMember(TypedDict):
    """A person belongs to a household from a day on."""

    source: str
    external_id: str
    revision: NotRequired[int]
    withdrawn: NotRequired[bool | None]
    type: NotRequired[Literal["member"]]
    household_id: str
    effective_from: str
    member_id: str
    name: str
    sex: NotRequired[Literal["female", "male", "other", "unknown"] | None]
    birth_date: NotRequired[str | None]
    relation: NotRequired[str | None]
    personal_number: NotRequired[str | None]


class Households(TypedDict):
    """A page of households."""

    items: list[ListedHousehold]
    next_cursor: str | None
    as_of: str
    known_at: str | None
    settled_at: str


class Identifier(TypedDict):
    """An identity number of a person, kept apart from the event."""

    type: str
    value: str


class ImportForm(TypedDict):
    """A file of facts of one kind."""

    file: str
    kind: Literal[
        "area-facts",
        "articles",
        "disbursements",
        "funds",
        "household-events",
        "members",
        "move-refusals",
        "move-requests",
        "person-decisions",
        "reference-figures",
        "support-records",
    ]
    dry_run: NotRequired[bool]


class ImportNotice(TypedDict):
    """What the sender should know of a file although nothing was refused for it."""

    code: str
    detail: str
    detail_vi: str


class ImportResult(TypedDict):
    """The answer to a stream or a file: good rows are stored, bad ones kept to be mended."""

    import_id: str
    accepted: int
    duplicates: int
    rejected: int


class ImportState(TypedDict):
    """How far an import has got: rows_read = accepted + duplicates + rejected."""

    import_id: str
    accepted: int
    duplicates: int
    rejected: int
    rows_read: int
    notices: list[ImportNotice]
    kind: str
    filename: str | None
    dry_run: bool
    state: Literal["completed", "interrupted", "running"]
    started_at: str
    ended_at: str | None


class Indicator(TypedDict):
    """A basic service that the standard asks after."""

    code: str
    key: str
    dimension: str
    name_en: str
    name_vi: str
    deprived: bool


class IndicatorCounts(TypedDict):
    """Households on each list that are deprived in one indicator."""

    standard: str
    code: str
    key: str
    name_en: str
    name_vi: str
    poor: int | None
    near_poor: int | None
    withheld: NotRequired[bool]


class IndicatorRow(TypedDict):
    """Listed households that lack one thing at the year's end."""

    standard: str
    code: str
    name_en: str
    name_vi: str
    poor: int
    poor_rate: Rate | None
    near_poor: int
    near_poor_rate: Rate | None


class Input(TypedDict):
    """One input of the decision."""

    input: Literal[
        "area_type",
        "assessed_on",
        "b1",
        "b2",
        "deprived",
        "effective_from",
        "income_vnd",
        "recognised",
    ]
    value: Any
    counted: bool
    indicators: NotRequired[list[Indicator]]


class KindTotal(TypedDict):
    """Support of one kind in one unit of measure."""

    kind: str
    unit: str
    records: int
    quantity: int | str
    amount_vnd: int | None


class Likeness(TypedDict):
    """Two persons that look like one."""

    first: Person
    second: Person


class Likenesses(TypedDict):
    """A page of pairs that nobody has decided on."""

    items: list[Likeness]
    next_cursor: str | None
    as_of: str
    known_at: str | None
    settled_at: str


class LineDifference(TypedDict):
    """A line whose amounts differ; 0 where a run does not have it."""

    line: str
    area_code: str | None
    household_id: str | None
    before_vnd: int
    after_vnd: int
    difference_vnd: int
    causes: list[Cause]


class LineSums(TypedDict):
    """Lines, and the đồng that they gained, lost or kept."""

    lines: int
    amount_vnd: int


class ListForm(TypedDict):
    """The movement of one list."""

    rows: list[FormRow]
    notes: list[Note]
    list: Literal["near_poor", "poor"]


class ListMovement(TypedDict):
    """Gross flows of one list over a period, in households."""

    area: AreaName
    list: Literal["near_poor", "poor"]
    from_date: str
    to_date: str
    start: int | None
    left: int | None
    relapsed: int | None
    newly_arisen: int | None
    moved_in: int | None
    moved_out: int | None
    closed: int | None
    end: int | None
    renumbered: int | None
    by_standard_change: StandardChange | None
    basis: Literal["computed", "recognised"]
    withheld: NotRequired[bool]
    known_at: str | None
    settled_at: str


class ListedArea(TypedDict):
    """A unit with what it came from and what it went to."""

    code: str
    name: str
    level: Literal["commune", "country", "district", "province"]
    kind: str
    parent_code: str | None
    valid_from: str
    valid_to: str | None
    predecessors: list[str]
    successors: list[str]
    latitude: float | None
    longitude: float | None


class ListedArticle(TypedDict):
    """An article without its text."""

    article_id: str
    source: str
    external_id: str
    revision: int
    event_id: str
    url: str | None
    language: str | None
    published_on: str | None
    title: str | None
    recorded_at: str
    figures: int
    findings: int


class ListedBy(TypedDict):
    """Listed households of one ethnic group, or of one stated cause, at the year's end."""

    name: str | None
    poor: int
    near_poor: int


class ListedByDecision(TypedDict):
    """A household of the list."""

    household_id: str
    area_code: str | None
    decided_on: str
    status: Literal["closed", "near_poor", "non_poor", "poor", "recently_exited"] | None
    before: Literal["closed", "near_poor", "non_poor", "poor", "recently_exited"] | None
    ethnic_group: str | None
    household_size: int | None


class ListedClient(TypedDict):
    """A system or an office that was let in."""

    client_id: str
    name: str
    scopes: list[str]
    area: str
    sources: list[str] | None
    purpose: str
    bound_to_certificate: bool
    created_at: str
    revoked_at: str | None


class ListedFund(TypedDict):
    """A fund as last posted."""

    fund_id: str
    program: str
    component: str | None
    year: int
    funding_source: Literal["central", "local", "mobilised"]
    amount_vnd: int
    area: Unit | None
    decided_on: str
    decision_no: str | None
    parent: ParentLine | None
    source: str
    external_id: str
    revision: int
    event_id: str
    recorded_at: str


class ListedHousehold(TypedDict):
    """A household in a list."""

    household_id: str
    status: Literal["closed", "near_poor", "non_poor", "poor", "recently_exited"] | None
    living_standard: Literal["above", "average"] | None
    since: str | None
    area_code: str | None
    area_type: Literal["rural", "urban"] | None
    standard: str | None
    reviewed_on: str | None


class ListedRun(TypedDict):
    """A run without its inputs."""

    run_id: str
    fund_id: str
    rule: str
    mode: Literal["commit", "preview"]
    as_of: str
    supersedes: str | None
    superseded_by: str | None
    state: Literal["completed", "pending", "refused"]
    known_at: str
    requested_at: str
    completed_at: str | None
    code: str | None
    allocated_from_vnd: int | None
    allocated_vnd: int | None
    unallocated_vnd: int | None
    totals: RunTotals | None


class Liveness(TypedDict):
    """The process serves."""

    status: Literal["live"]


class LookedUp(TypedDict):
    """What holds of the households that were asked about."""

    items: list[ListedHousehold]
    unknown: list[str]
    as_of: str
    known_at: str | None
    settled_at: str


class Member(TypedDict):
    """A person of the household; personal parts live in a table of their own."""

    member_id: str
    name: NotRequired[str | None]
    sex: NotRequired[Literal["female", "male", "other", "unknown"] | None]
    birth_date: NotRequired[str | None]
    relation: NotRequired[str | None]
    identifiers: NotRequired[list[Identifier]]


class MemberFacts(TypedDict):
    """Facts of one kind, all stored or none."""

    members: list[HouseholdMember | WithdrawnMember]


class MessageHeader(TypedDict):
    """The header of a message that is sent to the registry."""

    message_id: str
    message_ts: str
    action: str
    sender_id: str
    total_count: int
    version: NotRequired[str]
    sender_uri: NotRequired[str | None]
    receiver_id: NotRequired[str | None]
    is_msg_encrypted: NotRequired[bool]
    meta: NotRequired[Any]


class Minority(TypedDict):
    """Households of every ethnic group but Kinh."""

    households_total: int | None
    counts: Counts
    rates: Rates


class Missing(TypedDict):
    """A fact that must be known for a norm to hold."""

    name: str
    en: str
    vi: str


class MissingOf(TypedDict):
    """A fact that is missing, and of how many households."""

    name: str
    en: str
    vi: str
    households: int


class MoneyRates(TypedDict):
    """Rates of a fund, null where there is nothing to take them from."""

    allocated: Rate | None
    paid: Rate | None
    returned: Rate | None
    net_paid: Rate | None


class MoneyReason(TypedDict):
    """Why a value is null, or what it rests on."""

    code: Literal[
        "limited_by_amount",
        "no_earlier_year",
        "no_fund",
        "no_pace",
        "nothing_moved",
        "nothing_moved_this_year",
        "one_pace",
        "ratio_unknown",
        "year_not_begun",
        "year_over",
    ]
    text_en: str
    text_vi: str


class MonthMoney(TypedDict):
    """Payments of one month, and all up to its end."""

    month: str
    paid_vnd: int
    returned_vnd: int
    net_paid_vnd: int
    net_paid_to_date_vnd: int


class Move(TypedDict):
    """The household lives elsewhere from this day on."""

    source: str
    external_id: str
    revision: NotRequired[int]
    withdrawn: NotRequired[bool | None]
    household_id: str
    effective_from: str
    area_code: str
    area_type: Literal["rural", "urban"]
    area_type_reason: NotRequired[str | None]
    type: Literal["moved"]


class MoveRefusal(TypedDict):
    """Who has the household says why it will not send the move."""

    source: str
    external_id: str
    revision: NotRequired[int]
    withdrawn: NotRequired[bool | None]
    type: NotRequired[Literal["refusal"]]
    request_id: str
    refused_on: str
    reason: Literal["documents_missing", "lives_elsewhere", "lives_here", "other_household"]
    remark: NotRequired[str | None]


class MoveRefusalFacts(TypedDict):
    """Facts of one kind, all stored or none."""

    refusals: list[MoveRefusal | WithdrawnMoveRefusal]


class MoveRequest(TypedDict):
    """A request for the move of a household."""

    request_id: str
    source: str
    external_id: str
    revision: int
    household_id: str
    remark: str | None
    effective_from: str
    area: Unit
    asked: Unit | None
    state: Literal["moved", "open", "refused"]
    refusal: Refused | None
    recorded_at: str


class MoveRequestFacts(TypedDict):
    """Facts of one kind, all stored or none."""

    requests: list[PostedMoveRequest | WithdrawnMoveRequest]


class MoveRequests(TypedDict):
    """A page of requests for moves."""

    items: list[MoveRequest]
    next_cursor: str | None


class Movement(TypedDict):
    """A household leaves or enters one of the two lists."""

    list: Literal["near_poor", "poor"]
    kind: Literal["left", "newly_arisen", "relapsed"]


class NewExport(TypedDict):
    """Which list is wanted as a file, and in which format."""

    question: str
    format: Literal["csv", "ndjson", "parquet", "xlsx"]


class NewSubscription(TypedDict):
    """Where which changes are to be sent."""

    callback_url: str
    types: list[
        Literal[
            "allocation-run.completed",
            "article.recorded",
            "disbursement.recorded",
            "exit-window.ending",
            "figures.extracted",
            "finding.raised",
            "fund.recorded",
            "household-status.changed",
        ]
    ]
    area: NotRequired[str | None]
    filter: NotRequired[ChangeFilter | None]
    signature: NotRequired[Literal["v1", "v1a"]]
    secret: NotRequired[str | None]


class NormCostOf(TypedDict):
    """What one norm is to the households of a unit."""

    norm: str
    content: str
    sector: str
    kind: str
    en: str
    vi: str
    unit: str
    given: Given
    legal_basis: list[str]
    households: Compared
    cost_vnd: Compared | None
    size_unknown: int


class NormEntitled(TypedDict):
    """The households of one norm."""

    norm: str
    content: str
    sector: str
    kind: str
    en: str
    vi: str
    unit: str
    given: Given
    legal_basis: list[str]
    households: int
    not_counted: int
    undecided: int
    missing: list[MissingOf]
    persons: int
    size_unknown: int
    value_vnd: int | None
    unknown_value: str | None
    cost_vnd: int | None


class Note(TypedDict):
    """A footnote of a sheet."""

    code: str
    text_en: str
    text_vi: str


class OfficialFigure(TypedDict):
    """An official number of a unit on a day; of one day there may be several."""

    on: str
    value: int | float
    population: str
    standard: str | None
    decision_no: str | None
    soft: bool


class OfficialFigures(TypedDict):
    """Official numbers of one measure in one unit."""

    items: list[OfficialFigure]
    known_at: str | None
    settled_at: str


class OutsideForm(TypedDict):
    """Flows that the form has no column for: each stands in a column, and in a footnote."""

    moved_in: Cell
    moved_out: Cell
    closed: Cell
    renumbered_in: Cell
    renumbered_out: Cell
    by_standard_left: int
    by_standard_relapsed: int
    by_standard_newly_arisen: int


class PacedMoney(TypedDict):
    """What one pace leads to."""

    pace: Literal["earlier_year", "last_90_days", "year_so_far"]
    year: int | None
    net_paid_vnd: int


class Pagination(TypedDict):
    """Which part of the records is wanted."""

    page_size: int
    page_number: NotRequired[int]


class PaidRates(TypedDict):
    """Rates of payment, null where there is nothing to take them from."""

    paid: Rate | None
    returned: Rate | None
    net_paid: Rate | None


class PaperMember(TypedDict):
    """A member of the household, as papers name one."""

    name: str | None
    relation: str | None
    birth_year: int | None


class Parameters(TypedDict):
    """What the caller supplies for unknowns of the law, or waives."""

    waive: NotRequired[list[str] | None]
    coefficients: NotRequired[dict[str, SuppliedValue] | None]
    values: NotRequired[dict[str, SuppliedByArea] | None]
    counterpart_percent: NotRequired[SuppliedValue | None]


class Parent(TypedDict):
    """The line of an allocation run that the fund is made of."""

    run_id: str
    area_code: str


class ParentLine(TypedDict):
    """The line of a run that a fund draws on."""

    fund_id: str | None
    run_id: str
    area_code: str


class PaymentProgress(TypedDict):
    """How the money of many funds gets on."""

    funds: int
    totals: FundsMoney
    by_fund: list[FundMoney]
    by_component: list[ComponentMoney]
    by_area: list[AreaMoney]
    by_month: list[MonthMoney]
    known_at: str | None
    settled_at: str


class Period(TypedDict):
    """Days that a figure is about, both included."""

    start: str
    end: str


class Person(TypedDict):
    """A person of a household."""

    person_id: str
    household_id: str
    area_code: str | None
    status: Literal["closed", "near_poor", "non_poor", "poor", "recently_exited"] | None
    masked: bool
    member: dict[str, Any] | None
    same_as: list[str]


class PersonDecision(TypedDict):
    """Somebody looked at two persons and decided whether they are one."""

    source: str
    external_id: str
    revision: NotRequired[int]
    withdrawn: NotRequired[bool | None]
    type: NotRequired[Literal["decision"]]
    person_id: str
    other_person_id: str
    same: bool
    decided_on: str


class PersonDecisionFacts(TypedDict):
    """Facts of one kind, all stored or none."""

    decisions: list[PersonDecision | WithdrawnPersonDecision]


class PersonSearch(TypedDict):
    """Whom to look for, by one identifier, and the day that households are looked at."""

    value: str
    type: NotRequired[str]
    as_of: NotRequired[str | None]


class Persons(TypedDict):
    """The persons that have a number."""

    items: list[Person]


class Point(TypedDict):
    """Points that a rule gave."""

    code: str
    points: int
    text_en: str
    text_vi: str


class PolicyDocument(TypedDict):
    """A policy document as loaded: its version is its digest."""

    kind: str
    digest: str
    recorded_at: str


class PolicyItems(TypedDict):
    """Items of policy documents in force on a day, as loaded, and the versions they are of."""

    items: list[dict[str, Any]]
    undecided: list[dict[str, Any]]
    next_cursor: str | None
    documents: list[PolicyDocument]
    digest: str | None
    recorded_at: str | None
    on: str


class PolledFeed(TypedDict):
    """How the polling of a configured feed is going; null: never polled."""

    url: str
    last_polled_at: str | None
    last_status: str | None
    http_status: int | None
    entries: int
    recorded: int
    refused: int
    failures: int
    next_poll_at: str | None


class PolledFeeds(TypedDict):
    """The feeds, in order of their addresses."""

    items: list[PolledFeed]
    next_cursor: str | None


class PostedArticle(TypedDict):
    """One revision of an article; with no `revision`, changed text becomes the next one."""

    source: str
    external_id: str
    revision: NotRequired[int | None]
    withdrawn: NotRequired[bool | None]
    type: NotRequired[Literal["article"]]
    url: NotRequired[str | None]
    language: NotRequired[Literal["en", "id", "th", "vi"] | None]
    published_on: NotRequired[str | None]
    title: NotRequired[str | None]
    text: NotRequired[str | None]
    html: NotRequired[str | None]


class PostedDisbursement(TypedDict):
    """Money that was paid of a line, or came back to it."""

    source: str
    external_id: str
    revision: NotRequired[int]
    withdrawn: NotRequired[bool | None]
    type: NotRequired[Literal["disbursement"]]
    run_id: str
    line: str
    amount_vnd: int
    paid_on: str
    kind: Literal["paid", "returned"]


class PostedFund(TypedDict):
    """A decision that gives money: how much, for what, and to whom."""

    source: str
    external_id: str
    revision: NotRequired[int]
    withdrawn: NotRequired[bool | None]
    type: NotRequired[Literal["fund"]]
    fund_id: str
    program: str
    component: NotRequired[str | None]
    year: int
    funding_source: Literal["central", "local", "mobilised"]
    area_code: str
    amount_vnd: int
    decided_on: str
    decision_no: NotRequired[str | None]
    parent: NotRequired[Parent | None]


class PostedMoveRequest(TypedDict):
    """A unit says that a household lives in it now, and asks whoever has it to send the move."""

    source: str
    external_id: str
    revision: NotRequired[int]
    withdrawn: NotRequired[bool | None]
    type: NotRequired[Literal["request"]]
    household_id: str
    area_code: str
    effective_from: str
    remark: NotRequired[str | None]


class PostedSupportRecord(TypedDict):
    """What was given to a household, or in an area."""

    source: str
    external_id: str
    revision: NotRequired[int]
    withdrawn: NotRequired[bool | None]
    type: NotRequired[Literal["record"]]
    program: NotRequired[str | None]
    kind: str
    quantity: float | str
    unit: str
    amount_vnd: NotRequired[int | None]
    fund_id: NotRequired[str | None]
    area_code: NotRequired[str | None]
    household_id: NotRequired[str | None]
    on: str


class Problem(TypedDict):
    """Why a request is refused, as RFC 9457 has it."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    trace_id: NotRequired[str]
    errors: NotRequired[list[dict[str, Any]]]


class PublishedFigure(TypedDict):
    """What an authority said that a measure of a unit was on a day."""

    source: str
    external_id: str
    revision: NotRequired[int]
    withdrawn: NotRequired[bool | None]
    type: NotRequired[Literal["figure"]]
    area_code: str
    measure: str
    value: float | str
    on: str
    standard: NotRequired[str | None]
    decision_no: NotRequired[str | None]
    preliminary: NotRequired[bool | None]


class PublishedKey(TypedDict):
    """A key that verifies tokens (RFC 8037)."""

    kty: str
    crv: str
    x: str
    kid: str
    use: str
    alg: str


class PublishedKeys(TypedDict):
    """The keys that verify tokens that still hold."""

    keys: list[PublishedKey]


class Range(TypedDict):
    """A number of households that is not known exactly."""

    least: int
    most: int


class Rate(TypedDict):
    """A percentage, rounded half up to two decimals, with what it was taken from."""

    percent: float
    numerator: int
    denominator: int


class Rates(TypedDict):
    """Rates over all households; null where the base is not known."""

    poor: Rate | None
    near_poor: Rate | None
    multidimensional: Rate | None
    withheld: NotRequired[bool]


class Readiness(TypedDict):
    """Every check passes."""

    status: Literal["ready"]
    checks: list[str]


class Reason(TypedDict):
    """One sentence of a decision: a stable code, its numbers, and both languages."""

    code: str
    parameters: dict[str, Any]
    text_en: str
    text_vi: str


class ReceiptState(TypedDict):
    """What became of an accepted fact."""

    event_id: str
    door: str
    state: Literal["accepted", "processed", "quarantined"]
    recorded_at: str
    reason: NotRequired[str | None]


class Receipts(TypedDict):
    """The answer to a request that is stored, all of it."""

    accepted: int
    duplicates: int
    receipts: list[FactReceipt]


class Recognition(TypedDict):
    """The same households by what was recognised."""

    registered: int
    counts: Counts
    rates: Rates
    minority: Minority


class ReferenceFigureFacts(TypedDict):
    """Facts of one kind, all stored or none."""

    figures: list[PublishedFigure | WithdrawnReferenceFigure]


class Refused(TypedDict):
    """Why a move will not be sent."""

    refused_on: str
    reason: str
    remark: str | None


class Registration(TypedDict):
    """A household becomes known to the registry."""

    source: str
    external_id: str
    revision: NotRequired[int]
    withdrawn: NotRequired[bool | None]
    household_id: str
    effective_from: str
    area_code: str
    area_type: Literal["rural", "urban"]
    area_type_reason: NotRequired[str | None]
    type: Literal["registered"]
    ethnic_group: NotRequired[str | None]
    members: NotRequired[list[Member]]
    continues: NotRequired[str | None]


class Replay(TypedDict):
    """What is sent again."""

    since: NotRequired[str | None]


class Replayed(TypedDict):
    """How much is sent again."""

    replayed: int


class RequestAnswer(TypedDict):
    """What has become of one request."""

    reference_id: str
    timestamp: str
    status: Literal["pdng", "rcvd", "rjct", "succ"]
    status_reason_code: NotRequired[str]
    status_reason_message: NotRequired[str]


class RequestsAnswer(TypedDict):
    """What has become of the requests of a transaction; no records, those are in its callback."""

    transaction_id: str
    correlation_id: str
    search_response: list[RequestAnswer]


class Retraction(TypedDict):
    """A correction undid a transition."""

    seq: int
    retracts: str


class ReviewRound(TypedDict):
    """The yearly round of reviews of an area."""

    area: AreaName
    year: int
    basis: Literal["computed", "recognised"]
    first_day: str
    last_day: str
    days_left: int
    legal_basis: list[str]
    total: RoundProgress
    units: list[RoundProgress]
    as_of: str
    known_at: str | None
    settled_at: str


class Rotation(TypedDict):
    """The next secret, and how long the one before it goes on signing beside it."""

    secret: NotRequired[str | None]
    overlap_hours: NotRequired[int]


class RoundHousehold(TypedDict):
    """A household that is to be reviewed."""

    household_id: str
    area_code: str | None


class RoundHouseholds(TypedDict):
    """A page of households that are to be reviewed."""

    items: list[RoundHousehold]
    next_cursor: str | None
    as_of: str
    known_at: str | None
    settled_at: str


class RoundProgress(TypedDict):
    """How far one unit is."""

    code: str
    name: str
    to_review: int
    open: int
    undecided: int
    late: int
    decided: int
    ended: int
    others_reviewed: int
    done: Rate | None


class RuleVersion(TypedDict):
    """The rule as it was known to the run."""

    digest: str
    kind: str
    legal_basis: list[str]
    en: str
    vi: str


class Run(TypedDict):
    """A run with its frozen inputs; `known_at` is its own, so the one asked with is named apart."""

    run_id: str
    fund_id: str
    rule: str
    mode: Literal["commit", "preview"]
    as_of: str
    supersedes: str | None
    superseded_by: str | None
    state: Literal["completed", "pending", "refused"]
    known_at: str
    requested_at: str
    completed_at: str | None
    code: str | None
    allocated_from_vnd: int | None
    allocated_vnd: int | None
    unallocated_vnd: int | None
    totals: RunTotals | None
    refusals: list[RunRefusal]
    areas: list[str] | None
    parameters: dict[str, Any]
    rule_version: RuleVersion | None
    ledger_at: str | None
    inputs: dict[str, Any] | None
    inputs_digest: str | None
    result_digest: str | None
    asked_known_at: str | None
    settled_at: str


class RunAccepted(TypedDict):
    """The answer to a request for an allocation run."""

    run_id: str
    state: Literal["completed", "pending", "refused"]
    requested_at: str
    duplicate: bool


class RunRefusal(TypedDict):
    """One reason why a run cannot be computed."""

    code: str
    subject: str
    detail: str


class RunTotals(TypedDict):
    """Lines in all and by outcome."""

    lines: int
    allocated: int
    not_eligible: int
    already_supported: int
    fund_exhausted: int


class Runs(TypedDict):
    """A page of runs."""

    items: list[ListedRun]
    next_cursor: str | None
    known_at: str | None
    settled_at: str


class SearchAnswer(TypedDict):
    """The answer to one search."""

    reference_id: str
    timestamp: str
    status: Literal["pdng", "rcvd", "rjct", "succ"]
    status_reason_code: NotRequired[
        Literal[
            "rjct.filter.invalid",
            "rjct.pagination.invalid",
            "rjct.reference_id.duplicate",
            "rjct.reference_id.invalid",
            "rjct.search.too_many_records_found",
            "rjct.search_criteria.invalid",
            "rjct.sort.invalid",
            "rjct.timestamp.invalid",
        ]
    ]
    status_reason_message: NotRequired[str]
    data: NotRequired[SearchData]
    pagination: NotRequired[SearchPage]
    locale: NotRequired[str]


class SearchCriteria(TypedDict):
    """What is looked for, and how it is wanted."""

    query_type: Literal["expression", "idtype-value", "predicate"]
    query: Any
    version: NotRequired[str]
    reg_type: NotRequired[str | None]
    reg_record_type: NotRequired[str | None]
    response_entity: NotRequired[Literal["Group", "Member"] | None]
    sort: NotRequired[list[Sort]]
    pagination: NotRequired[Pagination | None]
    consent: NotRequired[Any]
    authorize: NotRequired[Any]


class SearchData(TypedDict):
    """The records that a search found."""

    version: NotRequired[str]
    reg_type: NotRequired[str]
    reg_record_type: Literal["Group", "Member"]
    reg_records: list[SpdciGroup | SpdciMember]


class SearchItem(TypedDict):
    """One search among those of a message."""

    reference_id: str
    timestamp: str
    search_criteria: SearchCriteria
    locale: NotRequired[str]


class SearchMessage(TypedDict):
    """An envelope with searches."""

    header: MessageHeader
    signature: NotRequired[str | None]
    message: SearchRequest


class SearchPage(TypedDict):
    """Which part of the records was given."""

    page_size: int
    page_number: int
    total_count: int


class SearchRequest(TypedDict):
    """Searches that belong together."""

    transaction_id: str
    search_request: list[SearchItem]


class SearchResponse(TypedDict):
    """The answers to the searches of a message, in their order."""

    transaction_id: str
    correlation_id: str
    search_response: list[SearchAnswer]


class SearchResponseMessage(TypedDict):
    """An envelope with the answers to searches."""

    signature: NotRequired[str]
    header: AnswerHeader
    message: SearchResponse


class Sentences(TypedDict):
    """A sentence in two languages."""

    en: str
    vi: str


class SignedDocument(TypedDict):
    """A document that this registry signed."""

    kind: Literal["certificate", "decision_list", "year_end_book"]
    about: dict[str, Any]
    digest: str
    settled_at: str
    signed_by: str
    key_retired_at: str | None


class SignedSubscription(TypedDict):
    """A subscription with what its webhooks are verified by, shown this once."""

    subscription_id: str
    callback_url: str
    types: list[
        Literal[
            "allocation-run.completed",
            "article.recorded",
            "disbursement.recorded",
            "exit-window.ending",
            "figures.extracted",
            "finding.raised",
            "fund.recorded",
            "household-status.changed",
        ]
    ]
    area: str | None
    filter: TakenFilter
    signature: Literal["v1", "v1a"]
    public_keys: list[str]
    state: Literal["active", "ended", "paused"]
    pause_reason: str | None
    created_at: str
    waiting: int
    parked: int
    oldest_waiting_at: str | None
    failing_since: str | None
    secret: NotRequired[str]


class Slot(TypedDict):
    """One part of a figure, and how it was filled."""

    slot: str
    readings: list[WeighedReading]
    reasons: list[WeighedFeature]


class Sort(TypedDict):
    """By what records are put in order."""

    attribute_name: str
    sort_order: NotRequired[Literal["asc", "desc"]]


class SourceForecast(TypedDict):
    """Net payment of the asked year's money by the last day of that year."""

    funding_source: Literal["central", "local", "mobilised"]
    low_vnd: int | None
    high_vnd: int | None
    paces: list[PacedMoney]
    reasons: list[MoneyReason]


class SourceMoney(TypedDict):
    """The money of one source in one year, as it stood on the day."""

    allocated_vnd: int
    paid_vnd: int
    returned_vnd: int
    net_paid_vnd: int
    funding_source: Literal["central", "local", "mobilised"]
    funds: int
    amount_vnd: int
    rates: MoneyRates
    last_movement_on: str | None
    days_since_movement: int | None
    stalled: Stalled
    reasons: list[MoneyReason]


SpdciGroup = TypedDict(
    "SpdciGroup",
    {
        "@type": "Literal['Group']",
        "@context": "NotRequired[str]",
        "@id": "str",
        "group_identifier": "list[SpdciIdentifier]",
        "group_type": "NotRequired[str]",
        "area_code": "str | None",
        "area_type": "Literal['rural', 'urban'] | None",
        "ethnic_group": "str | None",
        "group_size": "int | None",
        "poverty_score": "int | None",
        "poverty_score_type": "str | None",
        "classification_code": "Literal['closed', 'near_poor', 'non_poor', 'poor', 'recently_exited'] | None",
        "classification_status": "Literal['ended', 'in_force', 'not_assessed']",
        "classification_validity_start": "str | None",
        "classification_validity_end": "str | None",
        "classification_source": "str | None",
        "classification_reference": "str | None",
        "reviewed_on": "str | None",
    },
)
"""A household as SPDCI has it, with the classification of our national profile."""


SpdciIdentifier = TypedDict(
    "SpdciIdentifier",
    {"@type": "Literal['Identifier']", "identifier_type": "str", "identifier_value": "str"},
)
"""An identifier of a group or a member."""


SpdciMember = TypedDict(
    "SpdciMember",
    {
        "@type": "Literal['Member']",
        "@context": "NotRequired[str]",
        "@id": "str",
        "member_identifier": "list[SpdciIdentifier]",
        "demographic_info": "SpdciPerson | None",
        "relationship_to_head": "str | None",
        "group_identifier": "list[SpdciIdentifier]",
        "masked": "bool",
    },
)
"""A person of a household as SPDCI has it."""


SpdciName = TypedDict(
    "SpdciName", {"@type": "Literal['Name']", "surname": "str", "given_name": "str"}
)
"""A name: in Viet Nam the family name comes first."""


SpdciPerson = TypedDict(
    "SpdciPerson",
    {
        "@type": "Literal['SRPerson']",
        "identifier": "list[SpdciIdentifier]",
        "name": "SpdciName | None",
        "sex": "str | None",
        "birth_date": "str | None",
    },
)
"""What is stated of a person; shortened for who may not read persons."""


Spell = TypedDict(
    "Spell",
    {
        "from": "str",
        "to": "str | None",
        "status": "Literal['closed', 'near_poor', 'non_poor', 'poor', 'recently_exited']",
        "living_standard": "Literal['above', 'average'] | None",
        "standard": "str",
        "event_id": "str",
    },
)
"""An unbroken stretch in one status."""


class Stalled(TypedDict):
    """Lines with money left on which nothing has moved for long; listed by their own route."""

    not_moved_for: int
    lines: int
    left_vnd: int


class StalledLine(TypedDict):
    """A line with money left on which nothing has moved."""

    run_id: str
    fund_id: str
    line: str
    area_code: str | None
    household_id: str | None
    area: Unit | None
    amount_vnd: int
    paid_vnd: int
    returned_vnd: int
    passed_on_vnd: int
    left_vnd: int
    last_movement_on: str | None
    allocated_on: str
    days: int


class StalledLines(TypedDict):
    """A page of lines that stand still."""

    items: list[StalledLine]
    next_cursor: str | None
    on: str
    known_at: str | None
    settled_at: str


class StandardChange(TypedDict):
    """The part of a list's flows that came with a new poverty standard, in households."""

    left: int
    relapsed: int
    newly_arisen: int


class StandardOutcome(TypedDict):
    """What becomes of an area's households by lines of the caller's own."""

    area: AreaName
    basis: Literal["computed", "recognised"]
    rows: list[BoardRow]
    as_of: str
    known_at: str | None
    settled_at: str


class StandardWhatIf(TypedDict):
    """Lines and a cut-off of the caller's own, and whom to measure by them."""

    area: str
    rural_income_at_most: int
    urban_income_at_most: int
    deprived_at_least: int
    near_poor_rural_income_at_most: NotRequired[int | None]
    near_poor_urban_income_at_most: NotRequired[int | None]
    indicators: NotRequired[list[str] | None]
    basis: NotRequired[Literal["computed", "recognised"]]
    as_of: NotRequired[str | None]
    known_at: NotRequired[str | None]


class Statistics(TypedDict):
    """An area's households on a day."""

    area: AreaName
    households_total: int | None
    registered: int | None
    counts: Counts
    unregistered: int | None
    rates: Rates
    minority: Minority
    by_ethnicity: list[EthnicCounts]
    by_indicator: list[IndicatorCounts]
    by_area_type: list[AreaTypeCounts]
    base: Base | None
    basis: NotRequired[Literal["both", "computed", "recognised"]]
    recognised: NotRequired[Recognition]
    decision_differs: NotRequired[list[DecidedOtherwise]]
    as_of: str
    known_at: str | None
    settled_at: str


class StatisticsOnDay(TypedDict):
    """An area's households at the end of a period."""

    as_of: str
    statistics: AreaStatistics | None


class StatisticsSeries(TypedDict):
    """An area's households over time."""

    items: list[StatisticsOnDay]
    known_at: str | None
    settled_at: str


class StatusFlow(TypedDict):
    """Households that went one way, or stayed."""

    before: Literal[
        "closed", "elsewhere", "near_poor", "non_poor", "poor", "recently_exited", "unclassed"
    ]
    after: Literal[
        "closed", "elsewhere", "near_poor", "non_poor", "poor", "recently_exited", "unclassed"
    ]
    households: int


class StatusFlows(TypedDict):
    """Between two days, from which status to which households went."""

    area: AreaName
    from_date: str
    to_date: str
    basis: Literal["computed", "recognised"]
    items: list[StatusFlow]
    known_at: str | None
    settled_at: str


class SubscribeCriteria(TypedDict):
    """What of the changes is wanted."""

    reg_event_type: str
    filter: Any
    notify_record_type: str
    filter_type: NotRequired[Literal["expression", "graphql", "idtype-value", "predicate"]]
    version: NotRequired[str]
    reg_type: NotRequired[str | None]
    frequency: NotRequired[Any]
    authorize: NotRequired[Any]


class SubscribeItem(TypedDict):
    """One subscription that is wanted."""

    reference_id: str
    timestamp: str
    subscribe_criteria: SubscribeCriteria
    locale: NotRequired[str]


class SubscribeMessage(TypedDict):
    """An envelope with subscriptions that are wanted."""

    header: MessageHeader
    signature: NotRequired[str | None]
    message: SubscribeRequest


class SubscribeRequest(TypedDict):
    """Subscriptions that are wanted together."""

    transaction_id: str
    subscribe_request: list[SubscribeItem]


class SubscriptionAnswer(TypedDict):
    """A subscription as it stands."""

    subscription_id: str
    callback_url: str
    types: list[
        Literal[
            "allocation-run.completed",
            "article.recorded",
            "disbursement.recorded",
            "exit-window.ending",
            "figures.extracted",
            "finding.raised",
            "fund.recorded",
            "household-status.changed",
        ]
    ]
    area: str | None
    filter: TakenFilter
    signature: Literal["v1", "v1a"]
    public_keys: list[str]
    state: Literal["active", "ended", "paused"]
    pause_reason: str | None
    created_at: str
    waiting: int
    parked: int
    oldest_waiting_at: str | None
    failing_since: str | None


class Subscriptions(TypedDict):
    """A page of the caller's own subscriptions."""

    items: list[SubscriptionAnswer]
    next_cursor: str | None


class SuppliedByArea(TypedDict):
    """A value per line."""

    by_area: dict[str, int | str]
    legal_basis: str


class SuppliedValue(TypedDict):
    """A value that the law has and the register lacks, and where the law sets it."""

    value: int | str
    legal_basis: str


class SupportRecord(TypedDict):
    """Support as last posted."""

    event_id: str
    source: str
    external_id: str
    revision: int
    program: str | None
    kind: str
    content: str | None
    quantity: int | str
    unit: str
    amount_vnd: int | None
    fund_id: str | None
    household_id: str | None
    recorded_at: str
    area: Unit | None
    on: str


class SupportRecordFacts(TypedDict):
    """Facts of one kind, all stored or none."""

    records: list[PostedSupportRecord | WithdrawnSupportRecord]


class SupportRecords(TypedDict):
    """A page of support."""

    items: list[SupportRecord]
    next_cursor: str | None
    known_at: str | None
    settled_at: str


class SupportTotal(TypedDict):
    """Support of one kind and unit in one area and year."""

    kind: str
    unit: str
    records: int
    quantity: int | str
    amount_vnd: int | None
    area: Unit | None
    year: int


class SupportTotals(TypedDict):
    """A page of sums."""

    items: list[SupportTotal]
    totals: list[KindTotal]
    next_cursor: str | None
    known_at: str | None
    settled_at: str


class TakenFilter(TypedDict):
    """Which transitions are told."""

    kind: Literal["left", "newly_arisen", "relapsed"] | None
    list: Literal["near_poor", "poor"] | None


class TargetRow(TypedDict):
    """Target groups of one list at the year's end in one row."""

    list: Literal["near_poor", "poor"]
    kind: Literal["rural", "total", "unit", "urban"]
    code: str
    name: str
    households: int
    minority: int
    no_labour_capacity: int
    merit_member: int
    persons: int
    size_unknown: int
    undecided: int


class Timeline(TypedDict):
    """A household over time."""

    household_id: str
    spells: list[Spell]
    closed_on: str | None
    transitions: list[Transition]
    basis: Literal["computed", "recognised"]
    pending: NotRequired[bool]
    pending_since: NotRequired[str]
    reasons: NotRequired[list[Reason]]
    known_at: str | None
    settled_at: str


class TokenRequest(TypedDict):
    """What a client asks with; id and secret here, or in `Authorization: Basic`."""

    grant_type: Literal["client_credentials"]
    client_id: NotRequired[str | None]
    client_secret: NotRequired[str | None]
    scope: NotRequired[str | None]


Transition = TypedDict(
    "Transition",
    {
        "transition_id": "str",
        "household_id": "str",
        "area_code": "str | None",
        "on": "str",
        "from": "Literal['closed', 'near_poor', 'non_poor', 'poor', 'recently_exited'] | None",
        "to": "Literal['closed', 'near_poor', 'non_poor', 'poor', 'recently_exited']",
        "movements": "list[Movement]",
        "standard_changed": "bool",
        "cause": "TransitionCause",
        "recorded_at": "str",
    },
)
"""A published change of status."""


class TransitionCause(TypedDict):
    """What made a change: an event, or else a rule."""

    event_id: NotRequired[str]
    rule: NotRequired[Literal["exit_window_ended"]]


Trial = dict[str, Any]


class TrialPlanned(TypedDict):
    """A trial that is sent within a second or two."""

    webhook_id: str


class TxnStatusAnswer(TypedDict):
    """What has become of transactions of a kind."""

    txn_type: Literal["receipt", "search", "subscribe"]
    txn_status: RequestsAnswer


class TxnStatusMessage(TypedDict):
    """An envelope with a question about transactions."""

    header: MessageHeader
    signature: NotRequired[str | None]
    message: TxnStatusRequest


class TxnStatusQuery(TypedDict):
    """Which transactions are asked about."""

    reference_id: str
    txn_type: Literal["receipt", "search", "subscribe"]
    attribute_type: Literal["correlation_id", "reference_id_list", "transaction_id"]
    attribute_value: str | list[str]
    locale: NotRequired[str]


class TxnStatusRequest(TypedDict):
    """A question about transactions."""

    transaction_id: str
    txnstatus_request: TxnStatusQuery


class TxnStatusResponse(TypedDict):
    """The answer to a question about transactions."""

    transaction_id: str
    correlation_id: str
    txnstatus_response: TxnStatusAnswer


class TxnStatusResponseMessage(TypedDict):
    """An envelope with what has become of transactions."""

    signature: NotRequired[str]
    header: AnswerHeader
    message: TxnStatusResponse


class Unit(TypedDict):
    """An administrative unit."""

    code: str
    name: str
    level: Literal["commune", "country", "district", "province"]
    kind: str
    parent_code: str | None
    valid_from: str
    valid_to: str | None


class UnknownIndicator(TypedDict):
    """An indicator of the coming standard that reviews by today's do not measure."""

    code: str
    key: str
    name_en: str
    name_vi: str


class UnsubscribeMessage(TypedDict):
    """An envelope with subscriptions that are to end."""

    header: MessageHeader
    signature: NotRequired[str | None]
    message: UnsubscribeRequest


class UnsubscribeRequest(TypedDict):
    """Subscriptions that are to end."""

    transaction_id: str
    timestamp: str
    subscription_codes: list[str]


class Verification(TypedDict):
    """Whether the person's household is on a list, and since when; nothing else."""

    listed: Literal["near_poor", "none", "poor", "recently_exited"]
    since: str | None
    until: str | None


class VerificationQuestion(TypedDict):
    """Who is asked about, for what."""

    personal_id: str
    as_of: str
    purpose: str
    name: NotRequired[str | None]


class WatchList(TypedDict):
    """A page of the watch, most points first."""

    items: list[WatchedHousehold]
    most_points: int
    legal_basis: list[str]
    next_cursor: str | None
    as_of: str
    known_at: str | None
    settled_at: str


class WatchedHousehold(TypedDict):
    """A household that is watched."""

    household_id: str
    area_code: str | None
    status: Literal["closed", "near_poor", "non_poor", "poor", "recently_exited"]
    since: str
    points: int
    reasons: list[Point]
    missing: list[str]


class Week(TypedDict):
    """The windows that end in a week."""

    monday: str
    households: int


class WeighedFeature(TypedDict):
    """What spoke for the likeliest reading, or against it."""

    feature: str
    weight: float


class WeighedReading(TypedDict):
    """One reading that was weighed."""

    reading: str
    probability: float


class Window(TypedDict):
    """When a household that left the lists counts as recently exited; `end` exclusive."""

    start: str | None
    end: str
    months: int
    legal_basis: list[str]


class WindowRule(TypedDict):
    """How long a window lasts."""

    months: int
    last_day: Literal["exclusive", "inclusive"]
    legal_basis: list[str]
    told_days_before: list[int]


class WithdrawnAreaFact(TypedDict):
    """Removes the fact called (source, external_id); other fields say nothing."""

    source: str
    external_id: str
    revision: NotRequired[int]
    withdrawn: bool
    type: NotRequired[Literal["fact"]]
    area_code: NotRequired[Any]
    on: NotRequired[Any]
    households_total: NotRequired[Any]
    minority_households_total: NotRequired[Any]
    zone: NotRequired[Any]
    attributes: NotRequired[Any]
    extremely_difficult_villages: NotRequired[Any]


class WithdrawnArticle(TypedDict):
    """Removes the fact called (source, external_id); other fields say nothing."""

    source: str
    external_id: str
    revision: NotRequired[int | None]
    withdrawn: bool
    type: NotRequired[Literal["article"]]
    url: NotRequired[Any]
    language: NotRequired[Any]
    published_on: NotRequired[Any]
    title: NotRequired[Any]
    text: NotRequired[Any]
    html: NotRequired[Any]


class WithdrawnDisbursement(TypedDict):
    """Removes the fact called (source, external_id); other fields say nothing."""

    source: str
    external_id: str
    revision: NotRequired[int]
    withdrawn: bool
    type: NotRequired[Literal["disbursement"]]
    run_id: NotRequired[Any]
    line: NotRequired[Any]
    amount_vnd: NotRequired[Any]
    paid_on: NotRequired[Any]
    kind: NotRequired[Any]


class WithdrawnFund(TypedDict):
    """Removes the fact called (source, external_id); other fields say nothing."""

    source: str
    external_id: str
    revision: NotRequired[int]
    withdrawn: bool
    type: NotRequired[Literal["fund"]]
    fund_id: NotRequired[Any]
    program: NotRequired[Any]
    component: NotRequired[Any]
    year: NotRequired[Any]
    funding_source: NotRequired[Any]
    area_code: NotRequired[Any]
    amount_vnd: NotRequired[Any]
    decided_on: NotRequired[Any]
    decision_no: NotRequired[Any]
    parent: NotRequired[Any]


class WithdrawnHouseholdEvent(TypedDict):
    """Removes the fact called (source, external_id); other fields say nothing."""

    source: str
    external_id: str
    revision: NotRequired[int]
    withdrawn: bool
    type: Literal["assessed", "closed", "moved", "registered"]
    household_id: NotRequired[str | None]
    effective_from: NotRequired[Any]
    area_code: NotRequired[Any]
    area_type: NotRequired[Any]
    area_type_reason: NotRequired[Any]
    assessed_on: NotRequired[Any]
    review: NotRequired[Any]
    decision_no: NotRequired[Any]
    income_vnd: NotRequired[Any]
    deprived: NotRequired[Any]
    b1: NotRequired[Any]
    b2: NotRequired[Any]
    standard: NotRequired[Any]
    recognised: NotRequired[Any]
    household_size: NotRequired[Any]
    ethnic_group: NotRequired[Any]
    no_labour_capacity: NotRequired[Any]
    merit_member: NotRequired[Any]
    causes: NotRequired[Any]
    members: NotRequired[Any]
    continues: NotRequired[Any]
    reason: NotRequired[Any]
    into: NotRequired[Any]


class WithdrawnMember(TypedDict):
    """Removes the fact called (source, external_id); other fields say nothing."""

    source: str
    external_id: str
    revision: NotRequired[int]
    withdrawn: bool
    type: NotRequired[Literal["member"]]
    household_id: NotRequired[Any]
    effective_from: NotRequired[Any]
    member_id: NotRequired[Any]
    name: NotRequired[Any]
    sex: NotRequired[Any]
    birth_date: NotRequired[Any]
    relation: NotRequired[Any]
    personal_number: NotRequired[Any]


class WithdrawnMoveRefusal(TypedDict):
    """Removes the fact called (source, external_id); other fields say nothing."""

    source: str
    external_id: str
    revision: NotRequired[int]
    withdrawn: bool
    type: NotRequired[Literal["refusal"]]
    request_id: NotRequired[Any]
    refused_on: NotRequired[Any]
    reason: NotRequired[Any]
    remark: NotRequired[Any]


class WithdrawnMoveRequest(TypedDict):
    """Removes the fact called (source, external_id); other fields say nothing."""

    source: str
    external_id: str
    revision: NotRequired[int]
    withdrawn: bool
    type: NotRequired[Literal["request"]]
    household_id: NotRequired[Any]
    area_code: NotRequired[Any]
    effective_from: NotRequired[Any]
    remark: NotRequired[Any]


class WithdrawnPersonDecision(TypedDict):
    """Removes the fact called (source, external_id); other fields say nothing."""

    source: str
    external_id: str
    revision: NotRequired[int]
    withdrawn: bool
    type: NotRequired[Literal["decision"]]
    person_id: NotRequired[Any]
    other_person_id: NotRequired[Any]
    same: NotRequired[Any]
    decided_on: NotRequired[Any]


class WithdrawnReferenceFigure(TypedDict):
    """Removes the fact called (source, external_id); other fields say nothing."""

    source: str
    external_id: str
    revision: NotRequired[int]
    withdrawn: bool
    type: NotRequired[Literal["figure"]]
    area_code: NotRequired[Any]
    measure: NotRequired[Any]
    value: NotRequired[Any]
    on: NotRequired[Any]
    standard: NotRequired[Any]
    decision_no: NotRequired[Any]
    preliminary: NotRequired[Any]


class WithdrawnSupportRecord(TypedDict):
    """Removes the fact called (source, external_id); other fields say nothing."""

    source: str
    external_id: str
    revision: NotRequired[int]
    withdrawn: bool
    type: NotRequired[Literal["record"]]
    program: NotRequired[Any]
    kind: NotRequired[Any]
    quantity: NotRequired[Any]
    unit: NotRequired[Any]
    amount_vnd: NotRequired[Any]
    fund_id: NotRequired[Any]
    area_code: NotRequired[Any]
    household_id: NotRequired[Any]
    on: NotRequired[Any]


class YearCounterpart(TypedDict):
    """The local money that the law asks for beside a programme's central money of one year."""

    program: str
    rule: str | None
    legal_basis: list[str]
    percent: str | None
    central_vnd: int
    required_vnd: int | None
    provided_vnd: int
    missing_vnd: int | None
    reasons: list[MoneyReason]


class YearEnd(TypedDict):
    """The year-end book of an area."""

    area: AreaName
    year: int
    basis: Literal["computed", "recognised"]
    start_on: str
    end_on: str
    preliminary: bool
    lists: list[ListForm]
    target_groups: list[TargetRow]
    indicators: list[IndicatorRow]
    ethnic_groups: list[ListedBy]
    causes: list[ListedBy]
    legal_basis: list[str]
    digest: str
    known_at: str | None
    settled_at: str
    signature: str | None


class YearSources(TypedDict):
    """The money of one year's funds by source."""

    year: int
    sources: list[SourceMoney]
    counterparts: list[YearCounterpart]
    local_share: Rate | None
