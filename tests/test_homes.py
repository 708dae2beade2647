"""The addresses in our answers, by the settings of each home; test_homes_in_browser.py tries them all for real."""

import re
from pathlib import Path

import flask
import pytest
from werkzeug.test import Client

import functions.generate.main as generate
import functions.status.main as status
import functions.upload.main as upload
from shared.config import Settings, WrongSettings
from shared.http import one_process, wire
from shared.services import Services
from tests.conftest import HeldQueue

HOSTING = "https://us-central1-films.cloudfunctions.net"
GOOGLE = {
    "K_SERVICE": "generate",
    "TASK_QUEUE_URL": "projects/films/locations/us-central1/queues/render",
    "TASK_SERVICE_ACCOUNT": "tasks@films.iam.gserviceaccount.com",
    "TASK_HMAC_KEYS": "a-key",
    "GENERATE_URL": f"{HOSTING}/generate",
    "STATUS_URL": "https://status-4xyzabcd-uc.a.run.app",
    "UPLOAD_URL": "https://upload-4xyzabcd-uc.a.run.app",
    "RENDER_URL": "https://render-4xyzabcd-uc.a.run.app",
    "GOOGLE_CLOUD_STORAGE_BUCKET": "films",
    "GOOGLE_CLOUD_STORAGE_TEMP_BUCKET": "uploads",
}
FLY = {"FLY_APP_NAME": "films", "TASK_QUEUE_URL": "redis:", "TASK_HMAC_KEYS": "a-key"}
ONE_HOST = {"PUBLIC_BASE_URL": "https://films.example.com/"}
POST = {"content": "Ship it today."}


def services_with(environment: dict[str, str], redis_url: str, folder: Path, queue: HeldQueue) -> Services:
    services = Services(Settings.from_env({**environment, "REDIS_URL": redis_url, "DATA_DIR": str(folder)}))
    services.queue = queue
    return services


def function_by_itself(services: Services) -> Client:
    """generate as functions-framework serves it: every path arrives at its one function."""
    app = flask.Flask("generate")
    for path in ("/", "/<path:path>"):
        app.add_url_rule(path, path, lambda path="": generate.endpoint.answer(flask.request), methods=["GET", "POST"])
    wire(app, generate.endpoint, services=services)
    return app.test_client()


def addresses_of(page: str) -> dict[str, str]:
    return dict(re.findall(r'data-(\w+)-url="([^"]*)"', page))


def test_generate_on_google_names_the_other_functions(redis_url: str, tmp_path: Path, queue: HeldQueue) -> None:
    client = function_by_itself(services_with(GOOGLE, redis_url, tmp_path, queue))
    promised = client.post("/", json=POST)
    assert promised.json
    assert promised.json["status_url"] == f"https://status-4xyzabcd-uc.a.run.app/{promised.json['job_id']}"
    assert promised.headers["Location"] == promised.json["status_url"]
    page = client.get("/test")
    assert addresses_of(page.text) == {
        "generate": f"{HOSTING}/generate/",
        "plan": f"{HOSTING}/generate/plan",
        "post": f"{HOSTING}/generate/post/generate",
        "status": "https://status-4xyzabcd-uc.a.run.app",
        "video": "https://status-4xyzabcd-uc.a.run.app/video",
        "upload": "https://upload-4xyzabcd-uc.a.run.app/",
    }


def test_the_page_may_speak_to_whole_origins_of_ours_and_to_the_store(
    redis_url: str, tmp_path: Path, queue: HeldQueue
) -> None:
    client = function_by_itself(services_with(GOOGLE, redis_url, tmp_path, queue))
    policy = dict(part.strip().partition(" ")[::2] for part in client.get("/test").headers[
        "Content-Security-Policy"].split(";"))  # fmt: skip
    ours = {HOSTING, "https://status-4xyzabcd-uc.a.run.app", "https://upload-4xyzabcd-uc.a.run.app"}
    assert set(policy["connect-src"].split()) == {"'self'", "https://storage.googleapis.com", *ours}
    assert "https://storage.googleapis.com" in policy["media-src"]


@pytest.mark.parametrize(
    ("environment", "base"), [(FLY, "https://films.fly.dev"), (ONE_HOST, "https://films.example.com")]
)
def test_one_host_that_serves_all_is_named_in_every_address(
    environment: dict[str, str], base: str, redis_url: str, tmp_path: Path, queue: HeldQueue
) -> None:
    services = services_with(environment, redis_url, tmp_path, queue)
    client = one_process(generate.endpoint, status.endpoint, upload.endpoint, services=services).test_client()
    promised = client.post("/api/video/generate", json=POST)
    assert promised.json
    assert promised.json["status_url"] == f"{base}/api/video/status/{promised.json['job_id']}"
    assert promised.headers["Location"] == promised.json["status_url"]
    assert addresses_of(client.get("/test").text)["status"] == "/api/video/status"  # whatever name it was opened by
    assert services.uploads.sign("images/a", upload.UPLOAD_LINK_LIFETIME).url.startswith(f"{base}/files/uploads/")


def test_fly_is_told_its_own_name_but_what_is_set_wins() -> None:
    assert Settings.from_env(FLY).public_base_url == "https://films.fly.dev"
    assert Settings.from_env(FLY | ONE_HOST).public_base_url == "https://films.example.com"
    assert Settings.from_env(FLY | {"STATUS_URL": "https://s.example.com"}).public_base_url is None


@pytest.mark.parametrize("missing", ["STATUS_URL", "UPLOAD_URL"])
def test_a_generate_on_google_that_does_not_know_the_others_does_not_start(missing: str) -> None:
    with pytest.raises(WrongSettings, match=missing):
        Settings.from_env({name: value for name, value in GOOGLE.items() if name != missing})
