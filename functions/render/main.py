"""From the queue: one VideoRequest in, one finished film out."""

import flask
import functions_framework
import imageio_ffmpeg

from shared import log
from shared.errors import Forbidden
from shared.http import Endpoint, json_answer, wire
from shared.services import Services
from shared.signature import HEADER
from shared.video_request import VideoRequest

from .fonts import fonts_are_there
from .job import run_job
from .pipeline import Studio

BODY_LIMIT = 1024 * 1024  # the largest task that Cloud Tasks takes

endpoint = Endpoint("render", body_limit=BODY_LIMIT)
endpoint.checks["ffmpeg"] = lambda services: _ffmpeg_is_there()
endpoint.checks["fonts"] = lambda services: fonts_are_there()


@endpoint.route("POST", "/", "/render")
def run(services: Services, request: flask.Request) -> flask.Response:
    """200: the queue is done with this task. Anything else: it delivers again."""
    body = request.get_data()
    signed_for = services.signer.verify(request.headers.get(HEADER, ""), body)
    order = VideoRequest.from_json(body)
    if order.job_id != signed_for:
        raise Forbidden("This door is for the queue only.")
    settings = services.settings
    studio = Studio(settings=settings, videos=services.videos, uploads=services.uploads)
    with log.about(job_id=order.job_id):
        verdict = run_job(
            order,
            services.jobs,
            studio.make_video,
            lease_seconds=settings.lease_seconds,
            max_attempts=settings.max_attempts,
            retract=studio.retract,
        )
    return json_answer({"job_id": order.job_id, "verdict": verdict.value})


@functions_framework.http
def render(request: flask.Request) -> flask.Response:
    return endpoint.answer(request)


def _ffmpeg_is_there() -> None:
    imageio_ffmpeg.get_ffmpeg_exe()


if flask.has_app_context():  # loaded by functions-framework
    wire(flask.current_app._get_current_object(), endpoint)  # type: ignore[attr-defined]
