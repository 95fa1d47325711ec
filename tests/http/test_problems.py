"""What a caller is told when the store refuses: whether it is away, or has no room."""

from __future__ import annotations

import asyncpg
import pytest

from shared.http.problems import of_error
from shared.kernel.database import DatabaseUnavailable


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (asyncpg.DiskFullError("could not extend file"), "no room left on its disk"),
        (asyncpg.TooManyConnectionsError("sorry"), "cannot be reached"),
        (DatabaseUnavailable("nobody listens"), "cannot be reached"),
    ],
)
def test_a_full_disk_is_called_that_and_is_no_fault_of_the_caller(
    error: Exception, said: str
) -> None:
    problem = of_error(error)
    assert (problem.status, problem.code) == (503, "database_unavailable")
    assert said in problem.detail
    assert problem.headers["Retry-After"]
