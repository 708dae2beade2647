"""Each function as Google gets it, staged and with its own requirements only, booted as the buildpack does; and used.

The environments are made on the first run, from the index that `make test` itself installs from, which takes a minute;
after that they are kept until the requirements change. Google's names lead to this machine: see benchmarks/outside.py.
"""

import io
import json
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import redis
from PIL import Image

from benchmarks.cold_start import calls, environment_of, job_in_work
from benchmarks.outside import UPLOADS, VIDEOS, Google, google
from benchmarks.staged import FUNCTIONS, FirstAnswer, booted, first_answer, free_port, staged
from shared.adapters.redis_jobs import RedisJobs
from shared.ids import new_id
from shared.jobs import Job, JobStatus, now
from shared.signature import TaskSigner
from shared.video_request import VideoRequest
from tests.service import eventually

KEY = "one-key-of-the-tests"
HEAVY = {
    "status": {"google-cloud-tasks", "pillow", "numpy", "edge-tts", "grpcio"},
    "generate": {"google-cloud-storage", "pillow", "numpy", "edge-tts"},
    "upload": {"google-cloud-tasks", "numpy", "edge-tts", "grpcio"},
    "render": {"google-cloud-tasks", "grpcio", "pylibmagic"},
}


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Google]:
    with google(tmp_path_factory.mktemp("google")) as here:
        yield here


@pytest.fixture
def told(cloud: Google, redis_url: str, tmp_path: Path) -> dict[str, str]:
    """What deploy.sh tells the functions, here."""
    return cloud.environment | {
        "REDIS_URL": redis_url,
        "TASK_HMAC_KEYS": KEY,
        "DATA_DIR": str(tmp_path / "never-used"),
        "K_SERVICE": "a-function",
    }


def ask(name: str, told: Mapping[str, str], path: str, method: str = "GET", **request: object) -> FirstAnswer:
    """The first answer of a fresh process of the function."""
    port = free_port()
    with booted(staged(name), environment_of(name, told), port) as process:
        return first_answer(process, port, method, path, **request)  # type: ignore[arg-type]


@pytest.mark.timeout(900)  # the first run makes the environments
@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_installs_what_it_needs_and_nothing_heavy_of_the_others(name: str) -> None:
    function = staged(name)  # fails where pip finds requirements that do not go together
    program = "from importlib.metadata import distributions as d; print(*(x.metadata['Name'].lower() for x in d()))"
    ran = subprocess.run([function.python, "-c", program], capture_output=True, text=True, check=True)
    installed = {found.replace("_", "-") for found in ran.stdout.split()}
    assert "functions-framework" in installed
    assert not installed & HEAVY[name]
    assert not [path for path in function.folder.rglob("*") if path.is_symlink()]


def test_the_staged_status_tells_about_a_job_in_work(told: Mapping[str, str], redis_url: str) -> None:
    call = calls(job_in_work(redis_url))["status"]
    answer = ask("status", told, call.path)
    job = json.loads(answer.body)
    assert (answer.status, job["status"], job["progress"]) == (200, "processing", 47)


def test_the_staged_upload_stores_a_picture_and_signs_its_address(
    told: Mapping[str, str], cloud: Google, redis_url: str
) -> None:
    call = calls("")["upload"]
    answer = ask("upload", told, "/", call.method, body=call.body, headers={"Content-Type": call.content_type})
    assert answer.status == 201, answer.body
    (image,) = json.loads(answer.body)["images"]
    (stored,) = [stored for (bucket, name), stored in cloud.stores.objects.items() if image["id"] in name]
    assert stored.bucket == UPLOADS
    assert Image.open(io.BytesIO(stored.data)).size == (image["width"], image["height"])
    assert "X-Goog-Signature=" in image["url"]
    assert redis.Redis.from_url(redis_url).exists(f"image:{image['id']}")


def test_the_staged_generate_hands_a_signed_task_to_cloud_tasks(told: Mapping[str, str], cloud: Google) -> None:
    call = calls("")["generate"]
    answer = ask("generate", told, "/", call.method, body=call.body)
    assert answer.status == 202, answer.body
    job_id = json.loads(answer.body)["job_id"]
    eventually(lambda: any(job_id.encode() in body for body in cloud.delivered), 10)
    (body,) = [body for body in cloud.delivered if job_id.encode() in body]
    assert VideoRequest.from_json(body).job_id == job_id


def test_the_staged_render_makes_a_signed_film_and_refuses_an_unsigned_one(
    told: Mapping[str, str], cloud: Google, redis_url: str
) -> None:
    jobs = RedisJobs.connect(redis_url, lease_seconds=60, max_attempts=3)
    order = VideoRequest(
        content="Ship it today.", quality="preview", job_id=new_id(), created_at=now().isoformat(), narration="off"
    )
    jobs.put(Job(job_id=order.job_id, created_at=now(), updated_at=now()), order)
    body = order.to_json()
    port = free_port()
    with booted(staged("render"), environment_of("render", told | {"NARRATORS": "silent"}), port) as process:
        assert first_answer(process, port, "POST", "/", body).status == 403
        answer = first_answer(process, port, "POST", "/", body, TaskSigner([KEY]).headers(order.job_id, body))
    assert answer.status == 200, answer.body
    assert jobs.get(order.job_id).status is JobStatus.COMPLETED
    kept = {name.rpartition(".")[2] for bucket, name in cloud.stores.objects if bucket == VIDEOS}
    assert kept == {"mp4", "jpg", "srt", "vtt"}
