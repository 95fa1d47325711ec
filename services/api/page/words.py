"""Words of the page that stand in more than one place, in English and Vietnamese."""

from __future__ import annotations

from shared.kernel.texts import Text

SITE = Text("Poverty Registry", "Cơ sở dữ liệu giảm nghèo bền vững")
# Many of them, as heads of columns; what one household is called the policy says.
STATUSES = {
    "poor": Text("Poor", "Hộ nghèo"),
    "near_poor": Text("Near-poor", "Hộ cận nghèo"),
    "recently_exited": Text("Recently exited", "Hộ mới thoát nghèo"),
    "non_poor": Text("Other registered", "Hộ khác đã đăng ký"),
    "closed": Text("Closed", "Đã kết thúc"),
    "unregistered": Text("Unregistered", "Chưa đăng ký"),
    "multidimensional": Text("Multidimensionally poor", "Nghèo đa chiều"),
}
# Of one household, as the law names its class.
NAMES = STATUSES | {"non_poor": Text("Non-poor", "Hộ không nghèo")}
LEVELS = {
    "country": Text("Country", "Cả nước"),
    "province": Text("Provinces", "Tỉnh, thành phố"),
    "district": Text("Districts", "Huyện, quận, thị xã"),
    "commune": Text("Communes", "Xã, phường, thị trấn"),
}
PLACE = Text("Place", "Địa bàn")
CODE = Text("Code", "Mã")
HOUSEHOLDS = Text("Households", "Tổng số hộ")
AREA_TYPES = {"rural": Text("Rural", "Nông thôn"), "urban": Text("Urban", "Thành thị")}
SIDES = {
    "minority": Text("Minorities", "Dân tộc thiểu số"),
    "majority": Text("Kinh and not stated", "Kinh, chưa ghi dân tộc"),
}
ALL = Text("All households", "Tất cả các hộ")

# The ways through the page: path, Vietnamese, English.
WAYS = (
    ("/places/VN", "Địa bàn", "Places"),
    ("/funds", "Nguồn vốn", "Funds"),
    ("/stalled", "Tiền đứng yên", "Money standing still"),
    ("/findings", "Điểm bất nhất", "Findings"),
    ("/articles", "Bài báo", "Articles"),
    ("/changes", "Thay đổi", "Changes"),
    ("/imports", "Nhập tệp", "Imports"),
    ("/operations", "Vận hành", "Operations"),
)
# What people come for, on the start: path and query, Vietnamese, English, a sentence in each.
CARDS: tuple[tuple[str, dict[str, str], str, str, str, str], ...] = (
    (
        "/stalled",
        {},
        "Nguồn vốn nào đang đứng yên",
        "Which fund is stuck",
        "Vốn đã phân bổ mà lâu ngày không chi, nguồn vốn đứng lâu nhất trước.",
        "Money that was allocated and has not moved for long, the longest first.",
    ),
    (
        "/articles",
        {"has_findings": "true"},
        "Bài báo nào sai",
        "Which article is wrong",
        "Bài có số liệu mâu thuẫn với phép tính hoặc số liệu chính thức.",
        "Articles whose figures contradict arithmetic or official figures.",
    ),
    (
        "/places/VN/movement",
        {},
        "Nơi nào tái nghèo nhiều nhất",
        "Where most fell back",
        "Thoát, tái nghèo, phát sinh mới trong kỳ; tìm một huyện ở ô trên để xem từng xã.",
        "Left, relapsed and newly arisen; search a district above to see its communes.",
    ),
    (
        "/places/VN",
        {},
        "Cả nước và từng địa bàn",
        "The country and every place",
        "Số hộ nghèo, cận nghèo, mới thoát nghèo và tỷ lệ, ngày nào cũng xem được.",
        "Poor, near-poor and recently exited households with rates, on any day.",
    ),
    (
        "/funds",
        {},
        "Nguồn vốn",
        "Funds",
        "Đã phân bổ, đã giải ngân, thu hồi; ai được và vì sao.",
        "Allocated, paid, returned; who gets what, and why.",
    ),
    (
        "/findings",
        {},
        "Điểm bất nhất",
        "Findings",
        "Số liệu mâu thuẫn với phép tính, với sổ đăng ký hoặc với luật.",
        "What contradicts arithmetic, the register or the law.",
    ),
    (
        "/articles",
        {},
        "Bài báo",
        "Articles",
        "Bài mới nhất trước, số liệu được đánh dấu trong nguyên văn.",
        "The newest first, their figures marked in the text.",
    ),
    (
        "/changes",
        {},
        "Thay đổi",
        "Changes",
        "Hộ nào vào, ra khỏi danh sách, ngày nào.",
        "Which households came on the lists or left them, and when.",
    ),
)

ROWS = {
    "urban": Text("I. Town", "I. Khu vực thành thị"),
    "rural": Text("II. Country", "II. Khu vực nông thôn"),
    "total": Text("Total", "Tổng cộng"),
}
BASES = {
    "recognised": Text("as recognised by decision", "theo quyết định công nhận"),
    "computed": Text("as computed from reviews", "theo kết quả tính toán"),
}

# The fields of the form of one's own lines: name, Vietnamese, English.
WHAT_IF = (
    ("rural_income_at_most", "Thu nhập nông thôn đến (đ)", "Rural income up to (đ)"),
    ("urban_income_at_most", "Thu nhập thành thị đến (đ)", "Urban income up to (đ)"),
    ("deprived_at_least", "Thiếu hụt ít nhất", "Services lacking at least"),
    ("near_poor_rural_income_at_most", "Cận nghèo nông thôn đến (đ)", "Near-poor rural up to (đ)"),
    ("near_poor_urban_income_at_most", "Cận nghèo thành thị đến (đ)", "Near-poor urban up to (đ)"),
)

# The pages about a place: the end of the path, Vietnamese, English; some are for who may read
# households.
OF_HOUSEHOLDS = frozenset({"/households", "/exits", "/year-end", "/review-round", "/changeover"})
TABS = (
    ("", "Tổng quan", "Overview"),
    ("/below", "Các đơn vị bên dưới", "Units below"),
    ("/movement", "Biến động", "Movement"),
    ("/households", "Danh sách hộ", "Households"),
    ("/exits", "Mới thoát nghèo", "Recently exited"),
    ("/knowledge", "Lúc đó và bây giờ", "Then and now"),
    ("/year-end", "Báo cáo cuối năm", "Year-end book"),
    ("/review-round", "Đợt rà soát", "Review round"),
    ("/fund-scenario", "Vốn theo năm", "Money by year"),
    ("/changeover", "Chuyển chuẩn", "Next standard"),
)
EVENT_TYPES = {
    "registered": Text("registered", "đăng ký"),
    "assessed": Text("reviewed", "rà soát"),
    "moved": Text("moved", "chuyển nơi ở"),
    "closed": Text("closed", "kết thúc"),
}
YES_NO = {"True": Text("yes", "có"), "False": Text("no", "không")}
# Kinds of work, as `services/worker/due.py` has them.
WORK = {
    "household-events": Text("events of households", "sự kiện của hộ"),
    "members": Text("members of households", "thành viên của hộ"),
    "days": Text("facts whose day has come", "thông tin đến ngày hiệu lực"),
    "exit-windows": Text("windows of who left that end", "hết thời hạn mới thoát nghèo"),
    "law": Text("law that changed", "chính sách thay đổi"),
    "area-facts": Text("facts about places", "thông tin địa bàn"),
    "counts-in-areas": Text("counts against places", "đối chiếu số hộ theo địa bàn"),
    "funds": Text("funds", "nguồn vốn"),
    "disbursements": Text("payments", "khoản giải ngân"),
    "support-records": Text("support", "khoản hỗ trợ"),
    "allocation-runs": Text("allocation runs", "đợt phân bổ"),
    "articles": Text("articles", "bài báo"),
    "reference-figures": Text("official figures", "số liệu chính thức"),
    "counts-in-articles": Text("counts against articles", "đối chiếu số hộ với bài báo"),
}
# Doors for facts, as recordings name them.
DOORS = {
    "household-events": Text("household events", "sự kiện của hộ"),
    "members": Text("members of households", "thành viên của hộ"),
    "person-decisions": Text("decisions about persons", "quyết định về nhân thân"),
    "move-requests": Text("moves asked for", "đề nghị chuyển nơi ở"),
    "move-refusals": Text("moves refused", "từ chối chuyển nơi ở"),
    "area-facts": Text("facts about places", "thông tin địa bàn"),
    "funds": Text("funds", "nguồn vốn"),
    "disbursements": Text("payments", "khoản giải ngân"),
    "support-records": Text("support", "khoản hỗ trợ"),
    "articles": Text("articles", "bài báo"),
    "reference-figures": Text("official figures", "số liệu chính thức"),
}
INPUTS = {
    "area_type": Text("Area", "Khu vực"),
    "income_vnd": Text("Income a person and month", "Thu nhập bình quân đầu người/tháng"),
    "deprived": Text("Number of services lacking", "Số chỉ số thiếu hụt"),
    "b1": Text("Score B1", "Điểm B1"),
    "b2": Text("Score B2", "Điểm B2"),
    "assessed_on": Text("Reviewed on", "Ngày rà soát"),
    "effective_from": Text("In effect from", "Có hiệu lực từ"),
    "recognised": Text("Decided by the commune", "Xã công nhận"),
}
# For what a norm gives its value, as `unit` of support norms says it.
UNITS = {
    "household": Text("household", "hộ"),
    "household_month": Text("household and month", "hộ/tháng"),
    "person": Text("person", "người"),
    "person_month": Text("person and month", "người/tháng"),
    "child_month": Text("child and month", "trẻ/tháng"),
    "person_course": Text("person and course", "người/khóa học"),
    "month": Text("month", "tháng"),
    "loan": Text("loan", "khoản vay"),
}
FUNDING_SOURCES = {
    "central": Text("central budget", "ngân sách trung ương"),
    "local": Text("local budget", "ngân sách địa phương"),
    "mobilised": Text("mobilised from others", "vốn huy động"),
}
FINDINGS = {
    "area_type_differs": Text("Area type differs", "Khu vực khác với đơn vị hành chính"),
    "average_mismatch": Text("An average does not fit", "Số bình quân không khớp"),
    "change_mismatch": Text("A change does not fit", "Mức thay đổi không khớp"),
    "decision_differs": Text(
        "The decision differs from the law's class", "Quyết định khác xếp loại"
    ),
    "differs_from_reference": Text("Differs from an official figure", "Khác số liệu chính thức"),
    "differs_from_registry": Text("Differs from the register", "Khác sổ đăng ký"),
    "paid_not_eligible": Text("Paid without being eligible", "Chi không đúng đối tượng"),
    "parts_exceed_total": Text("Parts exceed the total", "Các phần vượt tổng"),
    "parts_total_mismatch": Text("Parts do not make the total", "Các phần không bằng tổng"),
    "rate_count_mismatch": Text("Rate and count do not fit", "Tỷ lệ và số đếm không khớp"),
    "stale_year": Text("A figure of an earlier year", "Số liệu của năm trước"),
    "transposed_digits": Text("Digits look swapped", "Có thể đảo chữ số"),
    "unit_amount_mismatch": Text("Units and amount do not fit", "Số lượng và số tiền không khớp"),
    "unregistered_negative": Text("More registered than there are", "Đăng ký nhiều hơn tổng số hộ"),
    "rate_over_100": Text("A rate over 100 %", "Tỷ lệ vượt 100 %"),
    "payment_repeated": Text("A payment was repeated", "Khoản chi bị lặp lại"),
    "person_in_two_households": Text("A person in two households", "Một người ở hai hộ"),
    "two_heads": Text("Two heads of one household", "Một hộ có hai chủ hộ"),
    "supported_twice": Text("Supported twice", "Được hỗ trợ hai lần"),
    "tranche_exceeded": Text("More paid than the tranche allows", "Chi vượt mức của đợt"),
    "returned_before_paid": Text("Returned before it was paid", "Thu hồi trước khi chi"),
    "paid_before_decision": Text("Paid before the decision", "Chi trước khi có quyết định"),
    "paid_after_closure": Text("Paid after the household ended", "Chi sau khi hộ không còn"),
    "child_fund_differs": Text("A passed-on fund differs", "Vốn chuyển tiếp không khớp"),
    "review_outside_calendar": Text("Reviewed outside the calendar", "Rà soát ngoài thời hạn"),
    "restatement_mismatch": Text("Two numbers for one level", "Hai số cho cùng một mức"),
    "uses_exceed_fund": Text("More used than the fund has", "Sử dụng vượt nguồn vốn"),
}


def finding(kind: str, language: str) -> str:
    """Return what a kind of finding is called; one without a name is shown as it is."""
    text = FINDINGS.get(kind, Text(kind.replace("_", " "), kind.replace("_", " ")))
    return text.vi if language == "vi" else text.en
