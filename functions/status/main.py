"""How far has it come, and where is it."""

from dataclasses import replace
from typing import Any

import flask
import functions_framework

from shared import log
from shared.blobs import Blob, film_names, forget_voices, sign_links, video_name
from shared.callers import is_visible
from shared.errors import NotFound, NotReady, Unavailable
from shared.http import Endpoint, json_answer, revalidated, wire
from shared.ids import is_id
from shared.jobs import POLL_AFTER_MS, Film, Job, JobStatus, Links, no_such_job, now, timestamp
from shared.services import Services

from . import files

endpoint = Endpoint("status")
files.serve(endpoint)


@endpoint.route("GET", "/{job_id}", "/api/video/status/{job_id}")
def read_status(services: Services, request: flask.Request, job_id: str) -> flask.Response:
    """The job, from one round trip to Redis; a finished one may have its links signed afresh."""
    job = _known_job(services, request, job_id)
    if job.status is JobStatus.COMPLETED and job.film and not (job.links and job.links.is_fresh(now())):
        try:
            job = replace(job, links=sign_links(services.videos, job_id, has_captions=job.film.has_captions))
            services.jobs.cache_links(job)
        except Unavailable:
            if not job.links:
                raise
    # What the caller sees follows from what is stored, how it reads by now, and which links were signed.
    version = f"{job.revision}-{job.status.value}-{job.links.signed_at.timestamp() if job.links else ''}"
    return revalidated(request, version, lambda: _told(job))


@endpoint.route("GET", "/video/{job_id}", "/api/video/{job_id}")
def read_video(services: Services, request: flask.Request, job_id: str) -> flask.Response:
    """Where the film is, freshly signed, also when Redis has forgotten the job."""
    try:
        job = _known_job(services, request, job_id)
    except NotFound:
        if _is_known(services, job_id):  # somebody else's; or erased, and its film may not be gone yet
            raise _no_such_film() from None
        caller = services.callers.owner(request.headers)
        has_captions = _forgotten_film(services, job_id, caller).metadata.get("has_captions") == "true"
        film: dict[str, Any] = {}
    else:
        if job.status is not JobStatus.COMPLETED or job.film is None:
            raise _not_ready(job)
        has_captions = job.film.has_captions
        film = _told_film(job.film)
    links = sign_links(services.videos, job_id, has_captions=has_captions)
    if request.args.get("redirect") == "1":
        response = flask.redirect(links.video_url, 302)
        response.headers["Cache-Control"] = "no-store"
        return flask.make_response(response)
    return json_answer({"job_id": job_id, **_told_links(links), **film})


@endpoint.route("POST", "/video/{job_id}/cancel", "/api/video/{job_id}/cancel")
def cancel(services: Services, request: flask.Request, job_id: str) -> flask.Response:
    """202: a job that waits ends at once, one in work within about a second; one that has ended stays as it is."""
    _known_job(services, request, job_id)
    job = services.jobs.cancel(job_id).as_read_at(now())
    log.event("cancel_asked", job_id=job_id, status=job.status.value)
    return json_answer({"job_id": job_id, "status": job.status.value, "poll_after_ms": POLL_AFTER_MS}, 202)


@endpoint.route("DELETE", "/video/{job_id}", "/api/video/{job_id}")
def erase(services: Services, request: flask.Request, job_id: str) -> flask.Response:
    """204: nothing is left of the film and its order, whether it was made, waits or is in work. A repeat is a 204 too.

    The pictures that it shows stay: they are their owner's, and another film may show them too.
    """
    caller = services.callers.owner(request.headers)
    if not is_id(job_id):
        raise _no_such_film()
    try:
        owner = services.jobs.whose(job_id)
    except NotFound:
        owner = _owner(_forgotten_film(services, job_id, caller))
    if not is_visible(owner, caller):
        raise _no_such_film()
    services.jobs.erase(job_id, owner)  # first: from here on nobody makes it, and a repeat knows whose it was
    for name in film_names(job_id):
        services.videos.delete(name)
    forget_voices(services.uploads, job_id)
    log.event("film_erased", job_id=job_id)
    return flask.Response(status=204)


@functions_framework.http
def status(request: flask.Request) -> flask.Response:
    return endpoint.answer(request)


def _not_ready(job: Job) -> NotReady:
    if job.status is JobStatus.CANCELLED:
        return NotReady("The film was cancelled.")
    if job.error:
        return NotReady(job.error)
    return NotReady("The film is not finished yet.", hint=f"It is at {job.progress} %. Ask again in a second.")


def _known_job(services: Services, request: flask.Request, job_id: str) -> Job:
    """The job; somebody else's is answered exactly like one that does not exist."""
    owner = services.callers.owner(request.headers)
    if not is_id(job_id):
        raise NotFound("There is no such job.")
    job = services.jobs.get(job_id)
    if not is_visible(job.owner, owner):
        raise no_such_job(job_id)
    return job.as_read_at(now())


def _is_known(services: Services, job_id: str) -> bool:
    """Whether there is or was such a job."""
    if not is_id(job_id):
        return False
    try:
        services.jobs.whose(job_id)
    except NotFound:
        return False
    return True


def _forgotten_film(services: Services, job_id: str, caller: str | None) -> Blob:
    """The stored film that Redis no longer knows; raises NotFound where this caller has no such film."""
    if not is_id(job_id):
        raise _no_such_film()
    try:
        film = services.videos.find(video_name(job_id))
    except NotFound:
        raise _no_such_film() from None
    if not is_visible(_owner(film), caller):
        raise _no_such_film()
    return film


def _owner(film: Blob) -> str | None:
    return film.metadata.get("owner") or None


def _no_such_film() -> NotFound:
    return NotFound("There is no such film.")


def _told(job: Job) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "job_id": job.job_id,
        "status": job.status.value,
        "progress": job.progress,
        "stage": job.stage.value if job.stage else None,
        "video_url": None,
        "error": job.error,
        "error_detail": job.error_detail,
        "warnings": job.warnings,
        "degraded": job.degraded,
        "attempt": job.attempt,
        "metadata": job.metadata,
        "created_at": timestamp(job.created_at),
        "updated_at": timestamp(job.updated_at),
        "eta_seconds": job.eta_seconds,
        "poll_after_ms": POLL_AFTER_MS,
    }
    if job.status is JobStatus.COMPLETED and job.film and job.links:
        answer |= _told_links(job.links) | _told_film(job.film)
    return answer


def _told_links(links: Links) -> dict[str, Any]:
    return {
        "video_url": links.video_url,
        "video_url_expires_at": timestamp(links.expires_at),
        "poster_url": links.poster_url,
        "captions_url": links.captions_url,
        "vtt_url": links.vtt_url,
    }


def _told_film(film: Film) -> dict[str, Any]:
    return {
        "duration_seconds": film.duration_seconds,
        "width": film.width,
        "height": film.height,
        "size_bytes": film.size_bytes,
        "narration": film.narration,
        "credits": film.credits,
        "linkedin_check": film.linkedin_check,
        "post": film.post,
        "usage": {"voice": film.usage},
    }


if flask.has_app_context():  # loaded by functions-framework
    wire(flask.current_app._get_current_object(), endpoint)  # type: ignore[attr-defined]
