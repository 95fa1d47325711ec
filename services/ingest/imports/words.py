"""What offices write in closed lists and above columns, beside the words of the declarations."""

from __future__ import annotations

from collections.abc import Mapping

# Value → its names, the Vietnamese one for templates first. A field of several kinds of fact means
# the same in all of them; the values themselves are those of the declarations.
CHOICES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "type": {
        "registered": ("Đăng ký", "Đăng ký hộ", "Registered"),
        "assessed": ("Rà soát", "Kết quả rà soát", "Assessed"),
        "moved": ("Chuyển nơi ở", "Chuyển đi", "Chuyển hộ khẩu", "Moved"),
        "closed": ("Kết thúc", "Xóa hộ", "Closed"),
    },
    "area_type": {
        "rural": ("Nông thôn", "NT", "Rural"),
        "urban": ("Thành thị", "Đô thị", "TT", "Urban"),
    },
    "review": {
        "annual": ("Định kỳ", "Định kỳ hằng năm", "Hằng năm", "Annual"),
        "regular": ("Thường xuyên", "Regular"),
    },
    "recognised": {
        "poor": ("Hộ nghèo", "Nghèo", "Poor"),
        "near_poor": ("Hộ cận nghèo", "Cận nghèo", "Near-poor"),
        "non_poor": ("Không nghèo", "Hộ không nghèo", "Non-poor"),
    },
    "reason": {
        "dissolved": ("Giải thể", "Tách hết", "Dissolved"),
        "moved_out": ("Chuyển khỏi tỉnh", "Chuyển đi nơi khác", "Moved out"),
        "merged": ("Nhập hộ", "Sáp nhập", "Merged"),
        "deceased": ("Chết", "Qua đời", "Deceased"),
        "lives_here": ("Vẫn cư trú tại đây", "Chưa chuyển đi", "Lives here"),
        "lives_elsewhere": ("Đã chuyển đi nơi khác", "Lives elsewhere"),
        "other_household": ("Mã của hộ khác", "Không đúng hộ", "Other household"),
        "documents_missing": ("Thiếu giấy tờ", "Chưa đủ hồ sơ", "Documents missing"),
    },
    "funding_source": {
        "central": ("Ngân sách trung ương", "Trung ương", "Central"),
        "local": ("Ngân sách địa phương", "Địa phương", "Local"),
        "mobilised": ("Huy động", "Vốn huy động", "Mobilised"),
    },
    "attributes": {
        "atk": ("An toàn khu", "ATK", "Xã an toàn khu"),
        "border": ("Biên giới", "Xã biên giới"),
        "island": ("Hải đảo", "Xã đảo", "Đảo"),
        "special_zone": ("Đặc khu",),
        "poor_district": ("Huyện nghèo",),
        "poor_commune": ("Xã nghèo",),
    },
    "sex": {
        "female": ("Nữ", "Female"),
        "male": ("Nam", "Male"),
        "other": ("Khác", "Other"),
        "unknown": ("Không rõ", "Unknown"),
    },
    "kind": {
        "paid": ("Chi", "Đã chi", "Chi trả", "Paid"),
        "returned": ("Thu hồi", "Hoàn trả", "Nộp trả", "Returned"),
    },
    "zone": {"I": ("Khu vực I", "1"), "II": ("Khu vực II", "2"), "III": ("Khu vực III", "3")},
}
ALSO: Mapping[str, tuple[str, ...]] = {
    "type": ("Loại sự kiện",),
    "external_id": ("Mã dòng", "Mã phiếu"),
    "household_id": ("Mã hộ gia đình",),
    "area_code": ("Mã xã", "Mã đơn vị hành chính", "Mã ĐVHC", "Mã địa bàn", "Mã đơn vị"),
    "area_type": ("Khu vực", "Khu vực nông thôn/thành thị", "Thành thị/nông thôn"),
    "income_vnd": ("Thu nhập bình quân đầu người", "Thu nhập", "Thu nhập bình quân (đồng)"),
    "deprived": ("Thiếu hụt", "Các chỉ số thiếu hụt", "Chỉ số thiếu hụt dịch vụ xã hội cơ bản"),
    "effective_from": ("Ngày hiệu lực", "Ngày quyết định"),
    "decision_no": ("Quyết định số",),
    "household_size": ("Số khẩu", "Số người trong hộ"),
    "amount_vnd": ("Số tiền", "Số tiền (đồng)"),
    "paid_on": ("Ngày chi",),
    "households_total": ("Tổng số hộ dân",),
    "on": ("Ngày",),
    "member_id": ("Mã nhân khẩu trong hộ", "STT nhân khẩu"),
    "name": ("Họ tên", "Tên"),
    "birth_date": ("Ngày tháng năm sinh", "Sinh ngày"),
    "personal_number": ("CCCD", "Số CCCD", "Số CMND", "Mã định danh"),
}
