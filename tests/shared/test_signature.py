"""The queue's door opens to a signature over job id, expiry and body, and to nothing else."""

import pytest

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
