"""A finished film and what belongs to it → their names in the permanent store, and the links that lead there."""

import logging
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from shared import log
from shared.blobs import BlobStore, image_name, sign_links, video_name
from shared.errors import NotFound, Unavailable
from shared.jobs import Credit, Film, LinkedInPost, Links, Stage, VoiceUsage
from shared.video_request import VideoRequest

from .captions import Caption, srt, vtt
from .inspection import inspect, linkedin_check
from .job import Attempt

SIGN_PATIENCE: Final = 25.0  # seconds a finished film waits for IAM, which signs its addresses, to answer again


def publish(
    film: Path,
    poster: bytes,
    captions: Sequence[Caption],
    request: VideoRequest,
    attempt: Attempt,
    *,
    narration: dict[str, str | None],
    credits: Sequence[Credit] = (),
    post: LinkedInPost,
    usage: VoiceUsage,
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
        if content is film:
            attempt.hold()  # again: the others may have waited for the store longer than a lease lasts
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
        credits=tuple(credits),
        has_captions=bool(captions),
        linkedin_check=linkedin_check(seen, srt(captions).encode() if captions else None),
        post=post,
        usage=usage,
    )
    return finished, _signed(videos, request, attempt, has_captions=bool(captions))


def _signed(videos: BlobStore, request: VideoRequest, attempt: Attempt, *, has_captions: bool) -> Links:
    """The links, as soon as they can be signed: the film is stored, and is not thrown away for an outage of seconds."""
    give_up_at = time.monotonic() + SIGN_PATIENCE
    while True:
        try:
            return sign_links(videos, request.job_id, has_captions=has_captions)
        except Unavailable:
            if time.monotonic() > give_up_at:
                raise
            attempt.check()
            time.sleep(1)


def _keep_pictures(images: Iterable[str], videos: BlobStore, uploads: BlobStore) -> None:
    """Pictures that a film shows move to the permanent store; those already there stay.

    A picture that cannot be moved is no reason to throw the film away: it stays where it is until its day is over.
    """
    for image_id in images:
        name = image_name(image_id)
        try:
            uploads.copy(name, videos)
            uploads.delete(name)
        except NotFound:
            continue  # an earlier film has used it
        except Unavailable:
            log.event("picture_not_kept", level=logging.WARNING, image_id=image_id)
