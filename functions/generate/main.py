"""Take a post, promise a film; and show the page on which to try it."""

import html
import re
from pathlib import Path

import flask
import functions_framework

from shared import log
from shared.errors import InvalidRequest, Unavailable
from shared.http import Endpoint, json_answer, wire
from shared.ids import made_at, new_id
from shared.jobs import POLL_AFTER_MS, Idempotency, Job, now, timestamp
from shared.services import Services
from shared.storyboard import build
from shared.video_request import VideoRequest

endpoint = Endpoint("generate")

PAGE = Path(__file__).parent / "page"
PAGE_TYPES = {"index.html": "text/html", "app.js": "text/javascript", "app.css": "text/css"}
_KEY = re.compile(r"[\x21-\x7e]{1,200}")


@endpoint.route("POST", "/", "/api/video/generate")
def create(services: Services, request: flask.Request) -> flask.Response:
    """202 with the job's id: it is written, and the queue has it."""
    settings = services.settings
    job_id = new_id()
    created_at = made_at(job_id)
    order = VideoRequest.parse(
        request.get_data(),
        job_id=job_id,
        created_at=timestamp(created_at),
        max_duration=settings.max_video_seconds,
        request_id=log.request_id(),
    )
    build(order.content, max_seconds=settings.max_video_seconds)  # a post with nothing to say ends here
    idempotency = _idempotency(request.headers.get("Idempotency-Key"), order)
    job = Job(job_id=job_id, created_at=created_at, updated_at=now(), owner=order.owner, metadata=order.metadata)

    accepted = services.jobs.put(job, order, idempotency)  # before the queue, so that the renderer always finds the job
    if not accepted.replayed:
        _enqueue(services, order, job, idempotency)
    elif accepted.unconfirmed:  # an answer was lost between Redis and the queue: the same task again is one task
        _enqueue(services, accepted.unconfirmed, None, idempotency)
    log.event("job_accepted", job_id=accepted.job_id, replayed=accepted.replayed, characters=len(order.content))

    path = f"/api/video/status/{accepted.job_id}"
    status_url = settings.address_of("status", path, f"/{accepted.job_id}")
    headers = {"Location": status_url} | ({"Idempotent-Replayed": "true"} if accepted.replayed else {})
    answer = {
        "job_id": accepted.job_id,
        "status": "queued",
        "status_url": status_url,
        "poll_after_ms": POLL_AFTER_MS,
    }
    return json_answer(answer, 202, headers)


@endpoint.route("GET", "/test")
def page(services: Services, request: flask.Request) -> flask.Response:
    """The page that does the whole flow; it is told where the other functions are."""
    if request.path.endswith("/"):  # its script and its style are named relative to the path without
        return flask.make_response(flask.redirect("../test", 308))
    settings = services.settings
    one_host = settings.public_base_url is not None or settings.status_url is None
    addresses = {
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


@endpoint.route("GET", "/test/{name}")
def page_file(services: Services, request: flask.Request, name: str) -> flask.Response:
    if name not in PAGE_TYPES or name == "index.html":
        flask.abort(404)
    response = flask.send_file(PAGE / name, mimetype=PAGE_TYPES[name], conditional=True)
    response.headers["Cache-Control"] = "no-cache"
    return response


def _enqueue(services: Services, order: VideoRequest, job: Job | None, idempotency: Idempotency | None) -> None:
    """Hand it to the queue. Where that fails a new `job` is marked and its key forgotten: nothing looks alive."""
    try:
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
            services.jobs.refuse(refused, idempotency)
        raise
    if idempotency:
        services.jobs.confirm(idempotency)


def _idempotency(key: str | None, order: VideoRequest) -> Idempotency | None:
    if key is None:
        return None
    if not _KEY.fullmatch(key):
        raise InvalidRequest("Idempotency-Key must be 1 to 200 visible ASCII characters without spaces.")
    return Idempotency(key=f"{order.owner or '-'}:{key}", body_sha256=order.fingerprint())


def _page_policy(services: Services) -> str:
    """Nothing but our own files, and the addresses of our own functions."""
    settings = services.settings
    own = [settings.public_base_url, settings.generate_url, settings.status_url, settings.upload_url]
    hosts = " ".join(sorted({address for address in own if address}))
    files = hosts if settings.files_on_disk else f"{hosts} https://storage.googleapis.com"
    return (
        f"default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' {files}; "
        f"img-src 'self' blob: data: {files}; media-src 'self' blob: {files}; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


@functions_framework.http
def generate(request: flask.Request) -> flask.Response:
    return endpoint.answer(request)


if flask.has_app_context():  # loaded by functions-framework
    wire(flask.current_app._get_current_object(), endpoint)  # type: ignore[attr-defined]
