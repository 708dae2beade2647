"""Cloud Storage as it fails: answers refused, lost, late or cut off. What is stored is whole, and there once."""

import logging
import os
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from google.auth.compute_engine import Credentials as MetadataCredentials
from google.cloud.storage import Client
from google.oauth2 import service_account

from shared.adapters import gcs_blobs
from shared.adapters.gcs_blobs import PIECE_BYTES, READING, WRITING_A_FILM, GcsBlobs, Patience
from shared.adapters.iam_signing import TIMEOUT_SECONDS, SigningByIam
from shared.errors import NotFound, Unavailable
from tests.fake_gcs import FakeGcs
from tests.fake_iam import EMAIL, SIGN_BLOB

ABOUT: dict[str, Any] = {"content_type": "video/mp4", "metadata": {"owner": "somebody"}}
ONE_CALL = "POST /upload/storage/v1/b/videos/o"
LATE = 1.6  # seconds; twice as long as these tests wait for an answer
FILM = os.urandom(9 * 1024 * 1024)


@pytest.fixture
def gcs() -> Iterator[FakeGcs]:
    with FakeGcs("videos", "uploads") as fake:
        yield fake
    assert fake.unconditional == []  # nothing was written over or deleted that had not been seen
    assert not [failure for failure in fake.failures if not failure.always]  # all that was planned has happened


@pytest.fixture
def credentials(gcs: FakeGcs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> service_account.Credentials:
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", gcs.url)
    key_file = str(gcs.write_key_file(tmp_path / "key.json"))
    return service_account.Credentials.from_service_account_file(key_file, scopes=[gcs_blobs.SCOPE])


def store(credentials: service_account.Credentials, bucket: str) -> GcsBlobs:
    """With little patience, so that the tests have little to wait for."""
    return GcsBlobs(
        Client(project="test", credentials=credentials),
        bucket,
        signing=credentials,
        reading=Patience(send=1, read=LATE / 2, total=LATE, pause=0.01),
        writing=Patience(send=5, read=LATE / 2, total=10, pause=0.01),
    )


@pytest.fixture
def videos(credentials: service_account.Credentials) -> GcsBlobs:
    return store(credentials, "videos")


@pytest.fixture
def uploads(credentials: service_account.Credentials) -> GcsBlobs:
    return store(credentials, "uploads")


@pytest.fixture
def film(tmp_path: Path) -> Path:
    path = tmp_path / "film.mp4"
    path.write_bytes(FILM)
    return path


@pytest.mark.parametrize(
    ("failure", "calls"),
    [
        ({"status": 503}, 2),
        ({"status": 429}, 2),
        ({"cut_after": 3}, 2),
        ({"lost": True}, 3),  # sent, sent again and refused, looked at
        ({"late": LATE}, 3),
    ],
    ids=["unavailable", "too many", "reset", "answer lost", "answer late"],
)
def test_a_small_file_is_stored_once_and_whole(
    gcs: FakeGcs, videos: GcsBlobs, failure: dict[str, Any], calls: int
) -> None:
    gcs.fail(ONE_CALL, **failure)
    stored = videos.put("a.mp4", b"a film", **ABOUT)
    assert (stored.size, dict(stored.metadata)) == (6, {"owner": "somebody"})
    assert [object_.data for object_ in gcs.objects.values()] == [b"a film"]
    about_it = [call for call in gcs.calls if "/b/videos" in call]
    assert len([call for call in about_it if call.startswith("POST")]) == 2 - (failure.get("status", 0) > 0)
    assert len(about_it) == calls - (failure.get("status", 0) > 0)


@pytest.mark.parametrize(
    "failure",
    [
        {"status": 503},
        {"cut_after": 5 * 1024 * 1024 + 17},
        {"cut_after": 0},
        {"lost": True},
        {"late": LATE},
    ],
    ids=["unavailable", "reset in the middle", "reset at once", "answer lost", "answer late"],
)
@pytest.mark.parametrize("piece", [1, 2])
def test_an_upload_in_pieces_is_continued_where_it_broke_off(
    gcs: FakeGcs, videos: GcsBlobs, film: Path, failure: dict[str, Any], piece: int
) -> None:
    for _ in range(piece - 1):
        gcs.fail("PUT .*")  # nothing is wrong with the pieces before
    gcs.fail("PUT .*", **failure)
    assert videos.put("a.mp4", film, **ABOUT).size == len(FILM)
    assert gcs.objects["videos", "a.mp4"].data == FILM
    assert len([call for call in gcs.calls if call.startswith("POST /upload")]) == 1
    assert len([call for call in gcs.calls if call.startswith("PUT")]) == 3 - (failure.get("status", 0) > 0)


def test_an_upload_whose_beginning_got_no_answer_is_begun_again(gcs: FakeGcs, videos: GcsBlobs, film: Path) -> None:
    gcs.fail("POST /upload.*", lost=True)
    videos.put("a.mp4", film, **ABOUT)
    assert gcs.objects["videos", "a.mp4"].data == FILM


def test_an_upload_that_the_store_has_forgotten_is_begun_again(gcs: FakeGcs, videos: GcsBlobs, film: Path) -> None:
    gcs.fail("PUT .*")
    gcs.fail("PUT .*", status=410)
    videos.put("a.mp4", film, **ABOUT)
    assert gcs.objects["videos", "a.mp4"].data == FILM
    assert len([call for call in gcs.calls if call.startswith("POST /upload")]) == 2


def test_an_upload_of_which_less_was_kept_than_was_sent_is_begun_again(
    gcs: FakeGcs, videos: GcsBlobs, film: Path
) -> None:
    gcs.fail("PUT .*", keeps=2 * 1024 * 1024)
    videos.put("a.mp4", film, **ABOUT)
    assert gcs.objects["videos", "a.mp4"].data == FILM


def test_a_store_that_forgets_every_upload_is_unavailable(gcs: FakeGcs, videos: GcsBlobs, film: Path) -> None:
    gcs.fail("PUT .*", status=410, always=True)
    with pytest.raises(Unavailable) as raised:
        videos.put("a.mp4", film, **ABOUT)
    assert raised.value.__cause__ is not None


def test_a_film_made_again_replaces_the_one_that_was_there(gcs: FakeGcs, videos: GcsBlobs, film: Path) -> None:
    videos.put("a.mp4", b"the first attempt's", **ABOUT)
    first = gcs.objects["videos", "a.mp4"].generation
    videos.put("a.mp4", film, **ABOUT)
    assert gcs.objects["videos", "a.mp4"].data == FILM
    assert gcs.objects["videos", "a.mp4"].generation != first


def test_what_is_there_already_is_not_sent_again_but_what_is_said_of_it_is_compared(
    gcs: FakeGcs, videos: GcsBlobs
) -> None:
    videos.put("a", b"a film", **ABOUT)
    first = gcs.objects["videos", "a"].generation
    videos.put("a", b"a film", **ABOUT)
    assert gcs.objects["videos", "a"].generation == first
    videos.put("a", b"a film", content_type="video/mp4", metadata={"owner": "another"})
    assert gcs.objects["videos", "a"].resource["metadata"] == {"owner": "another"}
    videos.put("a", b"a film", content_type="image/jpeg", metadata={"owner": "another"})
    assert gcs.objects["videos", "a"].content_type == "image/jpeg"


def test_who_is_overtaken_while_writing_looks_again_and_after_three_times_gives_up(
    gcs: FakeGcs, videos: GcsBlobs
) -> None:
    videos.put("a", b"another", **ABOUT)
    gcs.fail(ONE_CALL, status=412)
    gcs.fail(ONE_CALL, status=412)
    videos.put("a", b"a film", **ABOUT)
    assert gcs.objects["videos", "a"].data == b"a film"
    gcs.fail(ONE_CALL, status=412, always=True)
    with pytest.raises(Unavailable):
        videos.put("a", b"one more", **ABOUT)


def test_who_is_overtaken_while_a_film_is_on_its_way_looks_again(gcs: FakeGcs, videos: GcsBlobs, film: Path) -> None:
    gcs.fail("PUT .*", status=412)
    videos.put("a", film, **ABOUT)
    assert gcs.objects["videos", "a"].data == FILM


@pytest.mark.parametrize(
    "failure", [{}, {"status": 503}, {"lost": True}, {"late": LATE}], ids=["well", "unavailable", "lost", "late"]
)
@pytest.mark.parametrize("calls", [1, 3])
def test_a_picture_is_copied_within_the_store_with_all_that_is_known_of_it(
    gcs: FakeGcs, videos: GcsBlobs, uploads: GcsBlobs, failure: dict[str, Any], calls: int
) -> None:
    picture = b"x" * 3000
    uploads.put("images/p", picture, content_type="image/png", metadata={"owner": "somebody", "width": "1200"})
    gcs.bytes_a_rewrite = 3000 // calls
    if failure:
        gcs.fail("POST .*/rewriteTo/.*", **failure)
    gcs.calls.clear()
    copied = uploads.copy("images/p", videos)
    assert (copied.size, copied.content_type) == (3000, "image/png")
    assert dict(copied.metadata) == {"owner": "somebody", "width": "1200"}
    there = gcs.objects["videos", "images/p"]
    assert (there.data, there.resource["cacheControl"]) == (picture, gcs_blobs.CACHE_CONTROL)
    assert ("uploads", "images/p") in gcs.objects
    assert not [call for call in gcs.calls if call.startswith(("POST /upload", "GET /download"))]  # not through us


def test_a_copy_of_what_is_not_there_is_not_found_and_one_that_is_there_stays(
    gcs: FakeGcs, videos: GcsBlobs, uploads: GcsBlobs
) -> None:
    with pytest.raises(NotFound):
        uploads.copy("images/p", videos)
    videos.put("images/p", b"the permanent one", **ABOUT)
    uploads.put("images/p", b"the temporary one", **ABOUT)
    assert uploads.copy("images/p", videos).size == len(b"the permanent one")
    assert gcs.objects["videos", "images/p"].data == b"the permanent one"


def test_a_copy_into_a_bucket_that_is_not_there_raises(
    credentials: service_account.Credentials, uploads: GcsBlobs
) -> None:
    uploads.put("a", b"a picture", **ABOUT)
    with pytest.raises((Unavailable, NotFound)):
        uploads.copy("a", store(credentials, "elsewhere"))


@pytest.mark.parametrize(
    "failure", [{"status": 503}, {"lost": True}, {"late": LATE}, {"status": 412}], ids=["503", "lost", "late", "412"]
)
def test_a_file_is_deleted_whatever_becomes_of_the_first_answer(
    gcs: FakeGcs, videos: GcsBlobs, failure: dict[str, Any]
) -> None:
    videos.put("a", b"a film", **ABOUT)
    gcs.fail("DELETE .*", **failure)
    videos.delete("a")
    assert gcs.objects == {}


@pytest.mark.parametrize("failure", [{"status": 503}, {"lost": True}, {"late": LATE}], ids=["503", "lost", "late"])
def test_a_read_is_tried_again(gcs: FakeGcs, videos: GcsBlobs, failure: dict[str, Any]) -> None:
    videos.put("a", b"a film", **ABOUT)
    gcs.fail("GET .*", **failure)
    assert videos.find("a").size == 6
    gcs.fail("GET .*", **failure)
    assert videos.get("a") == b"a film"


def test_a_token_that_ran_out_is_renewed(gcs: FakeGcs, videos: GcsBlobs) -> None:
    videos.put("a", b"a film", **ABOUT)
    gcs.iam.revoke_tokens()
    assert videos.find("a").size == 6
    gcs.iam.revoke_tokens()
    videos.put("b", b"a film", **ABOUT)


@pytest.mark.parametrize("call", ["find", "get", "delete"])
def test_a_store_that_never_answers_is_unavailable(gcs: FakeGcs, videos: GcsBlobs, call: str) -> None:
    videos.put("a", b"a film", **ABOUT)
    gcs.fail("GET /(download|storage).*", late=30, always=True)
    with pytest.raises(Unavailable):
        getattr(videos, call)("a")


def test_nobody_who_polls_waits_long_and_a_slow_line_still_carries_a_film() -> None:
    assert READING.total + READING.send + READING.read + 1 < 15  # seconds; status is given 30
    assert PIECE_BYTES * 8 / WRITING_A_FILM.send < 2_000_000  # bits a second
    assert PIECE_BYTES % (256 * 1024) == 0


@pytest.mark.long
def test_a_poll_of_a_store_that_never_answers_ends_in_ten_seconds(
    gcs: FakeGcs, credentials: service_account.Credentials
) -> None:
    patient = GcsBlobs(Client(project="test", credentials=credentials), "videos", signing=credentials)
    gcs.fail("GET .*", late=60, always=True)
    began = time.monotonic()
    with pytest.raises(Unavailable):
        patient.find("a")
    assert time.monotonic() - began < 12


@pytest.fixture
def iam(gcs: FakeGcs) -> SigningByIam:
    """As on Functions: a token from the metadata server, and no key."""
    return SigningByIam(MetadataCredentials(universe_domain="googleapis.com"), gcs.transport(), timeout=0.5)


@pytest.fixture
def keyless(credentials: service_account.Credentials, iam: SigningByIam) -> GcsBlobs:
    return GcsBlobs(Client(project="test", credentials=credentials), "videos", signing=iam)


def link(blobs: GcsBlobs) -> str:
    return blobs.sign("a.mp4", timedelta(hours=1)).url


def test_iam_that_fails_once_is_asked_again(gcs: FakeGcs, keyless: GcsBlobs) -> None:
    gcs.fail(f"POST {SIGN_BLOB}", status=503)
    assert "X-Goog-Signature" in link(keyless)


@pytest.mark.parametrize("failure", [{"status": 500}, {"lost": True}, {"late": 3}], ids=["500", "lost", "late"])
def test_iam_that_goes_on_failing_is_unavailable_soon(
    gcs: FakeGcs, keyless: GcsBlobs, caplog: pytest.LogCaptureFixture, failure: dict[str, Any]
) -> None:
    gcs.fail(f"POST {SIGN_BLOB}", **failure, always=True)
    began = time.monotonic()
    with pytest.raises(Unavailable):
        link(keyless)
    assert time.monotonic() - began < 10
    assert not [record for record in caplog.records if record.message == "signing_not_allowed"]


def test_an_account_that_may_not_sign_is_unavailable_and_the_log_names_the_role(
    gcs: FakeGcs, keyless: GcsBlobs, caplog: pytest.LogCaptureFixture
) -> None:
    gcs.iam.may_sign = False
    with caplog.at_level(logging.INFO), pytest.raises(Unavailable) as raised:
        link(keyless)
    assert "iam" not in raised.value.detail.lower()
    (line,) = [record for record in caplog.records if record.message == "signing_not_allowed"]
    assert line.fields == {"account": EMAIL, "missing_role": "roles/iam.serviceAccountTokenCreator", "on": EMAIL}


def test_the_word_default_never_stands_for_the_account(gcs: FakeGcs, iam: SigningByIam, keyless: GcsBlobs) -> None:
    assert EMAIL.replace("@", "%40") in link(keyless)
    assert iam.signer_email == EMAIL
    assert not [call for call in gcs.calls if "serviceAccounts/default" in call]


def test_a_signing_token_that_ran_out_is_renewed_before_it_is_used(
    gcs: FakeGcs, iam: SigningByIam, keyless: GcsBlobs
) -> None:
    link(keyless)
    gcs.iam.revoke_tokens()
    iam._credentials.expiry = iam._credentials.expiry - timedelta(hours=2)
    assert "X-Goog-Signature" in link(keyless)


def test_a_metadata_server_that_does_not_know_the_account_is_unavailable(gcs: FakeGcs, keyless: GcsBlobs) -> None:
    gcs.fail("GET /computeMetadata.*", status=404, always=True)
    with pytest.raises(Unavailable):
        link(keyless)


def test_a_films_four_addresses_are_signed_before_somebody_gives_up_waiting() -> None:
    assert 4 * TIMEOUT_SECONDS < 30 - 10
