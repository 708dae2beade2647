"""deliver: the one way in for a task, whatever queue brought it. Nothing of it is believed before its signature is."""

from functools import partial

from shared import log, tracing
from shared.errors import Forbidden, Unavailable
from shared.jobs import Job, Verdict
from shared.services import Services
from shared.video_request import VideoRequest

from .job import run_job
from .pipeline import Studio


def deliver(services: Services, signature: str, body: bytes) -> tuple[str, Verdict]:
    """The task's job and what became of it, where the queue is done with the task.

    Raises Forbidden or InvalidRequest for what is no task of ours. Any other exception asks for another delivery.
    """
    signed_for = services.signer.verify(signature, body)
    order = VideoRequest.from_json(body)
    if order.job_id != signed_for:
        raise Forbidden("This door is for the queue only.")
    settings = services.settings
    studio = Studio(
        settings=settings,
        videos=services.videos,
        uploads=services.uploads,
        photos=services.photos,
        breakers=services.breakers,
    )
    tracing.flush()  # after the answer the platform may let us stand still
    with log.about(job_id=order.job_id):
        verdict = run_job(
            order,
            services.jobs,
            studio.make_video,
            lease_seconds=settings.lease_seconds,
            max_attempts=settings.max_attempts,
            retract=studio.retract,
            after=partial(_after, services),
        )
    return order.job_id, verdict


def _after(services: Services, order: VideoRequest, job: Job) -> None:
    """The job is over: what it did not take of the day is given back."""
    try:
        services.limits.settle(order.job_id, job.film.duration_seconds if job.film else 0)
    except Unavailable:
        log.event("film_seconds_not_settled")  # the day ends by itself
