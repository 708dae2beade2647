"""What every function says over HTTP alike: routes, CORS, problem documents, the body guard, health.

`wire(app, …)` sets this up once, at the level of the app, so that errors and preflights carry the headers too.
An `Endpoint` only routes.
"""

import logging
import random
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

import flask
import msgspec
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule

from shared import log, tracing
from shared.body_guard import BodyGuard
from shared.cors import Cors
from shared.errors import (
    FileTooLarge,
    InvalidRequest,
    MethodNotAllowed,
    NotFound,
    Problem,
    Unauthenticated,
    Unavailable,
)
from shared.health import examine
from shared.problems import problem_document
from shared.services import Services, from_environment

VERSION: Final = "0.1.0"
JSON_BODY_LIMIT: Final = 64 * 1024
_KEY: Final = re.compile(r"[\x21-\x7e]{1,200}")

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
    own_process = services is None
    services = services or from_environment()
    settings = services.settings
    log.start(settings.environment, settings.google_cloud_project, settings.secrets)
    services.start_tracing(endpoints[0].name if len(endpoints) == 1 else "web")
    if services.callers.are_open and {"generate", "upload"} & {endpoint.name for endpoint in endpoints}:
        log.event("open_to_everybody", level=logging.WARNING, hint="docs/auth.md says how to know who calls")
    app.extensions["services"] = services
    cors = Cors(settings.cors_origins, settings.cors_preview_pattern)
    app.before_request(_begin)
    app.after_request(partial(_finish, cors))
    app.register_error_handler(Problem, _problem)
    app.register_error_handler(HTTPException, _http_problem)
    app.register_error_handler(Exception, _unexpected)
    checks = {"redis": _redis_answers} | {
        name: check for endpoint in endpoints for name, check in endpoint.checks.items()
    }
    health = Endpoint("health")

    @health.route("GET", "/health")
    def tell_health(services: Services, request: flask.Request) -> dict[str, Any]:
        return _health(services, checks)

    routes = health.routes + [route for endpoint in endpoints for route in endpoint.routes]
    app.extensions["routes"] = routes
    guard = BodyGuard(app.wsgi_app, partial(_body_limit, routes), cors)
    app.wsgi_app = guard  # type: ignore[method-assign]
    if own_process:
        services.load(*(endpoint.name for endpoint in endpoints))


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


def idempotency_key(request: flask.Request) -> str | None:
    """What the caller calls this request, so that a repeat of it is known; raises InvalidRequest."""
    key = request.headers.get("Idempotency-Key")
    if key is not None and not _KEY.fullmatch(key):
        raise InvalidRequest("Idempotency-Key must be 1 to 200 visible ASCII characters without spaces.")
    return key


def json_answer(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> flask.Response:
    """A JSON answer that nobody keeps."""
    return _answer(msgspec.json.encode(value), status, {"Cache-Control": "no-store", **(headers or {})})


def revalidated(request: flask.Request, version: str, value: Callable[[], Any]) -> flask.Response:
    """A JSON answer that the caller alone may keep, and asks for again; 304 where it holds this version already.

    `version` changes whenever `value` does, which is not even made for a 304. The ETag is strong (RFC 9110, 8.8.3 and
    13.1.2): a new release of ours may write the same in other bytes, so it is part of it.
    """
    tag = f"{VERSION}-{version}"
    headers = {"Cache-Control": "private, no-cache", "ETag": f'"{tag}"'}
    asked = request.environ.get("HTTP_IF_NONE_MATCH", "")
    if asked and (asked == headers["ETag"] or request.if_none_match.contains_weak(tag)):  # the first: nothing to parse
        return flask.Response(status=304, headers=headers)
    return _answer(msgspec.json.encode(value()), 200, headers)


def _answer(body: bytes, status: int, headers: Mapping[str, str]) -> flask.Response:
    return flask.Response(body, status=status, headers=headers, content_type="application/json")


def _is_public(route: _Route) -> bool:
    return route.pattern.pattern.startswith(("/api/", "/test", "/render", "/files/", "/health", "/docs", "/openapi"))


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
            flask.g.handler = route.handler.__name__
            answer = route.handler(flask.current_app.extensions["services"], request, **match.groupdict())
            return answer if isinstance(answer, flask.Response) else json_answer(answer)
    allowed = {route.method for route, _ in fitting} | {"OPTIONS"}
    raise MethodNotAllowed(sorted(allowed | {"HEAD"} if "GET" in allowed else allowed))


def _body_limit(routes: list[_Route], method: str, path: str) -> int:
    """The most bytes that the routes at this address take."""
    limits = [route.body_limit for route in routes if route.method == method and route.pattern.fullmatch(path)]
    return max(limits, default=JSON_BODY_LIMIT)


def _begin() -> None:
    request_id = f"{random.getrandbits(128):032x}"  # no secret; uuid4 asks the kernel, and lets another thread go first
    flask.g.request_id = request_id
    received = {name: value for name in tracing.HEADERS if (value := flask.request.headers.get(name))}
    log.begin(request_id=request_id, trace=tracing.begin(received, request_id))


def _finish(cors: Cors, response: flask.Response) -> flask.Response:
    headers = response.headers
    headers["X-Request-Id"] = flask.g.get("request_id", "")
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "no-referrer")  # an address of ours may hold an id that opens a film
    headers.add("Vary", "Origin")  # also without CORS headers: a cache must not mix the two
    headers.extend(cors.headers(flask.request.environ))
    tracing.finish(flask.g.get("handler", "refused"), response.status_code)
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
    if isinstance(problem, Unauthenticated):
        response.headers["WWW-Authenticate"] = "Bearer"
    response.headers.update(problem.headers)
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
    told = examine({name: partial(check, services) for name, check in checks.items()})
    healthy = all(state == "ok" for state in told.values())
    return {"status": "ok" if healthy else "degraded", "version": VERSION, "checks": told}
