"""Spans to an OpenTelemetry collector, in batches from a thread of its own: no request waits for it, none fails."""

import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from typing import Final

from opentelemetry import context as otel
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Span, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import SpanKind, StatusCode, get_current_span, set_span_in_context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from shared import log
from shared.tracing import HEADER, Value

EXPORT_SECONDS: Final = 2.0  # for one batch, tries and all
FLUSH_SECONDS: Final = 3.0  # at most, however the collector behaves
EVERY_SECONDS: Final = 2.0
PREFIX: Final = "linkedin_video."
_propagator = TraceContextTextMapPropagator()


@dataclass(slots=True)
class _Request:
    span: Span
    flush: bool = False


_request: ContextVar[_Request | None] = ContextVar("request", default=None)


class OtlpTracer:
    """`Tracer` by OpenTelemetry's own packages. Further standard variables (OTEL_EXPORTER_OTLP_HEADERS …) they read."""

    def __init__(self, endpoint: str, service: str, environment: str) -> None:
        resource = Resource.create({"service.name": service, "deployment.environment.name": environment})
        exporter = OTLPSpanExporter(endpoint=f"{endpoint}/v1/traces", timeout=EXPORT_SECONDS)
        # Not the caller's choice: Google marks most requests as not to be recorded.
        self._provider = TracerProvider(resource=resource, sampler=ALWAYS_ON)
        self._provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=EVERY_SECONDS * 1000))
        self._tracer = self._provider.get_tracer("linkedin_video")
        log.adopt("opentelemetry", level=logging.ERROR)

    def begin(self, parent: str | None) -> str:
        above = _propagator.extract({HEADER: parent}, otel.Context()) if parent else otel.Context()
        span = self._tracer.start_span("request", above, SpanKind.SERVER)
        otel.attach(set_span_in_context(span, above))  # never detached: the thread's next request attaches its own
        _request.set(_Request(span))
        return f"{span.get_span_context().trace_id:032x}"

    def finish(self, name: str, *, status: int | None, failed: bool) -> None:
        if not (request := _request.get()):
            return
        _request.set(None)
        request.span.update_name(name)
        if status is not None:
            request.span.set_attribute("http.response.status_code", status)
        if failed:
            request.span.set_status(StatusCode.ERROR)
        request.span.end()
        if request.flush:
            self._flush()

    @contextmanager
    def span(self, name: str, about: Mapping[str, Value]) -> Iterator[None]:
        # What an exception says may hold words of the post: only its kind is told.
        with (
            self._tracer.start_as_current_span(
                name, attributes=_named(about), record_exception=False, set_status_on_exception=False
            ) as span,
            ExitStack() as ended,
        ):
            ended.push(partial(_tell_kind, span))
            yield

    def parent(self) -> str | None:
        carried: dict[str, str] = {}
        if get_current_span().is_recording():
            _propagator.inject(carried)
        return carried.get(HEADER)

    def flush(self) -> None:
        if request := _request.get():
            request.flush = True

    def _flush(self) -> None:
        # The library's own force_flush takes no limit, and may first wait for a batch that is on its way.
        sending = threading.Thread(target=self._provider.force_flush, name="last-spans", daemon=True)
        sending.start()
        sending.join(FLUSH_SECONDS)


def _tell_kind(span: Span, kind: type[BaseException] | None, *_: object) -> None:
    if kind:
        span.set_status(StatusCode.ERROR, kind.__name__)


def _named(about: Mapping[str, Value]) -> dict[str, Value]:
    return {PREFIX + name: value for name, value in about.items()}
