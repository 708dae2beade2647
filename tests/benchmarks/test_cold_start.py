"""What the measurement of starts rests on: only the right answer counts, and the outside looks as it does on Google."""

from pathlib import Path

import pytest
import requests

from benchmarks import cold_start
from benchmarks.outside import google
from benchmarks.staged import Staged, StagingFailed, alone, booted, empty, first_answer, free_port

WRONG = 'import functions_framework\n\n\n@functions_framework.http\ndef wrong(request):\n    return "no", 500\n'


@pytest.mark.timeout(600)
def test_a_start_is_timed_to_its_answer_and_a_wrong_answer_is_no_start() -> None:
    call = cold_start.calls("")["empty"]
    told = cold_start.start(empty(), call, {})
    assert told.cpu > 0 and 0.02 < told.wall < 60
    with pytest.raises(StagingFailed, match="answered 500"):
        cold_start.start(alone("wrong", WRONG, "functions-framework>=3.8,<4\n"), call, {})


def test_a_process_that_ends_early_is_told_with_its_own_words(tmp_path: Path) -> None:
    function: Staged = empty()
    broken = Staged(name="nowhere", folder=function.folder, python=function.python)
    port = free_port()
    with pytest.raises(StagingFailed) as failure, booted(broken, {}, port) as process:
        first_answer(process, port, "GET", "/")
    assert "nowhere" in "".join(failure.value.__notes__)


def test_ratios_are_to_the_empty_function() -> None:
    names = ("empty", *cold_start.FUNCTIONS)
    starts = {name: [cold_start.Start(wall=wall, cpu=wall / 2) for wall in (9, 2, 3)] for name in names}
    starts["render"] = [cold_start.Start(wall=6, cpu=3)] * 3
    told = cold_start.summary(starts)
    assert (told["status"], told["render"]) == (1.0, 2.0)
    assert told["ms"]["empty"] == 3000


def test_a_function_is_told_only_what_deploy_tells_it() -> None:
    common = {"REDIS_URL": "r", "TASK_QUEUE_URL": "q", "RENDER_URL": "u"}
    assert cold_start.environment_of("generate", common) == common
    assert cold_start.environment_of("status", common) == {"REDIS_URL": "r"}


def test_google_is_reached_by_its_own_names_and_nobody_else_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with google(tmp_path) as here:
        for name, value in here.environment.items():
            monkeypatch.setenv(name, value)
        task = "projects/p/locations/l/queues/q/tasks/none"
        answer = requests.get(f"https://cloudtasks.googleapis.com/v2/{task}", timeout=5)
        assert answer.json()["error"]["status"] == "NOT_FOUND"
        with pytest.raises(requests.ConnectionError):
            requests.get("https://example.com/", timeout=5)
        monkeypatch.delenv("REQUESTS_CA_BUNDLE")
        with pytest.raises(requests.exceptions.SSLError):
            requests.get("https://storage.googleapis.com/", timeout=5)
