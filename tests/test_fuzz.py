"""Some hundreds of each kind of stranger: nothing answers 5xx, and nothing that the description does not foresee."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import flask
import pytest
from werkzeug.serving import make_server
from werkzeug.test import Client

import functions.generate.main as generate
import functions.status.main as status
import functions.upload.main as upload
from local.run import NO_LIMITS
from shared.blobs import sign_links
from shared.config import Settings
from shared.http import one_process
from shared.ids import new_id
from shared.jobs import Film, Job, JobStatus, LinkedInRule, Stage, now
from shared.services import Services
from shared.video_request import VideoRequest
from tests.conftest import HeldQueue
from tests.fuzzing import ORDERS, Contract, every, mutated, turn_against_itself
from tests.nasty_files import FORM

CASES = 200
FILM = Film(
    duration_seconds=22.48,
    width=1080,
    height=1350,
    size_bytes=2_664_004,
    narration={"engine": "espeak", "voice": None},
    has_captions=True,
    linkedin_check=(LinkedInRule(rule="duration", ok=True, value="22.48 s", limit="3 s to 10 min"),),
)


@pytest.fixture
def document(client: Client) -> dict[str, Any]:
    told = client.get("/openapi.json").json
    assert told
    return told


@pytest.fixture
def jobs_of_each_kind(services: Services) -> list[str]:
    """A queued one, one in work, and one for each way to end."""
    ids = []
    for kind in JobStatus:
        request = VideoRequest(content="A post.", job_id=new_id(), created_at=now().isoformat())
        job = Job(job_id=request.job_id, created_at=now(), updated_at=now())
        services.jobs.put(job, request)
        ids.append(job.job_id)
        if kind is JobStatus.QUEUED:
            continue
        job = services.jobs.claim(request, "t").job.advanced(Stage.COMBINING_MEDIA, 47, eta_seconds=9)
        services.jobs.save(job, request, "t")
        if kind is JobStatus.COMPLETED:
            links = sign_links(services.videos, job.job_id, has_captions=True)
            services.jobs.save(job.completed(FILM, links), request, "t", release=True)
        elif kind is JobStatus.ERROR:
            services.jobs.save(
                job.failed("It could not be made.", code="render_failed", retryable=False), request, "t", release=True
            )
        elif kind is JobStatus.CANCELLED:
            services.jobs.save(job.cancelled(), request, "t", release=True)
    return ids


@pytest.fixture(autouse=True)
def silent_log(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Thousands of lines about refused requests would hide the one that failed."""
    with caplog.at_level("CRITICAL"):
        yield


def test_the_description_turned_against_the_service_finds_nothing(
    app: flask.Flask, document: dict[str, Any], jobs_of_each_kind: list[str]
) -> None:
    outcome = turn_against_itself(document, each=15, known=jobs_of_each_kind, app=app, seed=7)
    assert "\n\n".join(outcome.faults) == ""
    assert outcome.cases >= CASES
    assert {200, 202, 400, 404, 405, 422} <= set(outcome.statuses)  # it came past the first check


def test_where_keys_are_asked_for_no_door_stands_open(queue: HeldQueue, redis_url: str, tmp_path: Path) -> None:
    """Among the checks: each call that is let in with a key is refused without one, and with a wrong one."""
    environment = {
        "REDIS_URL": redis_url,
        "DATA_DIR": str(tmp_path / "var"),
        "PUBLIC_BASE_URL": "http://localhost:8080",
        "API_KEYS": f"front-end:{hashlib.sha256(b'a-key').hexdigest()}",
        **NO_LIMITS,
    }
    closed = Services(Settings.from_env(environment))
    closed.queue = queue
    app = one_process(generate.endpoint, status.endpoint, upload.endpoint, services=closed)
    document = app.test_client().get("/openapi.json").json
    assert document
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        here = f"http://127.0.0.1:{server.server_port}"
        outcome = turn_against_itself(document, each=4, base_url=here, token="a-key", seed=7)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert "\n\n".join(outcome.faults) == ""
    assert {200, 202, 400, 401, 403, 404} <= set(outcome.statuses)


def test_no_text_is_answered_with_a_fault_of_ours(client: Client, document: dict[str, Any], queue: HeldQueue) -> None:
    contract = Contract(document)
    statuses: Counter[int] = Counter()

    def send(body: bytes) -> None:
        answer = client.post("/api/video/generate", data=body)
        statuses[answer.status_code] += 1
        assert answer.status_code < 500
        contract.check("post", "/api/video/generate", answer.status_code, answer.headers, answer.data)
        if answer.status_code == 202:
            assert VideoRequest.from_json(queue.requests[-1].to_json()) == queue.requests[-1]  # render can read it
            told = client.get(f"/api/video/status/{queue.requests[-1].job_id}")
            contract.check("get", "/api/video/status/{job_id}", told.status_code, told.headers, told.data)

    assert every(ORDERS, send, CASES, seed=7) >= CASES
    assert min(statuses[202], statuses[400]) >= CASES // 10 and statuses[422]


@pytest.mark.parametrize(
    "text", ["Ein Caf\u00e9 in K\u00f6ln.".encode("latin-1"), b"\xed\xa0\x80", b"\xc0\x80", b"\xff"]
)
def test_a_text_that_is_no_utf8_is_told_so(client: Client, text: bytes) -> None:
    answer = client.post("/api/video/generate", data=b'{"content": "' + text + b'"}')
    assert answer.status_code == 400
    assert answer.json and answer.json["detail"].startswith("The body is not JSON in UTF-8.")


@pytest.mark.parametrize("id_", ["f773a105-a304-774f-8079-8da2f8c76ac4", "ffffffff-ffff-7fff-bfff-ffffffffffff"])
def test_an_id_of_a_year_that_no_calendar_has_is_of_nothing(client: Client, id_: str) -> None:
    for method, path in [("GET", "video/status"), ("GET", "video"), ("DELETE", "video"), ("DELETE", "images")]:
        assert client.open(f"/api/{path}/{id_}", method=method).status_code == 404
    assert client.post("/api/video/generate", json={"content": "A post.", "user_image_ids": [id_]}).status_code == 400


def test_no_mutated_picture_is_answered_with_a_fault_of_ours(client: Client, document: dict[str, Any]) -> None:
    contract = Contract(document)
    statuses: Counter[int] = Counter()

    def send(body: bytes) -> None:
        answer = client.post("/api/images", data=body, content_type=FORM)
        statuses[answer.status_code] += 1
        assert answer.status_code < 500
        contract.check("post", "/api/images", answer.status_code, answer.headers, answer.data)

    assert every(mutated(), send, CASES, seed=7) >= CASES
    assert min(statuses[201], statuses[422]) >= CASES // 20  # both kinds were tried
