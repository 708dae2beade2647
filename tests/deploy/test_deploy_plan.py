"""What deploy.sh says before it does anything: staging, the plan, and what is wrong with the settings."""

import json
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.deploy.fake_google import FakeGoogle
from tests.deploy.fake_project import Project
from tests.deploy.rules import FUNCTIONS, each_staged_folder_holds_nothing_else
from tests.deploy.script import REDIS_URL, ROOT, SETTINGS, Run, checkout, deploy, gcloud

# Settings of the service that deploy.sh does not pass on, and why.
NOT_PASSED = {
    "PORT": "the platform's own",
    "DATA_DIR": "files are in buckets",
    "PUBLIC_BASE_URL": "four functions have four addresses",
    "SPEECH_API_KEY": "a secret of render's, which alone buys voices",
    "LLM_API_KEY": "a secret of generate's, which exists only where somebody sets it",
    "UNSPLASH_ACCESS_KEY": "a secret",
    "PEXELS_API_KEY": "a secret",
}


ISSUER = {"AUTH_ISSUER": "https://app.example.com", "AUTH_AUDIENCE": "linkedin-video"}
TOKENS = {"AUTH_SECRET": "what-the-front-end-signs-its-tokens-with"}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return checkout(tmp_path_factory.mktemp("plan"))


def script(root: Path, *arguments: str, settings: Mapping[str, str] = SETTINGS) -> subprocess.CompletedProcess[str]:
    """deploy.sh where gcloud, if it is called at all, leaves a file behind."""
    programs = root.parent / "bin"
    programs.mkdir(exist_ok=True)
    (programs / "gcloud").write_text(f"#!/bin/sh\ntouch {programs}/was-called\nexit 1\n")
    (programs / "gcloud").chmod(0o755)
    environment = {"PATH": f"{programs}:{os.environ['PATH']}", **settings}
    ran = subprocess.run(
        [root / "deploy.sh", *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert not (programs / "was-called").exists()
    return ran


@pytest.fixture(scope="module")
def plan(root: Path) -> list[str]:
    ran = script(root, "--dry-run")
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.splitlines()


def flags(plan: list[str], *words: str) -> dict[str, str]:
    """The flags of the one command that begins so."""
    (command,) = (parts for line in plan if (parts := shlex.split(line))[: len(words)] == list(words))
    return dict(part.partition("=")[::2] for part in command if part.startswith("--"))


def test_the_plan_is_that_of_an_empty_project(plan: list[str]) -> None:
    made = [re.sub(r"^gcloud (.*?) -.*", r"\1", line) for line in plan if " create " in line or " deploy " in line]
    assert made == [
        "secrets create redis-url",
        "secrets create task-hmac-keys",
        *(f"iam service-accounts create linkedin-video-{name}" for name in ("api", "render", "tasks", "build")),
        "storage buckets create gs://my-project-videos",
        "storage buckets create gs://my-project-uploads",
        "tasks queues create render",
        *(f"functions deploy {name}" for name in ("render", "status", "upload", "generate")),
    ]


def test_gcloud_understands_every_command_of_the_plan(plan: list[str], tmp_path: Path) -> None:
    """By gcloud's own parser: flags, choices, types, what excludes what."""
    commands = [
        {"command_string": " ".join(_quoted(part) for part in shlex.split(line))}
        for line in plan
        if line.startswith("gcloud ")
    ]
    (tmp_path / "commands.json").write_text(json.dumps(commands))
    with FakeGoogle() as google:
        environment = google.environment(tmp_path) | {"PATH": os.environ["PATH"], "CLOUDSDK_CORE_PROJECT": "my-project"}
        checked = subprocess.run(
            [gcloud(), "meta", "lint-gcloud-commands", f"--commands-file={tmp_path}/commands.json"],
            env=environment, capture_output=True, text=True, check=True,
        )  # fmt: skip
    results = json.loads(checked.stdout)
    assert len(results) == len(commands) > 30
    assert not [(one["command_string"], one.get("error_message")) for one in results if not one["success"]]


def _quoted(part: str) -> str:
    name, equals, value = part.partition("=")
    return f"{name}={shlex.quote(value)}" if equals and name.startswith("--") else shlex.quote(part)


def test_the_queue_waits_longer_than_render_works(plan: list[str]) -> None:
    """Else it would deliver again while the first delivery is at work."""
    source = (ROOT / "shared/adapters/cloud_tasks.py").read_text()
    deadline = re.search(r"DEADLINE_SECONDS: Final = (\d+)", source)
    assert deadline and int(flags(plan, "gcloud", "functions", "deploy", "render")["--timeout"][:-1]) < int(deadline[1])


def test_the_queue_has_as_many_tasks_in_work_as_render_takes(plan: list[str]) -> None:
    render = flags(plan, "gcloud", "functions", "deploy", "render")
    queue = flags(plan, "gcloud", "tasks", "queues", "create")
    assert int(queue["--max-concurrent-dispatches"]) == int(render["--max-instances"]) * int(render["--concurrency"])
    assert all(
        re.fullmatch(r"\d+s", queue[flag]) for flag in ("--min-backoff", "--max-backoff", "--max-retry-duration")
    )


def test_only_render_is_private(plan: list[str]) -> None:
    for name in FUNCTIONS:
        given = flags(plan, "gcloud", "functions", "deploy", name)
        assert ("--no-allow-unauthenticated" in given, "--allow-unauthenticated" in given) == (
            name == "render", name != "render",
        )  # fmt: skip


def test_the_plan_holds_no_secret(root: Path) -> None:
    said = script(root, "--dry-run")
    assert (
        REDIS_URL not in said.stdout + said.stderr
        and "gcloud secrets versions add redis-url --data-file=-" in said.stdout
    )


def test_every_setting_of_the_service_reaches_it(root: Path) -> None:
    """A variable that is new in shared/config.py must be passed on, or stand on the list of those that are not."""
    known = set(re.findall(r'read\("([A-Z_]+)"', (ROOT / "shared/config.py").read_text()))
    assert len(known) > 20
    names = [*listed(root, "OPTIONAL"), *listed(root, "OPTIONAL_IN_PUBLIC")]
    values = {name: f"the-{name}" for name in names}
    ran = script(root, "--dry-run", settings=SETTINGS | values | TOKENS)
    assert TOKENS["AUTH_SECRET"] not in ran.stdout + ran.stderr
    told, secrets = given_to("generate", ran)
    assert {name: told[name] for name in names} == values and secrets["AUTH_SECRET"] == "auth-secret:1"
    missing = known - set(told) - set(secrets)
    assert missing == set(NOT_PASSED), "for OPTIONAL in deploy.sh, for a secret, or for NOT_PASSED?"


def test_the_key_of_a_speech_service_reaches_render_alone_and_is_never_shown(root: Path) -> None:
    spoken = {"SPEECH_BASE_URL": "https://speech.example/v1", "SPEECH_API_KEY": "the-key-of-the-speech-service"}
    ran = script(root, "--dry-run", settings=SETTINGS | spoken)
    assert spoken["SPEECH_API_KEY"] not in ran.stdout + ran.stderr
    for function in FUNCTIONS:
        told, secrets = given_to(function, ran)
        assert told["SPEECH_BASE_URL"] == spoken["SPEECH_BASE_URL"]
        assert secrets.get("SPEECH_API_KEY") == ("speech-api-key:1" if function == "render" else None)


def test_the_key_of_a_language_model_reaches_generate_alone_and_is_never_shown(root: Path) -> None:
    model = {"LLM_BASE_URL": "https://llm.example/v1", "LLM_MODEL": "m-1", "LLM_API_KEY": "the-key-of-the-model"}
    ran = script(root, "--dry-run", settings=SETTINGS | model)
    assert ran.returncode == 0 and model["LLM_API_KEY"] not in ran.stdout + ran.stderr
    granted = [line for line in ran.stdout.splitlines() if "add-iam-policy-binding llm-api-key" in line]
    assert len(granted) == 1 and "linkedin-video-api@" in granted[0]
    for function in FUNCTIONS:
        told, secrets = given_to(function, ran)
        assert secrets.get("LLM_API_KEY") == ("llm-api-key:1" if function == "generate" else None)
        assert (told.get("LLM_BASE_URL"), told.get("LLM_MODEL")) == (
            (model["LLM_BASE_URL"], "m-1") if function != "render" else (None, None)
        )


def test_the_keys_for_photographs_reach_render_and_generate_and_are_never_shown(root: Path) -> None:
    keys = {"UNSPLASH_ACCESS_KEY": "the-key-of-unsplash", "PEXELS_API_KEY": "the-key-of-pexels"}
    ran = script(root, "--dry-run", settings=SETTINGS | keys)
    assert not any(key in ran.stdout + ran.stderr for key in keys.values())
    for function in FUNCTIONS:
        _, secrets = given_to(function, ran)
        told = {name: secrets[name] for name in keys if name in secrets}
        wanted = {"UNSPLASH_ACCESS_KEY": "unsplash-access-key:1", "PEXELS_API_KEY": "pexels-api-key:1"}
        assert told == (wanted if function in ("render", "generate") else {})


def test_render_is_told_nothing_about_callers(root: Path) -> None:
    """It has no callers; and half of what is said about tokens would stop it at its start."""
    names = listed(root, "OPTIONAL_IN_PUBLIC")
    ran = script(root, "--dry-run", settings=SETTINGS | dict.fromkeys(names, "x") | TOKENS)
    for function in FUNCTIONS:
        told, secrets = given_to(function, ran)
        assert set(names) <= set(told) if function != "render" else not set(names) & set(told)
        assert ("AUTH_SECRET" in secrets) == (function != "render")


def listed(root: Path, name: str) -> list[str]:
    found = re.search(rf'^{name}="([^"]*)"', (root / "deploy.sh").read_text(), re.MULTILINE)
    assert found
    return found[1].replace("\\\n", "").split()


def given_to(function: str, ran: subprocess.CompletedProcess[str]) -> tuple[dict[str, str], dict[str, str]]:
    """Variables and secrets of a function in a plan."""
    given = flags(ran.stdout.splitlines(), "gcloud", "functions", "deploy", function)
    variables = given["--set-env-vars"].removeprefix("^;^").split(";")
    return tuple(dict(pair.split("=", 1) for pair in pairs) for pairs in (variables, given["--set-secrets"].split(",")))  # type: ignore[return-value]


def test_a_staged_folder_holds_what_the_function_needs_and_nothing_secret(root: Path) -> None:
    assert script(root, "--stage", settings={}).returncode == 0
    for name in FUNCTIONS:
        folder = root / "dist" / name
        assert {"main.py", "requirements.txt", "__init__.py", "shared", ".gcloudignore"} <= {
            path.name for path in folder.iterdir()
        }
        assert (folder / ".gcloudignore").read_text().splitlines() == [".?*", "__pycache__/", "*.pyc"]
        assert (folder / "requirements.txt").read_text() == (ROOT / "functions" / name / "requirements.txt").read_text()
    each_staged_folder_holds_nothing_else(_nothing_ran(root))


def test_tracing_is_installed_where_it_is_switched_on(root: Path) -> None:
    (root / "requirements-tracing.txt").write_text("a-tracer>=1\n")
    ran = script(root, "--dry-run", settings=SETTINGS | {"OTEL_EXPORTER_OTLP_ENDPOINT": "https://traces.example.com"})
    assert ran.returncode == 0, ran.stderr
    for name in FUNCTIONS:
        assert (root / "dist" / name / "requirements.txt").read_text().endswith("\na-tracer>=1\n")
        told = flags(ran.stdout.splitlines(), "gcloud", "functions", "deploy", name)["--set-env-vars"]
        assert "OTEL_EXPORTER_OTLP_ENDPOINT=https://traces.example.com" in told


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"GOOGLE_CLOUD_PROJECT": ""}, "GOOGLE_CLOUD_PROJECT must be set"),
        ({"GOOGLE_CLOUD_REGION": "here"}, "GOOGLE_CLOUD_REGION must be set, and look like us-central1"),
        ({"CORS_ORIGINS": "https://*.example.com"}, "CORS_ORIGINS must be set, and look like"),
        ({"CORS_ORIGINS": "https://app.example.com/"}, "CORS_ORIGINS must be set, and look like"),
        ({"REDIS_URL": "redis://u:p4ssw0rd@db.upstash.io"}, "REDIS_URL must begin with rediss:// (TLS)"),
        ({"REDIS_URL": "rediss://u:p4ssw0rd@fly-db.upstash.io:6379"}, "REDIS_URL: fly-db.upstash.io is private to Fly"),
        ({"AUTH_SECRET": "p4ssw0rd", **ISSUER}, "AUTH_SECRET must have at least 32 characters"),
        ({"AUTH_SECRET": "p4ssw0rd" * 4}, "AUTH_SECRET needs AUTH_ISSUER and AUTH_AUDIENCE"),
        ({"NARRATORS": "edge;espeak"}, "NARRATORS must not hold a semicolon"),
        ({"VIDEO_RETENTION_DAYS": "0"}, "VIDEO_RETENTION_DAYS must be set, and look like 30"),
        ({"TASK_QUEUE_URL": "local:"}, "TASK_QUEUE_URL must be set, and look like projects/my-project/"),
        ({"API_SERVICE_ACCOUNT": "me@example.com"}, "API_SERVICE_ACCOUNT must be set, and look like"),
        ({"GOOGLE_CLOUD_STORAGE_TEMP_BUCKET": "my-project-videos"}, "must be another bucket"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
def test_a_wrong_setting_is_named_before_anything_is_done(root: Path, settings: dict[str, str], message: str) -> None:
    ran = script(root, settings=SETTINGS | settings)
    assert ran.returncode == 2 and message in ran.stderr
    assert "p4ssw0rd" not in ran.stderr and not ran.stdout


def test_all_mistakes_are_told_at_once(root: Path) -> None:
    ran = script(root, settings=SETTINGS | {"CORS_ORIGINS": "", "VIDEO_RETENTION_DAYS": "many"})
    assert ["CORS_ORIGINS" in ran.stderr, "VIDEO_RETENTION_DAYS" in ran.stderr] == [True, True]


@pytest.mark.parametrize(
    "arguments",
    [["--nonsense"], ["render"], ["--dry-run", "render"], ["--rollback", "sender"], ["--rollback", "render", "status"]],
)
def test_an_unknown_argument_does_nothing(root: Path, arguments: list[str]) -> None:
    ran = script(root, *arguments)
    assert ran.returncode == 2 and ran.stderr and not ran.stdout


def test_help_is_the_head_of_the_script(root: Path) -> None:
    said = script(root, "--help", settings={}).stdout
    for word in ("--dry-run", "--rotate-keys", "--rollback [FUNCTION]", "--destroy", "--stage", "docs/deploy.md"):
        assert word in said
    assert "set -e" not in said and "#" not in said


def test_without_gcloud_it_says_where_to_get_it(root: Path, tmp_path: Path) -> None:
    for name in ("bash", "sed", "cp", "rm", "mkdir", "find", "cat", "grep", "dirname", "tr", "head", "od"):
        found = shutil.which(name)
        assert found
        (tmp_path / name).symlink_to(found)
    ran = subprocess.run(
        [root / "deploy.sh"], env={"PATH": str(tmp_path), **SETTINGS}, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 1 and "gcloud is not installed: https://" in ran.stderr


def test_who_is_not_logged_in_is_told_how(root: Path) -> None:
    with FakeGoogle() as google:
        run = deploy(root, google, settings=SETTINGS | {"CLOUDSDK_AUTH_ACCESS_TOKEN": ""})
    assert run.status == 1 and not run.mutations
    assert "Not logged in: gcloud auth login" in run.output


def test_a_project_that_cannot_be_seen_is_named(root: Path) -> None:
    with FakeGoogle() as google:
        run = deploy(root, google, settings=SETTINGS | {"GOOGLE_CLOUD_PROJECT": "another-project"})
    assert run.status == 1 and not run.mutations
    assert "gcloud cannot see the project another-project" in run.output


def test_a_project_without_billing_is_sent_to_the_page_that_mends_it(root: Path) -> None:
    with FakeGoogle(Project(billing=False)) as google:
        run = deploy(root, google)
    assert run.status == 1 and not run.mutations
    assert "Billing is off for my-project: https://console.cloud.google.com/billing" in run.output


def _nothing_ran(root: Path) -> Run:
    return Run(status=0, output="", commands=(), calls=(), project=Project(), root=root, gcloud_folder=root)
