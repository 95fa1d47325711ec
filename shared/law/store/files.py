"""The documents of law and policy as files under `seeds/`, and the digest of their text."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3] / "seeds"


def read_documents(root: Path) -> dict[str, str]:
    """Return the text of every document, by the kind that its file is named after."""
    files = [*sorted((root / "policy").glob("*.yaml")), *sorted(root.glob("*.yaml"))]
    return {file.stem: file.read_text("utf-8") for file in files}


def digest_of(text: str) -> str:
    """Return the digest under which a version of a document is kept."""
    return sha256(text.encode()).hexdigest()
