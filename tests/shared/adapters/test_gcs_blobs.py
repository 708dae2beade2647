"""What only Cloud Storage has: keys and no keys, large files, a store that refuses."""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from google.auth.compute_engine import Credentials as MetadataCredentials
from google.cloud.storage import Client
from google.oauth2 import service_account

from shared.adapters.gcs_blobs import GcsBlobs, SigningByIam
from shared.errors import NotFound, Unavailable
from shared.jobs import now
from tests.fake_gcs import EMAIL, FakeGcs

WEEK = timedelta(days=7)
ABOUT: dict[str, Any] = {"content_type": "video/mp4", "metadata": {"owner": "somebody"}}


@pytest.fixture
def gcs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeGcs]:
    with FakeGcs("videos") as fake:
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", fake.url)
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(fake.write_key_file(tmp_path / "key.json")))
        yield fake


@pytest.fixture
def videos(gcs: FakeGcs) -> GcsBlobs:
    return GcsBlobs.connect("videos", project="test", lifetime=None)


@pytest.fixture
def keyless(gcs: FakeGcs) -> GcsBlobs:
    """As on Functions: a token from the metadata server, and no key."""
    key_file = os.environ["GOOGLE_APPLICATION_CREDENTIALS"]
    credentials = service_account.Credentials.from_service_account_file(key_file, scopes=["storage"])
    client = Client(project="test", credentials=credentials)  # for plain calls the metadata server is out of reach here
    metadata = MetadataCredentials(universe_domain="googleapis.com")
    return GcsBlobs(client, "videos", signing=SigningByIam(metadata, gcs.transport()))


def test_with_a_key_file_an_address_is_good_for_seven_days(gcs: FakeGcs, videos: GcsBlobs) -> None:
    videos.put("a.mp4", b"a film", **ABOUT)
    link = videos.sign("a.mp4", timedelta(days=30))
    assert link.expires_at - now() == pytest.approx(WEEK, abs=timedelta(seconds=5))
    gcs.ahead = WEEK - timedelta(seconds=10)
    assert requests.get(link.url, timeout=5).content == b"a film"
    gcs.ahead = WEEK + timedelta(seconds=10)
    assert requests.get(link.url, timeout=5).status_code == 400


def test_without_a_key_iam_signs_and_the_address_says_twelve_hours(gcs: FakeGcs, keyless: GcsBlobs) -> None:
    keyless.put("a.mp4", b"a film", **ABOUT)
    link = keyless.sign("a.mp4", WEEK)
    assert link.expires_at - now() == pytest.approx(timedelta(hours=12), abs=timedelta(seconds=5))
    assert parse_qs(urlsplit(link.url).query)["X-Goog-Credential"][0].startswith(f"{EMAIL}/")
    assert requests.get(link.url, timeout=5).content == b"a film"
    gcs.ahead = timedelta(hours=12, seconds=10)
    assert requests.get(link.url, timeout=5).status_code == 400


def test_a_second_address_asks_the_metadata_server_for_nothing(gcs: FakeGcs, keyless: GcsBlobs) -> None:
    keyless.sign("a.mp4", WEEK)
    gcs.calls.clear()
    keyless.sign("b.mp4", WEEK)
    assert gcs.calls == [f"POST /v1/projects/-/serviceAccounts/{EMAIL}:signBlob"]


def test_an_account_that_may_not_sign_is_unavailable(gcs: FakeGcs, keyless: GcsBlobs) -> None:
    keyless.sign("a.mp4", WEEK)
    gcs.refusals = [403]
    with pytest.raises(Unavailable):
        keyless.sign("a.mp4", WEEK)


def test_a_download_has_its_name_its_type_and_stays_out_of_shared_caches(videos: GcsBlobs) -> None:
    videos.put("videos/2026/01/01/x.mp4", b"a film", **ABOUT)
    link = videos.sign("videos/2026/01/01/x.mp4", WEEK, download_name="linkedin-video.mp4")
    answer = requests.get(link.url, timeout=5)
    assert answer.headers["Content-Disposition"] == 'inline; filename="linkedin-video.mp4"'
    assert answer.headers["Content-Type"] == "video/mp4"
    assert answer.headers["Cache-Control"].startswith("private")


def test_a_film_of_more_than_8_mb_is_uploaded_whole(gcs: FakeGcs, videos: GcsBlobs, tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    film.write_bytes(os.urandom(9 * 1024 * 1024))
    stored = videos.put("a.mp4", film, **ABOUT)
    assert (stored.size, stored.content_type, dict(stored.metadata)) == (9437184, "video/mp4", {"owner": "somebody"})
    assert "PUT /upload/storage/v1/b/videos/o" in gcs.calls
    assert videos.get("a.mp4") == film.read_bytes()


def test_a_passing_failure_is_tried_again(gcs: FakeGcs, videos: GcsBlobs) -> None:
    videos.put("a", b"a film", **ABOUT)
    gcs.refusals = [503]
    assert videos.find("a").size == 6


def test_a_deletion_whose_answer_was_lost_is_no_failure(gcs: FakeGcs, videos: GcsBlobs) -> None:
    videos.put("a", b"a film", **ABOUT)
    gcs.objects.clear()
    videos.delete("a")


def test_a_store_that_refuses_is_unavailable(gcs: FakeGcs, videos: GcsBlobs) -> None:
    videos.put("a", b"a film", **ABOUT)
    for call in (videos.find, videos.get, videos.delete):
        gcs.refusals = [403]
        with pytest.raises(Unavailable) as raised:
            call("a")
        assert "403" not in raised.value.detail


def test_a_bucket_that_is_not_there_is_unavailable_when_a_film_is_stored(gcs: FakeGcs) -> None:
    with pytest.raises(Unavailable):
        GcsBlobs.connect("elsewhere", project="test", lifetime=None).put("a", b"a film", **ABOUT)


def test_without_credentials_the_store_is_unavailable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "nothing.json"))
    with pytest.raises(Unavailable):
        GcsBlobs.connect("videos", project="test", lifetime=None)


def test_a_persons_own_credentials_are_refused_since_they_cannot_sign(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    key = tmp_path / "user.json"
    key.write_text('{"type": "authorized_user", "client_id": "a", "client_secret": "b", "refresh_token": "c"}')
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(key))
    with pytest.raises(Unavailable):
        GcsBlobs.connect("videos", project="test", lifetime=None)


def test_a_wrong_checksum_is_refused_by_the_fake(gcs: FakeGcs) -> None:
    blob = Client(project="test", credentials=_credentials()).bucket("videos").blob("a")
    blob.crc32c = "AAAAAA=="
    with pytest.raises(Exception, match="CRC32C"):
        blob.upload_from_string(b"a film", checksum=None)


def test_a_generation_that_does_not_match_is_refused_by_the_fake(gcs: FakeGcs, videos: GcsBlobs) -> None:
    videos.put("a", b"a film", **ABOUT)
    blob = Client(project="test", credentials=_credentials()).bucket("videos").blob("a")
    with pytest.raises(Exception, match="412"):
        blob.upload_from_string(b"another", if_generation_match=0)
    with pytest.raises(Exception, match="412"):
        blob.delete(if_generation_match=99)
    assert videos.get("a") == b"a film"


def test_an_object_that_never_was_is_not_found(videos: GcsBlobs) -> None:
    with pytest.raises(NotFound):
        videos.find("nothing")


def _credentials() -> service_account.Credentials:
    return service_account.Credentials.from_service_account_file(os.environ["GOOGLE_APPLICATION_CREDENTIALS"])
