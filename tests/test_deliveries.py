"""From the promise to the film through Cloud Tasks and Cloud Storage, over HTTP: each played here, each called by the
true client. What is delivered twice, late, forged or from another version makes one film, or none.
"""

import io
import json
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
import requests
from google.auth.credentials import AnonymousCredentials
from google.cloud.tasks_v2 import CloudTasksClient
from google.cloud.tasks_v2.services.cloud_tasks.transports import CloudTasksRestTransport
from PIL import Image
from werkzeug.serving import WSGIRequestHandler, make_server

import functions.generate.main
import functions.render.main
import functions.status.main
import functions.upload.main
from local.task_queue import RetrySettings, TaskQueueServer
from shared.adapters.cloud_tasks import CloudTasksQueue
from shared.blobs import video_name
from shared.config import Settings
from shared.http import one_process
from shared.ids import new_id
from shared.jobs import Job, now
from shared.services import Services
from shared.signature import HEADER, TaskSigner
from shared.video_request import VideoRequest
from tests.fake_gcs import FakeGcs
from tests.service import eventually

QUEUE = "projects/p/locations/us-central1/queues/render"
KEYS = ("the new key", "the old key")
SOON = RetrySettings(min_backoff=0.1, max_backoff=0.2)
PATIENCE = 90.0  # seconds; the machine may be busy
JWT = "eyJhbGciOiJSUzI1NiJ9.eyJlbWFpbCI6InRhc2tzQHAuaWFtIn0.SIGNATURE_REMOVED_BY_GOOGLE"
FORGED = {
    "X-CloudTasks-QueueName": "render",
    "X-CloudTasks-TaskName": "0" * 64,
    "X-CloudTasks-TaskRetryCount": "99",
    "X-CloudTasks-TaskExecutionCount": "99",
    "X-CloudTasks-TaskETA": "1767225600.0",
    "X-CloudTasks-TaskPreviousResponse": "200",
    "X-AppEngine-QueueName": "render",
    "X-Google-Internal-SkipAdminCheck": "true",
    "User-Agent": "Google-Cloud-Tasks",
    "X-Forwarded-For": "127.0.0.1, 35.187.132.1",
    "X-Real-IP": "127.0.0.1",
    "Fly-Client-IP": "127.0.0.1",
    "Forwarded": "for=127.0.0.1",
    "Authorization": f"Bearer {JWT}",
}


@dataclass
class Home:
    """The whole service on one address, its queue and its buckets, and what render has answered."""

    url: str
    services: Services
    gcs: FakeGcs
    tasks: TaskQueueServer
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)

    @property
    def statuses(self) -> list[int]:
        return [status for status, _ in self.answers]

    def promise(self, **body: Any) -> str:
        """What a caller does; the job's id."""
        order = {"content": "It works.", "narration": "off", "quality": "preview"} | body
        answer = requests.post(f"{self.url}/api/video/generate", json=order, timeout=PATIENCE)
        assert answer.status_code == 202, answer.text
        return str(answer.json()["job_id"])

    def order(self, content: str = "It works.", **fields: Any) -> VideoRequest:
        """A job that is promised, and not yet in the queue."""
        moment = now()
        request = VideoRequest(
            content=content,
            job_id=new_id(),
            created_at=moment.isoformat(),
            narration="off",
            quality="preview",
            **fields,
        )
        self.services.jobs.put(Job(job_id=request.job_id, created_at=moment, updated_at=moment), request)
        return request

    def enqueue(self, body: bytes, headers: dict[str, str], **task: Any) -> str:
        """A task as it is; its name."""
        http = {"url": f"{self.url}/render", "headers": headers, "body": msgspec.json.encode(body).decode().strip('"')}
        answer = requests.post(
            f"{self.tasks.url}/v2/{QUEUE}/tasks", json={"task": {"httpRequest": http} | task}, timeout=PATIENCE
        )
        assert answer.status_code == 200, answer.text
        return str(answer.json()["name"])

    def knock(self, body: bytes, headers: dict[str, str]) -> requests.Response:
        return requests.post(f"{self.url}/render", data=body, headers=headers, timeout=PATIENCE)

    def told(self, job_id: str) -> dict[str, Any]:
        told: dict[str, Any] = requests.get(f"{self.url}/api/video/status/{job_id}", timeout=PATIENCE).json()
        return told

    def wait_for(self, job_id: str) -> dict[str, Any]:
        """The job, when it has ended."""
        eventually(lambda: self.told(job_id)["status"] not in ("queued", "processing"), PATIENCE)
        return self.told(job_id)

    def is_gone(self, name: str) -> bool:
        return requests.get(f"{self.tasks.url}/v2/{name}", timeout=PATIENCE).status_code == 404

    def films(self, job_id: str) -> int:
        """How often a film was written for this job."""
        return self.gcs.written.count(video_name(job_id))

    def is_untouched(self, job_id: str) -> bool:
        """Nobody has claimed the job, no attempt counts, and nothing is stored."""
        told = self.told(job_id)
        return (told["status"], told["attempt"], told["error"]) == ("queued", 0, None) and self.gcs.written == []


@contextmanager
def running(
    redis_url: str, folder: Path, monkeypatch: pytest.MonkeyPatch, gcs: FakeGcs, tasks: TaskQueueServer
) -> Iterator[Home]:
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", gcs.url)
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(gcs.write_key_file(folder / "key.json")))
    answers: list[tuple[int, dict[str, str]]] = []
    server = make_server(
        "127.0.0.1", 0, lambda environ, start: app(environ, start), threaded=True, request_handler=Quiet
    )
    url = f"http://127.0.0.1:{server.server_port}"
    environment = {
        "REDIS_URL": redis_url,
        "DATA_DIR": str(folder / "var"),
        "PUBLIC_BASE_URL": url,
        "GOOGLE_CLOUD_PROJECT": "test",
        "GOOGLE_CLOUD_STORAGE_BUCKET": "videos",
        "GOOGLE_CLOUD_STORAGE_TEMP_BUCKET": "uploads",
        "NARRATORS": "silent",
        "TASK_QUEUE_URL": QUEUE,
        "TASK_SERVICE_ACCOUNT": "tasks@p.iam.gserviceaccount.com",
        "TASK_HMAC_KEYS": ",".join(key.replace(" ", "-") for key in KEYS),
        "RENDER_URL": f"{url}/render",
    }
    services = Services(Settings.from_env(environment))
    transport = CloudTasksRestTransport(
        host=tasks.url.removeprefix("http://"), url_scheme="http", credentials=AnonymousCredentials()
    )
    services.queue = CloudTasksQueue(
        CloudTasksClient(transport=transport),
        QUEUE,
        f"{url}/render",
        services.signer,
        service_account="tasks@p.iam.gserviceaccount.com",
    )
    endpoints = [getattr(functions, name).main.endpoint for name in ("generate", "status", "upload", "render")]
    app = watched(one_process(*endpoints, services=services), answers)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield Home(url=url, services=services, gcs=gcs, tasks=tasks, answers=answers)
    finally:
        server.shutdown()
        server.server_close()


class Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None: ...


def watched(app: Any, answers: list[tuple[int, dict[str, str]]]) -> Callable[[Any, Any], Iterable[bytes]]:
    """The app; what it answers at render's door is noted, with the headers of the request."""

    def wsgi(environ: Any, start_response: Any) -> Iterable[bytes]:
        headers = {name.removeprefix("HTTP_").lower(): str(value) for name, value in environ.items()}

        def start(status: str, *rest: Any) -> Any:
            if environ["PATH_INFO"] == "/render":
                answers.append((int(status.split()[0]), headers))
            return start_response(status, *rest)

        answer: Iterable[bytes] = app(environ, start)
        return answer

    return wsgi


@pytest.fixture
def gcs() -> Iterator[FakeGcs]:
    with FakeGcs("videos", "uploads") as fake:
        yield fake
    assert fake.unconditional == []


@pytest.fixture
def home(redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gcs: FakeGcs) -> Iterator[Home]:
    with TaskQueueServer(retry=SOON) as tasks, running(redis_url, tmp_path, monkeypatch, gcs, tasks) as home:
        yield home


@pytest.fixture
def twice(redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gcs: FakeGcs) -> Iterator[Home]:
    """Where every task is delivered by two attempts at the same time."""
    with (
        TaskQueueServer(retry=SOON, deliver_twice=True) as tasks,
        running(redis_url, tmp_path, monkeypatch, gcs, tasks) as home,
    ):
        yield home


def picture() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (1200, 900), (200, 30, 30)).save(file, "JPEG")
    return file.getvalue()


def test_a_post_with_a_picture_becomes_a_film_that_anyone_with_its_address_can_load(home: Home) -> None:
    answer = requests.post(
        f"{home.url}/api/images", files={"images": ("a.jpg", picture(), "image/jpeg")}, timeout=PATIENCE
    )
    assert answer.status_code == 201, answer.text
    (image,) = answer.json()["images"]
    assert requests.get(image["url"], timeout=5).headers["Content-Type"] == "image/jpeg"
    (name,) = [name for bucket, name in home.gcs.objects if bucket == "uploads"]
    about_picture = home.gcs.objects["uploads", name].resource["metadata"]

    job_id = home.promise(user_image_ids=[image["id"]])
    job = home.wait_for(job_id)
    assert job["status"] == "completed", job

    stored = {name: object_ for (bucket, name), object_ in home.gcs.objects.items() if bucket == "videos"}
    kinds = {Path(name).suffix: object_.content_type for name, object_ in stored.items() if job_id in name}
    assert kinds == {
        ".mp4": "video/mp4",
        ".jpg": "image/jpeg",
        ".srt": "application/x-subrip; charset=utf-8",
        ".vtt": "text/vtt; charset=utf-8",
    }
    about = stored[video_name(job_id)].resource["metadata"]
    assert (about["owner"], about["created_at"], about["has_captions"]) == ("", job["created_at"], "true")
    assert stored[name].resource["metadata"] == about_picture
    assert {"owner", "created_at", "width", "height"} <= set(about_picture)
    assert not [bucket for bucket, _ in home.gcs.objects if bucket == "uploads"]  # it has moved

    for address, extension in [
        ("video_url", "mp4"),
        ("poster_url", "jpg"),
        ("captions_url", "srt"),
        ("vtt_url", "vtt"),
    ]:
        file = requests.get(job[address], timeout=5)
        assert file.status_code == 200
        assert file.content == stored[video_name(job_id, extension)].data
        assert file.headers["Content-Disposition"] == f'inline; filename="linkedin-video.{extension}"'
        assert file.headers["Cache-Control"] == "private, max-age=3600"
    eventually(lambda: home.statuses == [200], PATIENCE)


def test_a_picture_that_cannot_be_moved_does_not_cost_the_film(home: Home) -> None:
    answer = requests.post(f"{home.url}/api/images", files={"images": picture()}, timeout=PATIENCE)
    home.gcs.fail("POST .*/rewriteTo/.*", status=403, always=True)
    job = home.wait_for(home.promise(user_image_ids=answer.json()["user_image_ids"]))
    assert (job["status"], job["attempt"], home.statuses) == ("completed", 1, [200])
    assert [bucket for bucket, name in home.gcs.objects if name.startswith("images/")] == ["uploads"]


def test_pictures_of_which_one_could_not_be_stored_or_shown_are_all_taken_back(home: Home) -> None:
    files = [("images", (f"{number}.jpg", picture(), "image/jpeg")) for number in range(2)]
    home.gcs.fail("POST /upload/.*")
    home.gcs.fail("POST /upload/.*", status=403)
    assert requests.post(f"{home.url}/api/images", files=files, timeout=PATIENCE).status_code == 503
    assert home.gcs.objects == {}
    assert len(home.gcs.written) == 1


def test_two_deliveries_at_once_make_one_film_in_one_attempt(twice: Home) -> None:
    job_id = twice.promise()
    job = twice.wait_for(job_id)
    eventually(lambda: twice.statuses.count(200) == 2, PATIENCE)
    assert (job["status"], job["attempt"], twice.films(job_id)) == ("completed", 1, 1)
    assert twice.statuses[0] == 409  # while the other one was at work
    assert set(twice.statuses) == {200, 409}


def test_a_delivery_that_overtakes_the_one_that_missed_its_deadline_finds_the_job_taken(
    redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gcs: FakeGcs
) -> None:
    with (
        TaskQueueServer(retry=SOON, shortest_deadline=0.1) as tasks,
        running(redis_url, tmp_path, monkeypatch, gcs, tasks) as home,
    ):
        request = home.order("A film that takes longer than the queue is willing to wait for it. " * 6)
        body = request.to_json()
        home.enqueue(body, home.services.signer.headers(request.job_id, body), dispatchDeadline="0.3s")
        job = home.wait_for(request.job_id)
        eventually(lambda: 200 in home.statuses, PATIENCE)
        assert (job["status"], job["attempt"], home.films(request.job_id)) == ("completed", 1, 1)
        assert home.statuses[0] == 409
        assert "deadline" in home.answers[0][1]["x_cloudtasks_taskretryreason"]


def test_a_failure_that_stays_ends_the_job_and_the_queue_is_told_that_it_is_done(home: Home) -> None:
    answer = requests.post(f"{home.url}/api/images", files={"images": picture()}, timeout=PATIENCE)
    request = home.order(user_image_ids=tuple(answer.json()["user_image_ids"]))
    home.gcs.objects.clear()  # its day is over
    home.services.queue.enqueue(request)
    job = home.wait_for(request.job_id)
    assert (job["status"], job["error_detail"]["code"]) == ("error", "image_not_found")
    eventually(lambda: home.statuses == [200], PATIENCE)


def signed(signer: TaskSigner, job_id: str, body: bytes) -> dict[str, str]:
    return {"Content-Type": "application/json", **signer.headers(job_id, body)}


def poisons(home: Home, request: VideoRequest) -> dict[str, tuple[bytes, dict[str, str], int]]:
    """Name: body, headers, and what the door answers."""
    signer, body, job_id = home.services.signer, request.to_json(), request.job_id
    good = signer.headers(job_id, body)[HEADER]
    version, _, expiry, mac = good.split(".")
    other = home.order()
    expired = TaskSigner(home.services.settings.task_hmac_keys, clock=lambda: 1_700_000_000)
    later = str(int(expiry) + 1)
    stranger = body.replace(job_id.encode(), other.job_id.encode())
    huge = body[:-1] + b" " * (1024 * 1024) + b"}"
    return {
        "no signature": (body, {}, 403),
        "an empty one": (body, {HEADER: ""}, 403),
        "a made up one": (body, {HEADER: f"{version}.{job_id}.{expiry}.{'0' * 64}"}, 403),
        "one without its end": (body, {HEADER: good[:-1]}, 403),
        "one with more behind it": (body, {HEADER: f"{good}.{mac}"}, 403),
        "another version's": (body, {HEADER: good.replace("v1.", "v2.", 1)}, 403),
        "a later expiry": (body, {HEADER: f"{version}.{job_id}.{later}.{mac}"}, 403),
        "an expired one": (body, signed(expired, job_id, body), 403),
        "a stranger's key": (body, signed(TaskSigner(["a guess"]), job_id, body), 403),
        "an empty key": (body, signed(TaskSigner([""]), job_id, body), 403),
        "another job's": (body, signed(signer, other.job_id, body), 403),
        "this job's for another's order": (stranger, {HEADER: good}, 403),
        "this job's name on another's order": (stranger, signed(signer, job_id, stranger), 403),
        "a cut off body": (body[:-10], {HEADER: good}, 403),
        "a changed body": (body.replace(b"It works", b"Bought!"), {HEADER: good}, 403),
        "an empty body": (b"", {HEADER: good}, 403),
        "no order, though signed": (body[:-10], signed(signer, job_id, body[:-10]), 400),
        "far too much": (huge, signed(signer, job_id, huge), 413),
    }


def test_what_is_no_task_of_ours_is_refused_and_changes_nothing(home: Home) -> None:
    request = home.order()
    for name, (body, headers, status) in poisons(home, request).items():
        answer = home.knock(body, headers)
        assert answer.status_code == status, name
        assert answer.headers["Content-Type"] == "application/problem+json", name
        assert not [word for word in ("signature", "hmac", "key", "Traceback") if word in answer.text], name
        assert home.is_untouched(request.job_id), name


def test_the_queue_may_repeat_what_is_refused_as_often_as_it_likes(
    redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gcs: FakeGcs
) -> None:
    retry = RetrySettings(min_backoff=0.01, max_backoff=0.01, max_attempts=3)
    with (
        TaskQueueServer(retry=retry) as tasks,
        running(redis_url, tmp_path, monkeypatch, gcs, tasks) as home,
    ):
        request = home.order()
        sent = {name: poison for name, poison in poisons(home, request).items() if name != "far too much"}
        names = [home.enqueue(body, headers) for body, headers, _ in sent.values()]
        eventually(lambda: all(home.is_gone(name) for name in names), PATIENCE)
        assert sorted(home.statuses) == sorted(status for _, _, status in sent.values() for _ in range(3))
        assert home.is_untouched(request.job_id)
        home.services.queue.enqueue(request)  # the true one still makes the film, in its first attempt
        job = home.wait_for(request.job_id)
        assert (job["status"], job["attempt"], home.films(request.job_id)) == ("completed", 1, 1)


@pytest.mark.parametrize("alone", FORGED)
def test_no_header_that_a_stranger_can_write_opens_the_door(home: Home, alone: str) -> None:
    request = home.order()
    for headers in (FORGED, {alone: FORGED[alone]}):
        assert home.knock(request.to_json(), headers).status_code == 403
    assert home.is_untouched(request.job_id)


def test_headers_of_the_platform_neither_help_nor_harm_a_task_of_ours(home: Home) -> None:
    """Google replaces the signature of the token before render sees it: a door that checked it would never open."""
    request = home.order()
    body = request.to_json()
    answer = home.knock(body, FORGED | signed(home.services.signer, request.job_id, body))
    assert (answer.status_code, answer.json()["verdict"]) == (200, "run")
    assert home.told(request.job_id)["attempt"] == 1  # whatever the queue is said to have counted


@pytest.mark.parametrize(
    "newer",
    [{"version": 2, "mood": "calm"}, {"mood": "calm"}, {"motion": "orbit"}, {"style": "cinematic"}],
    ids=["a version", "a field", "a value", "a style"],
)
def test_a_task_for_a_newer_worker_waits_for_it_and_costs_the_job_nothing(home: Home, newer: dict[str, Any]) -> None:
    request = home.order()
    body = json.dumps(json.loads(request.to_json()) | newer).encode()
    answer = home.knock(body, signed(home.services.signer, request.job_id, body))
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    home.enqueue(body, signed(home.services.signer, request.job_id, body))
    eventually(lambda: home.statuses.count(503) > 3, PATIENCE)
    assert set(home.statuses) == {503}
    assert home.is_untouched(request.job_id)


def test_keys_rotate_without_a_lost_task(home: Home) -> None:
    new, old = home.services.settings.task_hmac_keys
    request = home.order()
    body = request.to_json()
    home.services.signer = TaskSigner([new])  # too early: the old key's tasks are still in the queue
    home.enqueue(body, signed(TaskSigner([old]), request.job_id, body))
    eventually(lambda: home.statuses.count(403) > 2, PATIENCE)
    assert home.is_untouched(request.job_id)
    home.services.signer = TaskSigner([new, old])
    job = home.wait_for(request.job_id)
    assert (job["status"], job["attempt"]) == ("completed", 1)


def test_a_signature_is_good_for_its_time_only(home: Home) -> None:
    request = home.order()
    body = request.to_json()
    moment = now() - timedelta(days=8)
    stale = TaskSigner(home.services.settings.task_hmac_keys, clock=moment.timestamp)
    assert home.knock(body, signed(stale, request.job_id, body)).status_code == 403
    assert home.is_untouched(request.job_id)
