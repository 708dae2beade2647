"""What every function says over HTTP alike: routes, CORS, problem documents, the body guard, health.

`wire(app, …)` sets this up once, at the level of the app, so that errors and preflights carry the headers too.
An `Endpoint` only routes.
"""

import json
import logging
import re
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

import flask
from flask_cors import CORS
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule

from shared import log
from shared.body_guard import BodyGuard
from shared.errors import FileTooLarge, MethodNotAllowed, NotFound, Problem, Unavailable
from shared.problems import problem_document
from shared.services import Services, from_environment

VERSION: Final = "0.1.0"
METHODS: Final = ["GET", "HEAD", "POST", "DELETE", "OPTIONS"]
ALLOWED_HEADERS: Final = ["Content-Type", "Authorization", "Idempotency-Key"]
EXPOSED_HEADERS: Final = [
    "Retry-After",
    "RateLimit-Limit",
    "RateLimit-Remaining",
    "RateLimit-Reset",
    "Location",
    "X-Request-Id",
    "Idempotent-Replayed",
]
JSON_BODY_LIMIT: Final = 64 * 1024
_TRACE = re.compile(r"(?:00-)?([0-9a-f]{32})\b")  # traceparent or X-Cloud-Trace-Context

Answer = flask.Response | dict[str, Any]
Handler = Callable[..., Answer]
Check = Callable[[Services], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Route:
    method: str
    pattern: re.Pattern[str]
    placeholders: int
    handler: Handler
    body_limit: int


@dataclass(slots=True)
class Endpoint:
    """One function's routes, below its own URL and, where one host serves all, below `/api`."""

    name: str
    body_limit: int = JSON_BODY_LIMIT
    checks: dict[str, Check] = field(default_factory=dict)
    routes: list[_Route] = field(default_factory=list)

    def route(self, method: str, *paths: str) -> Callable[[Handler], Handler]:
        """Answer `method` on each of the paths; `{name}` is one segment, `{name...}` the rest of the path."""

        def register(handler: Handler) -> Handler:
            for path in paths:
                pattern = re.sub(r"\{(\w+)\.\.\.\}", r"(?P<\1>.+)", path)
                pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", pattern)
                self.routes.append(
                    _Route(
                        method=method,
                        pattern=re.compile(pattern if path == "/" else pattern + "/?"),
                        placeholders=path.count("{"),
                        handler=handler,
                        body_limit=self.body_limit,
                    )
                )
            return handler

        return register

    def answer(self, request: flask.Request) -> flask.Response:
        """What functions-framework calls for every path and method."""
        return _dispatch(request, flask.current_app.extensions["routes"])


def wire(app: flask.Flask, *endpoints: Endpoint, services: Services | None = None) -> None:
    """Make an app answer as the contract says. Under functions-framework `app` is the current one."""
    services = services or from_environment()
    log.start(services.settings.environment)
    app.extensions["services"] = services
    origins = list(services.settings.cors_origins)
    CORS(
        app,
        origins=origins,
        supports_credentials=True,
        methods=METHODS,
        allow_headers=ALLOWED_HEADERS,
        expose_headers=EXPOSED_HEADERS,
        max_age=3600,
        always_send=False,  # an answer to somebody without an origin names none of ours
        vary_header=False,  # always said, in _finish: also a cache must not mix the two
    )
    app.before_request(_begin)
    app.after_request(_finish)
    app.register_error_handler(Problem, _problem)
    app.register_error_handler(HTTPException, _http_problem)
    app.register_error_handler(Exception, _unexpected)
    checks = {"redis": _redis_answers} | {
        name: check for endpoint in endpoints for name, check in endpoint.checks.items()
    }
    health = Endpoint("health")
    health.route("GET", "/health")(lambda services, request: _health(services, checks))
    routes = health.routes + [route for endpoint in endpoints for route in endpoint.routes]
    app.extensions["routes"] = routes
    guard = BodyGuard(app.wsgi_app, partial(_body_limit, routes), partial(_cors_headers, origins))
    app.wsgi_app = guard  # type: ignore[method-assign]


def one_process(*endpoints: Endpoint, services: Services | None = None) -> flask.Flask:
    """An app that serves every endpoint's public paths: Fly, `make run`, tests."""
    app = flask.Flask("linkedin_video", static_folder=None)
    wire(app, *endpoints, services=services)
    public = [route for route in app.extensions["routes"] if _is_public(route)]

    def everything(path: str) -> flask.Response:
        return _dispatch(flask.request, public)

    # As functions-framework has it: every path and every method arrives here, and the answer is ours.
    app.url_map.add(Rule("/", defaults={"path": ""}, endpoint="everything"))
    app.url_map.add(Rule("/<path:path>", endpoint="everything"))
    app.view_functions["everything"] = everything
    return app


def json_answer(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> flask.Response:
    """A JSON answer that nobody keeps."""
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    response = flask.Response(body, status=status, content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    response.headers.update(headers or {})
    return response


def _is_public(route: _Route) -> bool:
    return route.pattern.pattern.startswith(("/api/", "/test", "/render", "/files/", "/health"))


def _dispatch(request: flask.Request, routes: Iterable[_Route]) -> flask.Response:
    fitting = [(route, match) for route in routes if (match := route.pattern.fullmatch(request.path))]
    if request.method == "OPTIONS":
        return flask.Response(status=204)
    if not fitting:
        raise NotFound("There is nothing at this address.")
    fewest = min(route.placeholders for route, _ in fitting)  # a literal path wins over {job_id}
    fitting = [(route, match) for route, match in fitting if route.placeholders == fewest]
    method = "GET" if request.method == "HEAD" else request.method
    for route, match in fitting:
        if route.method == method:
            answer = route.handler(flask.current_app.extensions["services"], request, **match.groupdict())
            return answer if isinstance(answer, flask.Response) else json_answer(answer)
    allowed = {route.method for route, _ in fitting} | {"OPTIONS"}
    raise MethodNotAllowed(sorted(allowed | {"HEAD"} if "GET" in allowed else allowed))


def _body_limit(routes: list[_Route], method: str, path: str) -> int:
    """The most bytes that the routes at this address take."""
    limits = [route.body_limit for route in routes if route.method == method and route.pattern.fullmatch(path)]
    return max(limits, default=JSON_BODY_LIMIT)


def _cors_headers(origins: list[str], origin: str) -> list[tuple[str, str]]:
    """What flask-cors adds, for the one answer that is given before Flask is asked."""
    if origin not in origins:
        return []
    return [
        ("Access-Control-Allow-Origin", origin),
        ("Access-Control-Allow-Credentials", "true"),
        ("Access-Control-Expose-Headers", ", ".join(EXPOSED_HEADERS)),
    ]


def _begin() -> None:
    request_id = uuid.uuid4().hex
    trace = _TRACE.match(
        flask.request.headers.get("traceparent") or flask.request.headers.get("X-Cloud-Trace-Context", "")
    )
    fields = {"request_id": request_id} | ({"trace": trace[1]} if trace else {})
    flask.g.request_id = request_id
    log.begin(**fields)


def _finish(response: flask.Response) -> flask.Response:
    response.headers["X-Request-Id"] = flask.g.get("request_id", "")
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.vary.add("Origin")
    return response


def _problem(problem: Problem) -> flask.Response:
    told: dict[str, Any] = {"code": problem.code, "status": problem.status, "path": flask.request.path}
    if problem.status == Unavailable.status:  # an outage is one line a request, not a page
        log.event("request_failed", level=logging.WARNING, **told, cause=repr(problem.__cause__))
    elif problem.status >= 500:
        log.failure("request_failed", **told)
    else:
        log.event("request_refused", **told)
    response = json_answer(problem_document(problem, flask.g.get("request_id")), problem.status)
    response.content_type = "application/problem+json"
    if problem.retry_after_seconds is not None:
        response.headers["Retry-After"] = str(problem.retry_after_seconds)
    if isinstance(problem, MethodNotAllowed):
        response.headers["Allow"] = ", ".join(problem.allowed)
    return response


class _Other(Problem):
    """What Flask itself refuses, and what nobody foresaw."""

    code, status, title = "internal", 500, "Something went wrong"

    def __init__(self, detail: str, *, code: str, status: int, title: str) -> None:
        super().__init__(detail)
        self.code, self.status, self.title = code, status, title  # type: ignore[misc]


def _http_problem(error: HTTPException) -> flask.Response:
    if error.code == 404:
        return _problem(NotFound("There is nothing at this address."))
    if error.code == 413:
        return _problem(FileTooLarge("The form has too many parts, or one that is too large."))
    status = error.code or 500
    code = "invalid_request" if 400 <= status < 500 else "internal"
    response = _problem(_Other("The request could not be read.", code=code, status=status, title=error.name))
    if "Content-Range" in (headers := error.get_response().headers):  # how long the file is
        response.headers["Content-Range"] = headers["Content-Range"]
    return response


def _unexpected(error: Exception) -> flask.Response:
    log.failure("unexpected_error", path=flask.request.path)
    response = json_answer(
        problem_document(
            _Other(
                "Something went wrong on our side. Try again; the request_id helps us to find it.",
                code="internal",
                status=500,
                title="Something went wrong",
            ),
            flask.g.get("request_id"),
        ),
        500,
    )
    response.content_type = "application/problem+json"
    return response


def _redis_answers(services: Services) -> None:
    services.jobs.ping()


def _health(services: Services, checks: Mapping[str, Check]) -> dict[str, Any]:
    """Whether what this process needs is there: a name and "ok" or "failed", nothing else."""
    told = {}
    for name, check in checks.items():
        try:
            check(services)
            told[name] = "ok"
        except (Problem, OSError, ImportError, RuntimeError) as error:
            log.event("health_check_failed", level=logging.WARNING, check=name, error=repr(error))
            told[name] = "failed"
    healthy = all(state == "ok" for state in told.values())
    return {"status": "ok" if healthy else "degraded", "version": VERSION, "checks": told}
