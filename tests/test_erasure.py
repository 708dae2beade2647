"""What its owner deletes is gone: from the stores, from Redis, from what still works on it; and nobody else can."""

import hashlib
import io
import logging
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from PIL import Image
from werkzeug.test import Client, TestResponse

import functions.generate.main
import functions.render.main
import functions.status.main
import functions.upload.main
from functions.render.delivery import deliver
from functions.render.job import Attempt, run_job
from shared import log
from shared.adapters.redis_jobs import RedisJobs
from shared.blobs import BlobStore, film_names, image_name, kept_voice_name, list_voices, video_name
from shared.errors import NotFound, RenderFailed, Unavailable
from shared.http import one_process
from shared.ids import new_id
from shared.jobs import ERASED_FOR_SECONDS, CancelAsked, Film, Idempotency, Job, Links, Stage, Verdict, now
from shared.services import Services
from shared.signature import HEADER
from shared.video_request import VideoRequest
from tests.conftest import HeldQueue, Made
from tests.fake_gcs import FakeGcs
from tests.fly.home import Home, stop_all
from tests.service import eventually

CANARY = "Quetzalcoatlus"
POST = f"I keep a {CANARY} at home."
KEYS = {"amy": "lvk_the_key_of_amy", "bob": "lvk_the_key_of_bob"}


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every temporary file below the test's folder."""
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))


@pytest.fixture
def gcs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeGcs]:
    with FakeGcs("films", "uploads") as gcs:
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", gcs.url)
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(gcs.write_key_file(tmp_path / "key.json")))
        yield gcs


@pytest.fixture
def lines() -> Iterator[list[str]]:
    """What is logged meanwhile, as it would be written."""
    kept: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            kept.append(log.JsonLines("tests", None, log.Secrets(())).format(record))

    logger, handler = logging.getLogger("linkedin_video"), Keep()
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield kept
    logger.removeHandler(handler)
    logger.setLevel(level)


BUCKETS = {"GOOGLE_CLOUD_STORAGE_BUCKET": "films", "GOOGLE_CLOUD_STORAGE_TEMP_BUCKET": "uploads"}
OWNERS = {"API_KEYS": ",".join(f"{name}:{hashlib.sha256(key.encode()).hexdigest()}" for name, key in KEYS.items())}


def by(name: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {KEYS[name]}"}


def order(client: Client, headers: dict[str, str] | None = None, **fields: Any) -> str:
    body = {"content": POST, "narration": "off", "quality": "preview", "aspect_ratio": "1:1", **fields}
    answer = client.post("/api/video/generate", json=body, headers=headers or {})
    assert answer.status_code == 202 and answer.json, answer.text
    return str(answer.json["job_id"])


def upload(client: Client, headers: dict[str, str] | None = None) -> str:
    file = io.BytesIO()
    Image.new("RGB", (300, 300), (190, 40, 40)).save(file, "JPEG")
    form = {"images": (io.BytesIO(file.getvalue()), f"{CANARY}.jpg")}
    answer = client.post("/api/images", data=form, headers=headers or {})
    assert answer.status_code == 201 and answer.json, answer.text
    return str(answer.json["user_image_ids"][0])


def bring(services: Services, request: VideoRequest) -> Verdict:
    """What a queue does: hand the task to render."""
    body = request.to_json()
    return deliver(services, services.signer.headers(request.job_id, body)[HEADER], body)[1]


def in_redis(url: str) -> str:
    """Everything that Redis holds, keys and values."""
    client = redis.Redis.from_url(url, decode_responses=True)
    readers: dict[str, Callable[[str], Any]] = {
        "string": client.get,
        "hash": client.hgetall,
        "list": lambda key: client.lrange(key, 0, -1),
        "set": client.smembers,
        "zset": lambda key: client.zrange(key, 0, -1),
    }
    return "\n".join(f"{key} {readers[str(client.type(key))](key)}" for key in client.scan_iter())


def on_disk(folder: Path) -> str:
    """Every file's name and content."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return "\n".join(f"{path} {path.read_bytes().decode('latin-1')}" for path in files)


def in_buckets(gcs: FakeGcs) -> str:
    kept = gcs.objects.values()
    return "\n".join(f"{each.name} {each.resource} {each.data.decode('latin-1')}" for each in kept)


def told(answer: TestResponse) -> tuple[int, dict[str, Any]]:
    """The answer but for what is another in each."""
    return answer.status_code, {key: value for key, value in (answer.json or {}).items() if key != "request_id"}


class Outage:
    """A true store that does not answer the first calls of `delete`."""

    def __init__(self, store: BlobStore, refused: int) -> None:
        self._store = store
        self._refused = refused

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def delete(self, name: str) -> None:
        if self._refused:
            self._refused -= 1
            raise Unavailable("The file store does not answer.")
        self._store.delete(name)


@pytest.mark.parametrize("store", ["disk", "gcs"])
def test_after_erasure_a_word_of_the_post_is_nowhere(
    store: str, made: Made, queue: HeldQueue, redis_url: str, tmp_path: Path, gcs: FakeGcs, lines: list[str]
) -> None:
    client, services = made(**(BUCKETS if store == "gcs" else {}))
    image_id = upload(client)
    headers = {"Idempotency-Key": "the-first-one"}
    job_id = order(client, headers, user_image_ids=[image_id], metadata={"title": CANARY})
    request = queue.requests[0]
    services.uploads.put(kept_voice_name("0"), CANARY.encode(), content_type="x/y", metadata={})
    list_voices(services.uploads, job_id, [kept_voice_name("0")])  # as an attempt that bought it would
    assert bring(services, request) is Verdict.RUN

    def everywhere() -> str:
        return "\n".join([in_redis(redis_url), on_disk(tmp_path), in_buckets(gcs), *lines])

    assert everywhere().count(CANARY) > 4  # in the order, in its metadata, in two kinds of subtitles, in the voice
    assert client.delete(f"/api/video/{job_id}").status_code == 204
    assert CANARY not in everywhere()
    assert job_id not in on_disk(tmp_path) + in_buckets(gcs)
    assert sorted(line.split()[0] for line in in_redis(redis_url).splitlines() if job_id in line.split()[0]) == [
        f"job:{job_id}:owner",
        f"job:{job_id}:status",
    ]
    assert "idempotency:" not in in_redis(redis_url)
    for address in (f"/api/video/status/{job_id}", f"/api/video/{job_id}", f"/api/video/{job_id}?redirect=1"):
        assert client.get(address).status_code == 404
    assert client.post(f"/api/video/{job_id}/cancel").status_code == 404

    assert services.videos.find(image_name(image_id))  # the picture is its owner's
    assert client.delete(f"/api/images/{image_id}").status_code == 204
    assert image_id not in on_disk(tmp_path) + in_buckets(gcs)
    assert not list((tmp_path / "tmp").iterdir())
    assert [line for line in lines if "film_erased" in line] and [line for line in lines if "image_erased" in line]


def test_a_film_that_waits_is_never_made_however_often_its_task_comes(made: Made, queue: HeldQueue) -> None:
    client, services = made()
    job_id = order(client)
    assert client.delete(f"/api/video/{job_id}").status_code == 204
    assert [bring(services, queue.requests[0]) for _ in range(3)] == [Verdict.ERASED] * 3
    assert client.get(f"/api/video/status/{job_id}").status_code == 404
    assert client.get(f"/api/video/{job_id}").status_code == 404


@pytest.mark.parametrize("in_work", [False, True])
def test_an_erased_job_is_neither_taken_nor_written_any_more(jobs: RedisJobs, in_work: bool) -> None:
    moment = now()
    job = Job(job_id=new_id(), created_at=moment, updated_at=moment, owner="amy")
    request = VideoRequest(content=POST, job_id=job.job_id, created_at=moment.isoformat(), owner="amy")
    jobs.put(job, request, Idempotency(key="amy:once", body_sha256="0"))
    if in_work:
        jobs.claim(request, "t")
    for _ in range(2):
        jobs.erase(job.job_id, "amy")
        assert jobs.whose(job.job_id) == "amy"
    assert not jobs.has_promised(Idempotency(key="amy:once", body_sha256="0"))
    assert jobs.claim(request, "u").verdict is Verdict.ERASED
    for token in ("t", "u"):
        with pytest.raises(CancelAsked):
            jobs.save(job.advanced(Stage.UPLOADING, 70), request, token)
        with pytest.raises(CancelAsked):
            jobs.save(job, request, token, release=True)
        jobs.save(job.cancelled(), request, token)  # it may believe so, and nothing is written
    jobs.refuse(job.failed("No.", code="unavailable", retryable=True))
    jobs.cache_links(job)
    for ask in (jobs.get, jobs.cancel, jobs.replay):
        with pytest.raises(NotFound):
            ask(job.job_id)
    assert jobs.whose(job.job_id) == "amy"


def test_what_is_left_of_it_holds_no_word_and_goes_when_no_queue_could_bring_it(
    made: Made, queue: HeldQueue, redis_url: str
) -> None:
    client, services = made()
    job_id = order(client)
    client.delete(f"/api/video/{job_id}")
    bring(services, queue.requests[0])
    kept = redis.Redis.from_url(redis_url, decode_responses=True)
    left = {key: (kept.get(key), int(kept.ttl(key))) for key in kept.scan_iter("job:*")}
    assert {key: value for key, (value, _) in left.items()} == {
        f"job:{job_id}:status": "erased",
        f"job:{job_id}:owner": "",
    }
    assert all(ERASED_FOR_SECONDS - 60 < life <= ERASED_FOR_SECONDS for _, life in left.values())


def test_a_film_in_work_is_stopped_and_leaves_nothing(made: Made, queue: HeldQueue, tmp_path: Path) -> None:
    client, services = made()
    job_id = order(client, content=f"{POST} " + "It flies a little higher every day, and comes home late. " * 12)
    verdicts: list[Verdict] = []
    worker = threading.Thread(target=lambda: verdicts.append(bring(services, queue.requests[0])))
    worker.start()
    eventually(lambda: services.jobs.get(job_id).stage is Stage.COMBINING_MEDIA, 60)
    assert client.delete(f"/api/video/{job_id}").status_code == 204
    worker.join(20)
    assert not worker.is_alive() and verdicts == [Verdict.RUN]
    assert client.get(f"/api/video/status/{job_id}").status_code == 404
    assert job_id not in on_disk(tmp_path) and CANARY not in on_disk(tmp_path)


def publishing(services: Services, job_id: str, erase: Callable[[], object], error: Exception | None) -> Any:
    """make_video that is overtaken by its own erasure just before it publishes."""

    def make_video(request: VideoRequest, attempt: Attempt) -> tuple[Film, Links]:
        attempt.report(Stage.UPLOADING)
        erase()
        for name in film_names(job_id):
            services.videos.put(name, b"a film", content_type="video/mp4", metadata={})
        if error:
            raise error
        film = Film(duration_seconds=1, width=2, height=2, size_bytes=3, narration={"engine": None}, has_captions=False)
        moment = attempt.job.created_at
        links = Links(
            video_url="v", poster_url="p", captions_url=None, vtt_url=None, signed_at=moment, expires_at=moment
        )
        return film, links

    return make_video


@pytest.mark.parametrize("error", [None, RenderFailed("It cannot be made."), ValueError("A fault.")], ids=str)
@pytest.mark.parametrize("attempts", [1, 3])
def test_what_was_published_in_the_moment_of_its_erasure_goes_too(
    made: Made, queue: HeldQueue, attempts: int, error: Exception | None, tmp_path: Path
) -> None:
    client, services = made()
    job_id = order(client)

    def erase() -> None:
        assert client.delete(f"/api/video/{job_id}").status_code == 204

    def retract(request: VideoRequest) -> None:
        for name in film_names(request.job_id):
            services.videos.delete(name)

    make_video = publishing(services, job_id, erase, error)
    try:
        run_job(queue.requests[0], services.jobs, make_video, lease_seconds=60, max_attempts=attempts, retract=retract)
    except ValueError:
        assert attempts > 1  # the queue delivers again, and finds nothing to do
    assert job_id not in on_disk(tmp_path)
    assert bring(services, queue.requests[0]) is Verdict.ERASED
    assert client.get(f"/api/video/status/{job_id}").status_code == 404


def test_what_a_worker_published_that_died_before_it_heard_goes_with_the_next_delivery(
    made: Made, queue: HeldQueue, tmp_path: Path
) -> None:
    client, services = made()
    job_id = order(client)
    services.jobs.claim(queue.requests[0], "of-one-that-dies")
    client.delete(f"/api/video/{job_id}")
    for name in film_names(job_id):
        services.videos.put(name, b"a film", content_type="video/mp4", metadata={})
    assert client.get(f"/api/video/status/{job_id}").status_code == 404
    assert bring(services, queue.requests[0]) is Verdict.ERASED
    assert job_id not in on_disk(tmp_path)


def test_the_same_order_under_the_same_key_is_a_new_film(made: Made) -> None:
    client, _ = made()
    key = {"Idempotency-Key": "once"}
    first = order(client, key)
    assert order(client, key) == first
    client.delete(f"/api/video/{first}")
    assert order(client, key) != first


def test_a_key_that_leads_to_another_film_by_now_stays(made: Made, redis_url: str) -> None:
    client, _ = made()
    key = {"Idempotency-Key": "once"}
    first = order(client, key)
    kept = redis.Redis.from_url(redis_url, decode_responses=True)
    for name in list(kept.scan_iter("idempotency:*")):
        kept.delete(name)  # its day is over
    second = order(client, key)
    client.delete(f"/api/video/{first}")
    assert order(client, key) == second


def test_nobody_else_can_erase_a_film_or_learn_that_there_is_one(made: Made, queue: HeldQueue) -> None:
    client, services = made(**OWNERS)
    job_id = order(client, by("amy"))
    absent = told(client.delete(f"/api/video/{new_id()}", headers=by("bob")))
    assert absent[0] == 404

    def stranger() -> tuple[int, dict[str, Any]]:
        return told(client.delete(f"/api/video/{job_id}", headers=by("bob")))

    assert stranger() == absent
    assert client.delete(f"/api/video/{job_id}").status_code == 401
    assert bring(services, queue.requests[0]) is Verdict.RUN
    assert stranger() == absent
    assert client.get(f"/api/video/{job_id}", headers=by("amy")).status_code == 200
    assert [client.delete(f"/api/video/{job_id}", headers=by("amy")).status_code for _ in range(2)] == [204, 204]
    assert stranger() == absent


def test_a_film_that_only_the_store_knows_is_erased_by_its_owner(
    made: Made, queue: HeldQueue, redis_url: str, tmp_path: Path
) -> None:
    client, services = made(**OWNERS)
    job_id = order(client, by("amy"))
    bring(services, queue.requests[0])
    redis.Redis.from_url(redis_url).flushall()
    absent = told(client.delete(f"/api/video/{new_id()}", headers=by("bob")))
    assert told(client.delete(f"/api/video/{job_id}", headers=by("bob"))) == absent
    assert client.delete(f"/api/video/{job_id}", headers=by("amy")).status_code == 204
    assert job_id not in on_disk(tmp_path)
    assert bring(services, queue.requests[0]) is Verdict.ERASED  # a late delivery brings nothing back


@pytest.mark.parametrize("bad", ["x", "..", "%00", "01a206ec-9d1b-434e-9593-65925e590e2c"])
def test_what_is_no_id_is_not_found(made: Made, bad: str) -> None:
    client, _ = made()
    for address in ("/api/video/", "/api/images/"):
        assert client.delete(address + bad).status_code == 404


def test_while_the_store_is_away_it_is_a_503_and_a_repeat_finishes(
    made: Made, queue: HeldQueue, tmp_path: Path
) -> None:
    client, services = made(**OWNERS)
    image_id = upload(client, by("amy"))
    job_id = order(client, by("amy"), user_image_ids=[image_id])
    bring(services, queue.requests[0])
    services.videos = Outage(services.videos, refused=2)
    film, picture = f"/api/video/{job_id}", f"/api/images/{image_id}"
    assert [client.delete(film, headers=by("amy")).status_code for _ in range(2)] == [503, 503]
    assert services.videos.find(video_name(job_id))  # it is still there, and nobody gets it any more
    for address in (f"/api/video/status/{job_id}", film):
        assert client.get(address, headers=by("amy")).status_code == 404
    assert client.delete(film, headers=by("bob")).status_code == 404
    assert client.delete(film, headers=by("amy")).status_code == 204
    services.videos = Outage(services.videos, refused=1)
    assert client.delete(picture, headers=by("amy")).status_code == 503
    assert client.delete(picture, headers=by("bob")).status_code == 404
    assert client.delete(picture, headers=by("amy")).status_code == 204
    assert not {job_id, image_id} & set(on_disk(tmp_path).replace("/", " ").replace(".", " ").split())


def test_while_redis_is_away_it_is_a_503_and_nothing_is_half_done(made: Made, queue: HeldQueue, tmp_path: Path) -> None:
    client, services = made()
    image_id = upload(client)
    job_id = order(client, user_image_ids=[image_id])
    bring(services, queue.requests[0])
    before = on_disk(tmp_path / "var" / "videos")
    cut_off, _ = made(REDIS_URL="redis://127.0.0.1:9/0")
    assert cut_off.delete(f"/api/video/{job_id}").status_code == 503
    assert cut_off.delete(f"/api/images/{image_id}").status_code == 503
    assert on_disk(tmp_path / "var" / "videos") == before
    assert client.delete(f"/api/video/{job_id}").status_code == 204


def test_a_picture_goes_and_the_film_that_waits_for_it_says_so(made: Made, queue: HeldQueue, redis_url: str) -> None:
    client, services = made(**OWNERS)
    image_id = upload(client, by("amy"))
    job_id = order(client, by("amy"), user_image_ids=[image_id])
    address = f"/api/images/{image_id}"
    absent = told(client.delete(f"/api/images/{new_id()}", headers=by("bob")))
    assert absent[0] == 404 and told(client.delete(address, headers=by("bob"))) == absent
    assert client.delete(address).status_code == 401
    assert [client.delete(address, headers=by("amy")).status_code for _ in range(2)] == [204, 204]
    assert told(client.delete(address, headers=by("bob"))) == absent
    assert f"image:{image_id} " not in in_redis(redis_url)
    refused = client.post(
        "/api/video/generate", json={"content": POST, "user_image_ids": [image_id]}, headers=by("amy")
    )
    assert refused.status_code == 422 and refused.json and refused.json["code"] == "image_not_found"
    bring(services, queue.requests[0])
    job = client.get(f"/api/video/status/{job_id}", headers=by("amy")).json
    assert job and (job["status"], job["error_detail"]["code"]) == ("error", "image_not_found")
    assert job["error"] == "A picture of this film is not there any more. Upload it again."


def test_a_picture_that_only_a_store_knows_is_erased_by_its_owner(
    made: Made, queue: HeldQueue, redis_url: str, tmp_path: Path
) -> None:
    client, services = made(**OWNERS)
    image_id = upload(client, by("amy"))
    order(client, by("amy"), user_image_ids=[image_id])
    bring(services, queue.requests[0])
    redis.Redis.from_url(redis_url).flushall()
    assert client.delete(f"/api/images/{image_id}", headers=by("bob")).status_code == 404
    assert client.delete(f"/api/images/{image_id}", headers=by("amy")).status_code == 204
    assert image_id not in on_disk(tmp_path / "var")


def test_the_functions_own_addresses_erase_as_well(made: Made) -> None:
    client, _ = made()
    image_id, job_id = upload(client), order(client)
    upload_routes = [route.pattern.pattern for route in functions.upload.main.endpoint.routes]
    status_routes = [route.pattern.pattern for route in functions.status.main.endpoint.routes]
    assert "/(?P<image_id>[^/]+)/?" in upload_routes and "/video/(?P<job_id>[^/]+)/?" in status_routes
    assert client.delete(f"/api/images/{image_id}/").status_code == 204
    assert client.delete(f"/api/video/{job_id}/").status_code == 204
    assert client.delete("/api/video/generate").status_code == 405


def test_what_waits_in_the_queue_of_redis_goes_when_it_is_delivered(real_redis: str, tmp_path: Path) -> None:
    redis.Redis.from_url(real_redis).flushall()
    home = Home(tmp_path, real_redis)
    try:
        endpoints = [functions.status.main.endpoint]
        client = one_process(*endpoints, services=home.services).test_client()
        request = home.order(POST)
        assert client.delete(f"/api/video/{request.job_id}").status_code == 204
        waiting = [line for line in in_redis(real_redis).splitlines() if CANARY in line]
        assert waiting and all(line.startswith("dramatiq:") for line in waiting)
        worker = home.start("worker")
        eventually(lambda: CANARY not in in_redis(real_redis), 30)
        claimed = [line for line in worker.lines() if line["message"] == "claimed"]
        assert [line["verdict"] for line in claimed] == ["erased"] and home.films() == []
        assert CANARY not in worker.log.read_text()
    finally:
        stop_all(home)
