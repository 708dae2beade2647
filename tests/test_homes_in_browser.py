"""One front end, four homes: on cloudfunctions.net, run.app, Fly and a laptop every address is whole and right.

True functions-framework, gunicorn and worker processes with the settings that deploy.sh and fly.toml give them; in
front of them what plays the platforms (tests/front.py), and a real browser.
"""

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, expect

from benchmarks.outside import google
from benchmarks.staged import free_port
from tests.browser import browser, eventually, faults_of
from tests.front import Asked, Reply, Site, front, on_cloudfunctions, on_run_app
from tests.service import eventually as in_time

__all__ = ["browser"]  # a fixture: pytest finds it here
pytestmark = pytest.mark.long

ROOT = Path(__file__).parent.parent
FUNCTIONS = ("generate", "status", "upload", "render")
HOSTING = "us-central1-my-films.cloudfunctions.net"
HASH, NUMBER = "4xyzabcd-uc", "123456789012"
RUN_APP = {name: f"{name}-{HASH}.a.run.app" for name in FUNCTIONS}
BY_NUMBER = f"generate-{NUMBER}.us-central1.run.app"  # the same service has two addresses
FLY = "films.fly.dev"
STORE = "storage.googleapis.com"
FRONT_END = "https://app.example.com"
LAPTOP_PORT = 8790
ORIGINS = [FRONT_END, f"https://{FLY}"]  # what the operator sets; deploy.sh adds where it serves the test page

# Where the page is opened, and the hosts that it may then speak to.
HOMES = {
    "cloudfunctions.net": (f"https://{HOSTING}/generate/test", {HOSTING, RUN_APP["status"], RUN_APP["upload"], STORE}),
    "run.app": (f"https://{RUN_APP['generate']}/test", {*RUN_APP.values(), HOSTING, STORE}),
    "run.app, by number": (f"https://{BY_NUMBER}/test", {*RUN_APP.values(), BY_NUMBER, HOSTING, STORE}),
    "fly": (f"https://{FLY}/test", {FLY, STORE}),
    "laptop": (f"http://localhost:{LAPTOP_PORT}/test", {f"localhost:{LAPTOP_PORT}"}),
}
# Where a front end sends its posts and pictures, and the beginning of the addresses that it is told.
BASES = {
    "cloudfunctions.net": (f"https://{HOSTING}/generate", f"https://{HOSTING}/upload", f"https://{RUN_APP['status']}/"),
    "run.app": (f"https://{RUN_APP['generate']}/", f"https://{RUN_APP['upload']}/", f"https://{RUN_APP['status']}/"),
    "fly": (
        f"https://{FLY}/api/video/generate",
        f"https://{FLY}/api/images",
        f"https://{FLY}/api/video/status/",
    ),
}
TRY_ALL = """async ([generate, upload]) => {
  const body = JSON.stringify({content: 'Ship it today.', quality: 'preview'});
  const promised = await fetch(generate, {method: 'POST', body, headers: {'Idempotency-Key': crypto.randomUUID()}});
  const {job_id, status_url} = await promised.json();
  const film = await new Promise((done) => {
    const ask = async () => {
      const job = await (await fetch(status_url)).json();
      ['completed', 'error'].includes(job.status) ? done(job) : setTimeout(ask, 200);
    };
    ask();
  });
  const canvas = Object.assign(document.createElement('canvas'), {width: 300, height: 300});
  const picture = await new Promise((done) => canvas.toBlob(done, 'image/png'));
  const form = new FormData();
  form.append('images', picture, 'a.png');
  const stored = await (await fetch(upload, {method: 'POST', body: form})).json();
  const shown = await new Promise((done) => {
    const image = Object.assign(new Image(), {onload: () => done(true), onerror: () => done(false)});
    image.src = stored.images[0].url;
  });
  const refused = await fetch(generate, {method: 'POST', body: '{'});
  return {
    job_id, status_url, film, shown, picture: stored.images[0].url,
    location: promised.headers.get('Location'),
    subtitles: await (await fetch(film.vtt_url)).text(),
    refused: [refused.status, (await refused.json()).code],
  };
}"""

SHARE_ALL = """async ([generate, upload, otherGenerate, otherStatus]) => {
  const canvas = Object.assign(document.createElement('canvas'), {width: 300, height: 300});
  const picture = await new Promise((done) => canvas.toBlob(done, 'image/png'));
  const form = new FormData();
  form.append('images', picture, 'a.png');
  const {user_image_ids} = await (await fetch(upload, {method: 'POST', body: form})).json();
  const body = JSON.stringify({content: 'Ship it today.', quality: 'preview', user_image_ids});
  const post = {method: 'POST', body, headers: {'Idempotency-Key': crypto.randomUUID()}};
  const {job_id} = await (await fetch(generate, post)).json();
  const again = await fetch(otherGenerate, post);
  const film = await new Promise((done) => {
    const ask = async () => {
      const job = await (await fetch(otherStatus + job_id)).json();
      ['completed', 'error'].includes(job.status) ? done(job) : setTimeout(ask, 200);
    };
    ask();
  });
  return {job_id, film, repeated: [(await again.json()).job_id, again.headers.get('Idempotent-Replayed')]};
}"""


@contextmanager
def running(command: list[str], environment: Mapping[str, str], log: Path) -> Iterator[None]:
    with log.open("w") as lines:
        process = subprocess.Popen(command, cwd=ROOT, env=dict(environment), stdout=lines, stderr=lines)
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def deployed(folder: Path) -> dict[str, dict[str, str]]:
    """The variables of each function, as deploy.sh sets them; a secret has the name of the secret."""
    for name in ("functions", "shared"):  # it stages beside itself
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "deploy.sh", folder)
    asked = {"GOOGLE_CLOUD_PROJECT": "my-films", "GOOGLE_CLOUD_REGION": "us-central1"}
    environment = {"PATH": os.environ["PATH"], "CORS_ORIGINS": ",".join(ORIGINS), **asked}
    command = [folder / "deploy.sh", "--dry-run"]
    plan = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    settings = {}
    for line in plan.replace("HASH", HASH).replace("PROJECT_NUMBER", NUMBER).splitlines():
        if line.startswith("gcloud functions deploy"):
            words = shlex.split(line)
            flags = dict(
                word.removeprefix("--").split("=", 1) for word in words if word.startswith("--") and "=" in word
            )
            variables = flags["set-env-vars"].removeprefix("^;^").split(";") + flags["set-secrets"].split(",")
            settings[words[3]] = dict(variable.split("=", 1) for variable in variables)
    return settings


def readable_from(origins: list[str], store: Site) -> Site:
    """The store with the CORS settings of its bucket: pages of these origins may read it."""

    def answer(asked: Asked) -> Reply:
        reply = store(asked)
        origin = asked.headers.get("Origin", "")
        allowed = {"Access-Control-Allow-Origin": origin, "Vary": "Origin"} if origin in origins else {}
        return replace(reply, headers={**reply.headers, **allowed})

    return answer


def blank(asked: Asked) -> Reply:
    """The front end: a page of its own, on an origin of its own."""
    return Reply(status=200, headers={"Content-Type": "text/html"}, body=b"<!doctype html><title>A front end</title>")


def is_there(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/health", timeout=3).ok
    except requests.ConnectionError:
        return False


@pytest.fixture(scope="module")
def proxy(real_redis: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Every home at once; the address of the proxy through which a browser finds them."""
    folder = tmp_path_factory.mktemp("homes")
    ports = {name: free_port() for name in (*FUNCTIONS, "fly")}
    with ExitStack() as stack:
        outside = stack.enter_context(google(folder))
        secrets = {"REDIS_URL": real_redis, "TASK_HMAC_KEYS": "a-key"}
        common = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "NARRATORS": "espeak",
            **{name: value for name, value in outside.environment.items() if not name.endswith(("_URL", "_ACCOUNT"))},
        }
        functions = deployed(tmp_path_factory.mktemp("deployed"))
        functions["generate"]["RENDER_URL"] = f"http://127.0.0.1:{ports['render']}"  # on the queue's side of the front
        for name in FUNCTIONS:
            command = [sys.executable, "-m", "functions_framework", "--host", "127.0.0.1", "--port", str(ports[name])]
            command += ["--source", f"functions/{name}/main.py", "--target", name]
            own = {"K_SERVICE": name, "PORT": str(ports[name]), "XDG_RUNTIME_DIR": str(folder)}
            held = {secret: value for secret, value in secrets.items() if secret in functions[name]}
            stack.enter_context(running(command, functions[name] | common | own | held, folder / f"{name}.log"))
        fly = common | secrets | {"FLY_APP_NAME": "films", "TASK_QUEUE_URL": "redis:", "PORT": str(ports["fly"])}
        fly["CORS_ORIGINS"] = ",".join(ORIGINS)
        gunicorn = [sys.executable, "-m", "gunicorn", "wsgi:app", "--bind", f"127.0.0.1:{ports['fly']}"]
        gunicorn += ["--worker-class", "gthread", "--threads", "16", "--no-control-socket"]
        stack.enter_context(running(gunicorn, fly, folder / "web.log"))
        stack.enter_context(running([sys.executable, "-m", "functions.render.worker"], fly, folder / "worker.log"))
        laptop = {"PATH": os.environ["PATH"], "PORT": str(LAPTOP_PORT), "DATA_DIR": str(folder / "var")}
        make_run = [sys.executable, "-m", "local"]
        stack.enter_context(running(make_run, laptop | {"NARRATORS": "espeak"}, folder / "laptop.log"))
        for port in (*ports.values(), LAPTOP_PORT):
            in_time(lambda port=port: is_there(port), 60)
        sites = {host: on_run_app(ports[name]) for name, host in RUN_APP.items()}
        sites |= {
            HOSTING: on_cloudfunctions({name: ports[name] for name in FUNCTIONS}),
            BY_NUMBER: on_run_app(ports["generate"]),
            FLY: on_run_app(ports["fly"]),
            STORE: readable_from(
                functions["status"]["CORS_ORIGINS"].split(","), on_run_app(urlsplit(outside.stores.url).port or 0)
            ),
            urlsplit(FRONT_END).netloc: blank,
            "evil.example": blank,
        }
        yield stack.enter_context(front(sites))


@pytest.fixture
def context(browser: Browser, proxy: str) -> Iterator[BrowserContext]:
    """A browser that finds every name at our front, and takes its certificate for good."""
    context = browser.new_context(
        proxy={"server": proxy, "bypass": "localhost"}, ignore_https_errors=True, locale="en-US"
    )
    context.set_default_timeout(60_000)
    yield context
    context.close()


@pytest.mark.parametrize("home", HOMES)
def test_the_test_page_does_the_whole_flow_in_every_home(context: BrowserContext, tmp_path: Path, home: str) -> None:
    address, hosts = HOMES[home]
    page = context.new_page()
    faults = faults_of(page)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    page.goto(f"{address}/")  # with the slash too: it leads to the address without
    assert page.url == address
    assert page.get_by_text("0 of 3,000").is_visible()  # its script has run
    assert page.evaluate("getComputedStyle(document.querySelector('.unseen')).position") == "absolute"  # its style
    Image.new("RGB", (800, 800), "#336699").save(tmp_path / "team.png")
    page.get_by_label("Your post").fill("Shipping beats planning.")
    page.locator("input[type=file]").set_input_files(tmp_path / "team.png")
    page.get_by_role("button", name="Make the film").click()
    expect(page.get_by_role("heading", name="Your film is ready")).to_be_visible(timeout=90_000)
    page.evaluate("document.querySelector('video').muted = true, document.querySelector('video').play()")
    eventually(page, "document.querySelector('video').currentTime > 0.3")
    eventually(page, "document.querySelector('video').textTracks.length == 1")

    assert faults == []
    spoken_to = {urlsplit(url) for url in asked if not url.startswith(("blob:", "data:"))}
    assert {url.netloc for url in spoken_to} <= hosts
    assert {url.scheme for url in spoken_to} == {urlsplit(address).scheme}  # nothing mixed


@pytest.mark.parametrize("home", BASES)
def test_a_front_end_is_told_whole_addresses_that_lead_somewhere(context: BrowserContext, home: str) -> None:
    generate, upload, status = BASES[home]
    page = context.new_page()
    page.goto(FRONT_END)
    told: dict[str, Any] = page.evaluate(TRY_ALL, [generate, upload])
    assert told["status_url"] == told["location"] == status + told["job_id"]
    assert told["film"]["status"] == "completed", json.dumps(told["film"])
    links = [told["picture"], *(told["film"][f"{name}_url"] for name in ("video", "poster", "captions", "vtt"))]
    assert all(link.startswith(f"https://{STORE}/") for link in links)
    assert told["shown"] and told["subtitles"].startswith("WEBVTT")
    assert told["refused"] == [400, "invalid_request"]  # an error is readable as well


@pytest.mark.parametrize(("first", "other"), [("cloudfunctions.net", "fly"), ("fly", "cloudfunctions.net")])
def test_what_one_home_has_taken_the_other_knows(context: BrowserContext, first: str, other: str) -> None:
    page = context.new_page()
    page.goto(FRONT_END)
    told: dict[str, Any] = page.evaluate(SHARE_ALL, [*BASES[first][:2], BASES[other][0], BASES[other][2]])
    assert told["film"]["status"] == "completed"  # made by the first, asked for at the other
    assert told["repeated"] == [told["job_id"], "true"]  # the same Idempotency-Key at the other: no second film


@pytest.mark.parametrize("home", BASES)
def test_a_page_of_another_origin_reads_nothing(context: BrowserContext, home: str) -> None:
    page = context.new_page()
    page.goto("https://evil.example")
    for address in BASES[home]:
        outcome = page.evaluate("(address) => fetch(address).then(() => 'read', (error) => error.name)", address)
        assert outcome == "TypeError"


def test_fly_serves_the_queues_door_to_nobody(context: BrowserContext) -> None:
    answer = context.new_page().goto(f"https://{FLY}/render")
    assert answer is not None and answer.status == 404
