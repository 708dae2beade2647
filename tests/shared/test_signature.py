"""The queue's door opens to a signature over job id, expiry and body, and to nothing else."""

import hmac
import re
from pathlib import Path

import pytest

from local.task_queue import RetrySettings
from shared.adapters.cloud_tasks import DEADLINE_SECONDS
from shared.errors import Forbidden
from shared.signature import GOOD_FOR_SECONDS, HEADER, TaskSigner


def test_what_was_signed_is_accepted() -> None:
    signer = TaskSigner(["key"])
    assert signer.verify(signer.headers("job", b"body")[HEADER], b"body") == "job"


def test_another_body_job_or_expiry_is_refused() -> None:
    signer = TaskSigner(["key"])
    good = signer.headers("job", b"body")[HEADER]
    version, job_id, expiry, mac = good.split(".")
    later = str(int(expiry) + 1)
    for signature, body in [
        (good, b"another body"),
        (f"{version}.other.{expiry}.{mac}", b"body"),
        (f"{version}.{job_id}.{later}.{mac}", b"body"),
        (f"v2.{job_id}.{expiry}.{mac}", b"body"),
        (f"{version}.{job_id}.{expiry}.", b"body"),
        (f"{version}.{job_id}.²³.{mac}", b"body"),
        (f"{version}.{job_id}.{'9' * 5000}.{mac}", b"body"),
        ("", b"body"),
        ("....", b"body"),
        (f"{good}.", b"body"),
        (f"{good}.more", b"body"),
        (f" {good}", b"body"),
        (good.replace(mac, mac.upper()), b"body"),
        (f"{version}.{job_id}.{expiry}.{mac[:-1]}\udc80", b"body"),
        (f"{version}.\u0430.{expiry}.{mac}", b"body"),
    ]:
        with pytest.raises(Forbidden):
            signer.verify(signature, body)


def test_a_signature_lasts_longer_than_a_queue_tries_and_then_ends() -> None:
    moment = 1_000_000.0
    signer = TaskSigner(["key"], clock=lambda: moment)
    signature = signer.headers("job", b"body")[HEADER]
    moment += GOOD_FOR_SECONDS - 1
    assert signer.verify(signature, b"body") == "job"
    moment += 2
    with pytest.raises(Forbidden):
        signer.verify(signature, b"body")


def test_keys_rotate_without_a_lost_task() -> None:
    before, during, after = TaskSigner(["old"]), TaskSigner(["new", "old"]), TaskSigner(["new"])
    assert during.verify(before.headers("job", b"body")[HEADER], b"body") == "job"
    assert after.verify(during.headers("job", b"body")[HEADER], b"body") == "job"
    with pytest.raises(Forbidden):
        after.verify(before.headers("job", b"body")[HEADER], b"body")


def test_a_signature_of_a_task_that_waits_is_understood_for_ever() -> None:
    """What was once signed waits in queues: its form may get a sister, but never change."""
    body = (Path(__file__).parent.parent / "golden" / "video_request_v1_full.json").read_bytes()
    signed = (
        "v1.019586c0-0000-7000-8000-000000000001.1742457600."
        "e7f5bd4ef844d2a7179a8c2da11f75261b4e57dc6cc54577ad0cf8fce32015d1"
    )
    assert TaskSigner(["golden key"], clock=lambda: 1742457599).verify(signed, body).endswith("0001")


def test_every_key_is_compared_and_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[bytes] = []
    compare = hmac.compare_digest

    def watched(one: bytes, other: bytes) -> bool:
        compared.append(other)
        return compare(one, other)

    signer = TaskSigner(["first", "second", "third"])
    good = signer.headers("job", b"body")[HEADER]
    monkeypatch.setattr(hmac, "compare_digest", watched)
    assert signer.verify(good, b"body") == "job"
    with pytest.raises(Forbidden):
        signer.verify(good[:-1] + ("0" if good[-1] != "0" else "1"), b"body")
    assert len(compared) == 6  # also after the first one fits


def deployed() -> RetrySettings:
    """What deploy.sh says of the queue."""
    text = (Path(__file__).parents[2] / "deploy.sh").read_text()
    said = dict(re.findall(r"--((?:max|min)-(?:attempts|backoff|doublings|retry-duration))=(\d+)", text))
    return RetrySettings(
        min_backoff=int(said["min-backoff"]),
        max_backoff=int(said["max-backoff"]),
        max_doublings=int(said["max-doublings"]),
        max_attempts=int(said["max-attempts"]),
        max_retry_duration=int(said["max-retry-duration"]),
    )


@pytest.mark.parametrize("queue", [deployed(), RetrySettings()], ids=["as deployed", "as on a laptop"])
def test_a_signature_outlives_a_queue_whose_every_delivery_takes_all_the_time_it_may(queue: RetrySettings) -> None:
    pauses = sum(queue.backoff(retry) for retry in range(1, queue.max_attempts))
    longest = max(pauses + queue.max_attempts * DEADLINE_SECONDS, queue.max_retry_duration)
    assert longest * 2 < GOOD_FOR_SECONDS  # and as long again may the queue be paused
