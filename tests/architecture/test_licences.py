"""What the image is made of is listed, may be used by whoever runs it, and is locked by hashes."""

from __future__ import annotations

import re
import tomllib

import pytest

from tests.licences import FREE, LIST, LOCK, ROOT, Package, document, packages, table


def test_every_package_may_be_used_freely_and_is_locked_by_hashes() -> None:
    listed = packages()
    assert len(listed) > 40
    assert [one.name for one in listed if not one.free] == []
    assert [one.name for one in listed if not one.hashes] == []


def test_the_list_is_that_of_the_lock() -> None:
    assert LIST.read_text("utf-8") == table(), "run `make sbom`"


def test_the_bill_names_each_package_once_and_is_the_same_each_time() -> None:
    made = document()
    assert made == document()
    refs = [one["bom-ref"] for one in made["components"]]
    locked = re.findall(r"^[a-z0-9]\S*==", LOCK.read_text("utf-8"), re.MULTILINE)
    assert len(refs) == len(set(refs)) == len(locked)
    assert made["dependencies"][0]["dependsOn"] == refs


def test_the_lock_holds_all_that_is_asked_for() -> None:
    """A dependency that was added without `make lock` would be missing in the image alone."""
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    names = {re.split(r"[\[><=; ]", one)[0] for one in asked}
    assert names <= {one.name for one in packages()}


@pytest.mark.parametrize(
    ("licence", "free"),
    [
        ("MIT", True),
        ("MPL-1.1 OR GPL-2.0-only OR LGPL-2.1-or-later", True),
        ("Apache-2.0 AND MIT", True),
        ("MPL-2.0 AND (Apache-2.0 OR MIT)", True),
        ("GPL-3.0-only", False),
        ("MIT AND GPL-3.0-only", False),
        ("GPL-3.0-only AND (MIT OR Zlib)", False),
        (None, False),
    ],
)
def test_a_licence_is_free_by_one_of_its_choices(licence: str | None, free: bool) -> None:
    assert Package("x", "1", (), licence).free is free
    assert "GPL-3.0-only" not in FREE
