"""What answers about money say, in English and Vietnamese side by side; braces are filled in.

What criteria, priorities and tranches are called is law and stands in the rule; what statuses are
called stands in the policy.
"""

from __future__ import annotations

from collections.abc import Mapping

from shared.kernel.texts import Text
from shared.money.allocations import Outcome
from shared.money.fund_forecast import Remark

OUTCOMES: Mapping[Outcome, Text] = {
    "allocated": Text("gets the norm", "được hỗ trợ theo định mức"),
    "not_eligible": Text("does not meet every criterion", "không đáp ứng đủ các tiêu chí"),
    "already_supported": Text(
        "was supported with the same content before", "đã được hỗ trợ cùng nội dung trước đây"
    ),
    "fund_exhausted": Text(
        "meets every criterion; the money ended before its place in the queue",
        "đáp ứng đủ các tiêu chí; hết vốn trước khi đến lượt",
    ),
}
BEGUN = Text(
    "paid a part under the run that this one replaces: what was begun is finished first",
    "đã được cấp một phần theo đợt phân bổ bị thay thế: hoàn thành phần dở dang trước",
)

# Findings of the register about itself.
DECISION_DIFFERS = Text(
    "the decision in effect from {day} recognised a {recognised}; by the figures of the same "
    "review and {standard} it is a {computed}",
    "quyết định có hiệu lực từ {day} công nhận là {recognised}; theo chính số liệu rà soát và "
    "chuẩn {standard} thì là {computed}",
)
AREA_TYPE_DIFFERS = Text(
    "the review in effect from {day} says {stated}; {unit} is {expected}, "
    "and the income lines of the two differ",
    "kết quả rà soát có hiệu lực từ {day} ghi {stated}; {unit} là {expected}, "
    "chuẩn thu nhập của hai khu vực khác nhau",
)
AREA_TYPES: Mapping[str, Text] = {
    "rural": Text("rural", "nông thôn"),
    "urban": Text("urban", "thành thị"),
}
PAID_NOT_ELIGIBLE = Text(
    "{paid} were paid under {rule} in run {run}; as corrected since, the household did not meet "
    "on {day}: {criteria}",
    "đã chi {paid} theo {rule} trong đợt {run}; theo số liệu đã chỉnh sửa, ngày {day} hộ không đủ "
    "điều kiện: {criteria}",
)
USES_EXCEED_FUND = Text(
    "{uses} = {total} đồng, {over} more than the {amount} of the fund",
    "{uses} = {total} đồng, nhiều hơn {over} so với {amount} của quỹ",
)
USE = Text("{used} ({kind})", "{used} ({kind})")
UNREGISTERED_NEGATIVE = Text(
    "{when} the register has {registered} households{population}, {over} more than the {total} "
    "that the area has by the fact of {day}",
    "{when} sổ quản lý có {registered} hộ{population}, nhiều hơn {over} so với tổng số {total} hộ "
    "theo báo cáo ngày {day}",
)
RATE_OVER_100 = Text(
    "{when} {listed} households{population} are on the lists, of {total} that the area has by the "
    "fact of {day}: a rate above 100 percent",
    "{when} có {listed} hộ{population} trong danh sách, trên tổng số {total} hộ theo báo cáo ngày "
    "{day}: tỷ lệ trên 100%",
)
ON_DAY = Text("on {day}", "ngày {day}")
AT_LAST = Text("as it stands", "hiện nay")
POPULATIONS: Mapping[str, Text] = {
    "all": Text("", ""),
    "minority": Text(" of ethnic minorities", " dân tộc thiểu số"),
}
OUTSIDE_CALENDAR = Text(
    "the {review} review was made on {assessed} and decided from {decided}; such a review is made "
    "and decided from {first} to {last}",
    "đợt rà soát {review} thực hiện ngày {assessed}, quyết định có hiệu lực từ {decided}; đợt rà "
    "soát này phải thực hiện và quyết định từ {first} đến {last}",
)
REVIEWS: Mapping[str, Text] = {
    "annual": Text("annual", "định kỳ"),
    "regular": Text("regular", "thường xuyên"),
}
TWO_HEADS = Text(
    "{number} members are registered as the head of one household: numbers {members} of the list",
    "{number} thành viên cùng được đăng ký là chủ hộ: số thứ tự {members}",
)
IN_TWO_HOUSEHOLDS = Text(
    "the personal number of member {members} of the list is also that of one of {others} other "
    "household(s) that exist",
    "số định danh cá nhân của thành viên số {members} cũng có ở {others} hộ khác đang tồn tại",
)
HOLDER_DIFFERS = Text(
    "the fund is held by {holder}; it is made of the line of {line} in run {run}",
    "nguồn vốn do {holder} giữ, nhưng được giao từ dòng của {line} trong đợt {run}",
)
YEAR_DIFFERS = Text(
    "the fund is of {year}; the money of run {run}, which it is made of, is of {run_year}",
    "nguồn vốn của năm {year}, nhưng vốn của đợt {run} mà nó được giao từ đó là của năm {run_year}",
)
PAID_BEFORE_DECISION = Text(
    "{payments} payments of {amount} together are dated before the decision of {decided} that gave "
    "the fund, the first on {first}",
    "{payments} khoản chi, tổng cộng {amount}, có ngày trước quyết định giao vốn {decided}, khoản "
    "đầu tiên ngày {first}",
)
PAID_AFTER_CLOSURE = Text(
    "{paid} were paid from {day} on of the line of run {run}; the household ended on {closed}",
    "đã chi {paid} từ ngày {day} theo dòng của đợt {run}; hộ đã kết thúc ngày {closed}",
)
SUPPORTED_AFTER_CLOSURE = Text(
    "support of kind {kind} is recorded of {day}; the household ended on {closed}",
    "hỗ trợ loại {kind} được ghi nhận ngày {day}; hộ đã kết thúc ngày {closed}",
)
PAYMENT_REPEATED = Text(
    "{amount} on {day} for line {line} of run {run} are reported by several sources ({sources}): "
    "one payment told twice, or money paid twice",
    "khoản {amount} ngày {day} cho dòng {line} của đợt {run} do nhiều nguồn báo cáo ({sources}): "
    "một khoản chi báo cáo hai lần, hoặc đã chi hai lần",
)
RETURNED_BEFORE_PAID = Text(
    "by {day} {over} more had come back of line {line} of run {run} than had been paid",
    "đến ngày {day} số thu hồi của dòng {line} trong đợt {run} nhiều hơn số đã chi {over}",
)
TRANCHE_EXCEEDED = Text(
    "{paid} were out on {day}, after {payment} day(s) of payment; by then the tranches allow "
    "{percent} percent of {norm}, that is {allowed}",
    "đến ngày {day} đã chi {paid} sau {payment} lần thanh toán; theo các đợt chỉ được chi "
    "{percent}% của {norm}, tức {allowed}",
)
SUPPORTED_TWICE = Text(
    "the household was supported with the same content ({content}) more than once: {supports}",
    "hộ được hỗ trợ cùng một nội dung ({content}) nhiều lần: {supports}",
)
SUPPORT_OF_RUN = Text("{amount} paid under run {run}", "{amount} chi theo đợt {run}")
SUPPORT_RECORDED = Text("support of kind {kind} of {day}", "hỗ trợ loại {kind} ngày {day}")

# Why a line differs between two runs.
OTHER_RULE = Text(
    "The rule is {after} instead of {before}.", "Quy tắc là {after} thay cho {before}."
)
OTHER_VERSION = Text(
    "Another version of the rule {after} was in force.", "Quy tắc {after} có phiên bản khác."
)
AMOUNT_CHANGED = Text("Another amount was there to be allocated.", "Số tiền đem phân bổ đã khác.")
IN_AREA = Text(
    "The line is in the area of run {run}.", "Dòng này thuộc địa bàn của lần phân bổ {run}."
)
NOT_IN_AREA = Text(
    "The line is not in the area of run {run}.",
    "Dòng này không thuộc địa bàn của lần phân bổ {run}.",
)
AS_OF_CHANGED = Text(
    "The runs are of different days, {before} and {after}.",
    "Hai lần phân bổ tính cho hai ngày khác nhau, {before} và {after}.",
)
PARAMETERS_CHANGED = Text(
    "The caller supplied another value for {parameter}.",
    "Giá trị do bên yêu cầu cung cấp cho {parameter} đã khác.",
)
QUEUE_CHANGED = Text(
    "Other households came before it, or no longer do.",
    "Thứ tự ưu tiên thay đổi do các hộ khác.",
)
AREA_FACT_CHANGED = Text(
    "What was reported of the area changed: {criteria}.",
    "Số liệu báo cáo về địa bàn thay đổi: {criteria}.",
)
REGISTER_CORRECTED = Text(
    "The register was corrected: {criterion}.", "Dữ liệu hộ đã được đính chính: {criterion}."
)
HOUSEHOLD_CORRECTED = Text(
    "What was known of the household on that day was corrected.",
    "Thông tin về hộ vào ngày đó đã được đính chính.",
)
HOUSEHOLD_MOVED = Text("The household lives elsewhere.", "Hộ cư trú ở nơi khác.")
AREA_CHANGED = Text(
    "The area itself changed: {criterion}.", "Bản thân địa bàn thay đổi: {criterion}."
)
SCORES_OF_OTHERS_CHANGED = Text(
    "The scores of the other lines changed, and with them this line's share or rounding.",
    "Điểm của các dòng khác thay đổi nên tỷ lệ hoặc phần làm tròn của dòng này thay đổi.",
)
SUPPORTED_ELSEWHERE = Text(
    "Support of the same content from elsewhere counts, or what was paid before does.",
    "Tính cả hỗ trợ cùng nội dung từ nguồn khác, hoặc số đã chi trước đó.",
)

# What a forecast to the year's end rests on, and why there is none.
FORECAST_HOW = Text(
    "What was paid by the day, and beyond it as much as at the pace of the year so far, at that of "
    "the last 90 days, and at that of the same days of each earlier year (as a share of its "
    "amount); the least and the most of these are the range.",
    "Số đã chi đến ngày đó, cộng phần còn lại của năm theo nhịp chi từ đầu năm, theo nhịp chi 90 "
    "ngày gần nhất và theo nhịp chi cùng những ngày ấy của từng năm trước (theo tỷ lệ trên tổng "
    "vốn năm đó); khoảng dự báo là mức thấp nhất và cao nhất trong số này.",
)
FORECAST_REMARKS: Mapping[Remark, Text] = {
    "no_fund": Text(
        "no such fund of the year was posted", "chưa có nguồn vốn này của năm được gửi lên"
    ),
    "year_not_begun": Text("the year has not begun", "năm chưa bắt đầu"),
    "year_over": Text(
        "the year is over: this is what was paid by its last day",
        "năm đã kết thúc: đây là số thực chi đến ngày cuối năm",
    ),
    "nothing_moved_this_year": Text(
        "nothing was paid in the year so far, so it has no pace of its own",
        "từ đầu năm chưa chi khoản nào nên chưa có nhịp chi của năm",
    ),
    "no_earlier_year": Text(
        "no earlier year of this money is known to its end",
        "không có năm trước nào của nguồn này có số liệu đến hết năm",
    ),
    "no_pace": Text(
        "no pace is known, so nothing is forecast", "không có nhịp chi nào nên không dự báo"
    ),
    "one_pace": Text(
        "only one pace is known, so the range is one amount and says nothing of how sure it is",
        "chỉ có một nhịp chi nên khoảng dự báo là một số, không cho biết mức chắc chắn",
    ),
    "limited_by_amount": Text(
        "a pace would pay more than there is: the amount limits it",
        "theo nhịp chi thì vượt tổng vốn nên lấy bằng tổng vốn",
    ),
}
RATIO_UNKNOWN = Text(
    "the law asks for a local counterpart; its ratio was not found",
    "luật yêu cầu vốn đối ứng của địa phương; chưa tìm thấy tỷ lệ",
)
NOTHING_MOVED = Text(
    "nothing was ever paid of it or returned by the day",
    "đến ngày đó chưa có khoản chi hay thu hồi nào",
)
