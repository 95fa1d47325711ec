"""How a view looks, coarsely: what a person would see with half-closed eyes, held against before.

A view whose picture changed on purpose is kept anew by `REGISTRY_LOOKS=keep make one
T=tests/page/test_browser.py`, after somebody has looked at `.evidence/pages`.
"""

from __future__ import annotations

import os
from base64 import b64decode, b64encode
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.async_api import Page

FOLDER = Path(__file__).with_name("looks")
KEEP = os.environ.get("REGISTRY_LOOKS") == "keep"
WIDE, HIGH = 32, 44
# Fonts and versions of a browser move lines by some pixels: of 255 steps of grey the cells may
# differ by so many on average, and so many of a hundred cells by a lot; a page may be longer or
# shorter by such a part.
MEAN_AT_MOST, LOT, LOTS_AT_MOST, LENGTH = 4.0, 40, 4.0, 0.15
_GREYS = """
async ([picture, wide, high]) => {
  const image = new Image();
  image.src = "data:image/png;base64," + picture;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = wide; canvas.height = high;
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(image, 0, 0, wide, high);
  const length = Math.min(Math.round(image.height / 4), 65535);
  const data = context.getImageData(0, 0, wide, high).data;
  const greys = Array.from({length: wide * high}, (_, n) =>
    Math.round(0.3 * data[4 * n] + 0.59 * data[4 * n + 1] + 0.11 * data[4 * n + 2]));
  return [length >> 8, length & 255, ...greys];
}
"""


async def glance(page: Page) -> bytes:
    """Return a whole page as a few cells of grey, its length before them."""
    picture = b64encode(await page.screenshot(full_page=True)).decode()
    # On a page of its own: the policy of ours rightly lets no script make pictures.
    blank = await page.context.new_page()
    greys = await blank.evaluate(_GREYS, [picture, WIDE, HIGH])
    await blank.close()
    return bytes(greys)


def difference(one: bytes, other: bytes) -> tuple[float, float]:
    """Return by how much cells differ on average, and how many of a hundred by a lot."""
    steps = [abs(a - b) for a, b in zip(one[2:], other[2:], strict=True)]
    return sum(steps) / len(steps), 100 * sum(step > LOT for step in steps) / len(steps)


def alike(one: bytes, other: bytes) -> bool:
    """Say whether two glances may be of one view."""
    mean, lots = difference(one, other)
    long, short = sorted((_length(one), _length(other)), reverse=True)
    return mean <= MEAN_AT_MOST and lots <= LOTS_AT_MOST and long - short <= LENGTH * short


def _length(seen: bytes) -> int:
    return int.from_bytes(seen[:2], "big")


def kept(name: str) -> bytes | None:
    """Return how a view looked when it was last kept; None: it never was."""
    file = FOLDER / f"{name}.txt"
    return b64decode(file.read_text("ascii")) if file.exists() else None


def keep(name: str, seen: bytes) -> None:
    """Keep how a view looks."""
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{name}.txt").write_text(b64encode(seen).decode() + "\n", "ascii")
