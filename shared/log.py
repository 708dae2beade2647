"""One JSON line an event, with the job and the request it belongs to; readable text where a person looks on."""

import contextvars
import json
import logging
import sys
import time
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any

_context: contextvars.ContextVar[Mapping[str, str]] = contextvars.ContextVar(
    "log_context", default=MappingProxyType({})
)
_logger = logging.getLogger("linkedin_video")


def event(name: str, *, level: int = logging.INFO, **fields: Any) -> None:
    """Say that something happened. Fields never hold a secret, a token, a whole post or a whole address."""
    _logger.log(level, name, extra={"fields": fields})


def failure(name: str, **fields: Any) -> None:
    """Say that something went wrong, with the traceback of the exception being handled."""
    _logger.error(name, exc_info=True, extra={"fields": fields})


@contextmanager
def about(**fields: str) -> Iterator[None]:
    """Every event inside carries these fields: `with about(job_id=…):`. Threads started inside copy the context."""
    token = _context.set({**_context.get(), **fields})
    try:
        yield
    finally:
        _context.reset(token)


def begin(**fields: str) -> None:
    """Every event of this thread carries these fields from here on, and none of an earlier request's."""
    _context.set(fields)


def request_id() -> str | None:
    return _context.get().get("request_id")


class _JsonLines(logging.Formatter):
    """What Cloud Logging reads: `severity`, `message`, `time`, and our fields beside them.

    With the project's name it shows a line below the platform's own line of the same request.
    """

    def __init__(self, environment: str, project: str | None) -> None:
        super().__init__()
        self._environment = environment
        self._project = project

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "severity": record.levelname,
            "time": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03d}Z",
            "message": record.getMessage(),
            "environment": self._environment,
            **_context.get(),
            **getattr(record, "fields", {}),
        }
        if self._project and "trace" in line:
            line["logging.googleapis.com/trace"] = f"projects/{self._project}/traces/{line['trace']}"
        if record.exc_info:
            line["exception"] = "".join(traceback.format_exception(*record.exc_info))
        return json.dumps(line, ensure_ascii=False, default=str)


class _Text(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        fields = {**_context.get(), **getattr(record, "fields", {})}
        for long in ("request_id", "trace"):
            fields.pop(long, None)
        told = " ".join(f"{name}={value}" for name, value in fields.items())
        text = f"{time.strftime('%H:%M:%S', time.localtime(record.created))} {record.getMessage()} {told}".rstrip()
        if record.exc_info:
            text += "\n" + "".join(traceback.format_exception(*record.exc_info)).rstrip()
        return text


def start(environment: str, project: str | None = None) -> None:
    """Write events to stderr from here on, labelled with `environment`. Calling it again changes nothing."""
    if _logger.handlers:
        return
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Text() if sys.stderr.isatty() else _JsonLines(environment, project))
    _logger.addHandler(handler)
    _logger.setLevel(logging.INFO)
    _logger.propagate = False


def adopt(library: str, *, level: int) -> None:
    """What a library's own logger says at this level or above is a line like ours."""
    theirs = logging.getLogger(library)
    theirs.setLevel(level)
    theirs.handlers = _logger.handlers
    theirs.propagate = False
