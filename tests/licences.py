"""`make sbom`: what the image is made of, as CycloneDX, and under which licences it may be used.

From the lock and from what is installed, by the standard library alone: the same lock gives the
same bytes, so the file holds no instant and no random number.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from shared import VERSION

ROOT = Path(__file__).resolve().parents[1]
LOCK, LIST = ROOT / "requirements.lock", ROOT / "docs" / "licences.md"
# Used where a package says it in words of its own or by a classifier.
_SPDX = {
    "MIT License": "MIT",
    "BSD License": "BSD-3-Clause",
    "3-Clause BSD License": "BSD-3-Clause",
    "The BSD 2-Clause License": "BSD-2-Clause",
    "Apache 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "ISC License": "ISC",
    "ISC License (ISCL)": "ISC",
    "Python Software Foundation License": "PSF-2.0",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}
# Whoever runs or ships the registry may use these without giving away anything of its own.
FREE = {
    *(
        "0BSD",
        "Apache-2.0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "CC0-1.0",
        "CNRI-Python",
        "ISC",
        "MIT",
        "MIT-0",
        "MIT-CMU",
    ),
    *("MPL-1.1", "MPL-2.0", "PSF-2.0", "Unlicense", "Zlib"),
}
# For other systems than this one: in the lock, not in the image.
_ELSEWHERE = {"colorama": "BSD-3-Clause", "win32-setctime": "MIT", "tzdata": "Apache-2.0"}


@dataclass(frozen=True)
class Package:
    """A package of the lock; `hashes` of each file that may be installed."""

    name: str
    version: str
    hashes: tuple[str, ...]
    licence: str | None

    @property
    def purl(self) -> str:
        """Return its address in every list of vulnerabilities."""
        return f"pkg:pypi/{self.name}@{self.version}"

    @property
    def free(self) -> bool:
        """Say whether one of the licences that it may be used under is free for all uses."""
        return self.licence is not None and _free(self.licence)


def _free(expression: str) -> bool:
    while inner := re.search(r"\(([^()]*)\)", expression):
        expression = expression.replace(inner[0], "MIT" if _free(inner[1]) else "other")
    return any(FREE.issuperset(choice.split(" AND ")) for choice in expression.split(" OR "))


def packages() -> list[Package]:
    """Return what the lock names, in its order."""
    return list(_read(LOCK.read_text("utf-8")))


def _read(lock: str) -> Iterator[Package]:
    for entry in re.split(r"^(?=[a-z0-9])", lock, flags=re.MULTILINE):
        if named := re.match(r"([a-z0-9][\w.-]*)==([^\s;\\]+)", entry):
            hashes = tuple(re.findall(r"--hash=sha256:([0-9a-f]{64})", entry))
            yield Package(named[1], named[2], hashes, _licence(named[1]))


def _licence(name: str) -> str | None:
    """Return the licence that a package states, as an expression of SPDX."""
    try:
        stated = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return _ELSEWHERE.get(name)
    if expression := stated.get("License-Expression"):
        return expression
    words = stated.get("License") or ""
    classified = [
        one.rpartition(" :: ")[2]
        for one in stated.get_all("Classifier") or ()
        if one.startswith("License :: OSI Approved :: ")
    ]
    for said in (words, *classified):
        if (spdx := _SPDX.get(said, said)) in FREE:
            return spdx
    return None


def document() -> dict[str, Any]:
    """Return the bill of materials of the image, CycloneDX 1.6."""
    root = f"pkg:pypi/poverty-registry@{VERSION}"
    parts = packages()
    digest = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid5(NAMESPACE_URL, root + digest)}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": root,
                "name": "poverty-registry",
                "version": VERSION,
                "licenses": [{"license": {"id": "Apache-2.0"}}],
            }
        },
        "components": [_component(one) for one in parts],
        "dependencies": [{"ref": root, "dependsOn": [one.purl for one in parts]}],
    }


def _component(package: Package) -> dict[str, Any]:
    licences = [{"expression": package.licence}] if package.licence else []
    return {
        "type": "library",
        "bom-ref": package.purl,
        "name": package.name,
        "version": package.version,
        "purl": package.purl,
        "licenses": licences,
        # A wheel for each system: which of them is in an image its own builder knows.
        "properties": [{"name": "registry:sha256", "value": one} for one in package.hashes],
    }


def table() -> str:
    """Return the list of licences as a document."""
    rows = [f"| {one.name} | {one.licence} |" for one in packages()]
    head = ["# Licences of what the image is made of", "", "`make sbom` writes this list.", ""]
    return "\n".join([*head, "| Package | Licence |", "|---|---|", *rows, ""])


def main() -> None:
    """Write both files."""
    target = ROOT / "sbom.cdx.json"
    target.write_text(json.dumps(document(), indent=1) + "\n", "utf-8")
    LIST.write_text(table(), "utf-8")
    sys.stdout.write(f"{target.name}: {len(packages())} packages; licences in {LIST.name}\n")


if __name__ == "__main__":
    main()
