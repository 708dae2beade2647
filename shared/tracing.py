"""One trace from a request through the queue to the stages of its film: W3C's `traceparent` in, along and out.

By itself this only hands the trace's id on, so that the log lines of a request and of its film have it in common.
Spans are recorded where `use` was given a tracer: see services, and adapters/otlp.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from typing import Final, Protocol

from shared import log

HEADER: Final = "traceparent"
GOOGLES_HEADER: Final = "X-Cloud-Trace-Context"
HEADERS: Final = (HEADER, GOOGLES_HEADER)
# Sources: W3C Trace Context, 3.2; "Trace context" of Google Cloud's documentation. Ids of zeros alone are invalid.
_TRACEPARENT = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}(-.*)?")
_GOOGLES = re.compile(r"(?!0{32})([0-9a-f]{32})/0*([1-9]\d{0,19})(;.*)?")

Value = str | int | float | bool
_NOTHING: Final = nullcontext()
_parent: ContextVar[str] = ContextVar("traceparent", default="")
_tracer: "Tracer | None" = None


class Tracer(Protocol):
    """Where spans are recorded. None of its methods may fail, and only `flush` may take time."""

    def begin(self, parent: str | None) -> str:
        """A request's own span: every other one of this thread stands below it until `finish`. The trace's id."""
        ...

    def finish(self, name: str, *, status: int | None, failed: bool) -> None: ...

    def span(self, name: str, about: Mapping[str, Value]) -> AbstractContextManager[None]: ...

    def parent(self) -> str | None:
        """The span that is open now, as a `traceparent`."""
        ...

    def flush(self) -> None:
        """Have what was recorded sent when the request's own span is finished, and not at some later time."""
        ...


def use(tracer: Tracer | None) -> None:
    """Record spans from here on, in every thread; None: no more."""
    global _tracer
    _tracer = tracer


def begin(headers: Mapping[str, str], request_id: str) -> str:
    """A request has come: the id of its trace, which is the caller's, where it sent one, or a new one."""
    received = _received(headers)
    _parent.set(received or f"00-{request_id}-{request_id[16:]}-00")
    if _tracer:
        return _tracer.begin(received)
    return _parent.get()[3:35]


def finish(name: str, status: int) -> None:
    """The request is answered, by the handler of this name."""
    if _tracer:
        _tracer.finish(name, status=status, failed=status >= 500)


def span(name: str, **about: Value) -> AbstractContextManager[None]:
    """`with tracing.span("publish"):`. What is told about it never holds a secret or the words of a post."""
    return _tracer.span(name, about) if _tracer else _NOTHING


def carrier() -> dict[str, str]:
    """What a queue hands on beside the task, so that its work belongs to the same trace."""
    parent = (_tracer.parent() if _tracer else None) or _parent.get()
    return {HEADER: parent} if parent else {}


@contextmanager
def continued(carried: Mapping[str, str], request_id: str, name: str) -> Iterator[None]:
    """What a queue without HTTP does around a task: as a request that came with what was carried."""
    with log.about(request_id=request_id, trace=begin(carried, request_id)):
        failed = True
        try:
            yield
            failed = False
        finally:
            if _tracer:
                _tracer.finish(name, status=None, failed=failed)


def flush() -> None:
    """Called in a request after which its processor may stand still: what was recorded is sent before the answer."""
    if _tracer:
        _tracer.flush()


def _received(headers: Mapping[str, str]) -> str | None:
    if match := _TRACEPARENT.fullmatch(headers.get(HEADER, "")):
        return f"00-{match[1]}-{match[2]}-01"
    if match := _GOOGLES.fullmatch(headers.get(GOOGLES_HEADER, "")):
        span_id = int(match[2])
        if span_id < 2**64:
            return f"00-{match[1]}-{span_id:016x}-01"
    return None
