"""The official figures that are loaded with the law, as a kind of document."""

from __future__ import annotations

from shared.law.store.seeds import Kind
from shared.press.reference_figures import References, read_reference_figures

SEEDED_FIGURES: Kind[References] = Kind(
    "reference_figures", lambda document, _: read_reference_figures(document)
)
