"""Why something could not be fetched or read, as a stable code."""

from __future__ import annotations


class Unfetched(Exception):
    """Nothing usable came; `passing`: trying again later may help."""

    def __init__(
        self,
        code: str,
        *,
        passing: bool = False,
        status: int | None = None,
        retry_seconds: float = 0.0,
    ) -> None:
        """`retry_seconds`: how long the server asked to be left alone."""
        super().__init__(code)
        self.code = code
        self.passing = passing
        self.status = status
        self.retry_seconds = retry_seconds
