"""Why a cell or a row was refused, in the sender's words: where, what stands there, what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from shared.kernel.errors import Fault

SHOWN_MAX = 60


class Reason(NamedTuple):
    """One fault of one row, in both languages; `cell` is its place as spreadsheets name it."""

    pointer: str
    code: str
    en: str
    vi: str
    cell: str = ""


_AS_TEXT_EN = "format the column as text and type the value again"
_AS_TEXT_VI = "hãy định dạng cột là Văn bản (Text) rồi gõ lại giá trị"
CELLS: Mapping[str, tuple[str, str]] = {
    "number_in_code_column": (
        f"is a number where a code is meant, so leading zeros may be lost; {_AS_TEXT_EN}",
        f"là số, không phải mã, có thể đã mất số 0 ở đầu; {_AS_TEXT_VI}",
    ),
    "date_in_code_column": (
        f"is a date where a code or text is meant; {_AS_TEXT_EN}",
        f"đã bị đổi thành ngày tháng; {_AS_TEXT_VI}",
    ),
    "truth_in_code_column": (
        f"is TRUE or FALSE where a text is meant; {_AS_TEXT_EN}",
        f"là giá trị đúng/sai, không phải văn bản; {_AS_TEXT_VI}",
    ),
    "date_in_number_column": (
        "is a date where a number is meant; format the column as a number and type it again",
        "là ngày tháng, không phải số; hãy định dạng cột là Số (Number) rồi gõ lại",
    ),
    "number_in_date_column": (
        "is a bare number where a date is meant; format the column as a date, or write YYYY-MM-DD",
        "là một con số, không phải ngày; hãy định dạng cột là Ngày (Date) hoặc viết ngày/tháng/năm",
    ),
    "invalid_date": (
        "is no day; write it as YYYY-MM-DD without a time of day",
        "không phải là một ngày; hãy viết ngày/tháng/năm, không kèm giờ",
    ),
    "error_value": (
        "is an error of the spreadsheet, no value; mend the formula or type the value",
        "là lỗi của bảng tính, không phải giá trị; hãy sửa công thức hoặc gõ giá trị",
    ),
    "formula_without_value": (
        "is a formula without a stored result; save the file once more, or type the value",
        "là công thức chưa có kết quả lưu trong tệp; hãy mở tệp, tính lại và lưu, hoặc gõ giá trị",
    ),
    "merged_cell": (
        "belongs to a merged cell; unmerge it and fill in every row",
        "thuộc ô đã trộn (merge); hãy bỏ trộn ô và điền đủ từng dòng",
    ),
    "blank_is_not_none": (
        "is blank, which does not say that nothing is lacking; write `none` if so",
        "để trống, không có nghĩa là không thiếu hụt; nếu không thiếu hụt hãy ghi «không»",
    ),
    "invisible_character": (
        "holds a sign that cannot be seen; type the value again",
        "có ký tự ẩn; hãy gõ lại giá trị",
    ),
    "legacy_text": (
        "is text of an old encoding (TCVN3); convert it to Unicode",
        "là chữ theo bảng mã cũ (TCVN3); hãy chuyển sang Unicode",
    ),
    "cell_without_column": (
        "stands in a column that the header gives no name; name the column or clear the cell",
        "nằm ở cột không có tiêu đề; hãy đặt tiêu đề cho cột hoặc xóa ô",
    ),
    "line_break_in_cell": (
        "breaks over several lines; a row of this file must be one line",
        "bị ngắt thành nhiều dòng; mỗi dòng dữ liệu phải nằm trên một dòng",
    ),
}
# What the doors refuse, in Vietnamese; the English sentence is the door's own.
DOORS_VI: Mapping[str, str] = {
    "missing_field": "thiếu giá trị bắt buộc; hãy điền vào ô",
    "unknown_field": "không có trường này trong loại dữ liệu đang nhập",
    "not_an_integer": "phải là số nguyên, không có dấu phân nhóm",
    "not_a_decimal": "phải là một số, ví dụ 12 hoặc 7,5",
    "not_a_boolean": "phải là «có» hoặc «không»",
    "not_a_list": "phải là danh sách, phân cách bằng dấu chấm phẩy",
    "not_a_string": "phải là văn bản",
    "invalid_choice": "không nằm trong danh mục cho phép",
    "unknown_type": "loại sự kiện không có trong danh mục",
    "invalid_format": "có ký tự không được phép hoặc quá dài",
    "out_of_range": "nằm ngoài khoảng cho phép",
    "too_long": "quá dài",
    "too_short": "quá ngắn",
    "invalid_utf8": "có ký tự không phải UTF-8",
    "unknown_area": "không có đơn vị hành chính nào mang mã này",
    "area_not_in_force": "đơn vị hành chính không có hiệu lực vào ngày này",
    "area_unassigned": "là mã chờ phân bổ, không phải đơn vị hành chính",
    "area_type_differs": (
        "khu vực không khớp với loại đơn vị: phường, thị trấn là thành thị, xã là nông thôn"
    ),
    "area_name_differs": "tên địa bàn không khớp với mã",
    "unknown_indicator": "không có chỉ số thiếu hụt này trong chuẩn nghèo đang áp dụng",
    "indicator_repeated": "chỉ số thiếu hụt bị ghi hai lần",
    "standard_not_applicable": "chuẩn nghèo này không áp dụng vào ngày đã ghi",
    "no_standard_in_force": "không có chuẩn nghèo nào có hiệu lực vào ngày này",
    "standard_has_no_scoring": "chuẩn nghèo này không có bảng chấm điểm",
    "measure_missing": "thiếu kết quả đo: cần thu nhập và thiếu hụt, hoặc điểm B1 và B2",
    "measure_ambiguous": "chỉ ghi một cách đo: thu nhập và thiếu hụt, hoặc B1 và B2",
    "b2_mismatch": "điểm B2 không bằng 10 lần số chỉ số thiếu hụt",
    "effective_before_assessed": "ngày hiệu lực trước ngày rà soát",
    "event_conflict": "dòng này đã gửi trước đây với nội dung khác; muốn sửa hãy tăng lần sửa",
    "type_changed": "một lần sửa không được đổi loại sự kiện",
    "in_future": "ngày ở tương lai",
    "unknown_ethnic_group": "không có trong danh mục 54 dân tộc",
    "invalid_personal_number": "số định danh không hợp lệ (12 số, hoặc 9 số CMND cũ)",
    "exceeds_allocation": "số tiền vượt quá dòng phân bổ",
    "exceeds_parent": "số tiền vượt quá dòng phân bổ cấp trên",
    "revision_gap": "lần sửa cách quá xa lần sửa mới nhất đã nhận",
    "unknown_source": "hệ thống gửi không có nguồn này",
    "unknown_fact": "hệ thống gửi không có bản ghi này",
    "unknown_household": "không có hộ này",
    "unknown_run": "không có lượt phân bổ này",
    "unknown_line": "không có dòng phân bổ này",
    "unknown_request": "không có đề nghị chuyển đến nào mang mã này",
    "unknown_fund": "không có nguồn kinh phí này",
    "unknown_kind": "không có loại hỗ trợ này",
    "unknown_program": "không có chương trình này",
    "unknown_measure": "không có chỉ tiêu này",
    "part_exceeds_total": "số thành phần lớn hơn tổng số",
    "attribute_repeated": "đặc điểm bị ghi hai lần",
    "too_precise": "có quá nhiều chữ số thập phân",
    "area_not_commune": "là mã huyện, tỉnh hoặc mã chờ phân bổ, không phải mã xã",
    "unknown_standard": "không có chuẩn nghèo nào mang mã này",
    "continues_itself": "một hộ không thể tiếp nối chính nó",
    "continues_ring": "hộ được tiếp nối lại là hộ tiếp nối chính hộ này",
    "family_too_large": "quá nhiều hộ nối tiếp nhau",
    "merged_into_itself": "một hộ không thể nhập vào chính nó",
    "born_after_registration": "có người sinh sau ngày đăng ký hộ",
    "one_person": "hai mã là của cùng một người; phải ghi hai người khác nhau",
    "member_repeated": "một thành viên bị ghi hai lần",
    "text_or_html": "chỉ ghi một trong hai: văn bản hoặc html",
    "no_text": "trang không có văn bản đọc được",
    "program_not_in_force": "chương trình không có hiệu lực vào thời gian này",
    "unknown_component": "chương trình không có dự án thành phần này",
    "run_not_committed": "lượt phân bổ chưa hoàn thành chính thức",
    "fund_id_changed": "một lần sửa không được đổi sang nguồn kinh phí khác",
    "fund_id_taken": "mã nguồn kinh phí này đã do nơi khác dùng",
    "below_allocated": "số tiền thấp hơn số đã phân bổ của nguồn này",
    "fund_in_use": "đã có lượt phân bổ tính theo nội dung bị đổi",
    "run_superseded": "lượt phân bổ đã bị thay thế; chỉ còn nhận tiền thu hồi",
    "differs_from_parent": "khác loại tiền so với dòng phân bổ cấp trên",
    "exceeds_payment": "số thu hồi lớn hơn số đã chi",
    "unit_not_of_kind": "loại hỗ trợ này không tính bằng đơn vị đó",
    "amount_mismatch": "số lượng tính bằng đồng khác với số tiền",
    "place_ambiguous": "chỉ ghi một trong hai: địa bàn hoặc hộ",
    "place_missing": "thiếu nơi nhận: ghi địa bàn hoặc hộ",
}


def cell_reason(field: str, code: str, cell: str, heading: str, shown: str) -> Reason:
    """Return why the reading layer refuses a cell."""
    en, vi = CELLS[code]
    value = shown[:SHOWN_MAX]
    pointer = "/" + field.replace(".", "/") if field else ""
    return Reason(
        pointer,
        code,
        f"{cell} ({heading}): {value!r} {en}",
        f"ô {cell} ({heading}): «{value}» {vi}",
        cell,
    )


def door_reason(fault: Fault, cell: str = "", heading: str = "", shown: str = "") -> Reason:
    """Return why the door refuses what stands in a cell, or a row as a whole (`cell` empty)."""
    vi = DOORS_VI.get(fault.code, f"bị từ chối ({fault.code}): {fault.detail}")
    if not cell:
        return Reason(fault.pointer, fault.code, fault.detail, vi)
    value = f"«{shown[:SHOWN_MAX]}» " if shown else ""
    return Reason(
        fault.pointer, fault.code, fault.detail, f"ô {cell} ({heading}): {value}{vi}", cell
    )
