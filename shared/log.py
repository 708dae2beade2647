"""One JSON line an event, with the job and the request it belongs to; readable text where a person looks on."""

import contextvars
import json
import logging
import re
import sys
import time
import traceback
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import quote

_context: contextvars.ContextVar[Mapping[str, str]] = contextvars.ContextVar(
    "log_context", default=MappingProxyType({})
)
_logger = logging.getLogger("linkedin_video")
HIDDEN: Final = "…"
SHORTEST_SECRET: Final = 8  # characters; to hide shorter ones would hide half of every line
# What is secret by its form: tokens and keys in Authorization, JWTs, passwords in addresses, what signs links and
# tasks. None takes a quote or a backslash along, so that a line of JSON stays one.
_SECRET_FORMS: Final = re.compile(
    r"""(?ix) (?P<kept>
          \bauthorization \W{1,6} (?: (?: bearer | basic | client-id ) \s+ )?
        | \bbearer \s+
        | \b x-goog-(?: signature | credential ) =
        | \b signature =
        | :// [^\s/:@"\\]* : (?= [^\s/@"\\]+ @ )
        | \b v1 \. [0-9a-f-]{36} \. [0-9]+ \.
    ) [^\s"'\\&,@]+ | \b eyJ [\w-]+ \. [\w-]+ \. [\w-]*"""
)
# Controls, direction overrides, separators of lines, halves of characters: what a terminal obeys or cannot write.
_UNSEEN: Final = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")
# Whose own words hold nothing that a caller sent. Others may repeat what they were given: a post, a token, a name.
_DISCREET: Final = ("shared.", "functions.")
_REPEATED: Final = re.compile("(?<=^Invalid request) .*|(?<=^Error handling request) .*", re.DOTALL)
_BECAUSE: Final = "The above exception was the direct cause of the following exception:"
_MEANWHILE: Final = "During handling of the above exception, another exception occurred:"


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


class Secrets:
    """Takes out of a line what must not stand there."""

    def __init__(self, secrets: Iterable[str]) -> None:
        written = {form for secret in secrets if len(secret) >= SHORTEST_SECRET for form in _written(secret)}
        longest_first = sorted(written, key=len, reverse=True)
        self._words = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    def hide(self, line: str) -> str:
        if self._words:
            line = self._words.sub(HIDDEN, line)
        return _SECRET_FORMS.sub(lambda found: (found["kept"] or "") + HIDDEN, line)


def _written(secret: str) -> tuple[str, ...]:
    """As it is, as it stands in an address, and as it stands in JSON."""
    return secret, quote(secret, safe=""), json.dumps(secret, ensure_ascii=False)[1:-1]


def _visible(text: str) -> str:
    r"""One line, with `\u001b` and the like for what would do something on a terminal."""
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


class JsonLines(logging.Formatter):
    """What Cloud Logging reads: `severity`, `message`, `time`, and our fields beside them.

    With the project's name it shows a line below the platform's own line of the same request.
    """

    def __init__(self, environment: str, project: str | None, secrets: Secrets) -> None:
        super().__init__()
        self._environment = environment
        self._project = project
        self._secrets = secrets

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
            line["exception"] = _trace(record.exc_info[1])
        return self._secrets.hide(_visible(json.dumps(line, ensure_ascii=False, default=str)))


class Text(logging.Formatter):
    """For the person at the terminal, who sees whole tracebacks: nobody keeps them."""

    def __init__(self, secrets: Secrets) -> None:
        super().__init__()
        self._secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        fields = {**_context.get(), **getattr(record, "fields", {})}
        for long in ("request_id", "trace"):
            fields.pop(long, None)
        told = " ".join(f"{name}={value}" for name, value in fields.items())
        said = _visible(f"{record.getMessage()} {told}".rstrip())
        text = f"{time.strftime('%H:%M:%S', time.localtime(record.created))} {said}"
        if record.exc_info:
            lines = "".join(traceback.format_exception(*record.exc_info)).splitlines()
            text = "\n".join([text, *map(_visible, lines)])
        return self._secrets.hide(text)


class _OfTheServer(logging.Filter):
    """What gunicorn says of a request that it cannot read or serve, without repeating it or where it came from."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = _REPEATED.sub("", record.getMessage()), ()
        if record.exc_info:
            record.exc_text = _trace(record.exc_info[1])
        return True


def _trace(error: BaseException | None) -> str:
    """As Python prints it, but that an error says only what kind it is, unless its words are ours or the system's."""
    told = ""
    known: set[int] = set()
    while error and id(error) not in known:
        known.add(id(error))
        words = f": {error}" if isinstance(error, OSError) or type(error).__module__.startswith(_DISCREET) else ""
        frames = "".join(traceback.format_tb(error.__traceback__))
        told = f"Traceback (most recent call last):\n{frames}{type(error).__qualname__}{words}\n{told}"
        before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        told = f"\n{_BECAUSE if error.__cause__ else _MEANWHILE}\n\n{told}" if before else told
        error = before
    return told


def start(environment: str, project: str | None = None, secrets: Iterable[str] = ()) -> None:
    """Write events to stderr from here on, labelled with `environment` and without `secrets`.

    Calling it again changes nothing.
    """
    if _logger.handlers:
        return
    handler = logging.StreamHandler(sys.stderr)
    hidden = Secrets(secrets)
    handler.setFormatter(Text(hidden) if sys.stderr.isatty() else JsonLines(environment, project, hidden))
    _logger.addHandler(handler)
    _logger.setLevel(logging.INFO)
    _logger.propagate = False
    logging.getLogger("gunicorn.error").addFilter(_OfTheServer())


def adopt(library: str, *, level: int) -> None:
    """What a library's own logger says at this level or above is a line like ours."""
    theirs = logging.getLogger(library)
    theirs.setLevel(level)
    theirs.handlers = _logger.handlers
    theirs.propagate = False
