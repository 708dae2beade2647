"""What holds of a project after deploy.sh, rule by rule: settings, rights, contents. The mutations break each."""

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

from tests.deploy.fake_functions import serving
from tests.deploy.fake_project import NUMBER, PROJECT, REGION
from tests.deploy.script import ORIGINS, PLANTED, REDIS_URL, Run

FUNCTIONS = ("generate", "render", "status", "upload")
API, RENDER, TASKS, BUILD = (
    f"linkedin-video-{name}@{PROJECT}.iam.gserviceaccount.com" for name in ("api", "render", "tasks", "build")
)
VIDEOS, UPLOADS = f"{PROJECT}-videos", f"{PROJECT}-uploads"
HOSTING = f"https://{REGION}-{PROJECT}.cloudfunctions.net"
KNOWN_ORIGINS = f"{ORIGINS},{HOSTING},https://generate-{NUMBER}.{REGION}.run.app"
ALL_ORIGINS = f"{KNOWN_ORIGINS},https://generate-x7k2abcdef-uc.a.run.app"
COMMON = {
    "GOOGLE_CLOUD_PROJECT": PROJECT,
    "ENVIRONMENT": "production",
    "GOOGLE_CLOUD_STORAGE_BUCKET": VIDEOS,
    "GOOGLE_CLOUD_STORAGE_TEMP_BUCKET": UPLOADS,
    "CORS_ORIGINS": ALL_ORIGINS,
}
VARIABLES = {
    "render": {**COMMON, "CORS_ORIGINS": KNOWN_ORIGINS, "MALLOC_MMAP_THRESHOLD_": "1048576"},
    "status": COMMON,
    "upload": {**COMMON, "MALLOC_MMAP_THRESHOLD_": "1048576"},
    "generate": {
        **COMMON,
        "TASK_QUEUE_URL": f"projects/{PROJECT}/locations/{REGION}/queues/render",
        "TASK_SERVICE_ACCOUNT": TASKS,
        "RENDER_URL": "https://render-x7k2abcdef-uc.a.run.app",
        "STATUS_URL": "https://status-x7k2abcdef-uc.a.run.app",
        "UPLOAD_URL": "https://upload-x7k2abcdef-uc.a.run.app",
        "GENERATE_URL": f"{HOSTING}/generate",
    },
}
# memory, CPU, seconds, requests at a time, instances, account
SIZES = {
    "render": ("4Gi", "4", 1740, 1, 3, RENDER),
    "status": ("512Mi", "1", 30, 80, 10, API),
    "upload": ("1Gi", "1", 60, 8, 10, API),
    "generate": ("512Mi", "1", 60, 20, 10, API),
}
SECRETS = {
    "render": {"REDIS_URL": "redis-url:1", "TASK_HMAC_KEYS": "task-hmac-keys:1"},
    "status": {"REDIS_URL": "redis-url:1"},
    "upload": {"REDIS_URL": "redis-url:1"},
    "generate": {"REDIS_URL": "redis-url:1", "TASK_HMAC_KEYS": "task-hmac-keys:1"},
}
READER = "roles/secretmanager.secretAccessor"
RIGHTS = {
    ("project", PROJECT): {
        ("roles/logging.logWriter", BUILD),
        ("roles/artifactregistry.writer", BUILD),
        ("roles/storage.objectViewer", BUILD),
    },
    ("account", API): {("roles/iam.serviceAccountTokenCreator", API)},
    ("account", RENDER): {("roles/iam.serviceAccountTokenCreator", RENDER)},
    ("account", TASKS): {("roles/iam.serviceAccountUser", API)},
    ("queue", "render"): {("roles/cloudtasks.enqueuer", API)},
    ("bucket", VIDEOS): {("roles/storage.objectUser", API), ("roles/storage.objectUser", RENDER)},
    ("bucket", UPLOADS): {("roles/storage.objectUser", API), ("roles/storage.objectUser", RENDER)},
    ("secret", "redis-url"): {(READER, API), (READER, RENDER)},
    ("secret", "task-hmac-keys"): {(READER, API), (READER, RENDER)},
    ("service", "render"): {("roles/run.invoker", TASKS)},
    ("service", "status"): {("roles/run.invoker", "allUsers")},
    ("service", "upload"): {("roles/run.invoker", "allUsers")},
    ("service", "generate"): {("roles/run.invoker", "allUsers")},
}  # fmt: skip


Rule = Callable[[Run], None]  # raises AssertionError


def it_ended_well(run: Run) -> None:
    assert run.status == 0, run.output[-3000:]
    assert f"{HOSTING}/generate/test" in run.output


def the_apis_are_on(run: Run) -> None:
    names = "artifactregistry cloudbuild cloudfunctions cloudtasks iam iamcredentials run secretmanager storage"
    assert run.project.apis == {f"{name}.googleapis.com" for name in names.split()}


def there_are_four_accounts(run: Run) -> None:
    assert set(run.project.accounts) == {API, RENDER, TASKS, BUILD}


def everyone_may_do_what_is_needed_and_nothing_more(run: Run) -> None:
    held = {
        key: {(role, member.removeprefix("serviceAccount:")) for role, member in pairs}
        for key in run.project.policies
        if (pairs := run.project.held(*key))
    }
    assert held == RIGHTS
    assert not re.search(r"roles/(owner|editor)|compute@developer", " ".join(run.commands))


def the_rights_of_others_are_left_alone(run: Run) -> None:
    policy = run.project.policies["project", PROJECT]["bindings"]
    assert {"role": "roles/owner", "members": ["user:me@example.com"]} in policy
    assert any(binding.get("condition", {}).get("title") == "for a while" for binding in policy)


def the_buckets_are_private_and_forget(run: Run) -> None:
    assert set(run.project.buckets) == {VIDEOS, UPLOADS}
    for name, days in ((VIDEOS, 30), (UPLOADS, 1)):
        bucket = run.project.buckets[name]
        assert bucket["location"] == REGION.upper()
        assert bucket["iamConfiguration"]["publicAccessPrevention"] == "enforced"
        assert bucket["iamConfiguration"]["uniformBucketLevelAccess"]["enabled"] is True
        assert int(bucket["softDeletePolicy"]["retentionDurationSeconds"]) == 0
        assert bucket["lifecycle"] == {"rule": [{"action": {"type": "Delete"}, "condition": {"age": days}}]}
        (cors,) = bucket["cors"]
        assert (cors["origin"], cors["method"]) == (ALL_ORIGINS.split(","), ["GET", "HEAD"])


def the_queue_tries_often_and_soon(run: Run) -> None:
    queue = run.project.queues["render"]
    assert queue["retryConfig"] == {"maxAttempts": 100, "minBackoff": "5s", "maxBackoff": "60s", "maxDoublings": 4}


def the_queue_delivers_no_more_than_render_takes(run: Run) -> None:
    service = run.project.functions["render"]["serviceConfig"]
    room = service["maxInstanceCount"] * service["maxInstanceRequestConcurrency"]
    assert run.project.queues["render"]["rateLimits"]["maxConcurrentDispatches"] == room


def each_function_has_its_size(run: Run) -> None:
    assert set(run.project.functions) == set(FUNCTIONS)
    for name in FUNCTIONS:
        service, build = (run.project.functions[name][part] for part in ("serviceConfig", "buildConfig"))
        keys = ("availableMemory", "availableCpu", "timeoutSeconds", "maxInstanceRequestConcurrency")
        size = tuple(service[key] for key in (*keys, "maxInstanceCount", "serviceAccountEmail"))
        assert size == SIZES[name], name
        assert (build["runtime"], build["entryPoint"]) == ("python312", name)
        assert build["serviceAccount"] == f"projects/{PROJECT}/serviceAccounts/{BUILD}"
        assert service["ingressSettings"] == "ALLOW_ALL"  # Cloud Tasks comes from outside; IAM keeps render private


def each_function_is_told_what_it_needs(run: Run) -> None:
    for name in FUNCTIONS:
        assert run.project.functions[name]["serviceConfig"]["environmentVariables"] == VARIABLES[name], name


def no_function_is_told_to_debug(run: Run) -> None:
    """DEBUG turns on a debugger with a console, ENTRY_POINT an old mode of functions-framework."""
    for name in FUNCTIONS:
        told = run.project.functions[name]["serviceConfig"]["environmentVariables"]
        assert not {"DEBUG", "FLASK_DEBUG", "ENTRY_POINT", "FUNCTION_SOURCE"} & set(told)


def secrets_come_as_numbered_versions(run: Run) -> None:
    for name in FUNCTIONS:
        given = run.project.functions[name]["serviceConfig"]["secretEnvironmentVariables"]
        assert {entry["key"]: f"{entry['secret']}:{entry['version']}" for entry in given} == SECRETS[name], name


def the_secrets_are_stored(run: Run) -> None:
    assert run.project.secrets["redis-url"] == [REDIS_URL]
    assert [bool(re.fullmatch(r"[0-9a-f]{64}", key)) for key in run.project.secrets["task-hmac-keys"]] == [True]


def no_secret_is_seen(run: Run) -> None:
    """Neither in a command (`ps` shows these), nor on the screen, in gcloud's logs, or in a file that is staged."""
    secrets = [REDIS_URL, "a-password-of-redis", *run.project.secrets.get("task-hmac-keys", [])]
    files = [path for folder in (run.gcloud_folder, run.root / "dist") for path in folder.rglob("*") if path.is_file()]
    seen = [" ".join(run.commands), run.output, *(path.read_text(errors="replace") for path in files)]
    assert not [secret for secret in secrets for text in seen if secret in text]


def the_newest_revision_serves(run: Run) -> None:
    for name in FUNCTIONS:
        assert serving(run.project, name) == run.project.revisions[name][-1]


def each_source_holds_its_function_and_what_is_shared(run: Run) -> None:
    for name in FUNCTIONS:
        with zipfile.ZipFile(io.BytesIO(run.project.source_of(name))) as source:
            names = {entry for entry in source.namelist() if not entry.endswith("/")}
            assert names == _files(run.root / "functions" / name) | {
                f"shared/{file}" for file in _files(run.root / "shared")
            }
            assert {"main.py", "requirements.txt", "shared/http.py"} <= names
            assert not [entry for entry in names if PLANTED.encode() in source.read(entry)]


def each_staged_folder_holds_nothing_else(run: Run) -> None:
    for name in FUNCTIONS:
        folder = run.root / "dist" / name
        assert not [path for path in folder.rglob("*") if path.is_symlink()]
        assert [path.name for path in folder.rglob(".*")] == [".gcloudignore"]
        assert not [
            path for path in folder.rglob("*") if path.is_file() and PLANTED in path.read_text(errors="replace")
        ]


def _files(folder: Path) -> set[str]:
    hidden = re.compile(r"(^|/)(\.|__pycache__|tests/|var/)|\.pyc$")
    files = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    return {file for file in files if not hidden.search(file)}


RULES: tuple[Rule, ...] = (
    it_ended_well,
    the_apis_are_on,
    there_are_four_accounts,
    everyone_may_do_what_is_needed_and_nothing_more,
    the_rights_of_others_are_left_alone,
    the_buckets_are_private_and_forget,
    the_queue_tries_often_and_soon,
    the_queue_delivers_no_more_than_render_takes,
    each_function_has_its_size,
    each_function_is_told_what_it_needs,
    no_function_is_told_to_debug,
    secrets_come_as_numbered_versions,
    the_secrets_are_stored,
    no_secret_is_seen,
    the_newest_revision_serves,
    each_source_holds_its_function_and_what_is_shared,
    each_staged_folder_holds_nothing_else,
)
