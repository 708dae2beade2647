"""The service as the contract describes it, played from a script: what the test page talks to in its tests."""

import html
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask, Response, jsonify, request, send_file
from werkzeug.serving import make_server

PAGE = Path(__file__).parents[3] / "functions" / "generate" / "page"
ORIGINS = "http://localhost:* http://127.0.0.1:*"
POLICY = (
    f"default-src 'self'; img-src 'self' blob: data: {ORIGINS}; media-src 'self' blob: {ORIGINS}; "
    f"connect-src 'self' {ORIGINS}; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
ADDRESSES = {
    "generate_url": "/api/video/generate",
    "plan_url": "/api/video/plan",
    "post_url": "/api/post/generate",
    "status_url": "/api/video/status",
    "video_url": "/api/video",
    "upload_url": "/api/images",
}
JOB = "0190a1b2-0000-7000-8000-000000000001"
DROP = "drop"  # in a script: the connection breaks in mid-answer

Answer = dict[str, Any] | str


def problem(status: int, code: str, detail: str, **more: Any) -> dict[str, Any]:
    """A problem document (RFC 9457) as the service would send it."""
    title = code.replace("_", " ").capitalize()
    return {"type": "about:blank", "title": title, "status": status, "code": code, "detail": detail, **more}


def job(status: str, progress: int = 0, stage: str | None = None, **more: Any) -> dict[str, Any]:
    """A status answer."""
    return {
        "job_id": JOB, "status": status, "progress": progress, "stage": stage, "video_url": None, "error": None,
        "error_detail": None, "warnings": [], "eta_seconds": None, "poll_after_ms": 50, **more,
    }  # fmt: skip


def finished(**more: Any) -> dict[str, Any]:
    """The status answer of a film that is done, its files being those this server has."""
    return job(
        "completed", 100, "completed",
        video_url="/files/film.mp4", poster_url="/files/film.jpg", captions_url="/files/film.srt",
        vtt_url="/files/film.vtt", video_url_expires_at="2030-01-02T03:04:05Z", duration_seconds=1.0,
        width=108, height=136, size_bytes=3_400_000, narration={"engine": "edge", "voice": "en-US-JennyNeural"},
        **more,
    )  # fmt: skip


class PlayedApi:
    """Answers by its scripts, in order, the last one for ever; keeps all that was sent to it."""

    def __init__(self, files: Path) -> None:
        self.files = files
        self.url = ""
        self.statuses: list[Answer] = [
            job("queued"),
            job("processing", 12, "media_processing"),
            job("processing", 33, "audio_generation", eta_seconds=4),
            finished(),
        ]
        self.generate: list[Answer] = [{"job_id": JOB, "status": "queued", "poll_after_ms": 50}]
        self.upload: list[Answer] = [{}]
        self.plan: list[Answer] = [{}]
        self.post: list[Answer] = [{}]
        self.noted: list[dict[str, Any]] = []
        self.planned: list[dict[str, Any]] = []
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.uploads: list[list[tuple[str, bytes]]] = []
        self.polls = 0
        self.cancels = 0

    def next_of(self, script: list[Answer]) -> Answer:
        return script.pop(0) if len(script) > 1 else script[0]

    def answer(self, script: list[Answer], status: int) -> Response:
        given = self.next_of(script)
        if isinstance(given, str):
            request.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
            return Response(status=500)
        response = jsonify(given)
        response.status_code = status
        if "code" in given:
            response.status_code = given["status"]
            response.content_type = "application/problem+json"
        return response


def app_of(api: PlayedApi) -> Flask:
    app = Flask(__name__)

    @app.get("/test", defaults={"prefix": ""})
    @app.get("/<path:prefix>/test")
    def page(prefix: str) -> Response:
        text = (PAGE / "index.html").read_text()
        for name, path in ADDRESSES.items():
            text = text.replace("{{" + name + "}}", html.escape(path))
        return Response(text, content_type="text/html; charset=utf-8", headers={"Content-Security-Policy": POLICY})

    @app.get("/test/<name>", defaults={"prefix": ""})
    @app.get("/<path:prefix>/test/<name>")
    def asset(prefix: str, name: str) -> Response:
        return send_file(PAGE / name)

    @app.post("/api/images")
    def upload() -> Response:
        files = [(file.filename or "", file.read()) for file in request.files.getlist("images")]
        api.uploads.append(files)
        ids = [f"image-{len(api.uploads)}-{index}" for index in range(len(files))]
        api.upload[-1] = api.upload[-1] or {"images": [{"id": id} for id in ids], "user_image_ids": ids}
        return api.answer(api.upload, 201)

    @app.post("/api/video/generate")
    def generate() -> Response:
        api.requests.append(request.get_json(force=True))
        api.keys.append(request.headers["Idempotency-Key"])
        return api.answer(api.generate, 202)

    @app.post("/api/post/generate")
    def post() -> Response:
        api.noted.append(request.get_json(force=True))
        return api.answer(api.post, 200)

    @app.post("/api/video/plan")
    def plan() -> Response:
        api.planned.append(request.get_json(force=True))
        return api.answer(api.plan, 200)

    @app.get("/api/video/status/<job_id>")
    def status(job_id: str) -> Response:
        api.polls += 1
        assert job_id == JOB
        return api.answer(api.statuses, 200)

    @app.post("/api/video/<job_id>/cancel")
    def cancel(job_id: str) -> Response:
        assert job_id == JOB
        api.cancels += 1
        api.statuses = [job("cancelled", 47, "combining_media")]
        return api.answer([{"job_id": job_id, "status": "processing"}], 202)

    @app.get("/files/<name>")
    def file(name: str) -> Response:
        return send_file(api.files / name, conditional=True)

    return app


@contextmanager
def played(files: Path) -> Iterator[PlayedApi]:
    """The service on a free port of this machine, for as long as the block lasts."""
    api = PlayedApi(files)
    server = make_server("127.0.0.1", 0, app_of(api), threaded=True)
    api.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield api
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
