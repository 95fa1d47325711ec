"""What codes of figures are called on a page, in English and Vietnamese."""

from __future__ import annotations

from typing import Literal

from shared.kernel.texts import Text

Language = Literal["vi", "en"]

ARTICLES = Text("All articles", "Các bài báo")
FRONT = Text("Front page", "Trang đầu")
OTHER_LANGUAGE = Text("Tiếng Việt", "English")
FINDINGS = Text("Findings", "Phát hiện")
NO_FINDINGS = Text("None.", "Không có.")
FIGURES = Text("Figures", "Số liệu")
FIGURE = Text("figure {number}", "số liệu {number}")
NO_PLACE = Text("place not stated", "không rõ nơi")
NO_PERIOD = Text("time not stated", "không rõ thời gian")

QUALIFIERS = {
    "exact": Text("", ""),
    "between": Text("", ""),
    "about": Text("about ", "khoảng "),
    "nearly": Text("nearly ", "gần "),
    "more_than": Text("more than ", "trên "),
    "below": Text("below ", "dưới "),
    "at_least": Text("at least ", "ít nhất "),
    "at_most": Text("at most ", "nhiều nhất "),
}
KINDS = {
    "actual": Text("actual", "thực tế"),
    "forecast": Text("forecast", "dự báo"),
    "target": Text("target", "mục tiêu"),
    "norm": Text("norm", "định mức"),
}
UNITS = {
    "percent": Text("%", "%"),
    "percentage_points": Text("percentage points", "điểm phần trăm"),
    "households": Text("households", "hộ"),
    "persons": Text("persons", "người"),
    "VND": Text("đồng", "đồng"),
    "houses": Text("houses", "căn nhà"),
    "communes": Text("communes", "xã"),
    "villages": Text("villages", "thôn"),
    "enterprises": Text("enterprises", "doanh nghiệp"),
    "cattle": Text("cattle", "con trâu, bò"),
    "models": Text("models", "mô hình"),
    "m2": Text("m²", "m²"),
    "years": Text("years", "năm"),
    "tonnes": Text("tonnes", "tấn"),
    "trips": Text("trips", "lượt"),
    "cards": Text("cards", "thẻ"),
    "water_tanks": Text("water tanks", "bồn nước"),
    "bicycles": Text("bicycles", "xe đạp"),
}
# Populations that are statuses: what those are called is the policy's to say.
STATUSES = {
    "poor_households": "poor",
    "near_poor_households": "near_poor",
    "recently_exited": "recently_exited",
}
POPULATIONS = {
    "all": Text("everybody", "toàn dân"),
    "ethnic_minority": Text("ethnic minorities", "dân tộc thiểu số"),
    "freelance_workers": Text("freelance workers", "lao động tự do"),
    "students": Text("students", "học sinh, sinh viên"),
    "patients": Text("patients", "người bệnh"),
    "business_households": Text("business households", "hộ kinh doanh"),
    "disaster_affected": Text("struck by disasters", "bị thiên tai"),
    "saline_intrusion_affected": Text("struck by saline intrusion", "bị xâm nhập mặn"),
    "covid_affected": Text("struck by COVID-19", "bị ảnh hưởng bởi COVID-19"),
    "social_protection": Text("under social protection", "đối tượng bảo trợ xã hội"),
    "meritorious": Text("people of merit", "người có công"),
    "elderly": Text("the elderly", "người cao tuổi"),
    "disabled": Text("people with disabilities", "người khuyết tật"),
    "children": Text("children", "trẻ em"),
    "women": Text("women", "phụ nữ"),
    "farmers": Text("farmers", "nông dân"),
    "workers": Text("workers", "người lao động"),
    "enterprises": Text("enterprises", "doanh nghiệp"),
    "poor_and_near_poor": Text("poor and near-poor", "hộ nghèo và hộ cận nghèo"),
    "poor_near_poor_and_recently_exited": Text(
        "poor, near-poor and recently exited", "hộ nghèo, cận nghèo và mới thoát nghèo"
    ),
    "poor_near_poor_and_social_protection": Text(
        "poor, near-poor and under social protection",
        "hộ nghèo, cận nghèo và đối tượng bảo trợ xã hội",
    ),
}
