"""Cloud Tasks' own words: a Task as its REST API takes and gives it, one delivery of it, and when the next one is due.

Sources: the reference of `projects.locations.queues.tasks` (v2), and "Creating HTTP target tasks" for the headers.
"""

import base64
import binascii
import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

MAX_TASK_BYTES = 1024 * 1024  # Cloud Tasks' limit for one task
LONGEST_DEADLINE = 1800.0
SHORTEST_DEADLINE = 15.0
DEFAULT_DEADLINE = 600.0
LONGEST_SCHEDULE = 30 * 86_400.0
# In the order of google.cloud.tasks.v2.HttpMethod: the official client sends the number, people send the word.
METHODS = ("POST", "POST", "GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS")
WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
SET_BY_THE_QUEUE = ("host", "content-length", "user-agent", "x-google-", "x-cloudtasks-")
TASK_ID = re.compile(r"[A-Za-z0-9_-]{1,500}")
HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")


class Refused(Exception):
    """A call that Cloud Tasks would refuse: the HTTP status, the google.rpc status, and a sentence."""

    def __init__(self, http_status: int, rpc_status: str, message: str) -> None:
        super().__init__(message)
        self.http_status = http_status
        self.rpc_status = rpc_status


def _invalid(message: str) -> Refused:
    return Refused(400, "INVALID_ARGUMENT", message)


@dataclass(frozen=True, kw_only=True, slots=True)
class RetrySettings:
    """When a failed delivery comes again, in seconds."""

    min_backoff: float = 10
    max_backoff: float = 300
    max_doublings: int = 5
    max_attempts: int = 100
    max_retry_duration: float = 0  # 0: only the attempts are counted

    def backoff(self, retry: int) -> float:
        """The pause before retry 1, 2, …: it doubles `max_doublings` times, then grows evenly, and stops at the cap."""
        doublings = min(retry - 1, self.max_doublings)
        steps = 1 + max(0, retry - 1 - self.max_doublings)
        return min(self.max_backoff, self.min_backoff * 2.0**doublings * steps)

    def is_spent(self, attempts: int, seconds: float) -> bool:
        """Whether a task that was tried so often, for so long, is dropped: not before both limits are reached."""
        return attempts >= self.max_attempts and seconds >= self.max_retry_duration


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """One HTTP request to be delivered. Times are seconds since 1970."""

    name: str
    url: str
    method: str
    headers: Mapping[str, str]
    body: bytes
    oidc_token: Mapping[str, Any] | None
    dispatch_deadline: float
    schedule_time: float
    create_time: float

    @classmethod
    def parse(cls, parent: str, message: Any, *, now: float, shortest_deadline: float = SHORTEST_DEADLINE) -> "Task":
        """The `task` of a CreateTask call on the queue `parent`. Raises Refused as the service would."""
        task = message.get("task") if isinstance(message, dict) else None
        request = task.get("httpRequest") if isinstance(task, dict) else None
        if not isinstance(task, dict) or not isinstance(request, dict):
            raise _invalid("Task.httpRequest must be set.")
        name = task.get("name") or f"{parent}/tasks/{uuid.uuid4().hex}"
        prefix, _, task_id = str(name).rpartition("/tasks/")
        if prefix != parent or not TASK_ID.fullmatch(task_id):
            raise _invalid(f"Task.name must be {parent}/tasks/ and letters, digits, hyphens or underscores.")
        deadline = _duration(task.get("dispatchDeadline"))
        if not shortest_deadline <= deadline <= LONGEST_DEADLINE:
            raise _invalid(f"Task.dispatchDeadline must be between {shortest_deadline:g}s and {LONGEST_DEADLINE:g}s.")
        schedule_time = _timestamp(task.get("scheduleTime"), now)
        if schedule_time > now + LONGEST_SCHEDULE:
            raise _invalid("Task.scheduleTime must not be more than 30 days away.")
        parsed = cls(
            name=str(name),
            url=_url(request.get("url")),
            method=_method(request.get("httpMethod")),
            headers=_headers(request.get("headers")),
            body=_body(request.get("body")),
            oidc_token=_oidc_token(request.get("oidcToken")),
            dispatch_deadline=deadline,
            schedule_time=schedule_time,
            create_time=now,
        )
        if parsed.body and parsed.method not in WITH_BODY:
            raise _invalid(f"HttpRequest.body is not allowed with {parsed.method}.")
        if parsed.size > MAX_TASK_BYTES:
            raise _invalid(f"Task size too large: {parsed.size} bytes; the limit is {MAX_TASK_BYTES}.")
        return parsed

    @property
    def size(self) -> int:
        words = [self.name, self.url, *self.headers, *self.headers.values()]
        return len(self.body) + sum(len(word.encode()) for word in words)

    def to_message(self, *, dispatched: int = 0, answered: int = 0) -> dict[str, Any]:
        """The Task as the API shows it (the basic view: without the body)."""
        request: dict[str, Any] = {"url": self.url, "httpMethod": self.method, "headers": dict(self.headers)}
        if self.oidc_token is not None:
            request["oidcToken"] = self.oidc_token
        return {
            "name": self.name,
            "httpRequest": request,
            "scheduleTime": _rfc3339(self.schedule_time),
            "createTime": _rfc3339(self.create_time),
            "dispatchDeadline": f"{self.dispatch_deadline:g}s",
            "dispatchCount": dispatched,
            "responseCount": answered,
            "view": "BASIC",
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Attempt:
    """One delivery of a task, and what came of the ones before it."""

    task: Task
    eta: float
    retries: int = 0
    executions: int = 0
    previous_status: int | None = None
    reason: str = ""
    first_eta: float | None = None

    def failed(self, status: int | None, reason: str, *, now: float, retry: RetrySettings) -> "Attempt":
        """The attempt after this one, which was answered with `status` (None: there was no answer)."""
        return Attempt(
            task=self.task,
            eta=now + retry.backoff(self.retries + 1),
            retries=self.retries + 1,
            # "This number does not include failures due to 5XX error codes"; no answer is no execution either.
            executions=self.executions + (status is not None and not 500 <= status <= 599),
            previous_status=status,
            reason=reason,
            first_eta=self.eta if self.first_eta is None else self.first_eta,
        )

    def is_last(self, *, now: float, retry: RetrySettings) -> bool:
        began = self.eta if self.first_eta is None else self.first_eta
        return retry.is_spent(self.retries + 1, now - began)

    def headers(self) -> dict[str, str]:
        """What the handler receives beside the task's own headers; the queue's win."""
        _, _, _, _, _, queue, _, task_id = self.task.name.split("/")
        headers = {"Content-Type": "application/octet-stream", **self.task.headers}
        headers |= {
            "User-Agent": "Google-Cloud-Tasks",
            "X-CloudTasks-QueueName": queue,
            "X-CloudTasks-TaskName": task_id,
            "X-CloudTasks-TaskRetryCount": str(self.retries),
            "X-CloudTasks-TaskExecutionCount": str(self.executions),
            "X-CloudTasks-TaskETA": f"{self.eta:.6f}",
        }
        if self.previous_status is not None:
            headers["X-CloudTasks-TaskPreviousResponse"] = str(self.previous_status)
        if self.reason:
            headers["X-CloudTasks-TaskRetryReason"] = self.reason
        if self.task.oidc_token is not None:
            headers["Authorization"] = f"Bearer {self._identity_token(self.task.oidc_token)}"
        return headers

    def _identity_token(self, asked: Mapping[str, Any]) -> str:
        """The token as a private function sees it: Google checks the signature, and takes it away."""
        claims = {
            "iss": "https://accounts.google.com",
            "aud": asked.get("audience") or self.task.url,
            "email": asked["serviceAccountEmail"],
            "email_verified": True,
            "exp": int(self.eta) + 3600,
        }
        parts = [{"alg": "RS256", "typ": "JWT"}, claims]
        encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
        return ".".join([*encoded, "SIGNATURE_REMOVED_BY_GOOGLE"])


def _rfc3339(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")


def _timestamp(text: Any, now: float) -> float:
    if text is None:
        return now
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError) as error:
        raise _invalid("Task.scheduleTime must be an RFC 3339 time.") from error
    if moment.tzinfo is None:
        raise _invalid("Task.scheduleTime must say its time zone, such as Z.")
    return moment.timestamp()


def _duration(text: Any) -> float:
    if text is None:
        return DEFAULT_DEADLINE
    if not isinstance(text, str) or not re.fullmatch(r"\d{1,9}(\.\d{1,9})?s", text):
        raise _invalid("Task.dispatchDeadline must be seconds, such as 1800s.")
    return float(text[:-1])


def _url(url: Any) -> str:
    try:
        parts = urlsplit(url if isinstance(url, str) else "")
        usable = parts.scheme in ("http", "https") and parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable or not url.isascii() or not url.isprintable() or " " in url:
        raise _invalid("HttpRequest.url must begin with http:// or https:// and name a host.")
    return str(url)


def _method(method: Any) -> str:
    if isinstance(method, int) and 0 <= method < len(METHODS):
        return METHODS[method]
    if method in (None, "HTTP_METHOD_UNSPECIFIED"):
        return "POST"
    if method not in METHODS:
        raise _invalid(f"HttpRequest.httpMethod must be one of {', '.join(METHODS[1:])}.")
    return str(method)


def _oidc_token(token: Any) -> Mapping[str, Any] | None:
    if token is None:
        return None
    if not isinstance(token, dict) or "@" not in str(token.get("serviceAccountEmail", "")):
        raise _invalid("HttpRequest.oidcToken must name a service account.")
    return token


def _headers(headers: Any) -> dict[str, str]:
    kept: dict[str, str] = {}
    for name, value in (headers or {}).items() if isinstance(headers, dict | None) else [(None, None)]:
        if not isinstance(name, str) or not isinstance(value, str) or not HEADER_NAME.fullmatch(name):
            raise _invalid("HttpRequest.headers must map header names to strings.")
        if not value.isascii() or any(ord(letter) < 32 and letter != "\t" for letter in value):
            raise _invalid(f"HttpRequest.headers: the value of {name} is not allowed.")
        if not name.lower().startswith(SET_BY_THE_QUEUE):
            kept["Content-Type" if name.lower() == "content-type" else name] = value
    return kept


def _body(body: Any) -> bytes:
    try:
        return base64.b64decode(body or "", validate=True)
    except (TypeError, ValueError, binascii.Error) as error:
        raise _invalid("HttpRequest.body must be base64.") from error
