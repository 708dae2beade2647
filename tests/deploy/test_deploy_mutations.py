"""deploy.sh with one thing spoiled at a time: the rules must see each, or they prove nothing."""

import copy
import re
from pathlib import Path

import pytest

from tests.deploy.fake_google import FakeGoogle
from tests.deploy.fake_project import Project
from tests.deploy.rules import (
    RULES,
    Rule,
    each_function_has_its_size,
    each_function_is_told_what_it_needs,
    each_source_holds_its_function_and_what_is_shared,
    each_staged_folder_holds_nothing_else,
    everyone_may_do_what_is_needed_and_nothing_more,
    it_ended_well,
    no_function_is_told_to_debug,
    no_secret_is_seen,
    secrets_come_as_numbered_versions,
    the_buckets_are_private_and_forget,
    the_newest_revision_serves,
)
from tests.deploy.script import Run, checkout, deploy

pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]

# What is spoiled: a pattern in deploy.sh, what stands there instead, and the rule that must see it. The first lot
# begins with a project that is deployed already, since only the functions matter; the second with an empty one.
OF_THE_FUNCTIONS = {
    "render may be called by everyone": (
        r"--no-allow-unauthenticated", "--allow-unauthenticated", everyone_may_do_what_is_needed_and_nothing_more,
    ),
    "commas end a variable": (r"\^;\^\$variables", "$variables", it_ended_well),
    "shared is a link": (
        r'cp -RL shared "\$folder/shared"', 'ln -s "$PWD/shared" "$folder/shared"',
        each_source_holds_its_function_and_what_is_shared,
    ),
    "the root itself is ignored": (r"'\.\?\*'", "'.*'", it_ended_well),
    "hidden files are staged": (
        r"-name '\.\*' -o -name __pycache__", "-name __pycache__", each_staged_folder_holds_nothing_else,
    ),
    "render outlives the queue's patience": (r"--timeout=1740s", "--timeout=3600s", each_function_has_its_size),
    "two films share an instance": (r"RENDER_CONCURRENCY=1\b", "RENDER_CONCURRENCY=2", each_function_has_its_size),
    "half a CPU for twenty requests": (
        r"--memory=512Mi --cpu=1 --timeout=60s", "--memory=512Mi --cpu=0.5 --timeout=60s", it_ended_well,
    ),
    "the debugger is on": (
        r";ENVIRONMENT=\$ENVIRONMENT", ";ENVIRONMENT=$ENVIRONMENT;DEBUG=true", no_function_is_told_to_debug,
    ),
    "secrets float": (r"redis-url:\$redis_version", "redis-url:latest", secrets_come_as_numbered_versions),
    "traffic stays where it was": (r"--serve-all-traffic-latest-revision ", "", the_newest_revision_serves),
    "the page's own origin is missing": (
        r'origins\+=",\$generate_url"', ":", each_function_is_told_what_it_needs,
    ),
}  # fmt: skip
OF_THE_REST = {
    "a right too many": (
        r"roles/cloudtasks\.enqueuer", "roles/cloudtasks.admin", everyone_may_do_what_is_needed_and_nothing_more,
    ),
    "a right too few": (
        r'grant "iam service-accounts" "\$TASK_SERVICE_ACCOUNT"', 'true "iam service-accounts"',
        everyone_may_do_what_is_needed_and_nothing_more,
    ),
    "a password among the arguments": (
        r'printf %s "\$2" \| gcloud', 'printf %s "$2" | gcloud --trace-token="$2"', no_secret_is_seen,
    ),
    "a duration without its unit": (r"--min-backoff=5s", "--min-backoff=5", it_ended_well),
    "uploads are kept": (
        r'(?<=make_bucket "\$GOOGLE_CLOUD_STORAGE_TEMP_BUCKET") 1', " 30", the_buckets_are_private_and_forget,
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Project:
    with FakeGoogle() as google:
        run = deploy(checkout(tmp_path_factory.mktemp("sound")), google)
    assert not broken_rules(run)
    return run.project


def broken_rules(run: Run) -> list[Rule]:
    broken = []
    for rule in RULES:
        try:
            rule(run)
        except (AssertionError, KeyError):
            broken.append(rule)
    return broken


def spoiled(folder: Path, pattern: str, instead: str) -> Path:
    root = checkout(folder)
    script = root / "deploy.sh"
    text, times = re.subn(pattern, lambda _: instead, script.read_text())
    assert times, f"deploy.sh no longer holds {pattern}"
    script.write_text(text)
    return root


@pytest.mark.parametrize("mutation", OF_THE_FUNCTIONS)
def test_a_spoiled_function_is_seen(mutation: str, deployed: Project, tmp_path: Path) -> None:
    project = copy.deepcopy(deployed)
    project.services["status"]["spec"]["traffic"] = [{"revisionName": "status-00001-abc", "percent": 100}]
    pattern, instead, rule = OF_THE_FUNCTIONS[mutation]
    with FakeGoogle(project) as google:
        run = deploy(spoiled(tmp_path, pattern, instead), google)
    assert rule in broken_rules(run), run.output


@pytest.mark.parametrize("mutation", OF_THE_REST)
def test_a_spoiled_project_is_seen(mutation: str, tmp_path: Path) -> None:
    pattern, instead, rule = OF_THE_REST[mutation]
    with FakeGoogle() as google:
        run = deploy(spoiled(tmp_path, pattern, instead), google)
    assert rule in broken_rules(run), run.output
