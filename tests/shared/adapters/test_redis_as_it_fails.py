"""The job store behind a line that fails: what is lost changes nothing twice, and no request waits long."""

import io
import logging
import socket
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import flask
import pytest
import redis
import requests
from PIL import Image as Pillow
from werkzeug.serving import make_server

from shared.adapters import redis_scripts as scripts
from shared.adapters.redis_jobs import RedisJobs
from shared.errors import NotFound, Unavailable
from shared.ids import new_id
from shared.images import Image
from shared.jobs import Film, Idempotency, Job, JobStatus, Links, Stage, Verdict, now
from shared.services import Services
from shared.video_request import VideoRequest
from tests.conftest import HeldQueue
from tests.faulty_redis import Fault, FaultyRedis

ROOT = Path(__file__).parents[3]
ORIGIN = "http://localhost:3000"
FILM = Film(duration_seconds=9.0, width=1080, height=1350, size_bytes=9, narration={"engine": "x"}, has_captions=False)
LINKS = Links(
    video_url="v",
    poster_url="p",
    captions_url=None,
    vtt_url=None,
    signed_at=now(),
    expires_at=now() + timedelta(days=1),
)


@pytest.fixture
def line(real_redis: str) -> Iterator[FaultyRedis]:
    client = redis.Redis.from_url(real_redis)
    client.flushall()
    for script in (scripts.PUT, scripts.CLAIM, scripts.SAVE, scripts.REPLAY, scripts.CONFIRM, scripts.CACHE_LINKS):
        client.script_load(script)  # so that a fault meets the script, and not the answer that it is unknown
    with FaultyRedis(real_redis) as line:
        yield line


@pytest.fixture
def store(line: FaultyRedis) -> RedisJobs:
    return RedisJobs.connect(line.url, lease_seconds=1, max_attempts=3)


@pytest.fixture
def events() -> Iterator[list[str]]:
    """What the store has to say for the log."""
    told: list[str] = []
    handler, logger = logging.Handler(), logging.getLogger("linkedin_video")
    handler.emit = lambda record: told.append(record.getMessage())  # type: ignore[method-assign]
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield told
    logger.removeHandler(handler)
    logger.setLevel(level)


@dataclass
class Order:
    """A job's beginnings, and the key it came with."""

    moment: Any = field(default_factory=now)
    job_id: str = field(default_factory=new_id)
    keyed: str = "k"

    @property
    def job(self) -> Job:
        return Job(job_id=self.job_id, created_at=self.moment, updated_at=self.moment, metadata={"a": 1})

    @property
    def request(self) -> VideoRequest:
        return VideoRequest(
            content="A post.", job_id=self.job_id, created_at=self.moment.isoformat(), metadata={"a": 1}
        )

    @property
    def key(self) -> Idempotency:
        return Idempotency(key=f"-:{self.keyed}", body_sha256=self.request.fingerprint())

    @property
    def image(self) -> Image:
        return Image(
            id=self.job_id, owner=None, name="images/x", content_type="image/jpeg", width=640, height=480, size=9,
            expires_at=self.moment + timedelta(hours=1),
        )  # fmt: skip


def put(jobs: RedisJobs, order: Order) -> Any:
    return jobs.put(order.job, order.request, order.key)


def claimed(jobs: RedisJobs, order: Order) -> Any:
    put(jobs, order)
    jobs.claim(order.request, "t")


def finished(jobs: RedisJobs, order: Order) -> Any:
    claimed(jobs, order)
    jobs.save(order.job.advanced(Stage.UPLOADING, 80).completed(FILM, LINKS), order.request, "t")


def nothing(jobs: RedisJobs, order: Order) -> Any:
    return None


Step = Callable[[RedisJobs, Order], Any]


@dataclass(frozen=True)
class Operation:
    """One change: what comes before it, the change itself, and what tells its command from others."""

    before: Step
    act: Step
    hit: dict[str, str]


def at(order: Order, job: Job) -> Job:
    return replace(job, updated_at=order.moment)


OPERATIONS: dict[str, Operation] = {
    "put": Operation(nothing, put, {"script": scripts.PUT}),
    "confirm": Operation(put, lambda jobs, order: jobs.confirm(order.key), {"script": scripts.CONFIRM}),
    "claim": Operation(put, lambda jobs, order: jobs.claim(order.request, "t").verdict, {"script": scripts.CLAIM}),
    "save": Operation(
        claimed,
        lambda jobs, order: jobs.save(
            at(order, order.job.advanced(Stage.COMBINING_MEDIA, 47)), order.request, "t"
        ),
        {"script": scripts.SAVE},
    ),
    "give back": Operation(
        claimed,
        lambda jobs, order: jobs.save(
            replace(at(order, order.job.advanced(Stage.COMBINING_MEDIA, 47)), attempt=0),
            order.request,
            "t",
            release=True,
        ),
        {"script": scripts.SAVE},
    ),
    "finish": Operation(
        claimed,
        lambda jobs, order: jobs.save(at(order, order.job.completed(FILM, LINKS)), order.request, "t"),
        {"script": scripts.SAVE},
    ),
    "refuse": Operation(
        put,
        lambda jobs, order: jobs.refuse(
            at(order, order.job.failed("No.", code="unavailable", retryable=True)), order.key
        ),
        {"script": scripts.SAVE},
    ),
    "send again": Operation(
        lambda jobs, order: OPERATIONS["refuse"].act(jobs, order) if put(jobs, order) else None,
        lambda jobs, order: jobs.replay(order.job_id) == order.request,
        {"script": scripts.REPLAY},
    ),
    "cancel while it waits": Operation(
        put, lambda jobs, order: jobs.cancel(order.job_id).status, {"script": scripts.SAVE}
    ),
    "cancel in work": Operation(
        claimed, lambda jobs, order: jobs.cancel(order.job_id).status, {"script": scripts.SAVE}
    ),
    "cache links": Operation(
        finished,
        lambda jobs, order: jobs.cache_links(
            replace(at(order, order.job.completed(FILM, LINKS)), links=replace(LINKS, video_url="fresh"))
        ),
        {"script": scripts.CACHE_LINKS},
    ),
    "pictures": Operation(nothing, lambda jobs, order: jobs.put_images([order.image]), {"command": "EXEC"}),
}  # fmt: skip


def kept(url: str, order: Order) -> dict[str, str]:
    """Everything that Redis holds: times and the moment a lease ends left out, the job's id made the same for all."""
    client = redis.Redis.from_url(url, decode_responses=True)
    found = {str(key): str(client.get(key)) for key in client.scan_iter()}
    told = {key.replace(order.job_id, "ID"): value.replace(order.job_id, "ID") for key, value in found.items()}
    told.pop("job:ID:times", None)
    if lease := told.pop("job:ID:lease", None):
        told["job:ID:lease"] = " ".join(word for word in lease.split() if not word.isdigit())
    return told


@pytest.mark.parametrize(
    "fault", [Fault.LOSE_REPLY, Fault.CLOSE_BEFORE, pytest.param(Fault.HALF_REPLY, marks=pytest.mark.long)]
)
@pytest.mark.parametrize("name", OPERATIONS)
def test_a_lost_answer_is_asked_for_again_and_changes_nothing_twice(
    line: FaultyRedis, store: RedisJobs, real_redis: str, events: list[str], name: str, fault: Fault
) -> None:
    operation, order = OPERATIONS[name], Order()
    told = []
    for broken in (False, True):
        redis.Redis.from_url(real_redis).flushdb()
        operation.before(store, order)
        if broken:
            line.fail(fault, **operation.hit)  # type: ignore[arg-type]
        told.append((operation.act(store, order), kept(real_redis, order)))
    assert line.is_spent
    assert told[0] == told[1]
    assert not events, "nothing went wrong that anybody need know of"


def test_when_no_answer_comes_at_all_the_caller_is_told_in_time(line: FaultyRedis, store: RedisJobs) -> None:
    names = ["put", "claim", "save", "finish", "refuse", "cancel while it waits", "pictures"]
    orders = {name: Order(keyed=name.replace(" ", "-")) for name in names}
    for name, order in orders.items():
        OPERATIONS[name].before(store, order)
    for command in ("EVALSHA", "EXEC"):
        line.fail(Fault.MUTE_REPLY, command=command, times=None)

    def patience(name: str) -> float:
        began = time.monotonic()
        with pytest.raises(Unavailable):
            OPERATIONS[name].act(store, orders[name])
        return time.monotonic() - began

    with ThreadPoolExecutor(len(names)) as callers:
        assert max(callers.map(patience, names)) < 4


@pytest.mark.parametrize("name", ["confirm", "cache links"])
def test_what_only_saves_work_later_fails_nobody(line: FaultyRedis, store: RedisJobs, name: str) -> None:
    operation, order = OPERATIONS[name], Order()
    operation.before(store, order)
    line.fail(Fault.CLOSE_BEFORE, times=None, **operation.hit)  # type: ignore[arg-type]
    operation.act(store, order)


def test_a_promise_of_which_nobody_heard_is_kept_when_it_is_asked_for_again(
    line: FaultyRedis, store: RedisJobs
) -> None:
    first, second = Order(), Order()
    line.fail(Fault.LOSE_REPLY, script=scripts.PUT, times=2)
    with pytest.raises(Unavailable):
        put(store, first)
    again = put(store, second)
    assert (again.job_id, again.replayed, again.unconfirmed) == (first.job_id, True, first.request)


def test_a_claim_of_which_nobody_heard_is_no_attempt(line: FaultyRedis) -> None:
    store, order = RedisJobs.connect(line.url, lease_seconds=1, max_attempts=1), Order()
    put(store, order)
    for token in ("a", "b"):  # more often than attempts are allowed
        line.fail(Fault.LOSE_REPLY, script=scripts.CLAIM, times=2)
        with pytest.raises(Unavailable):
            store.claim(order.request, token)
        assert store.claim(order.request, "another").verdict is Verdict.BUSY
        time.sleep(1.1)
    claim = store.claim(order.request, "e")
    assert (claim.verdict, claim.job.attempt) == (Verdict.RUN, 1)


def test_a_worker_that_died_after_its_first_note_has_had_its_attempt(store: RedisJobs) -> None:
    order = Order()
    put(store, order)
    store.save(store.claim(order.request, "first").job, order.request, "first")
    time.sleep(1.1)
    assert store.claim(order.request, "second").job.attempt == 2


def test_a_claim_and_what_it_claims_come_in_one_answer(line: FaultyRedis, store: RedisJobs) -> None:
    order = Order()
    put(store, order)
    store.claim(order.request, "t")
    line.seen.clear()
    assert store.claim(order.request, "t").job.metadata == {"a": 1}
    assert line.seen == ["EVALSHA"]


def test_a_refused_job_and_its_key_go_together_or_stay_together(
    line: FaultyRedis, store: RedisJobs, real_redis: str
) -> None:
    order = Order()
    put(store, order)
    before = kept(real_redis, order)
    line.fail(Fault.CLOSE_BEFORE, script=scripts.SAVE, times=2)
    line.fail(Fault.CLOSE_BEFORE, command="DEL", times=None)
    with pytest.raises(Unavailable):
        OPERATIONS["refuse"].act(store, order)
    assert kept(real_redis, order) == before
    OPERATIONS["refuse"].act(store, order)
    assert store.claim(order.request, "t").verdict is Verdict.DONE
    assert not put(store, Order()).replayed


def test_a_job_that_could_not_be_refused_because_it_is_in_work_keeps_its_key(store: RedisJobs) -> None:
    order = Order()
    claimed(store, order)
    OPERATIONS["refuse"].act(store, order)
    again = put(store, Order())
    assert (again.job_id, again.replayed) == (order.job_id, True)


def test_a_script_that_redis_forgot_is_loaded_again(store: RedisJobs, real_redis: str) -> None:
    order = Order()
    put(store, order)
    redis.Redis.from_url(real_redis).script_flush()  # as a restart does
    assert store.claim(order.request, "t").verdict is Verdict.RUN


REFUSALS = [
    "LOADING Redis is loading the dataset in memory",
    "READONLY You can't write against a read only replica.",
    "OOM command not allowed when used memory > 'maxmemory'.",
    "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk.",
    "BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.",
    "ERR max number of clients reached",
    "ERR max daily request limit exceeded. Limit: 10000, Usage: 10000.",
    "ERR max concurrent connections exceeded",
    "ERR DB capacity quota exceeded",
    "NOAUTH Authentication required.",
    "WRONGPASS invalid username-password pair or user is disabled.",
    "NOPERM this user has no permissions to run the 'evalsha' command",
    "CLUSTERDOWN The cluster is down",
]


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal[:24])
def test_what_redis_refuses_is_unavailable_and_its_words_are_for_the_log(
    line: FaultyRedis, store: RedisJobs, refusal: str
) -> None:
    order = Order()
    line.fail(Fault.REFUSE, times=None, error=refusal)
    for name in ("put", "claim", "save", "refuse", "cancel while it waits", "pictures"):
        with pytest.raises(Unavailable) as unavailable:
            OPERATIONS[name].act(store, order)
        assert refusal.split(" ", 1)[1] not in str(unavailable.value)
        assert refusal.split(" ", 1)[1] in repr(unavailable.value.__cause__)


@pytest.mark.parametrize("refusal", ["READONLY You can't write against a read only replica.", "LOADING Wait."])
def test_a_refusal_that_another_connection_may_not_meet_is_tried_on_another_one(
    line: FaultyRedis, store: RedisJobs, refusal: str
) -> None:
    store.ping()
    line.fail(Fault.REFUSE, command="EVALSHA", error=refusal)
    put(store, Order())
    assert line.connections == 2


def test_a_full_redis_writes_all_or_nothing(store: RedisJobs, real_redis: str) -> None:
    client, order = redis.Redis.from_url(real_redis), Order()
    put(store, order)
    before = kept(real_redis, order)
    client.config_set("maxmemory", "1")
    try:
        with pytest.raises(Unavailable):
            store.put(Order().job, order.request)
        for name in ("claim", "refuse", "cancel while it waits", "pictures"):
            with pytest.raises(Unavailable):
                OPERATIONS[name].act(store, order)
    finally:
        client.config_set("maxmemory", "0")
    assert kept(real_redis, order) == before


def test_a_host_of_many_addresses_that_all_swallow_packets_makes_nobody_wait_five_seconds(
    line: FaultyRedis, store: RedisJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    line.go_deaf()
    place = socket.getaddrinfo("127.0.0.1", line.port, type=socket.SOCK_STREAM)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: place * 6)
    began = time.monotonic()
    with pytest.raises(Unavailable):
        store.ping()
    assert time.monotonic() - began < 5


@pytest.mark.long
def test_a_handshake_that_nobody_answers_makes_nobody_wait_five_seconds() -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        jobs = RedisJobs.connect(f"rediss://127.0.0.1:{nobody.getsockname()[1]}", lease_seconds=1, max_attempts=3)
        began = time.monotonic()
        with pytest.raises(Unavailable):
            jobs.ping()
        assert time.monotonic() - began < 5


@pytest.mark.parametrize("url", ["redis://user:pa55word@redis.invalid:6379", "redis://:pa55word@127.0.0.1:1"])
def test_neither_host_nor_password_is_told_to_anybody(url: str) -> None:
    jobs = RedisJobs.connect(url, lease_seconds=1, max_attempts=3)
    with pytest.raises(Unavailable) as unavailable:
        jobs.ping()
    told = "".join(traceback.format_exception(unavailable.value)) + repr(unavailable.value)
    assert "ConnectionError" in told
    assert not [secret for secret in ("pa55word", "redis.invalid", "127.0.0.1") if secret in told]


def test_a_wrong_password_is_told_to_nobody(line: FaultyRedis) -> None:
    jobs = RedisJobs.connect(f"redis://:pa55word@127.0.0.1:{line.port}", lease_seconds=1, max_attempts=3)
    with pytest.raises(Unavailable) as unavailable:
        jobs.ping()
    assert line.seen == ["AUTH"] * 2 and "AuthenticationError" in repr(unavailable.value.__cause__)
    assert "pa55word" not in "".join(traceback.format_exception(unavailable.value))


def test_connections_that_redis_closed_while_nobody_asked_are_made_anew(line: FaultyRedis, store: RedisJobs) -> None:
    order = Order()
    put(store, order)
    line.hang_up()
    line.listen()
    line.fail(Fault.CLOSE_BEFORE)  # what is sent on the new one may still be lost once
    assert store.get(order.job_id).job_id == order.job_id


def test_a_new_connection_costs_no_round_trip_of_its_own(line: FaultyRedis, store: RedisJobs) -> None:
    with pytest.raises(NotFound):
        store.get(new_id())
    assert line.seen == ["MGET"]


def test_a_hundred_polls_at_once_wait_for_a_few_connections(line: FaultyRedis, store: RedisJobs) -> None:
    order = Order()
    put(store, order)
    line.fail(Fault.LATE, command="MGET", times=None, seconds=0.02)
    with ThreadPoolExecutor(100) as callers:
        found = list(callers.map(lambda _: store.get(order.job_id).job_id, range(200)))
    assert found == [order.job_id] * 200
    assert line.most_at_once <= 16


@pytest.mark.long
def test_who_waits_for_a_connection_while_redis_is_silent_does_not_wait_five_seconds(
    line: FaultyRedis, store: RedisJobs
) -> None:
    line.fail(Fault.SILENCE, times=None)

    def patience(_: int) -> float:
        began = time.monotonic()
        with pytest.raises(Unavailable):
            store.get(new_id())
        return time.monotonic() - began

    with ThreadPoolExecutor(60) as callers:
        assert max(callers.map(patience, range(60))) < 5


FORKED = """
import os, sys
from shared.adapters.redis_jobs import RedisJobs
jobs = RedisJobs.connect(sys.argv[1], lease_seconds=1, max_attempts=3)
client = jobs._redis
before = client.client_id()
reading, writing = os.pipe()
if child := not os.fork():
    os.write(writing, str(client.client_id()).encode())
for _ in range(200):
    assert client.echo(str(os.getpid())) == str(os.getpid())
if child:
    os._exit(0)
assert os.wait()[1] == 0
assert client.client_id() == before, "the child closed the parent's connection"
assert int(os.read(reading, 99)) != before, "the child spoke on the parent's connection"
"""


def test_a_forked_worker_has_connections_of_its_own(real_redis: str) -> None:
    subprocess.run([sys.executable, "-c", FORKED, real_redis], cwd=ROOT, check=True, timeout=30)


# Over HTTP: the whole service behind the line, asked as a browser asks it.


@pytest.fixture
def redis_url(line: FaultyRedis) -> str:
    """Where the service of these tests finds its Redis."""
    return line.url


@pytest.fixture
def address(app: flask.Flask, services: Services) -> Iterator[str]:
    assert services.jobs and services.videos and services.uploads  # each is built once, and not by seven threads
    server = make_server("127.0.0.1", 0, app, threaded=True)
    serving = threading.Thread(target=server.serve_forever, args=(0.05,))
    serving.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    serving.join()


@dataclass(frozen=True)
class Told:
    """An answer, and the seconds it took."""

    answer: requests.Response
    seconds: float


def ask_everything(address: str, services: Services, order: Order) -> dict[str, Told]:
    """One request to each door at the same time."""
    picture = io.BytesIO()
    Pillow.new("RGB", (640, 480)).save(picture, "JPEG")
    body = order.request.to_json()
    doors: dict[str, dict[str, Any]] = {
        "generate": {"method": "POST", "url": "/api/video/generate", "json": {"content": "A post."}},
        "status": {"method": "GET", "url": f"/api/video/status/{order.job_id}"},
        "film": {"method": "GET", "url": f"/api/video/{order.job_id}"},
        "cancel": {"method": "POST", "url": f"/api/video/{order.job_id}/cancel"},
        "upload": {"method": "POST", "url": "/api/images", "files": {"images": ("a.jpg", picture.getvalue())}},
        "render": {"method": "POST", "url": "/render", "data": body,
                   "headers": services.signer.headers(order.job_id, body)},
        "health": {"method": "GET", "url": "/health"},
    }  # fmt: skip

    def ask(door: dict[str, Any]) -> Told:
        headers = {"Origin": ORIGIN, **door.get("headers", {})}
        began = time.monotonic()
        answer = requests.request(**{**door, "url": address + door["url"], "headers": headers}, timeout=30)
        return Told(answer, time.monotonic() - began)

    with ThreadPoolExecutor(len(doors)) as callers:
        return dict(zip(doors, callers.map(ask, doors.values()), strict=True))


def silent(line: FaultyRedis) -> None:
    line.fail(Fault.SILENCE, times=None)


def silent_after_doing_it(line: FaultyRedis) -> None:
    line.fail(Fault.MUTE_REPLY, times=None)


def silent_in_mid_answer(line: FaultyRedis) -> None:
    line.fail(Fault.HALF_REPLY, times=None)


def closing(line: FaultyRedis) -> None:
    line.fail(Fault.CLOSE_BEFORE, times=None)


def refusing(line: FaultyRedis) -> None:
    line.fail(Fault.REFUSE, times=None, error="OOM command not allowed when used memory > 'maxmemory'.")


OUTAGES = [
    silent, closing, refusing, FaultyRedis.hang_up, FaultyRedis.go_deaf,
    pytest.param(silent_in_mid_answer, marks=pytest.mark.long),
    pytest.param(silent_after_doing_it, marks=pytest.mark.long),
]  # fmt: skip


@pytest.mark.parametrize("outage", OUTAGES, ids=lambda outage: outage.__name__)
def test_no_door_makes_anybody_wait_five_seconds(
    line: FaultyRedis, address: str, services: Services, caplog: pytest.LogCaptureFixture,
    outage: Callable[[FaultyRedis], None],
) -> None:  # fmt: skip
    logger = logging.getLogger("linkedin_video")
    logger.addHandler(caplog.handler)
    order = Order()
    put(services.jobs, order)
    outage(line)
    told = ask_everything(address, services, order)
    logger.removeHandler(caplog.handler)
    line.mend()
    assert max(one.seconds for one in told.values()) < 5
    health = told.pop("health").answer
    assert (health.status_code, health.json()["status"], health.json()["checks"]["redis"]) == (
        200, "degraded", "failed",
    )  # fmt: skip
    for door, one in told.items():
        answer = one.answer
        assert (answer.status_code, answer.headers["Content-Type"]) == (503, "application/problem+json"), door
        assert (answer.json()["code"], int(answer.headers["Retry-After"])) == ("unavailable", 5)
        assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
        assert not [word for word in ("127.0.0.1", str(line.port), "maxmemory", "Error") if word in answer.text]
    assert "request_failed" in caplog.text and not [
        record for record in caplog.records if "127.0.0.1" in repr(getattr(record, "fields", {})) or record.exc_info
    ]


def test_a_redis_that_is_slow_each_time_makes_nobody_wait_five_seconds(
    line: FaultyRedis, address: str, services: Services
) -> None:
    order = Order()
    put(services.jobs, order)
    services.jobs.save(services.jobs.claim(order.request, "t").job, order.request, "t")  # the scripts are known
    line.fail(Fault.LATE, times=None, seconds=0.8)
    told = ask_everything(address, services, order)
    line.mend()
    assert max(one.seconds for one in told.values()) < 5, told
    assert {door: one.answer.status_code for door, one in told.items()} == {
        "generate": 202, "status": 200, "film": 409, "cancel": 202, "upload": 201, "render": 409, "health": 200,
    }  # fmt: skip


def test_a_pipeline_that_stops_in_the_middle_stores_no_picture(
    line: FaultyRedis, address: str, services: Services
) -> None:
    line.fail(Fault.SILENCE, command="SET", times=None)  # between MULTI and EXEC
    told = ask_everything(address, services, Order())["upload"]
    assert (told.answer.status_code, told.seconds < 5) == (503, True)
    folder = services.settings.data_dir / "uploads"
    assert not [path for path in folder.rglob("images/**/*") if path.is_file()]


def test_a_redis_that_goes_after_the_queue_took_the_task_does_not_take_the_promise_back(
    line: FaultyRedis, address: str, queue: HeldQueue, services: Services
) -> None:
    line.fail(Fault.CLOSE_BEFORE, script=scripts.CONFIRM, times=None)
    url, headers = f"{address}/api/video/generate", {"Idempotency-Key": "k"}
    answers = [requests.post(url, json={"content": "A post."}, headers=headers, timeout=30) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert len({answer.json()["job_id"] for answer in answers}) == 1
    assert {request.job_id for request in queue.requests} == {answers[0].json()["job_id"]}


def test_a_redis_that_goes_with_the_queue_leaves_a_key_that_still_works(
    line: FaultyRedis, address: str, queue: HeldQueue, services: Services
) -> None:
    url, headers = f"{address}/api/video/generate", {"Idempotency-Key": "k"}
    queue.refuses = Unavailable("The queue does not take the job.")
    line.fail(Fault.CLOSE_BEFORE, script=scripts.SAVE, times=None)
    assert requests.post(url, json={"content": "A post."}, headers=headers, timeout=30).status_code == 503
    line.mend()
    queue.refuses = None
    again = requests.post(url, json={"content": "A post."}, headers=headers, timeout=30)
    assert again.status_code == 202
    (task,) = queue.requests
    assert task.job_id == again.json()["job_id"]
    assert services.jobs.get(task.job_id).status is JobStatus.QUEUED, "what is promised is not marked as failed"
