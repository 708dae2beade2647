"""Two things at a time: a failure of the one stops the other soon, and the log knows whose work it is."""

import time
from concurrent.futures import Future

import pytest

from functions.render.beside import Beside
from shared import log
from shared.errors import RenderFailed, StoppedEarly


def test_a_failure_in_the_block_stops_the_work_beside_it() -> None:
    def endless(beside: Beside) -> None:
        while True:
            beside.check()
            time.sleep(0.01)

    def film() -> None:
        with Beside(lambda: None) as beside:
            voices.append(beside.begin(endless, beside))
            raise RenderFailed("The picture is not there.")

    voices: list[Future[None]] = []
    began = time.monotonic()
    with pytest.raises(RenderFailed):
        film()
    assert time.monotonic() - began < 2
    assert isinstance(voices[0].exception(), StoppedEarly)


def test_the_attempts_own_check_is_asked_too() -> None:
    def lost() -> None:
        raise StoppedEarly("Another worker has taken this job.")

    with Beside(lost) as beside, pytest.raises(StoppedEarly):
        beside.check()


def test_the_work_beside_logs_with_the_same_job(capsys: pytest.CaptureFixture[str]) -> None:
    with log.about(job_id="seven"), Beside(lambda: None) as beside:
        assert beside.begin(lambda: dict(log._context.get())).result()["job_id"] == "seven"
