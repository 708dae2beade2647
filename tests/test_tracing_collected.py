"""The trace as a collector receives it, through the true packages: four functions, a queue between them, one film."""

import json
import queue
import socket
import subprocess
import sys
import sysconfig
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.service import eventually

pytestmark = pytest.mark.long

ROOT = Path(__file__).parent.parent
PORT = 8590
TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
POST = {"content": "A marmalade sentence that nobody else may read.", "quality": "preview"}


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python with requirements-tracing.txt over what is installed here, which itself stays without."""
    venv = tmp_path_factory.mktemp("tracing") / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
    (folder,) = (venv / "lib").glob("python*/site-packages")
    (folder / "below.pth").write_text(sysconfig.get_path("purelib"))
    install = [venv / "bin/python", "-m", "pip", "install", "-q", "-r", ROOT / "requirements-tracing.txt"]
    subprocess.run(install, check=True, timeout=150)
    return venv / "bin/python"


@contextmanager
def collector(python: Path) -> Iterator[tuple[str, "queue.Queue[dict[str, Any]]"]]:
    spans: queue.Queue[dict[str, Any]] = queue.Queue()
    with subprocess.Popen([python, ROOT / "tests/trace_collector.py"], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        port = process.stdout.readline().strip()
        reader = threading.Thread(
            target=lambda out: [spans.put(json.loads(line)) for line in out], args=[process.stdout]
        )
        reader.start()
        try:
            yield f"http://127.0.0.1:{port}", spans
        finally:
            process.terminate()
            reader.join(5)


@contextmanager
def functions(python: Path, endpoint: str, folder: Path) -> Iterator[None]:
    """`make functions` with tracing on."""
    environment = {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "PORT": str(PORT),
        "DATA_DIR": str(folder / "var"),
        "NARRATORS": "espeak",
        "OTEL_EXPORTER_OTLP_ENDPOINT": endpoint,
    }
    command = [python, "-m", "local", "functions"]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=log, text=True)
    try:
        assert process.stdout
        assert any("To stop" in line for line in process.stdout), (folder / "log").read_text()
        yield
    finally:
        process.terminate()
        process.wait(20)


def make_a_film() -> str:
    headers = {"traceparent": f"00-{TRACE}-{SPAN}-00"}
    promised = requests.post(f"http://localhost:{PORT + 1}/", json=POST, headers=headers, timeout=5).json()
    eventually(lambda: requests.get(promised["status_url"], timeout=5).json()["status"] == "completed", 60)
    return str(promised["job_id"])


def test_one_trace_leads_from_the_request_through_the_queue_to_every_stage(python: Path, tmp_path: Path) -> None:
    with collector(python) as (endpoint, spans):
        with functions(python, endpoint, tmp_path):
            job_id = make_a_film()
            wanted = {"create", "enqueue", "run", "attempt", "media", "voice", "encode", "publish"}
            mine: dict[str, dict[str, Any]] = {}
            while not wanted <= set(mine):
                span = spans.get(timeout=15)
                if span["trace"] == TRACE:
                    mine[span["name"]] = span
        assert set(mine) == wanted
    above = {"create": SPAN, "enqueue": mine["create"]["id"], "run": mine["enqueue"]["id"]}
    above |= {"attempt": mine["run"]["id"]} | dict.fromkeys(
        ["media", "voice", "encode", "publish"], mine["attempt"]["id"]
    )
    assert {name: span["parent"] for name, span in mine.items()} == above
    assert (
        mine["create"]["service"] == "linkedin-video-generate" and mine["encode"]["service"] == "linkedin-video-render"
    )
    assert mine["attempt"]["about"] == {"linkedin_video.job_id": job_id, "linkedin_video.number": 1}
    assert mine["create"]["about"] == {"http.response.status_code": 202}
    assert "marmalade" not in json.dumps(mine) and not any(span["events"] for span in mine.values())


@pytest.mark.parametrize("collector_is", ["gone", "silent"])
def test_a_collector_that_does_not_answer_neither_slows_nor_fails_anything(
    python: Path, tmp_path: Path, collector_is: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes connections, and says nothing
        port = 1 if collector_is == "gone" else silent.getsockname()[1]
        with functions(python, f"http://127.0.0.1:{port}", tmp_path):
            make_a_film()
            requests.get(f"http://localhost:{PORT + 2}/health", timeout=5)
            began = time.monotonic()
            for _ in range(20):
                assert requests.get(f"http://localhost:{PORT + 2}/unknown", timeout=5).status_code == 404
            assert time.monotonic() - began < 3


@pytest.mark.parametrize("flushed", [True, False])
def test_what_is_flushed_is_sent_before_the_answer(python: Path, flushed: bool) -> None:
    program = """
import os, sys
from shared import tracing
from shared.adapters.otlp import OtlpTracer
tracing.use(OtlpTracer(sys.argv[1], "linkedin-video-render", "test"))
tracing.begin({}, "1" * 32)
if sys.argv[2] == "True":
    tracing.flush()
tracing.finish("run", 200)
os._exit(0)  # as a processor that gets no time any more
"""
    with collector(python) as (endpoint, spans):
        subprocess.run([python, "-c", program, endpoint, str(flushed)], cwd=ROOT, check=True)
        if flushed:
            assert spans.get(timeout=5)["name"] == "run"
        else:
            with pytest.raises(queue.Empty):
                spans.get(timeout=1)
