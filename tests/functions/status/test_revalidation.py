"""A poll that finds nothing new: 304, for a program that keeps the ETag and for a browser that does so by itself."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.test import Client
from werkzeug.wrappers import Request, Response

import functions.status.main as status
from shared.blobs import sign_links, video_name
from shared.http import one_process
from shared.ids import new_id
from shared.jobs import Film, Job, Stage, now
from shared.services import Services
from shared.video_request import VideoRequest
from tests.browser import browser

__all__ = ["browser"]  # a fixture: pytest finds it here

FRONT_END = "http://localhost:3000"
FILM = Film(duration_seconds=3, width=1, height=1, size_bytes=1, narration={}, has_captions=False)


@pytest.fixture
def order(services: Services) -> VideoRequest:
    """A job in work, at 47 percent."""
    request = VideoRequest(content="A post.", job_id=new_id(), created_at=now().isoformat())
    services.jobs.put(Job(job_id=request.job_id, created_at=now(), updated_at=now()), request)
    services.jobs.save(services.jobs.claim(request, "t").job.advanced(Stage.COMBINING_MEDIA, 47), request, "t")
    return request


def path_of(order: VideoRequest) -> str:
    return f"/api/video/status/{order.job_id}"


def test_the_same_answer_again_is_a_304_with_nothing_in_it(client: Client, order: VideoRequest) -> None:
    full = client.get(path_of(order), headers={"Origin": FRONT_END})
    tag = full.headers["ETag"]
    assert tag.startswith('"') and full.headers["Cache-Control"] == "private, no-cache"
    again = client.get(path_of(order), headers={"Origin": FRONT_END, "If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    assert "Content-Type" not in again.headers and "Content-Length" not in again.headers
    for name in ("ETag", "Cache-Control", "Vary", "Access-Control-Allow-Origin", "Access-Control-Expose-Headers"):
        assert again.headers[name] == full.headers[name]
    assert "Origin" in again.headers["Vary"] and again.headers["X-Request-Id"]


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("W/{tag}", 304),  # the comparison for If-None-Match is the weak one
        ('"another", {tag}', 304),
        ("*", 304),
        ('"another"', 200),
        ("nonsense", 200),
        ("", 200),
    ],
)
def test_if_none_match_is_read_as_the_standard_has_it(
    client: Client, order: VideoRequest, asked: str, answered: int
) -> None:
    tag = client.get(path_of(order)).headers["ETag"]
    assert client.get(path_of(order), headers={"If-None-Match": asked.format(tag=tag)}).status_code == answered
    assert client.head(path_of(order), headers={"If-None-Match": asked.format(tag=tag)}).status_code == answered


def advance(job: Job) -> Job:
    return job.advanced(Stage.COMBINING_MEDIA, 48)


def estimate(job: Job) -> Job:
    return replace(job, eta_seconds=7)


def touch(job: Job) -> Job:
    return replace(job, updated_at=job.updated_at + timedelta(seconds=1))


@pytest.mark.parametrize("change", [advance, estimate, touch])
def test_whatever_the_caller_sees_change_changes_the_tag(
    client: Client, services: Services, order: VideoRequest, change: Callable[[Job], Job]
) -> None:
    before = client.get(path_of(order))
    services.jobs.save(change(services.jobs.get(order.job_id)), order, "t")
    after = client.get(path_of(order), headers={"If-None-Match": before.headers["ETag"]})
    assert (after.status_code, after.json == before.json) == (200, False)
    assert after.headers["ETag"] != before.headers["ETag"]


def test_a_renewed_lease_is_nothing_that_the_caller_sees(
    client: Client, services: Services, order: VideoRequest
) -> None:
    tag = client.get(path_of(order)).headers["ETag"]
    before = services.jobs.get(order.job_id)
    services.jobs.save(before, order, "t")
    assert services.jobs.get(order.job_id).lease_expires_at != before.lease_expires_at
    assert client.get(path_of(order), headers={"If-None-Match": tag}).status_code == 304


def test_freshly_signed_links_are_told_and_not_hidden_behind_a_304(
    client: Client, services: Services, order: VideoRequest
) -> None:
    for extension in ("mp4", "jpg"):
        name = video_name(order.job_id, extension)
        services.videos.put(name, b"0", content_type="video/mp4", metadata={})
    links = replace(sign_links(services.videos, order.job_id, has_captions=False), video_url="signed some time ago")
    finished = services.jobs.get(order.job_id).completed(FILM, links)
    services.jobs.save(finished, order, "t")
    tag = client.get(path_of(order)).headers["ETag"]
    assert client.get(path_of(order), headers={"If-None-Match": tag}).status_code == 304
    old = replace(links, signed_at=now() - timedelta(days=6), expires_at=now() + timedelta(days=1), video_url="old")
    services.jobs.cache_links(replace(finished, links=old))
    fresh = client.get(path_of(order), headers={"If-None-Match": tag})
    assert fresh.status_code == 200 and fresh.json and fresh.json["video_url"] != "old"
    assert fresh.headers["ETag"] != tag


def test_a_job_that_reads_as_stalled_meanwhile_is_told(client: Client, services: Services) -> None:
    request = VideoRequest(content="A post.", job_id=new_id(), created_at=now().isoformat())
    almost = now() - timedelta(hours=23, minutes=59, seconds=59)
    services.jobs.put(Job(job_id=request.job_id, created_at=almost, updated_at=almost), request)
    queued = client.get(path_of(request))
    long_ago = now() - timedelta(hours=25)
    services.jobs.refuse(Job(job_id=request.job_id, created_at=almost, updated_at=long_ago))
    told = client.get(path_of(request), headers={"If-None-Match": queued.headers["ETag"]})
    assert (queued.json or {})["status"] == "queued"
    assert (told.status_code, (told.json or {})["status"]) == (200, "error")


def test_what_is_not_there_has_no_tag(client: Client) -> None:
    answer = client.get(f"/api/video/status/{new_id()}", headers={"If-None-Match": "*"})
    assert answer.status_code == 404 and "ETag" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"


class Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None: ...


@contextmanager
def served(app: Callable[..., Any]) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@Request.application
def front_end(request: Request) -> Response:
    return Response("<!doctype html>", content_type="text/html")


def test_a_browser_on_another_origin_revalidates_by_itself(
    browser: Browser, services: Services, order: VideoRequest
) -> None:
    """The header is not safelisted, but the browser's own cache adds it: no preflight, and the page sees a 200."""
    passed: list[tuple[str, bool, int]] = []

    def door(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        def start(status: str, *rest: Any) -> Any:
            passed.append((environ["REQUEST_METHOD"], "HTTP_IF_NONE_MATCH" in environ, int(status[:3])))
            return start_response(status, *rest)

        return app(environ, start)

    with served(front_end) as origin, served(door) as service:
        services.settings = replace(services.settings, cors_origins=(origin,))
        app = one_process(status.endpoint, services=services)
        page = browser.new_page()
        page.goto(origin)
        poll = f"fetch('{service}{path_of(order)}').then(async (r) => [r.status, (await r.json()).progress])"
        seen = [page.evaluate(poll), page.evaluate(poll)]
        services.jobs.save(advance(services.jobs.get(order.job_id)), order, "t")
        seen.append(page.evaluate(poll))
        page.close()
    assert seen == [[200, 47], [200, 47], [200, 48]]
    assert passed == [("GET", False, 200), ("GET", True, 304), ("GET", True, 200)]
