"""What answers about a household say, in English and Vietnamese side by side.

What statuses are called is law and stands in the policy; places in braces are filled in.
"""

from __future__ import annotations

from shared.kernel.texts import Text

NO_STATUS = Text("not yet assessed", "chưa được rà soát")

NOT_ASSESSED = Text(
    "No assessment of the household takes effect on or before this day.",
    "Chưa có kết quả rà soát nào của hộ có hiệu lực đến ngày này.",
)
NOT_YET_PROCESSED = Text(
    "Facts of the household recorded since {since} have no part in this answer yet; ask again in a "
    "moment.",
    "Dữ liệu của hộ ghi nhận từ {since} chưa được xử lý nên chưa có trong câu trả lời này; "
    "xin hỏi lại sau giây lát.",
)
CLOSED = Text(
    "The household has ended; it has no poverty status any more.",
    "Hộ đã kết thúc, không còn thuộc diện phân loại.",
)
RECOGNISED = Text(
    "The decision on its review recognised it as a {recognised}.",
    "Quyết định về kết quả rà soát công nhận là {recognised}.",
)
NO_DECISION = Text(
    "The review states no decision; the class by its figures stands in.",
    "Kết quả rà soát không ghi quyết định công nhận; tạm lấy kết quả tính toán.",
)
EXIT_WINDOW = Text(
    "It left the poor or near-poor list and counts as recently exited for {months} months.",
    "Hộ đã ra khỏi danh sách hộ nghèo, hộ cận nghèo và là hộ mới thoát nghèo trong {months} tháng.",
)
NO_RULE_LISTS_IT = Text(
    "No rule of standard {standard} for {area_type} areas lists this measurement.",
    "Không quy định nào của chuẩn {standard} cho khu vực {area_type} áp dụng cho kết quả này.",
)

AREA_TYPES = {"rural": Text("rural", "nông thôn"), "urban": Text("urban", "thành thị")}
IN_AREA_TYPE = Text(" ({area_type})", " (khu vực {area_type})")

MEASUREMENTS = {
    "income": Text("Income per person and month is", "Thu nhập bình quân đầu người/tháng là"),
    "deprived": Text(
        "The number of deprived indicators is", "Số chỉ số thiếu hụt dịch vụ xã hội cơ bản là"
    ),
    "b1": Text("Score B1 is", "Điểm B1 là"),
    "b2": Text("Score B2 is", "Điểm B2 là"),
}
BOUNDS = {
    "above": Text("above {bound}", "trên {bound}"),
    "at_most": Text("at most {bound}", "không quá {bound}"),
    "at_least": Text("at least {bound}", "từ {bound} trở lên"),
    "below": Text("fewer than {bound}", "dưới {bound}"),
}
MEETS_BOUND = Text(
    "{measurement} {value}: {bound}{area_type}.", "{measurement} {value}: {bound}{area_type}."
)

INPUTS = {
    "income_vnd": Text("income per person and month", "thu nhập bình quân đầu người/tháng"),
    "deprived": Text("the number of deprived indicators", "số chỉ số thiếu hụt"),
    "b1": Text("score B1", "điểm B1"),
    "b2": Text("score B2", "điểm B2"),
}
HIGHER, LOWER = Text("higher", "cao hơn"), Text("lower", "thấp hơn")
SMALLEST_CHANGE = Text(
    "If {input} were {by} {way}, the class would be: {status}.",
    "Nếu {input} {way} {by} thì hộ được xếp loại: {status}.",
)
