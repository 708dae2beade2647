"""deploy.sh from beginning to end, with the true gcloud, against a Google on 127.0.0.1. A run takes half a minute."""

import copy
from pathlib import Path

import pytest

from tests.deploy.fake_functions import serving
from tests.deploy.fake_google import FakeGoogle
from tests.deploy.fake_project import NUMBER, PROJECT, REGION
from tests.deploy.rules import API, BUILD, FUNCTIONS, READER, RENDER, RULES, TASKS, UPLOADS, VIDEOS, Rule
from tests.deploy.script import REDIS_URL, SETTINGS, Run, checkout, deploy

pytestmark = pytest.mark.timeout(900)
TOKEN_SECRET = "what-the-front-end-signs-its-tokens-with"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return checkout(tmp_path_factory.mktemp("deploy"))


@pytest.fixture(scope="module")
def first(root: Path) -> Run:
    """The run that begins with an empty project."""
    with FakeGoogle() as google:
        return deploy(root, google)


@pytest.fixture(scope="module")
def second(root: Path, first: Run) -> Run:
    """The same again, without REDIS_URL."""
    with FakeGoogle(copy.deepcopy(first.project)) as google:
        return deploy(root, google, settings={k: v for k, v in SETTINGS.items() if k != "REDIS_URL"})


@pytest.fixture(scope="module")
def changed(root: Path, second: Run) -> Run:
    """Again, with other settings and a new key, after somebody changed things by hand and sent traffic back."""
    project = copy.deepcopy(second.project)
    project.queues["render"]["retryConfig"]["maxRetryDuration"] = "60s"
    project.buckets[VIDEOS]["iamConfiguration"]["publicAccessPrevention"] = "inherited"
    project.services["status"]["spec"]["traffic"] = [{"revisionName": "status-00001-abc", "percent": 100}]
    project.policies["service", "render"]["bindings"].append({"role": "roles/run.invoker", "members": ["allUsers"]})
    project.tells_new_addresses = True
    settings = SETTINGS | {
        "REDIS_URL": REDIS_URL.replace("db", "db2"),
        "CORS_ORIGINS": "https://new.example.com",
        "VIDEO_RETENTION_DAYS": "7",
        "NARRATORS": "espeak,silent",
        "AUTH_SECRET": TOKEN_SECRET,
        "AUTH_ISSUER": "https://app.example.com",
        "AUTH_AUDIENCE": "linkedin-video",
    }
    with FakeGoogle(project) as google:
        return deploy(root, google, "--rotate-keys", settings=settings)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_from_an_empty_project(rule: Rule, first: Run) -> None:
    rule(first)


@pytest.mark.long
@pytest.mark.parametrize(
    "rule", [rule for rule in RULES if rule.__name__ != "no_secret_is_seen"], ids=lambda r: r.__name__
)
@pytest.mark.long
def test_all_of_it_holds_after_a_second_run(rule: Rule, second: Run) -> None:
    rule(second)


@pytest.mark.long
def test_a_second_run_changes_nothing_but_the_functions(first: Run, second: Run) -> None:
    services = {f"v1/projects/{PROJECT}/locations/{REGION}/services/{name}:setIamPolicy" for name in FUNCTIONS}
    functions = {f"v2/projects/{PROJECT}/locations/{REGION}/functions/{name}" for name in FUNCTIONS}
    others = {call for call in second.mutations if call[1] != "run" or call[2] not in services}
    assert {(method, path) for method, _, path in others} == {("PATCH", path) for path in functions}
    for part in ("accounts", "buckets", "secrets", "queues", "services"):
        assert getattr(second.project, part) == getattr(first.project, part), part
    assert {key: second.project.held(*key) for key in second.project.policies} == {
        key: first.project.held(*key) for key in first.project.policies
    }


def test_render_is_deployed_before_generate_is_told_its_address(first: Run) -> None:
    created = [call.query["functionId"] for call in first.calls if call.method == "POST" and "functionId" in call.query]
    assert created[0] == "render" and created[-1] == "generate" and set(created) == set(FUNCTIONS)


@pytest.mark.long
def test_a_setting_that_changed_is_applied(changed: Run) -> None:
    assert changed.status == 0, changed.output[-3000:]
    project = changed.project
    assert project.secrets["redis-url"] == [REDIS_URL, REDIS_URL.replace("db", "db2")]
    assert project.buckets[VIDEOS]["lifecycle"]["rule"][0]["condition"] == {"age": 7}
    assert project.buckets[VIDEOS]["cors"][0]["origin"][0] == "https://new.example.com"
    for name in FUNCTIONS:
        service = project.functions[name]["serviceConfig"]
        assert service["environmentVariables"]["NARRATORS"] == "espeak,silent"
        assert service["environmentVariables"]["CORS_ORIGINS"].startswith("https://new.example.com,")
        versions = {entry["secret"]: entry["version"] for entry in service["secretEnvironmentVariables"]}
        assert versions["redis-url"] == "2" and versions.get("task-hmac-keys", "2") == "2"


@pytest.mark.long
def test_whichever_address_google_tells_is_passed_on_once(changed: Run) -> None:
    told = changed.project.functions["generate"]["serviceConfig"]["environmentVariables"]
    assert told["RENDER_URL"] == f"https://render-{NUMBER}.{REGION}.run.app"
    assert told["CORS_ORIGINS"].split(",") == [
        "https://new.example.com",
        f"https://{REGION}-{PROJECT}.cloudfunctions.net",
        f"https://generate-{NUMBER}.{REGION}.run.app",
    ]


@pytest.mark.long
def test_what_was_changed_by_hand_is_put_right(changed: Run) -> None:
    assert "maxRetryDuration" not in changed.project.queues["render"]["retryConfig"]
    assert changed.project.buckets[VIDEOS]["iamConfiguration"]["publicAccessPrevention"] == "enforced"
    assert changed.project.held("service", "render") == {("roles/run.invoker", f"serviceAccount:{TASKS}")}


@pytest.mark.long
def test_the_secret_of_tokens_goes_where_callers_come_and_nowhere_else(changed: Run) -> None:
    assert changed.project.secrets["auth-secret"] == [TOKEN_SECRET]
    assert changed.project.held("secret", "auth-secret") == {(READER, f"serviceAccount:{API}")}
    for name in FUNCTIONS:
        given = changed.project.functions[name]["serviceConfig"]["secretEnvironmentVariables"]
        assert ("AUTH_SECRET" in {entry["key"] for entry in given}) == (name != "render")
    assert TOKEN_SECRET not in " ".join(changed.commands) + changed.output


@pytest.mark.long
def test_tokens_are_not_forgotten_by_a_deploy_without_their_settings(root: Path, changed: Run) -> None:
    with FakeGoogle(copy.deepcopy(changed.project)) as google:
        run = deploy(root, google)
    assert run.status == 2 and "cloudfunctions" not in {host for _, host, _ in run.mutations}
    assert "AUTH_ISSUER and AUTH_AUDIENCE must be set" in run.output


@pytest.mark.long
def test_a_new_key_signs_and_the_one_before_is_still_accepted(first: Run, changed: Run) -> None:
    (old,) = first.project.secrets["task-hmac-keys"]
    new, kept = changed.project.secrets["task-hmac-keys"][-1].split(",")
    assert kept == old and new != old and len(new) == 64


@pytest.mark.long
def test_a_deploy_takes_the_traffic_back_from_an_older_revision(changed: Run) -> None:
    assert serving(changed.project, "status") == "status-00003-abc"


@pytest.mark.long
def test_a_rollback_sends_all_traffic_to_the_revision_before(root: Path, second: Run) -> None:
    with FakeGoogle(copy.deepcopy(second.project)) as google:
        run = deploy(root, google, "--rollback")
    assert run.status == 0, run.output
    for name in FUNCTIONS:
        assert serving(run.project, name) == f"{name}-00001-abc"
        assert f"{name}: {name}-00001-abc serves; before this it was {name}-00002-abc" in run.output
    assert {(method, host) for method, host, _ in run.mutations} == {("PUT", "run")}


@pytest.mark.long
def test_a_rollback_of_one_function_passes_over_a_revision_that_never_started(root: Path, changed: Run) -> None:
    project = copy.deepcopy(changed.project)
    project.broken.add("upload-00002-abc")
    with FakeGoogle(project) as google:
        run = deploy(root, google, "--rollback", "upload")
        assert run.status == 0, run.output
        assert {name: serving(run.project, name) for name in ("upload", "status")} == {
            "upload": "upload-00001-abc",
            "status": "status-00003-abc",
        }
        again = deploy(root, google, "--rollback", "upload")
    assert again.status == 1 and not again.mutations
    assert "there is no revision before it" in again.output


@pytest.mark.long
def test_destroy_does_nothing_until_the_project_is_named(root: Path, second: Run) -> None:
    with FakeGoogle(copy.deepcopy(second.project)) as google:
        run = deploy(root, google, "--destroy", stdin="yes\n")
    assert run.status == 1 and not run.mutations
    assert "Nothing was changed." in run.output


@pytest.mark.long
def test_destroy_takes_everything_down_but_the_films(root: Path, second: Run) -> None:
    project = copy.deepcopy(second.project)
    project.objects[VIDEOS].append("videos/2026/11/01/a.mp4")
    project.objects[UPLOADS].append("images/2026/11/01/b")
    with FakeGoogle(project) as google:
        run = deploy(root, google, "--destroy", stdin=f"{PROJECT}\n\n")
    assert run.status == 0, run.output
    left = run.project
    assert not left.functions and not left.services and not left.queues and not left.secrets and not left.accounts
    assert set(left.buckets) == {VIDEOS} and left.objects[VIDEOS] == ["videos/2026/11/01/a.mp4"]
    assert not left.held("project", PROJECT)
    assert f"Kept: gs://{VIDEOS}" in run.output


@pytest.mark.long
def test_destroy_takes_the_films_when_their_bucket_is_named(root: Path, second: Run) -> None:
    project = copy.deepcopy(second.project)
    project.objects[VIDEOS].append("videos/2026/11/01/a.mp4")
    for name in ("generate", "upload", "status", "render"):  # as after a destroy that stopped halfway
        del project.functions[name], project.services[name]
    with FakeGoogle(project) as google:
        run = deploy(root, google, "--destroy", stdin=f"{PROJECT}\n{VIDEOS}\n")
    assert run.status == 0, run.output
    assert not run.project.buckets and not run.project.accounts


@pytest.mark.long
def test_a_queue_whose_name_is_blocked_gets_another_one(root: Path, first: Run) -> None:
    """After --destroy: the name cannot be used for some days, and the bucket of films is still there."""
    project = copy.deepcopy(first.project)
    project.queues.clear()
    project.deleted_queues.add("render")
    with FakeGoogle(project) as google:
        refused = deploy(root, google)
    assert refused.status == 1
    assert f"set TASK_QUEUE_URL=projects/{PROJECT}/locations/{REGION}/queues/render-2" in refused.output


@pytest.mark.long
def test_where_it_stopped_halfway_it_goes_on(root: Path, first: Run) -> None:
    """A secret without a version, accounts without rights, one function of four."""
    project = copy.deepcopy(first.project)
    project.secrets["task-hmac-keys"].clear()
    for key in list(project.policies):
        if key[0] in ("account", "secret", "queue"):
            del project.policies[key]
    del project.accounts[BUILD], project.buckets[UPLOADS]
    for name in ("generate", "status", "upload"):
        del project.functions[name], project.services[name], project.revisions[name]
    with FakeGoogle(project) as google:
        run = deploy(root, google)
    for rule in RULES:
        rule(run)
    assert {API, RENDER, TASKS, BUILD} == set(run.project.accounts)
