"""What answers about money say, in English and Vietnamese side by side; braces are filled in.

What criteria, priorities and tranches are called is law and stands in the rule; what statuses are
called stands in the policy.
"""

from __future__ import annotations

from collections.abc import Mapping

from shared.kernel.texts import Text
from shared.money.allocations import Outcome

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
