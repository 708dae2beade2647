"""The whole nasty list through the endpoint: each gets its answer, and a small machine survives all of it."""

import io
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import requests
from PIL import Image
from werkzeug.test import Client

from benchmarks.limits import NoLimits, group, inside
from benchmarks.measure import AS_DEPLOYED
from functions.upload.images import MAX_STORED_BYTES
from shared.blobs import image_name
from shared.services import Services
from tests.nasty_files import CASES, FORM, HEAVY_FILES, LIMIT, Case, multipart
from tests.picture_parts import padded

ROOT = Path(__file__).parents[3]
# Pillow warns of enormous sizes; here they are what is tested.
pytestmark = pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")

MEGABYTES = 384
AT_A_TIME = 8  # as deployed
MOST_WORK = 8.0  # seconds of a processor; most take hundredths, without the defences some take minutes
TRACES = [b"secret", b"<?php", b"<script", b"PK\x03\x04", b"Exif", b"ICC_PROFILE", b"iCCP", b"tEXt", b"eXIf", b"http"]
GROWN = "noise that grows when it is cleaned"


@pytest.mark.parametrize(
    "case",
    [pytest.param(case, marks=pytest.mark.long) if case.heavy else case for case in CASES],
    ids=lambda case: case.name,
)
def test_each_gets_its_answer_and_leaves_nothing_of_itself(client: Client, services: Services, case: Case) -> None:
    body = case.body()
    began = time.process_time()
    answer = client.post("/api/images", data=body, content_type=case.content_type)
    assert time.process_time() - began < MOST_WORK
    told = answer.json
    assert told
    assert (answer.status_code, told.get("code")) == (case.status, case.code)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    if case.status == 201:
        for image in told["images"]:
            stored = services.uploads.get(image_name(image["id"]))
            assert len(stored) == image["size"] <= MAX_STORED_BYTES
            assert not [trace for trace in TRACES if trace in stored]
            with Image.open(io.BytesIO(stored)) as picture:
                picture.load()
                assert picture.size == (image["width"], image["height"]) and not picture.getexif()
    else:
        assert answer.content_type == "application/problem+json"
        words = [told["detail"], *(error["message"] for error in told.get("errors", []))]
        assert all(word.isprintable() and "../" not in word and "etc" not in word for word in words), words
        assert max(map(len, words)) < 300
        folder = services.settings.data_dir
        assert not [path for path in folder.rglob("*") if "images" in path.parts and path.is_file()]


class Function:
    """The upload function as functions-framework runs it, in a control group with little memory."""

    def __init__(self, folder: Path, address: str, processes: str) -> None:
        self._folder = folder
        self._address = address
        self._processes = processes

    def answer(self, body: bytes, content_type: str = FORM) -> tuple[int, str | None]:
        answer = requests.post(self._address, data=body, headers={"Content-Type": content_type}, timeout=300)
        return answer.status_code, answer.json().get("code")

    def peak(self) -> int:
        """MB since the last time it was asked, files included. Nothing was killed, and nobody was replaced."""
        assert re.search(r"^oom_kill 0$", (self._folder / "memory.oom_control").read_text(), re.MULTILINE)
        assert processes(self._folder) == self._processes
        most = self._folder / "memory.max_usage_in_bytes"
        peak = int(most.read_text()) // 2**20
        most.write_text("0")
        return peak


def processes(folder: Path) -> str:
    return (folder / "cgroup.procs").read_text()


@contextmanager
def function(redis_url: str, data: Path) -> Iterator[Function]:
    """Files for a moment lie in memory, as on Google, and count."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "functions_framework", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--source", "functions/upload/main.py", "--target", "upload"]
    with ExitStack() as stack:
        try:
            folder = stack.enter_context(group("memory", {"memory.limit_in_bytes": MEGABYTES * 2**20}))
        except NoLimits as reason:
            pytest.skip(f"no limit of memory here: {reason}")
        environment = {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "REDIS_URL": redis_url,
            "DATA_DIR": str(data),
            "TMPDIR": stack.enter_context(TemporaryDirectory(dir="/dev/shm")),
            "PUBLIC_BASE_URL": f"http://127.0.0.1:{port}",
            "TASK_HMAC_KEYS": "a key of the tests",
            "UPLOAD_LIMIT_HOUR": "0",  # none
            "UPLOAD_LIMIT_DAY": "0",
            "THREADS": str(AT_A_TIME),
            **AS_DEPLOYED,
        }
        process = subprocess.Popen(inside(folder, command), cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
        try:
            address = f"http://127.0.0.1:{port}/"
            for _ in range(300):
                with suppress(requests.ConnectionError):
                    requests.get(f"{address}health", timeout=30).raise_for_status()
                    break
                time.sleep(0.1)
            yield Function(folder, address, processes(folder))
        finally:
            process.terminate()
            process.wait()
            while processes(folder):  # the worker follows its master
                time.sleep(0.1)


@pytest.mark.long
@pytest.mark.timeout(900)
def test_one_process_of_384_mb_survives_all_of_them(redis_url: str, tmp_path: Path) -> None:
    with function(redis_url, tmp_path) as upload, ThreadPoolExecutor(AT_A_TIME) as pool:
        bodies = [(case, case.body()) for case in CASES]
        wrong = []
        for case, body in bodies:
            if upload.answer(body, case.content_type) != (case.status, case.code):
                wrong.append(case.name)
        alone = upload.peak()
        answers = pool.map(lambda pair: upload.answer(pair[1], pair[0].content_type), bodies)
        for case, answer in zip(CASES, answers, strict=True):
            if answer != (case.status, case.code):
                wrong.append(f"{case.name}, beside others")
        print(f"peak {alone} MB one after the other, {upload.peak()} MB {AT_A_TIME} at a time")
        assert wrong == []


@pytest.mark.long
@pytest.mark.timeout(900)
def test_eight_at_a_time_with_three_of_the_heaviest_each_are_answered(redis_url: str, tmp_path: Path) -> None:
    names = ["8000 x 5000, progressive", "4000 x 4000, progressive, 4:4:4", "4000 x 4000, grey and alpha", GROWN]
    with function(redis_url, tmp_path) as upload, ThreadPoolExecutor(AT_A_TIME) as pool:
        for name in names:
            [data] = [padded(make(), LIMIT) for known, _, make, _ in HEAVY_FILES if known == name]
            body = multipart([("a.jpg", data)] * 3)
            answers = list(pool.map(upload.answer, [body] * AT_A_TIME))
            print(f"{name}: peak {upload.peak()} MB")
            assert answers == [(201, None)] * AT_A_TIME
