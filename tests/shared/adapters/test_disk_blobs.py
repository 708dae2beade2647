"""Signed addresses of files on disk: what opens them, what does not, and when a file is dead."""

import os
import time
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from shared.adapters.disk_blobs import DiskBlobs
from shared.blobs import Link
from shared.errors import Forbidden, NotFound, Unavailable

NAME = "videos/2026/03/13/film.mp4"


def blobs(folder: Path, lifetime: timedelta | None = None) -> DiskBlobs:
    return DiskBlobs(folder / "videos", url="http://localhost/files/videos", key="key", lifetime=lifetime)


def query(link: Link) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(link.url).query))


def test_a_signed_address_opens_its_file_only(tmp_path: Path) -> None:
    store = blobs(tmp_path)
    store.put(NAME, b"film", content_type="video/mp4", metadata={})
    store.put("other", b"other", content_type="video/mp4", metadata={})
    signed = query(store.sign(NAME, timedelta(hours=1), download_name="film.mp4"))
    path, blob = store.open_signed(NAME, signed)
    assert (path.read_bytes(), blob.content_type) == (b"film", "video/mp4")
    for name, changed in [
        ("other", signed),
        (NAME, signed | {"expires": str(int(signed["expires"]) + 1)}),
        (NAME, signed | {"signature": "0" * 64}),
        (NAME, signed | {"download": "evil.html"}),
        (NAME, {}),
        (NAME, {"expires": "²", "signature": ""}),
    ]:
        with pytest.raises(Forbidden):
            store.open_signed(name, changed)


def test_a_signed_address_expires(tmp_path: Path) -> None:
    store = blobs(tmp_path)
    store.put(NAME, b"film", content_type="video/mp4", metadata={})
    with pytest.raises(Forbidden, match="expired"):
        store.open_signed(NAME, query(store.sign(NAME, timedelta(seconds=-1))))


def test_another_key_or_another_store_does_not_sign_for_this_one(tmp_path: Path) -> None:
    store = blobs(tmp_path)
    store.put(NAME, b"film", content_type="video/mp4", metadata={})
    foreign = DiskBlobs(tmp_path / "uploads", url="http://localhost/files/uploads", key="key")
    with pytest.raises(Forbidden):
        store.open_signed(NAME, query(foreign.sign(NAME, timedelta(hours=1))))


@pytest.mark.parametrize("name", ["../outside", "a/../../outside", "/etc/passwd", ".about/x.json"])
def test_a_name_cannot_leave_the_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(NotFound):
        blobs(tmp_path).get(name)


def test_what_has_outlived_its_day_is_dead_and_swept(tmp_path: Path) -> None:
    store = blobs(tmp_path, lifetime=timedelta(seconds=0.2))
    store.put("old", b"old", content_type="image/jpeg", metadata={})
    old = time.time() - 10
    for path in (tmp_path / "videos").rglob("old*"):
        os.utime(path, (old, old))
    time.sleep(0.25)
    with pytest.raises(NotFound):
        store.get("old")
    blobs(tmp_path, lifetime=timedelta(seconds=0.2)).put("new", b"new", content_type="image/jpeg", metadata={})
    assert [path.name for path in (tmp_path / "videos").rglob("*") if path.is_file() and "old" in path.name] == []


def test_nothing_half_written_is_left(tmp_path: Path) -> None:
    store = blobs(tmp_path)
    with pytest.raises(Unavailable):
        store.put(NAME, tmp_path / "nowhere", content_type="video/mp4", metadata={})
    with pytest.raises(NotFound):
        store.find(NAME)
    assert not [path for path in tmp_path.rglob("*.mp4*") if path.is_file() and ".about" not in path.parts]
