"""The households of the bench: reviewed on one day of each of five years, all over the country."""

from __future__ import annotations

import csv
import random
from collections.abc import AsyncIterator, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import orjson

YEARS = (2020, 2021, 2022, 2023, 2024)
# Indicators that both standards of these years have.
DEPRIVED = (
    "health_insurance",
    "adult_education",
    "child_schooling",
    "housing_quality",
    "housing_area",
    "water",
    "toilet",
    "telecom",
    "information_means",
)
PEOPLES = ("Kinh", "Kinh", "Kinh", "Tày", "Nùng", "Mông", "Dao", "Thái")
# Households are alike in as many ways; the rest of each is its number and its commune.
KINDS = 1000
# Every so many live in town.
TOWN = 5
CHUNK = 500


@cache
def communes(area_type: str, province: str = "") -> tuple[str, ...]:
    """Return the codes of all rural or urban communes of these years, or of a province's.

    Not a drawn type: release 0.1.0, which is compared with, knows no reason for another one.
    """
    file = Path(__file__).parents[2] / "seeds" / "areas" / "units.csv"
    rows = list(csv.DictReader(file.read_text("utf-8").splitlines()))
    above = {row["code"]: row["parent_code"] for row in rows if row["level"] == "district"}
    return tuple(
        row["code"]
        for row in rows
        if row["level"] == "commune"
        and row["valid_to"]
        and (row["kind"] == "xã") == (area_type == "rural")
        and not row["code"].endswith("-unassigned")
        and (not province or above.get(row["parent_code"]) == province)
    )


@cache
def measures(kind: int, year: int) -> dict[str, Any]:
    """Return what the review of a year says of a kind of household; most years it says the same."""
    draw = random.Random(kind * 10_000 + year)
    if year > YEARS[0] and draw.random() < 0.5:
        return measures(kind, year - 1)
    return {
        "income_vnd": draw.randint(300, 3000) * 1000,
        "deprived": sorted(draw.sample(DEPRIVED, draw.randint(0, 6))),
    }


def review(tag: str, number: int, year: int, province: str = "") -> dict[str, Any]:
    """Return the review of a household in a year, as a caller sends it."""
    # By the kind of household, too: a status rests on the type, and copies have the template's.
    area_type = "rural" if number % TOWN else "urban"
    codes = communes(area_type, province)
    return {
        "type": "assessed",
        "source": "bench",
        "external_id": f"{tag}/{year}/{number}",
        "household_id": f"{tag}-{number}",
        "assessed_on": f"{year}-10-12",
        "effective_from": f"{year}-12-14",
        "area_code": codes[(number if number % TOWN else number // TOWN) % len(codes)],
        "area_type": area_type,
        "review": "annual",
        "ethnic_group": PEOPLES[number % len(PEOPLES)],
        "household_size": 4,
        **measures(number % KINDS, year),
    }


def lines(tag: str, households: int, year: int) -> Iterator[bytes]:
    """Yield a year's reviews as NDJSON."""
    for number in range(households):
        yield orjson.dumps(review(tag, number, year)) + b"\n"


async def body(tag: str, households: int, year: int) -> AsyncIterator[bytes]:
    """Yield the same in pieces of many lines."""
    block: list[bytes] = []
    for line in lines(tag, households, year):
        block.append(line)
        if len(block) == CHUNK:
            yield b"".join(block)
            block.clear()
    yield b"".join(block)


def table(tag: str, households: int, year: int, file: Path) -> None:
    """Write a year's reviews as a CSV file, in the words of the doors."""
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(review(tag, 0, year))
        for number in range(households):
            row = review(tag, number, year)
            # A blank beside an income is refused: nothing lacking has to be said.
            row["deprived"] = "; ".join(row["deprived"]) or "none"
            writer.writerow(row.values())
