"""What a poll says on the way from queued to the end, and where the film is afterwards."""

from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import redis
from werkzeug.test import Client

from shared.blobs import sign_links, video_name
from shared.ids import new_id
from shared.jobs import Film, Job, JobStatus, Stage, now
from shared.services import Services
from shared.video_request import VideoRequest

FILM = Film(
    duration_seconds=12.4,
    width=1080,
    height=1350,
    size_bytes=8,
    narration={"engine": "edge", "voice": "en-US-JennyNeural"},
    has_captions=True,
)


@pytest.fixture
def order(services: Services) -> VideoRequest:
    """A job that was just promised."""
    job_id, moment = new_id(), now()
    request = VideoRequest(content="A post.", metadata={"ours": 7}, job_id=job_id, created_at=moment.isoformat())
    services.jobs.put(Job(job_id=job_id, created_at=moment, updated_at=moment, metadata={"ours": 7}), request)
    return request


def publish(services: Services, order: VideoRequest, token: str = "t") -> Job:
    for extension, kind in (("mp4", "video/mp4"), ("jpg", "image/jpeg"), ("srt", "text/plain"), ("vtt", "text/vtt")):
        services.videos.put(
            video_name(order.job_id, extension),
            b"0123456789",
            content_type=kind,
            metadata={"owner": "", "has_captions": "true"},
        )
    job = services.jobs.claim(order, token).job
    finished = job.completed(FILM, sign_links(services.videos, order.job_id, has_captions=True))
    services.jobs.save(finished, order, token)
    return finished


def test_a_poll_follows_the_job_from_queued_to_completed(
    client: Client, services: Services, order: VideoRequest
) -> None:
    def poll() -> dict[str, object]:
        answer = client.get(f"/api/video/status/{order.job_id}")
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "private, no-cache"
        return answer.json  # type: ignore[return-value]

    queued = poll()
    assert queued | {"created_at": "", "updated_at": ""} == {
        "job_id": order.job_id, "status": "queued", "progress": 0, "stage": None, "video_url": None, "error": None,
        "error_detail": None, "warnings": [], "degraded": False, "attempt": 0, "metadata": {"ours": 7},
        "created_at": "", "updated_at": "", "eta_seconds": None, "poll_after_ms": 1000,
    }  # fmt: skip

    job = services.jobs.claim(order, "t").job
    services.jobs.save(job.advanced(Stage.COMBINING_MEDIA, 47, eta_seconds=6), order, "t")
    working = poll()
    assert (working["status"], working["progress"], working["stage"]) == ("processing", 47, "combining_media")
    assert (working["eta_seconds"], working["attempt"]) == (6, 1)

    publish(services, order)
    done = poll()
    assert (done["status"], done["progress"], done["stage"]) == ("completed", 100, "completed")
    assert done["duration_seconds"] == 12.4 and done["width"] == 1080 and done["size_bytes"] == 8
    assert done["narration"] == {"engine": "edge", "voice": "en-US-JennyNeural"}
    for name in ("video_url", "poster_url", "captions_url", "vtt_url"):
        assert str(done[name]).startswith("http://localhost:8080/files/")
    assert str(done["video_url_expires_at"]) > str(done["updated_at"])


def test_a_failed_job_says_why_and_where(client: Client, services: Services, order: VideoRequest) -> None:
    job = services.jobs.claim(order, "t").job.advanced(Stage.AUDIO_GENERATION, 30)
    failed = job.failed("No voice.", code="render_failed", retryable=False, hint="Try later.", request_id="r")
    services.jobs.save(failed, order, "t")
    answer = client.get(f"/api/video/status/{order.job_id}").json
    assert answer and (answer["status"], answer["error"], answer["stage"]) == ("error", "No voice.", "audio_generation")
    assert answer["error_detail"] == {
        "code": "render_failed",
        "stage": "audio_generation",
        "retryable": False,
        "hint": "Try later.",
        "request_id": "r",
    }


def test_a_job_that_nobody_works_on_reads_as_stalled(client: Client, services: Services, order: VideoRequest) -> None:
    long_ago = now() - timedelta(hours=25)
    services.jobs.refuse(Job(job_id=order.job_id, created_at=long_ago, updated_at=long_ago))
    answer = client.get(f"/api/video/status/{order.job_id}").json
    assert answer and answer["status"] == "error" and answer["error_detail"]["code"] == "stalled"


@pytest.mark.parametrize("job_id", [new_id(), "nonsense", "..%2f..%2fetc", "%00", new_id().upper()])
def test_an_unknown_job_is_not_found(client: Client, job_id: str) -> None:
    for path in (f"/api/video/status/{job_id}", f"/api/video/{job_id}"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert answer.json and answer.json["code"] == "not_found"


def test_a_job_that_redis_does_not_know_names_the_next_route(client: Client) -> None:
    job_id = new_id()
    answer = client.get(f"/api/video/status/{job_id}").json
    assert answer and f"/api/video/{job_id}" in answer["hint"]


def test_an_old_link_is_signed_afresh_and_a_fresh_one_kept(
    client: Client, services: Services, order: VideoRequest
) -> None:
    finished = publish(services, order)
    assert finished.links
    kept = client.get(f"/api/video/status/{order.job_id}").json
    assert kept and kept["video_url"] == finished.links.video_url

    old = replace(
        finished.links, signed_at=now() - timedelta(days=4), expires_at=now() + timedelta(days=3), video_url="old"
    )
    services.jobs.cache_links(replace(finished, links=old))
    fresh = client.get(f"/api/video/status/{order.job_id}").json
    assert fresh and fresh["video_url"] != "old"
    again = services.jobs.get(order.job_id).links
    assert again and again.video_url == fresh["video_url"]


def test_the_film_is_found_also_after_redis_forgot_it(
    client: Client, services: Services, order: VideoRequest, redis_url: str
) -> None:
    publish(services, order)
    before = client.get(f"/api/video/{order.job_id}").json
    redis.Redis.from_url(redis_url).flushall()
    after = client.get(f"/api/video/{order.job_id}").json
    assert before and after and before["duration_seconds"] == 12.4
    for name in ("job_id", "video_url", "video_url_expires_at", "poster_url", "captions_url", "vtt_url"):
        assert after[name]
    redirected = client.get(f"/api/video/{order.job_id}?redirect=1")
    assert redirected.status_code == 302
    assert urlsplit(redirected.headers["Location"]).path.endswith(f"{order.job_id}.mp4")


def test_a_film_that_is_not_finished_is_not_ready(client: Client, services: Services, order: VideoRequest) -> None:
    waiting = client.get(f"/api/video/{order.job_id}")
    assert (waiting.status_code, waiting.json and waiting.json["code"]) == (409, "not_ready")
    failed = services.jobs.claim(order, "t").job.failed("No voice.", code="render_failed", retryable=False)
    services.jobs.save(failed, order, "t")
    told = client.get(f"/api/video/{order.job_id}")
    assert (told.status_code, told.json and told.json["detail"]) == (409, "No voice.")


def test_a_signed_file_is_served_whole_in_part_and_by_its_head(
    client: Client, services: Services, order: VideoRequest
) -> None:
    links = publish(services, order).links
    assert links
    parts = urlsplit(links.video_url)
    address = f"{parts.path}?{parts.query}"
    whole = client.get(address)
    assert (whole.status_code, whole.data, whole.headers["Content-Type"]) == (200, b"0123456789", "video/mp4")
    assert whole.headers["Accept-Ranges"] == "bytes"
    head = client.head(address)
    assert (head.status_code, head.data, head.headers["Content-Length"]) == (200, b"", "10")
    part = client.get(address, headers={"Range": "bytes=2-4"})
    assert (part.status_code, part.data, part.headers["Content-Range"]) == (206, b"234", "bytes 2-4/10")
    beyond = client.get(address, headers={"Range": "bytes=50-"})
    assert (beyond.status_code, beyond.headers["Content-Range"]) == (416, "bytes */10")


def test_a_file_without_its_signature_is_forbidden(client: Client, services: Services, order: VideoRequest) -> None:
    links = publish(services, order).links
    assert links
    path = urlsplit(links.video_url).path
    for address in (path, f"{path}?expires=99999999999&signature=00", f"{path}?{urlsplit(links.poster_url).query}"):
        answer = client.get(address)
        assert (answer.status_code, answer.json and answer.json["code"]) == (403, "forbidden")
    assert client.get("/files/secrets/hmac.key").status_code == 404


def test_a_cancelled_status_is_an_end() -> None:
    assert [status.value for status in JobStatus if status.ended] == ["completed", "error", "cancelled"]


def test_a_waiting_job_is_cancelled_at_once_and_reads_so(client: Client, order: VideoRequest) -> None:
    for _ in range(2):  # asking twice is no failure
        answer = client.post(f"/api/video/{order.job_id}/cancel")
        assert (answer.status_code, answer.json and answer.json["status"]) == (202, "cancelled")
    told = client.get(f"/api/video/status/{order.job_id}").json
    assert told and (told["status"], told["error"], told["eta_seconds"]) == ("cancelled", None, None)
    refused = client.get(f"/api/video/{order.job_id}")
    assert (refused.status_code, refused.json and refused.json["detail"]) == (409, "The film was cancelled.")


def test_a_finished_job_stays_finished_when_it_is_cancelled(
    client: Client, services: Services, order: VideoRequest
) -> None:
    publish(services, order)
    answer = client.post(f"/api/video/{order.job_id}/cancel")
    assert (answer.status_code, answer.json and answer.json["status"]) == (202, "completed")


def test_a_job_that_nobody_knows_cannot_be_cancelled(client: Client) -> None:
    assert client.post(f"/api/video/{new_id()}/cancel").status_code == 404
    assert client.get(f"/api/video/{new_id()}/cancel").status_code == 405
