"""Names of ethnic groups: the 54 of the state's list, in whatever way an office spells them."""

from __future__ import annotations

import pytest
import yaml

from shared.kernel.errors import DomainError
from shared.law.ethnic_groups import EthnicGroups, read_ethnic_groups
from shared.law.store.files import ROOT

GROUPS: EthnicGroups = read_ethnic_groups(
    yaml.safe_load((ROOT / "policy" / "ethnic_groups.yaml").read_text("utf-8"))
)

SPELT = {
    "Kinh": ("kinh", "KINH", " Kinh ", "Việt", "viet", "Người Kinh", "dân tộc Kinh", "Kinh (Việt)"),
    "Nùng": ("Nung", "NÙNG", "nùng an"),
    "Mông": ("H'Mông", "H’mông", "HMong", "Mèo", "Mông (Mèo)"),
    "Ê Đê": ("Ê-đê", "ede", "Êđê"),
    "Bru - Vân Kiều": ("Bru-Vân Kiều", "vân kiều"),
    "Thổ": ("Thổ", "tho"),
    "Lào": ("Lào", "Lao"),
}


@pytest.mark.parametrize(
    ("text", "name"), [(text, name) for name, texts in SPELT.items() for text in texts]
)
def test_a_group_has_one_name(text: str, name: str) -> None:
    assert GROUPS.named(text) == name


def test_the_official_names_are_their_own() -> None:
    assert len(GROUPS.names) == 54
    for name in GROUPS.names:
        for text in (name, name.upper(), name.lower(), f"Dân tộc {name}"):
            assert GROUPS.named(text) == name


STRANGE = {
    "Tµy": "Tày",
    "Tày (Thái)": "",
    "Xá Lá Vàng": "Chứt, Mảng, Thổ",
    "Khác": "",
    "#N/A": "",
    "?": "",
    "Nuùng": "Nùng",
}


@pytest.mark.parametrize(("text", "near"), STRANGE.items())
def test_anything_else_is_refused_with_the_nearest_names(text: str, near: str) -> None:
    with pytest.raises(DomainError) as fault:
        GROUPS.named(text)
    assert fault.value.code == "unknown_ethnic_group"
    assert near in fault.value.detail
