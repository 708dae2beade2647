"""The port to where files are kept, and the names they have there."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Protocol, runtime_checkable

from shared.errors import NotFound
from shared.ids import made_at
from shared.jobs import Links, now

UPLOAD_LIFETIME: Final = timedelta(hours=24)
UPLOAD_LINK_LIFETIME: Final = timedelta(hours=1)
VIDEO_LINK_LIFETIME: Final = timedelta(days=7)


@dataclass(frozen=True, kw_only=True, slots=True)
class Blob:
    """What is known of a stored file, without reading it."""

    name: str
    size: int
    content_type: str
    created_at: datetime
    metadata: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """A signed address; good until `expires_at`."""

    url: str
    expires_at: datetime


class BlobStore(Protocol):
    """Files by name. `Unavailable` when the store does not answer, `NotFound` for a name that is not there."""

    def put(self, name: str, source: bytes | Path, *, content_type: str, metadata: Mapping[str, str]) -> Blob:
        """Store the bytes, or the file's content, whole or not at all; the same name again replaces it."""
        ...

    def find(self, name: str) -> Blob: ...

    def get(self, name: str) -> bytes: ...

    def sign(self, name: str, lifetime: timedelta, *, download_name: str | None = None) -> Link:
        """An address that anyone may read until it expires; the lifetime is at most the one asked for."""
        ...

    def copy(self, name: str, to: "BlobStore") -> Blob:
        """Have the file under the same name in another store of the same kind too, with all that is known of it.

        What is there under that name already stays as it is. A file that has outlived its day is still copied.
        """
        ...

    def delete(self, name: str) -> None:
        """Remove it; a name that is not there is no failure."""
        ...


@runtime_checkable
class SignedFiles(Protocol):
    """A store that opens its own signed addresses, because nobody else does: files on a disk."""

    def open_signed(self, name: str, query: Mapping[str, str]) -> tuple[Path, Blob]:
        """The file that a signed address names; raises Forbidden where the signature is wrong or too old."""
        ...


def video_name(job_id: str, extension: str = "mp4") -> str:
    """`videos/{YYYY/MM/DD}/{job_id}.{extension}`; the day follows from the id."""
    return f"videos/{made_at(job_id):%Y/%m/%d}/{job_id}.{extension}"


def film_names(job_id: str) -> tuple[str, ...]:
    """Everything that is stored of a finished film: the film itself first, without which nothing leads to the rest."""
    return tuple(video_name(job_id, extension) for extension in ("mp4", "jpg", "srt", "vtt"))


def image_name(image_id: str) -> str:
    """`images/{YYYY/MM/DD}/{image_id}`; the same in the temporary and in the permanent store."""
    return f"images/{made_at(image_id):%Y/%m/%d}/{image_id}"


def voice_name(job_id: str) -> str:
    """`voices/{YYYY/MM/DD}/{job_id}`, in the temporary store: the names of the voices that the film has kept."""
    return f"voices/{made_at(job_id):%Y/%m/%d}/{job_id}"


def kept_voice_name(digest: str) -> str:
    """`voices/{digest}`, in the temporary store: one scene's voice, under a hash of all that it depends on."""
    return f"voices/{digest}"


def list_voices(uploads: "BlobStore", job_id: str, names: Iterable[str]) -> None:
    """Note what a film keeps, before it is kept: so that who erases the film finds it."""
    uploads.put(voice_name(job_id), "\n".join(names).encode(), content_type="text/plain", metadata={})


def forget_voices(uploads: "BlobStore", job_id: str, also: Iterable[str] = ()) -> None:
    """Remove what the film's list names, what `also` names, and at last the list."""
    try:
        listed = uploads.get(voice_name(job_id)).decode("utf-8", "replace").splitlines()
    except NotFound:
        listed = []
    for name in dict.fromkeys((*listed, *also)):
        uploads.delete(name)
    uploads.delete(voice_name(job_id))


def sign_links(videos: BlobStore, job_id: str, *, has_captions: bool) -> Links:
    """Fresh addresses of a finished film's files."""
    signed_at = now()

    def sign(extension: str) -> Link:
        name = video_name(job_id, extension)
        return videos.sign(name, VIDEO_LINK_LIFETIME, download_name=f"linkedin-video.{extension}")

    video, poster = sign("mp4"), sign("jpg")
    captions, vtt = (sign("srt"), sign("vtt")) if has_captions else (None, None)
    return Links(
        video_url=video.url,
        poster_url=poster.url,
        captions_url=captions.url if captions else None,
        vtt_url=vtt.url if vtt else None,
        signed_at=signed_at,
        expires_at=min(link.expires_at for link in (video, poster, captions, vtt) if link),
    )
