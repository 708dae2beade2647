"""A finished film and what belongs to it → their names in the permanent store, and the links that lead there."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from shared.blobs import BlobStore, image_name, sign_links, video_name
from shared.errors import NotFound
from shared.jobs import Film, Links, Stage
from shared.video_request import VideoRequest

from .captions import Caption, srt, vtt
from .inspection import inspect, linkedin_check
from .job import Attempt


def publish(
    film: Path,
    poster: bytes,
    captions: Sequence[Caption],
    request: VideoRequest,
    attempt: Attempt,
    *,
    narration: dict[str, str | None],
    videos: BlobStore,
    uploads: BlobStore,
    images: Mapping[str, bytes],
) -> tuple[Film, Links]:
    """Store the film last of all its files: where the film is, everything is. The same names on every attempt.

    Raises StoppedEarly when the job is not ours any more, Unavailable when a store does not answer.
    """
    attempt.report(Stage.UPLOADING)
    seen = inspect(film)
    attempt.hold()
    about = {
        "owner": request.owner or "",
        "created_at": request.created_at,
        "has_captions": "true" if captions else "false",
    }
    files: list[tuple[str, bytes | Path, str]] = [("jpg", poster, "image/jpeg")]
    if captions:
        files.append(("srt", srt(captions).encode(), "application/x-subrip; charset=utf-8"))
        files.append(("vtt", vtt(captions).encode(), "text/vtt; charset=utf-8"))
    files.append(("mp4", film, "video/mp4"))
    for number, (extension, content, kind) in enumerate(files):
        attempt.check()
        videos.put(video_name(request.job_id, extension), content, content_type=kind, metadata=about)
        attempt.report(Stage.UPLOADING, (number + 1) / len(files))
    _keep_pictures(images, videos, uploads)
    finished = Film(
        duration_seconds=seen.duration,
        width=seen.width,
        height=seen.height,
        size_bytes=seen.size,
        narration=narration,
        has_captions=bool(captions),
        linkedin_check=linkedin_check(seen),
    )
    return finished, sign_links(videos, request.job_id, has_captions=bool(captions))


def _keep_pictures(images: Mapping[str, bytes], videos: BlobStore, uploads: BlobStore) -> None:
    """Pictures that a film shows move to the permanent store; those already there stay."""
    for image_id, content in images.items():
        name = image_name(image_id)
        try:
            blob = uploads.find(name)
        except NotFound:
            continue
        videos.put(name, content, content_type=blob.content_type, metadata=dict(blob.metadata))
        uploads.delete(name)
