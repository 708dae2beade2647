"""Text from outside is only ever text: in captions and their files, in logs, headers and answers, on the page, and for
ffmpeg, which is never told any of it.
"""

import http.client
import io
import json
import logging
import re
import socket
import sys
import threading
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, expect
from werkzeug.serving import make_server
from werkzeug.test import Client, TestResponse

import functions.generate.main
import functions.status.main
import functions.upload.main
from functions.render.captions import CaptionWord, captions, srt, vtt
from functions.render.delivery import deliver
from functions.render.narrators.edge import EdgeNarrator
from shared import log
from shared.blobs import video_name
from shared.breakers import OwnBreakers
from shared.errors import NotFound
from shared.http import one_process
from shared.services import Services
from shared.signature import HEADER
from shared.storyboard import build
from tests.browser import browser, eventually, faults_of
from tests.conftest import HeldQueue
from tests.fake_edge import FakeEdge
from tests.films import frames_of
from tests.service import running

__all__ = ["browser"]  # a fixture: pytest finds it by its name in this module

MARKS = "e" + "\u0301" * 2999
POSTS = {
    "a cue": "One.\n\n2\n00:00:01,000 --> 00:00:09,000\nForged --> cue.",
    "a header": "WEBVTT\n\nSTYLE\n::cue { background: url(https://evil.example/) }\n\nNOTE hidden\n\nREGION\nid:a",
    "voices and tags": "<v Mallory>I said this.</v> <c.red>red</c> <00:00:01.000> <b>bold</b> & &amp; &lt;i&gt; &#60;",
    "html": '<img src=x onerror="window.owned=1"><script>window.owned=1</script> javascript:window.owned=1 </textarea>',
    "ssml": "</voice><voice name='Mallory'><audio src='https://evil.example/a.mp3'/>Hello & goodbye.",
    "filters": "%{pts} %{localtime} drawtext=text='x':enable=1;[0:v] \\: ' , movie=/etc/passwd [out]",
    "arguments": "-i /etc/passwd -vf owned=1 -y ; $(id) `id` | id && id > /owned concat:/etc/passwd file:///etc/passwd",
    "paths": "../../../../etc/passwd %2e%2e%2f \\\\host\\share C:\\x ~/.ssh/id_rsa",
    "controls": "One\x00two\x07three\x1b[31mred\x1b[0m\x08\x7f\x85four\u2028five\u2029six\u200bseven\ufeff.",
    "overrides": "Tame \u202eesrever\u202c and \u2066isolated\u2069 \u200f\u200ewords \u061c go on.",
    "halves": "Half \ud83d a \ude80 rocket \ud800.",
    "marks on one letter": MARKS,
    "marks on every letter": "".join(letter + "\u0301\u0300\u0302" * 20 for letter in "every letter carries them"),
    "one long word": "a" * 3000,
    "no letters of ours": "\U00012000\U00012001 \u1230\u1231 \ufffd \ue000 \U0010fffd and a word.",
    "emoji joined": "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466" * 40 + " family.",
    "right to left": "\u0645\u0631\u062d\u0628\u0627 \u05e9\u05dc\u05d5\u05dd abc 123.",
}
CLOCK = r"\d\d:\d\d:\d\d[.,]\d{3}"


def order(client: Client, content: str, **fields: Any) -> TestResponse:
    body = {"content": content, "narration": "off", "quality": "preview", "aspect_ratio": "1:1", **fields}
    return client.post("/api/video/generate", data=json.dumps(body))  # which writes halves of characters as \uD83D


def bring(services: Services, queue: HeldQueue) -> None:
    request = queue.requests[-1]
    body = request.to_json()
    deliver(services, services.signer.headers(request.job_id, body)[HEADER], body)


def cues(file: str) -> list[str]:
    """The cues' texts of an SRT or VTT file that must hold numbered cues and nothing else."""
    file = file.removeprefix("WEBVTT\n\n")
    blocks = file.removesuffix("\n").split("\n\n")
    texts = []
    for number, block in enumerate(blocks, 1):
        first, clock, *text = block.split("\n")
        assert first == str(number) and re.fullmatch(f"{CLOCK} --> {CLOCK}", clock) and text, block
        assert all(line.strip() and "-->" not in line for line in text), block
        texts += text
    assert not [sign for sign in "".join(texts) if unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp")]
    return texts


@pytest.fixture
def commands() -> Iterator[list[list[str]]]:
    """The command line of every process that is started meanwhile. A hook stays for ever, so it is told to rest."""
    started: list[list[str]] = []
    awake = [True]

    def note(event: str, arguments: tuple[Any, ...]) -> None:
        if awake and event == "subprocess.Popen":
            started.append([str(part) for part in (arguments[0], *arguments[1])])

    sys.addaudithook(note)
    yield started
    awake.clear()


LONG = {"one long word"}  # spoken letter by letter, it makes a long film
RENDERED = [pytest.param(name, marks=pytest.mark.long) if name in LONG else name for name in POSTS]


@pytest.mark.parametrize("name", RENDERED)
def test_a_hostile_post_is_refused_in_words_or_becomes_a_film_that_can_be_read(
    name: str, client: Client, services: Services, queue: HeldQueue, commands: list[list[str]], tmp_path: Path
) -> None:
    post = POSTS[name]
    answer = order(client, post, max_duration_seconds=6)
    if answer.status_code != 202:
        assert answer.status_code in (400, 422) and answer.json, answer.text
        assert answer.json["code"] in ("invalid_request", "nothing_to_narrate")
        return
    bring(services, queue)
    assert answer.json
    job_id = answer.json["job_id"]
    job = client.get(f"/api/video/status/{job_id}").json
    assert job and job["status"] == "completed", job
    film = tmp_path / "film.mp4"
    film.write_bytes(services.videos.get(video_name(job_id)))
    frames = frames_of(film, (54, 54))
    assert len(frames) >= 50 and np.ptp(frames[0]) > 30  # it can be decoded, and shows something
    try:
        subtitles = services.videos.get(video_name(job_id, "srt")).decode()
        shown = services.videos.get(video_name(job_id, "vtt")).decode()
    except NotFound:
        assert job["captions_url"] is None
    else:
        assert cues(subtitles) and len(cues(subtitles)) == len(cues(shown))
        assert shown.startswith("WEBVTT\n\n1\n") and not [line for line in cues(shown) if re.search("[<>]", line)]
    told = [part for command in commands for part in command]
    assert any("ffmpeg" in part for part in told)
    pieces = {piece for piece in re.split(r"\s+", post) if len(piece) > 3}
    assert not [(part, piece) for part in told for piece in pieces if piece in part]


def test_halves_of_characters_are_refused_or_replaced_before_anything_is_written(client: Client) -> None:
    for text in ("Half \ud83d.", "\udfff and words"):
        answer = order(client, text, metadata={"a": text})
        assert answer.status_code in (202, 400), answer.text
        if answer.status_code == 202 and answer.json:
            told = client.get(f"/api/video/status/{answer.json['job_id']}")
            assert told.status_code == 200
            told.text.encode()


@pytest.mark.parametrize("name", POSTS)
def test_no_words_forge_a_cue_whatever_the_storyboard_lets_through(name: str) -> None:
    words = [CaptionWord(text=word, start=at, end=at + 1) for at, word in enumerate(POSTS[name].split(" "))]
    made = captions([words], measure=len, width=40)
    if made:
        assert len(cues(srt(made))) == len(cues(vtt(made))) == sum(len(caption.lines) for caption in made)
        assert not [line for line in cues(vtt(made)) if re.search("[<>]|&(?!amp;|lt;|gt;)", line)]


def test_what_is_spoken_stays_inside_its_element_of_the_voice_services_markup() -> None:
    words = ["</prosody></voice><voice", "name='Mallory'>", "&", "<audio", "src='x'/>", "bye."]
    with FakeEdge() as edge:
        voice = EdgeNarrator(
            voice="en-US-JennyNeural", rate="+0%", volume="+0%", sample_rate=44100, breakers=OwnBreakers()
        )
        voice.narrate(words)
    (asked,) = edge.asked
    assert asked.text == " ".join(words) and "Jenny" in asked.voice  # read by the grammar of the service


def test_what_is_shown_keeps_the_signs_that_people_write(client: Client) -> None:
    """Inert does not mean mutilated."""
    shown = " ".join(
        word.shown for scene in build("R&D: 3 < 5, <b> stays.", max_seconds=60).scenes for word in scene.words
    )
    assert "R&D" in shown and "<" in shown
    made = captions([[CaptionWord(text="R&D", start=0, end=1)]], measure=len, width=40)
    assert "R&D" in srt(made) and "R&amp;D" in vtt(made)


NAMES = [
    "a\r\nX-Owned: 1.jpg",
    '"><img src=x onerror=alert(1)>.jpg',
    "../../etc/passwd",
    "\u202egpj.exe",
    "a\x00b.jpg",
    "\x1b[31m.jpg",
]


@pytest.mark.parametrize("name", NAMES, ids=ascii)
@pytest.mark.parametrize("good", [True, False])
def test_the_name_of_a_file_is_echoed_as_plain_text_or_not_at_all(
    client: Client, tmp_path: Path, name: str, good: bool
) -> None:
    file = io.BytesIO()
    Image.new("RGB", (300, 300)).save(file, "JPEG")
    data = file.getvalue() if good else b"nothing"
    answer = client.post("/api/images", data={"images": (io.BytesIO(data), name)})
    written = "\r\n" not in name  # a form that is not one any more is refused as a whole
    assert answer.status_code == ((201 if good else 415) if written else 400), answer.text
    assert "X-Owned" not in answer.headers and not re.search("[\x00-\x1f\x7f\u202a-\u202e]", plain(answer.json))
    assert (
        answer.headers["Content-Type"].startswith("application/")
        and answer.headers["X-Content-Type-Options"] == "nosniff"
    )
    stored = [path.name for path in tmp_path.rglob("*") if path.is_file()]
    assert not [path for path in stored if "passwd" in path or "onerror" in path or "gpj" in path]


def plain(value: Any) -> str:
    """All texts in an answer, as they read after parsing."""
    if isinstance(value, dict):
        return " ".join(plain(each) for each in value.values())
    return " ".join(map(plain, value)) if isinstance(value, list) else str(value)


def test_a_problem_document_is_never_taken_for_a_page(client: Client) -> None:
    tag = "<img src=x onerror=alert(1)>"
    answers = [
        order(client, "A post.", **{tag: 1}),
        order(client, "A post.", style=tag),
        client.get(f"/{tag}"),
        client.get(f"/api/video/{tag}"),
        client.open("/health", method="<B>"),
        client.post("/api/video/generate", data=tag, headers={"Idempotency-Key": f"{tag} x"}),
    ]
    for answer in answers:
        assert 400 <= answer.status_code < 500
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("path", ["/test", "/docs"])
def test_a_page_runs_and_loads_nothing_but_its_own_files(client: Client, path: str) -> None:
    answer = client.get(path)
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert policy.get("script-src", "'none'") in ("'self'", "'none'")
    assert "unsafe" not in str(policy) and "*" not in str(policy)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("written", ["json", "text"])
def test_a_line_of_the_log_stays_one_line_and_moves_no_cursor(written: str) -> None:
    secrets = log.Secrets(())
    formatter = log.JsonLines("tests", None, secrets) if written == "json" else log.Text(secrets)
    evil = 'a\nb\r\nc\x1b[2J\x1b]0;owned\x07\x9b31m\u2028d\u202ee\ud800"}\x00'
    record = logging.makeLogRecord({"msg": "request_refused", "levelname": "INFO", "fields": {"path": evil}})
    line = formatter.format(record)
    assert len(line.splitlines()) == 1
    assert not [sign for sign in line if unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp", "Cf")]
    line.encode()
    if written == "json":
        assert json.loads(line)["path"] == evil


def test_an_error_on_a_terminal_moves_no_cursor_either() -> None:
    try:
        raise ValueError("a\x1b[2J\x9b31m")
    except ValueError:
        record = logging.makeLogRecord({"msg": "unexpected_error", "exc_info": sys.exc_info()})
    assert "\x1b" not in log.Text(log.Secrets(())).format(record)


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The service under gunicorn, as it runs everywhere: what becomes of a raw request is its doing as well."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    with FakeEdge() as edge, running([], port, edge, tmp_path_factory.mktemp("raw")):
        yield port


RAW = [
    b"GET /api/video/%0d%0aX-Owned:%201 HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /test/%0d%0aX-Owned:%201/ HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /%0d%0aX-Owned:%201/test/ HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /api/video/x?redirect=1%0d%0aX-Owned:%201 HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /files/videos/x?expires=1&signature=1&download=%0d%0aX-Owned:1 HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /health HTTP/1.1\r\nHost: x\r\nOrigin: http://localhost:3000\rX-Owned: 1\r\n\r\n",
    b"GET /health HTTP/1.1\r\nHost: x\r\nOrigin: http://localhost:3000\nX-Owned: 1\r\n\r\n",
    b"GET /health HTTP/1.1\r\nHost: x\r\nOrigin: http://localhost:3000\r\n X-Owned: 1\r\n\r\n",
    b"GET /health HTTP/1.1\r\nHost: x\r\nOrigin: \x00\x1b[31m\xff\r\n\r\n",
    b"GET /health HTTP/1.1\r\nHost: x\r\nX-Request-Id: owned\x1b[31m\r\n\r\n",
    b"GET /health HTTP/1.1\r\nHost: x\r\nX-Request-Id: owned\rX-Owned: 1\r\n\r\n",
    b"GET /health HTTP/1.1\r\nHost: x\r\ntraceparent: 00-owned\nX-Owned: 1\r\n\r\n",
    b"POST /api/video/generate HTTP/1.1\r\nHost: x\r\nIdempotency-Key: a\rX-Owned: 1\r\nContent-Length: 2\r\n\r\n{}",
    b"POST /api/video/generate HTTP/1.1\r\nHost: x\r\nIdempotency-Key: a\x0b\x1b[2J\r\nContent-Length: 2\r\n\r\n{}",
    b"GET /health HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer a\nX-Owned: 1\r\n\r\n",
    b"OPTIONS /health HTTP/1.1\r\nHost: x\r\nOrigin: http://localhost:3000\r\nAccess-Control-Request-Method: GET\r\n"
    b"Access-Control-Request-Headers: authorization\rX-Owned: 1\r\n\r\n",
    b"<IMG> /health HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /health HTTP/1.1\r\nHost: x\r\nX Owned: 1\r\n\r\n",
]


@pytest.mark.parametrize("request_", RAW, ids=ascii)
def test_no_request_writes_a_header_of_the_answer(port: int, request_: bytes) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.sendall(request_)
        answer = http.client.HTTPResponse(line)
        answer.begin()
        headers = answer.getheaders()
        answer.read()
    assert answer.status < 500
    assert "x-owned" not in {name.lower() for name, _ in headers}
    assert not [value for _, value in headers if "owned" in value.lower() or re.search("[\x00-\x1f\x7f-\xff]", value)]


@pytest.fixture
def serving(services: Services, queue: HeldQueue) -> Iterator[Services]:
    """The whole service, for a browser, at its `public_base_url`."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    services = Services(replace(services.settings, public_base_url=f"http://127.0.0.1:{port}"))
    services.queue = queue
    endpoints = [getattr(functions, name).main.endpoint for name in ("generate", "status", "upload")]
    server = make_server("127.0.0.1", port, one_process(*endpoints, services=services), threaded=True)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield services
    server.shutdown()
    server.server_close()


def test_a_hostile_post_is_text_on_the_page_and_in_its_film(
    browser: Browser, serving: Services, queue: HeldQueue
) -> None:
    post = f"{POSTS['html']} <v Mallory>I</v> {POSTS['a cue']}"
    page = browser.new_context(locale="en-US").new_page()
    page.set_default_timeout(15_000)
    faults = faults_of(page)
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    page.goto(f"{serving.settings.public_base_url}/test")
    page.locator("#content").fill(post)
    page.get_by_role("button", name="Make the film").click()
    eventually(page, "document.body.textContent.length > 0")
    for _ in range(100):
        if queue.requests:
            break
        page.wait_for_timeout(100)
    bring(serving, queue)
    expect(page.get_by_role("heading", name="Your film is ready")).to_be_visible()
    assert page.evaluate("window.owned") is None and dialogs == []
    assert page.locator("main img[src='x'], main script").count() == 0
    links = page.evaluate("[...document.querySelectorAll('a[href]')].map((link) => link.protocol)")
    assert links and set(links) <= {"http:", "https:"}
    eventually(page, "document.querySelector('video').textTracks.length === 1")
    page.evaluate("document.querySelector('video').textTracks[0].mode = 'hidden'")
    eventually(page, "document.querySelector('video').textTracks[0].cues?.length > 0")
    cues = "[...document.querySelector('video').textTracks[0].cues]"
    elements = page.evaluate(f"{cues}.map((cue) => cue.getCueAsHTML().querySelectorAll('*').length)")
    told = page.evaluate(f"{cues}.map((cue) => cue.getCueAsHTML().textContent).join(' ')")
    assert set(elements) == {0} and "<script>" in told and "Forged" in told  # the browser's own parser finds no tag
    page.context.close()
    assert [fault for fault in faults if not fault.startswith("Failed to load resource")] == []
