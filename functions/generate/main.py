"""Take a post, promise a film; and show the page on which to try it."""

import html
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import flask
import functions_framework

from shared import log, tracing
from shared.callers import Caller
from shared.config import Settings
from shared.errors import BudgetExhausted, FieldError, InvalidRequest, Problem, Unavailable
from shared.http import Endpoint, idempotency_key, json_answer, wire
from shared.ids import made_at, new_id
from shared.jobs import POLL_AFTER_MS, Idempotency, Job, now, timestamp
from shared.limits import Standing, Use, windows
from shared.services import Services
from shared.speech import is_language
from shared.video_request import VideoRequest

from .plain_words import says_something

endpoint = Endpoint("generate")

# Whose thumbnails a plan may show, where there is a key: they are to be loaded from the service itself.
THUMBNAILS = (("images.unsplash.com", "unsplash_access_key"), ("images.pexels.com", "pexels_api_key"))

PAGE = Path(__file__).parent / "page"
PAGE_TYPES = {
    "app.js": "text/javascript",
    "parts.js": "text/javascript",
    "plan.js": "text/javascript",
    "pack.js": "text/javascript",
    "writing.js": "text/javascript",
    "app.css": "text/css",
    "docs.css": "text/css",
}


@endpoint.route("POST", "/", "/api/video/generate")
def create(services: Services, request: flask.Request) -> flask.Response:
    """202 with the job's id: it is written, and the queue has it."""
    settings = services.settings
    caller = services.callers.identify(request.headers, request.remote_addr or "")
    order = _order(request, settings, caller)
    job_id, created_at = order.job_id, made_at(order.job_id)
    if order.scenes is not None or order.language or not says_something(order.content):
        from shared import screenplay  # most posts are promised a film without its rules

        screenplay.write(order, settings)  # what has nothing to say, or too much, ends here
    idempotency = _idempotency(idempotency_key(request), order, caller)
    use = _use(settings, order, caller, idempotency)
    standing = _admitted(services, use, idempotency)
    job = Job(job_id=job_id, created_at=created_at, updated_at=now(), owner=order.owner, metadata=order.metadata)

    try:
        accepted = services.jobs.put(job, order, idempotency)  # before the queue: the renderer always finds the job
        if not accepted.replayed:
            _enqueue(services, order, job, idempotency)
        elif accepted.unconfirmed:  # an answer was lost between Redis and the queue: the same task again is one task
            _enqueue(services, accepted.unconfirmed, None, idempotency)
    except Unavailable:
        with suppress(Unavailable):  # then it counts until its window has passed
            services.limits.withdraw(use)
        raise
    except Problem:
        services.limits.settle(job_id, 0)
        raise
    if accepted.replayed:
        services.limits.settle(job_id, 0)
    log.event("job_accepted", job_id=accepted.job_id, replayed=accepted.replayed, characters=len(order.content))

    path = f"/api/video/status/{accepted.job_id}"
    status_url = settings.address_of("status", path, f"/{accepted.job_id}")
    headers = {"Location": status_url} | ({"Idempotent-Replayed": "true"} if accepted.replayed else {})
    headers |= standing.headers() if standing else {}
    answer = {
        "job_id": accepted.job_id,
        "status": "queued",
        "status_url": status_url,
        "poll_after_ms": POLL_AFTER_MS,
    }
    return json_answer(answer, 202, headers)


@endpoint.route("POST", "/plan", "/api/video/plan")
def make_plan(services: Services, request: flask.Request) -> flask.Response:
    """200 with what the film would tell and show. Nothing is rendered, nothing bought, nothing kept."""
    from .plan import plan

    caller = services.callers.identify(request.headers, request.remote_addr or "")
    order = _order(request, services.settings, caller)
    services.jobs.require_images(order.user_image_ids, order.owner)
    pace = None
    with suppress(Unavailable):  # then it is told from what films take elsewhere
        pace = services.jobs.pace(order.kind_of_film)
    return json_answer(plan(order, services.settings, pace, services.photos), 200)


@endpoint.route("POST", "/post/generate", "/api/post/generate")
def write_post(services: Services, request: flask.Request) -> flask.Response:
    """200 with a LinkedIn post, written from notes or a theme. Nothing of it is kept."""
    from .writing.desk import write
    from .writing.post_order import PostedNotes

    settings = services.settings
    caller = services.callers.identify(request.headers, request.remote_addr or "")
    order = PostedNotes.parse(request.get_data())
    use = Use(
        what="post",
        counted_as=caller.counted_as,
        use_id=new_id(),
        windows=windows(per_hour=settings.generate_limit_hour, per_day=settings.generate_limit_day),
    )
    standing = services.limits.admit(use)
    try:
        written = write(order, settings)
    except Problem:
        with suppress(Unavailable):  # then it counts until its window has passed
            services.limits.withdraw(use)
        raise
    log.event("post_written", engine=written.engine, characters=len(written.content))
    return json_answer(written.answer(), 200, standing.headers() if standing else {})


@endpoint.route("GET", "/voices", "/api/voices")
def list_voices(services: Services, request: flask.Request) -> flask.Response:
    """200 with the voices there are; `?language=de` or `pt-BR` for those who speak that."""
    from shared.voices import voices

    language = request.args.get("language")
    if language is not None and not is_language(language):
        message = 'language must be a language such as "en" or "pt-BR".'
        raise InvalidRequest(message, errors=[FieldError("language", "invalid", message)])
    told = [voice for voice in voices() if language in (None, voice.language, voice.locale)]
    response = json_answer({"default": services.settings.edge_voice, "voices": told}, 200)
    response.headers["Cache-Control"] = "public, max-age=3600"
    response.add_etag()
    response.make_conditional(request)
    return response


@endpoint.route("GET", "/test")
def page(services: Services, request: flask.Request) -> flask.Response:
    """The page that does the whole flow; it is told where the other functions are."""
    if request.path.endswith("/"):  # its script and its style are named relative to the path without
        return flask.make_response(flask.redirect("../test", 308))
    settings = services.settings
    one_host = settings.public_base_url is not None or settings.status_url is None
    addresses = {
        "post_url": "/api/post/generate" if one_host else settings.address_of("generate", "", "/post/generate"),
        "plan_url": "/api/video/plan" if one_host else settings.address_of("generate", "", "/plan"),
        "generate_url": "/api/video/generate" if one_host else settings.address_of("generate", "", "/"),
        "status_url": "/api/video/status" if one_host else settings.address_of("status", "", ""),
        "video_url": "/api/video" if one_host else settings.address_of("status", "", "/video"),
        "upload_url": "/api/images" if one_host else settings.address_of("upload", "", "/"),
    }
    text = (PAGE / "index.html").read_text()
    for name, address in addresses.items():
        text = text.replace("{{" + name + "}}", html.escape(address, quote=True))
    response = flask.Response(text, content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = _page_policy(services)
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@endpoint.route("GET", r"/openapi\.json")
def openapi(services: Services, request: flask.Request) -> flask.Response:
    """What can be called, for programs: OpenAPI 3.1, with the addresses of this deployment."""
    from .openapi import Deployment, document_json  # here, and not for those who order a film

    response = flask.Response(document_json(Deployment.of(services.settings)), content_type="application/json")
    response.headers["Cache-Control"] = "no-cache"
    response.add_etag()
    response.make_conditional(request)
    return response


@endpoint.route("GET", "/docs")
def docs(services: Services, request: flask.Request) -> flask.Response:
    """The same for people."""
    if request.path.endswith("/"):  # its style is named relative to the path without
        return flask.make_response(flask.redirect("../docs", 308))
    from .docs_page import docs_page
    from .openapi import Deployment

    response = flask.Response(docs_page(Deployment.of(services.settings)), content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    )
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@endpoint.route("GET", "/test/{name}", "/docs/{name}")
def page_file(services: Services, request: flask.Request, name: str) -> flask.Response:
    if name not in PAGE_TYPES:
        flask.abort(404)
    response = flask.send_file(PAGE / name, mimetype=PAGE_TYPES[name], conditional=True)
    response.headers["Cache-Control"] = "no-cache"
    return response


def _order(request: flask.Request, settings: Settings, caller: Caller) -> VideoRequest:
    job_id = new_id()
    return VideoRequest.parse(
        request.get_data(),
        job_id=job_id,
        created_at=timestamp(made_at(job_id)),
        max_duration=settings.max_video_seconds,
        owner=caller.owner,
        request_id=log.request_id(),
    )


def _enqueue(services: Services, order: VideoRequest, job: Job | None, idempotency: Idempotency | None) -> None:
    """Hand it to the queue. Where that fails a new `job` is marked and its key forgotten: nothing looks alive."""
    try:
        with tracing.span("enqueue", job_id=order.job_id):
            services.queue.enqueue(order)
    except Unavailable:
        if job:
            refused = job.failed(
                "The film could not be started.",
                code="unavailable",
                retryable=True,
                hint="Send the post again.",
                request_id=order.request_id,
            )
            if not services.jobs.refuse(refused, idempotency):  # a worker has it: only the queue's answer was lost
                return
        raise
    if idempotency:
        services.jobs.confirm(idempotency)


def _use(settings: Settings, order: VideoRequest, caller: Caller, idempotency: Idempotency | None) -> Use:
    """What this order counts: a repeat of its key is the same use. It takes the longest that its film may get."""
    return Use(
        what="generate",
        counted_as=caller.counted_as,
        use_id=idempotency.key if idempotency else order.job_id,
        windows=windows(per_hour=settings.generate_limit_hour, per_day=settings.generate_limit_day),
        job_id=order.job_id,
        film_seconds=order.max_duration_seconds or settings.max_video_seconds,
    )


def _admitted(services: Services, use: Use, idempotency: Idempotency | None) -> Standing | None:
    """How the caller now stands. Who only repeats a request is answered, however little is left for today."""
    try:
        return services.limits.admit(use)
    except BudgetExhausted:
        if idempotency and services.jobs.has_promised(idempotency):
            return None
        raise


def _idempotency(key: str | None, order: VideoRequest, caller: Caller) -> Idempotency | None:
    """A caller whom nobody knows may repeat from another network: then the key alone says that it is the same order."""
    return Idempotency(key=f"{caller.owner or '-'}:{key}", body_sha256=order.fingerprint()) if key else None


def _page_policy(services: Services) -> str:
    """Nothing but our own files, and the addresses of our own functions."""
    settings = services.settings
    own = [settings.public_base_url, settings.generate_url, settings.status_url, settings.upload_url]
    # Origins only: with a path, a browser allows that one address and nothing below it.
    hosts = " ".join(sorted({"{0.scheme}://{0.netloc}".format(urlsplit(address)) for address in own if address}))
    files = hosts if settings.files_on_disk else f"{hosts} https://storage.googleapis.com"
    thumbnails = "".join(f" https://{host}" for host, key in THUMBNAILS if getattr(settings, key))
    return (
        f"default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' {files}; "
        f"img-src 'self' blob: data: {files}{thumbnails}; media-src 'self' blob: {files}; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


@functions_framework.http
def generate(request: flask.Request) -> flask.Response:
    return endpoint.answer(request)


if flask.has_app_context():  # loaded by functions-framework
    wire(flask.current_app._get_current_object(), endpoint)  # type: ignore[attr-defined]
