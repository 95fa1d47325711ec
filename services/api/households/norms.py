"""What answers about entitlements share: a norm as callers see it, and facts that are missing."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta, Struct

from shared.law.support_norms import Bound, MeasureKind, Norm, SupportNorms

NormId = Annotated[str, Meta(description="Id of the norm; `/v1/support-norms` has it whole.")]
Content = Annotated[
    str, Meta(description="What it supports; of several norms of one content the highest counts.")
]
UnitOfNorm = Annotated[
    str, Meta(description="What the value is for: a household, a person and month, a loan, …")
]
ValueVnd = Annotated[
    int | None,
    Meta(description="What is given for each unit, in đồng; null where it is no amount."),
]
UnknownValue = Annotated[
    str | None, Meta(description="The reference that has no known value on the day.")
]


class Given(Struct, frozen=True):
    """What a norm gives, as the law says it."""

    measure: Annotated[
        MeasureKind,
        Meta(
            description="`percent` of what it is a share of, `vnd`, `rate` (percent a year of a "
            "loan) or `package` (percent of the package)."
        ),
    ]
    value: Annotated[
        str | None, Meta(description="Exact, as a decimal; null where `of` alone gives it.")
    ]
    bound: Annotated[Bound, Meta(description="Whether the law names the value itself or a bound.")]
    of: Annotated[str | None, Meta(description="What it is a share or multiple of.")]

    @classmethod
    def by(cls, norm: Norm) -> Given:
        """Return what a norm gives."""
        value = norm.measure.value
        text = None if value is None else f"{float(value):.12g}"
        return cls(norm.measure.kind, text, norm.measure.bound, norm.measure.of)


class Missing(Struct, frozen=True):
    """A fact that must be known for a norm to hold."""

    name: Annotated[str, Meta(description="Its name, as norms call it.")]
    en: Annotated[str, Meta(description="What it is, in English.")]
    vi: Annotated[str, Meta(description="What it is, in Vietnamese.")]

    @classmethod
    def of(cls, norms: SupportNorms, name: str) -> Missing:
        """Return a fact by its name."""
        words = norms.facts.get(name, {"en": name, "vi": name})
        return cls(name, words["en"], words["vi"])


def described(norm: Norm) -> dict[str, Any]:
    """Return the fields of an answer that a norm gives by itself."""
    entry = norm.entry
    return {
        "norm": norm.id,
        "content": norm.content,
        "sector": entry["sector"],
        "kind": entry["kind"],
        "en": entry["en"],
        "vi": entry["vi"],
        "unit": norm.unit,
        "given": Given.by(norm),
        "legal_basis": list(entry["legal_basis"]),
    }


class Described(Struct, frozen=True):
    """A norm as callers see it."""

    norm: NormId
    content: Content
    sector: Annotated[str, Meta(description="The field of policy that it belongs to.")]
    kind: Annotated[str, Meta(description="How it is given: a grant, a share, a loan, ….")]
    en: Annotated[str, Meta(description="Its name in English.")]
    vi: Annotated[str, Meta(description="Its name in Vietnamese.")]
    unit: UnitOfNorm
    given: Annotated[Given, Meta(description="What it gives, as the law says it.")]
    legal_basis: Annotated[list[str], Meta(description="The acts that it rests on; may be none.")]
