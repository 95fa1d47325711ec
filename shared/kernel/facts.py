"""What a kind of fact is, declared once: its fields, its checks, its columns, whom it wakes.

From a `FactKind` follow the door and its schema, the withdrawal, the table and its insert, the SQL
of the revisions that count, the columns of a spreadsheet, and the receipt. Nothing here reads or
writes: `kernel.revisions` stores facts, `services.ingest` takes them in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Annotated, Any, Literal, get_args, get_type_hints

from msgspec import Meta, Struct, defstruct

from shared.kernel import reading
from shared.kernel.errors import DomainError, Fault
from shared.kernel.fields import ExternalId, Kept, Revision, Source, about

ColumnType = Literal["key", "text", "int", "bigint", "numeric", "date", "bool", "uuid"]


class Part(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Anything posted: unknown fields are refused, nothing is coerced, days are within bounds."""

    def __post_init__(self) -> None:
        for name, (first, before) in _bounds(type(self)):
            day = getattr(self, name)
            if day is not None and not first <= day < before:
                raise ValueError(f"{name} must be from {first} on and before {before}")


_bounds = cache(reading.bounds)


class Fact(Part, frozen=True, kw_only=True):
    """What every posted fact has, and what its type may say of its own.

    Each type has a field `type` that holds one word.
    """

    source: Source
    external_id: ExternalId
    revision: Revision = 1
    withdrawn: Kept = False

    def check(self, world: Any, checks: Checks) -> None:
        """Name what law, areas and vocabularies refuse in a fact whose fields are well-formed."""

    def columns(self, world: Any) -> dict[str, Any]:
        """Return the columns that are not fields as posted."""
        return {}

    def as_kept(self, world: Any) -> dict[str, Any]:
        """Return the fields that are kept otherwise than as sent: one way of writing, one fact."""
        return {}


class Checks:
    """Collects the faults of one fact; each check goes on after a fault, so that all are named."""

    def __init__(self, pointer: str = "") -> None:
        """Start with no faults, their pointers below `pointer`."""
        self.pointer = pointer
        self.faults: list[Fault] = []

    def refuse(self, name: str, code: str, detail: str) -> None:
        """Add a fault of a field; the empty name stands for the whole fact."""
        self.faults.append(Fault(f"{self.pointer}/{name}" if name else self.pointer, code, detail))

    def attempt(self, name: str, check: Callable[[], object]) -> None:
        """Turn the refusal of a check by the domain into a fault of that field."""
        try:
            check()
        except DomainError as error:
            self.refuse(name, error.code, error.detail)


def repeated(names: Iterable[str]) -> list[str]:
    """Return the names that occur more than once, in order."""
    seen: set[str] = set()
    return [name for name in names if name in seen or seen.add(name)]  # type: ignore[func-returns-value] # add gives None


@dataclass(frozen=True, slots=True)
class Wakes:
    """The message by which workers hear of a fact, and its field of ids.

    The ids are those of `column`: of the new revision, or (`ever`) of every revision of the fact,
    for what a correction takes away changes too. Without a column the kind's lock knows the ids.
    """

    message: str
    field: str = ""
    column: str = ""
    ever: bool = False


@dataclass(frozen=True, slots=True)
class Identity:
    """A column with one id for all revisions of a fact, made of `word`, source and external id.

    Receipts show it.
    """

    column: str
    word: str


@dataclass(frozen=True, slots=True)
class Apart:
    """What of a fact is of persons: kept sealed in tables of its own, and in no payload.

    A `listed` field holds a person an item; without one the `fields` are those of one person.
    `subject` is the column that says whose persons they are.
    """

    subject: str
    listed: str = ""
    fields: tuple[str, ...] = ()

    def take(self, content: dict[str, Any]) -> list[dict[str, Any]]:
        """Take the persons out of a fact's content and return them."""
        if self.listed:
            return content.pop(self.listed, None) or []
        person = {name: content.pop(name) for name in self.fields if name in content}
        return [person] if person else []


@dataclass(frozen=True, eq=False)
class FactKind:
    """One kind of fact: what is posted at one door, and kept in one table.

    `name` is the door (`area-facts`), `plural` the list in a request's body. `types` are told apart
    by `type` where there are several. `columns` are kept beside those of every fact; `needed` are
    never null, not even in a withdrawal. `lock` names what is held while new facts are judged.
    `composed`: text is kept in NFC. `numbered`: without a revision, changed content is the next.
    `asks`: its household may be another's; only the unit that asks must be the sender's.
    `sparse`: indexes that hold only rows in which a column is set. `kept_when_withdrawn`: fields
    that a withdrawal says. `refusals` are codes of its checks with their meaning, `conflicts` those
    of its lock: at odds with what is stored.
    """

    name: str
    plural: str
    types: tuple[type[Fact], ...]
    summary: str
    description: str
    columns: Mapping[str, ColumnType]
    needed: frozenset[str] = frozenset()
    indexes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sparse: Mapping[str, str] = field(default_factory=dict)
    constraints: Mapping[str, str] = field(default_factory=dict)
    wakes: Wakes | None = None
    lock: str | None = None
    scope: str = "ingest:write"
    payload: bool = True
    composed: bool = False
    numbered: bool = False
    asks: bool = False
    kept_when_withdrawn: tuple[str, ...] = ()
    identity: Identity | None = None
    apart: Apart | None = None
    refusals: Mapping[str, str] = field(default_factory=dict)
    conflicts: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def table(self) -> str:
        """Return the name of the table."""
        return self.name.replace("-", "_")

    @cached_property
    def by_type(self) -> Mapping[str, type[Fact]]:
        """Return the types by what stands in `type`."""
        return {type_name(each): each for each in self.types}

    @cached_property
    def typed(self) -> bool:
        """Say whether `type` tells facts apart, and so is part of what they say."""
        return len(self.types) > 1

    @cached_property
    def exact(self) -> bool:
        """Say whether numbers with a point keep the digits that were sent."""
        return any(reading.has_own_form(each) for each in self.types)

    @cached_property
    def withdrawal(self) -> type[Struct]:
        """Return the type of a withdrawal: of all other fields only the names are known."""
        return _withdrawal(self)

    def read(self, posted: Any, pointer: str = "") -> Any:
        """Return the fact or the withdrawal that was posted, or the list of its faults."""
        if not isinstance(posted, dict):
            return [Fault(pointer, "not_an_object", "an item must be an object")]
        shape = self._shape(posted)
        if shape is None:
            return [self._unknown_type(posted, pointer)]
        return reading.read(shape, posted, pointer)

    def _shape(self, posted: dict[str, Any]) -> type[Struct] | None:
        if posted.get("withdrawn") is True:
            return self.withdrawal
        if not self.typed:
            return self.types[0]
        name = posted.get("type")
        return self.by_type.get(name) if isinstance(name, str) else None

    def _unknown_type(self, posted: dict[str, Any], pointer: str) -> Fault:
        if posted.get("type") is None:
            return Fault(f"{pointer}/type", "missing_field", "type is missing")
        names = ", ".join(self.by_type)
        return Fault(f"{pointer}/type", "unknown_type", f"type must be one of {names}")


@cache
def type_name(kind: type[Struct]) -> str:
    """Return what stands in `type` of a fact of this type."""
    (name,) = get_args(get_type_hints(kind)["type"])
    return str(name)


def _withdrawal(kind: FactKind) -> type[Struct]:
    ids = get_type_hints(kind.types[0], include_extras=True)
    fields: list[Any] = [(name, ids[name]) for name in ("source", "external_id")]
    fields.append(("revision", ids["revision"], None if kind.numbered else 1))
    fields.append(("withdrawn", Annotated[Literal[True], about("The fact is removed.")]))
    types = tuple(kind.by_type)
    word = Annotated[Literal[types], about("What the fact was.")]  # type: ignore[valid-type] # made at run time
    fields.append(("type", word) if kind.typed else ("type", word, types[0]))
    known = {"type", *(entry[0] for entry in fields)}
    for name, hint in _fields(kind.types).items():
        if name in kind.kept_when_withdrawn:
            fields.append((name, Annotated[hint | None, _KEPT], None))
        elif name not in known:
            fields.append((name, _IGNORED, None))
    name = f"Withdrawn{''.join(part.title() for part in kind.name.split('-'))}".removesuffix("s")
    doc = "Removes the fact called (source, external_id); other fields say nothing."
    bases, namespace = (Part,), {"__doc__": doc}
    return defstruct(name, fields, bases=bases, namespace=namespace, frozen=True, kw_only=True)


_IGNORED = Annotated[Any, Meta(description="Says nothing here.")]
_KEPT = Meta(description="As the fact said, if it is known.")


def _fields(types: Sequence[type[Fact]]) -> dict[str, Any]:
    return {
        name: hint
        for each in types
        for name, hint in get_type_hints(each, include_extras=True).items()
    }
