"""What every store of files must do: the folder on a laptop, and Cloud Storage's own client."""

import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
import requests

from shared.adapters.disk_blobs import DiskBlobs
from shared.adapters.gcs_blobs import GcsBlobs
from shared.blobs import BlobStore, Link
from shared.errors import Forbidden, NotFound
from shared.jobs import now
from tests.fake_gcs import FakeGcs

DAY = timedelta(hours=24)
HOUR = timedelta(hours=1)
ABOUT: dict[str, Any] = {"content_type": "text/plain", "metadata": {"owner": "somebody"}}


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """A permanent store, a temporary one, what follows a signed address, and what makes a file older."""

    kept: BlobStore
    dying: BlobStore
    fetch: Any
    age: Any


@pytest.fixture(params=["disk", "gcs"])
def kind(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kind]:
    if request.param == "disk":
        yield _disk(tmp_path)
        return
    with FakeGcs("kept", "dying") as gcs:
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", gcs.url)
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(gcs.write_key_file(tmp_path / "key.json")))
        yield _gcs(gcs)


def _disk(folder: Path) -> Kind:
    stores = {
        name: DiskBlobs(folder / name, url=f"http://here/files/{name}", key="a key", lifetime=lifetime)
        for name, lifetime in (("kept", None), ("dying", DAY))
    }

    def fetch(url: str) -> bytes:
        parts = urlsplit(url)
        store, _, name = unquote(parts.path).removeprefix("/files/").partition("/")
        return stores[store].open_signed(name, dict(parse_qsl(parts.query)))[0].read_bytes()

    def age(store: str, name: str, by: timedelta) -> None:
        about = folder / store / ".about" / f"{name}.json"
        before = now()
        about.write_text(about.read_text().replace(f"{before:%Y-%m-%d}", f"{before - by:%Y-%m-%d}"))
        os.utime(folder / store / name, times=(time.time() - by.total_seconds(),) * 2)

    return Kind(kept=stores["kept"], dying=stores["dying"], fetch=fetch, age=age)


def _gcs(gcs: FakeGcs) -> Kind:
    def fetch(url: str) -> bytes:
        answer = requests.get(url, timeout=5)
        if answer.status_code in (400, 403):
            raise Forbidden(answer.text)
        if answer.status_code == 404:
            raise NotFound(answer.text)
        return answer.content

    def age(store: str, name: str, by: timedelta) -> None:
        stored = gcs.objects[store, name]
        gcs.objects[store, name] = replace(stored, created_at=stored.created_at - by)

    return Kind(
        kept=GcsBlobs.connect("kept", project="test", lifetime=None),
        dying=GcsBlobs.connect("dying", project="test", lifetime=DAY),
        fetch=fetch,
        age=age,
    )


def test_what_was_put_is_found_with_all_that_was_said_of_it(kind: Kind) -> None:
    before = now()
    put = kind.kept.put("videos/a.mp4", b"a film", content_type="video/mp4", metadata={"owner": "somebody"})
    found = kind.kept.find("videos/a.mp4")
    assert (found.name, found.size, found.content_type) == ("videos/a.mp4", 6, "video/mp4")
    assert dict(found.metadata) == {"owner": "somebody"}
    assert before - timedelta(seconds=1) <= found.created_at <= now() + timedelta(seconds=1)
    assert put == found
    assert kind.kept.get("videos/a.mp4") == b"a film"


def test_a_file_is_taken_from_its_path(kind: Kind, tmp_path: Path) -> None:
    source = tmp_path / "film"
    source.write_bytes(b"from a file\r\n\r\n--\x00\xff")
    assert kind.kept.put("a", source, **ABOUT).size == source.stat().st_size
    assert kind.kept.get("a") == source.read_bytes()


def test_an_empty_file_is_a_file(kind: Kind) -> None:
    kind.kept.put("a", b"", **ABOUT)
    assert kind.kept.find("a").size == 0
    assert kind.kept.get("a") == b""


def test_the_same_name_again_replaces_what_was_there(kind: Kind) -> None:
    kind.kept.put("a", b"first", content_type="image/png", metadata={"width": "1"})
    kind.kept.put("a", b"second", content_type="image/jpeg", metadata={})
    found = kind.kept.find("a")
    assert (found.size, found.content_type, dict(found.metadata)) == (6, "image/jpeg", {})
    assert kind.kept.get("a") == b"second"


def test_a_name_that_is_not_there_is_not_found(kind: Kind) -> None:
    with pytest.raises(NotFound):
        kind.kept.find("nothing")
    with pytest.raises(NotFound):
        kind.kept.get("nothing")


def test_what_was_deleted_is_gone_and_may_be_deleted_again(kind: Kind) -> None:
    kind.kept.put("a", b"a film", **ABOUT)
    kind.kept.delete("a")
    with pytest.raises(NotFound):
        kind.kept.find("a")
    kind.kept.delete("a")


def test_a_copy_is_the_file_with_all_that_was_said_of_it_in_another_store(kind: Kind) -> None:
    kind.dying.put("images/a", b"a picture", content_type="image/png", metadata={"owner": "somebody", "width": "9"})
    copied = kind.dying.copy("images/a", kind.kept)
    found = kind.kept.find("images/a")
    assert copied == found
    assert (found.name, found.size, found.content_type) == ("images/a", 9, "image/png")
    assert dict(found.metadata) == {"owner": "somebody", "width": "9"}
    assert kind.kept.get("images/a") == b"a picture"
    kind.dying.delete("images/a")
    assert kind.kept.get("images/a") == b"a picture"


def test_a_copy_of_what_is_there_already_changes_nothing(kind: Kind) -> None:
    kind.dying.put("a", b"the newer one", content_type="image/png", metadata={})
    kind.kept.put("a", b"the first", **ABOUT)
    copied = kind.dying.copy("a", kind.kept)
    assert (copied.size, copied.content_type, dict(copied.metadata)) == (9, "text/plain", {"owner": "somebody"})
    assert kind.kept.get("a") == b"the first"


def test_a_copy_of_nothing_is_not_found_and_makes_nothing(kind: Kind) -> None:
    for name in ("nothing", "../kept/a", ".."):
        with pytest.raises(NotFound):
            kind.dying.copy(name, kind.kept)
    with pytest.raises(NotFound):
        kind.kept.find("nothing")


def test_a_file_whose_day_ran_out_in_the_meantime_is_still_copied(kind: Kind) -> None:
    kind.dying.put("a", b"a picture", **ABOUT)
    kind.age("dying", "a", timedelta(hours=25))
    assert kind.dying.copy("a", kind.kept).size == 9
    assert kind.kept.get("a") == b"a picture"


def test_files_are_copied_between_stores_of_one_kind_only(kind: Kind) -> None:
    class Other:
        pass

    kind.kept.put("a", b"a film", **ABOUT)
    with pytest.raises(TypeError):
        kind.kept.copy("a", Other())  # type: ignore[arg-type]


def test_a_signed_address_gives_the_bytes_to_anybody(kind: Kind) -> None:
    kind.kept.put("videos/a b+ü.mp4", b"a film", **ABOUT)
    link = kind.kept.sign("videos/a b+ü.mp4", HOUR)
    assert kind.fetch(link.url) == b"a film"
    assert _lasts(link) == pytest.approx(3600, abs=5)


def test_a_signed_address_with_a_download_name_gives_the_bytes_too(kind: Kind) -> None:
    kind.kept.put("videos/a.mp4", b"a film", **ABOUT)
    assert kind.fetch(kind.kept.sign("videos/a.mp4", HOUR, download_name="linkedin-video.mp4").url) == b"a film"


@pytest.mark.parametrize(
    ("original", "forged"),
    [(r"a\.mp4", "b.mp4"), (r"xpires=(\d+)", r"xpires=\g<1>1"), ("kept", "dying")],
    ids=["another file", "a longer life", "another store"],
)
def test_a_signed_address_that_was_changed_gives_nothing(kind: Kind, original: str, forged: str) -> None:
    for store in (kind.kept, kind.dying):
        for name in ("a.mp4", "b.mp4"):
            store.put(name, b"a film", **ABOUT)
    url = kind.kept.sign("a.mp4", HOUR).url
    changed = re.sub(original, forged, url)
    assert changed != url
    with pytest.raises(Forbidden):
        kind.fetch(changed)


def test_a_signed_address_does_not_outlive_its_time(kind: Kind) -> None:
    kind.kept.put("a", b"a film", **ABOUT)
    link = kind.kept.sign("a", timedelta(seconds=1))
    time.sleep(max(0.0, _lasts(link)) + 1.05)  # addresses expire on whole seconds
    with pytest.raises(Forbidden):
        kind.fetch(link.url)


def test_a_file_that_is_too_old_is_not_found_though_it_is_there(kind: Kind) -> None:
    for store, name in ((kind.kept, "kept"), (kind.dying, "dying")):
        store.put("a", b"a film", **ABOUT)
        kind.age(name, "a", timedelta(hours=48))
    with pytest.raises(NotFound):
        kind.dying.find("a")
    with pytest.raises(NotFound):
        kind.dying.get("a")
    assert kind.kept.get("a") == b"a film"


@pytest.mark.parametrize("name", ["../dying/a", "videos/../../dying/a", "..", "/etc/passwd"])
def test_a_name_that_leaves_the_store_is_not_found(kind: Kind, name: str) -> None:
    kind.dying.put("a", b"a film", **ABOUT)
    for read in (kind.kept.find, kind.kept.get, kind.kept.delete):
        with pytest.raises(NotFound):
            read(name)
    with pytest.raises(NotFound):
        kind.kept.put(name, b"overwritten", **ABOUT)
    assert kind.dying.get("a") == b"a film"


def _lasts(link: Link) -> float:
    return (link.expires_at - now()).total_seconds()
