"""Where the loading of the demo stands: a bar on a terminal, lines without one."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

# Without a terminal a line that only counts comes as often.
LINE_SECONDS = 10.0


@dataclass
class DemoProgress:
    """Says which step is being done, how much of it is, and what is waited for."""

    out: Console
    _bar: Progress | None = None
    _step: str = ""
    _line_at: float = field(default_factory=time.monotonic)

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Show the bar meanwhile, where there is a terminal; it leaves nothing behind."""
        if not self.out.is_terminal:
            yield
            return
        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=self.out, transient=True) as self._bar:
            self._bar.add_task("", total=None)
            yield
        self._bar = None

    def begin(self, step: str, total: int | None = None) -> None:
        """Begin a step; without a total nobody knows how much there is to do."""
        self._step = step
        if self._bar is not None:
            self._bar.reset(self._bar.task_ids[0], total=total, description=f"{step} …")
        else:
            self._line(f"{step} …")

    def count(self, done: int, total: int) -> None:
        """Say how much of the step is done."""
        if self._bar is not None:
            self._bar.update(self._bar.task_ids[0], completed=done, total=total)
        elif done == total or self._line_due():
            self._line(f"{self._step}: {done:,} of {total:,}")

    def wait(self, why: str) -> None:
        """Say what is waited for."""
        if self._bar is not None:
            self._bar.update(self._bar.task_ids[0], description=f"{self._step}: {why}")
        elif self._line_due():
            self._line(f"{self._step}: {why}")

    def _line_due(self) -> bool:
        return time.monotonic() - self._line_at >= LINE_SECONDS

    def _line(self, text: str) -> None:
        self._line_at = time.monotonic()
        self.out.print(text, soft_wrap=True)
