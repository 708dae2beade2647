"""From the queue: one VideoRequest in, one finished film out."""

import shutil

import flask
import functions_framework
import imageio_ffmpeg

from shared.http import Endpoint, json_answer, wire
from shared.services import Services
from shared.signature import HEADER

from .delivery import deliver
from .fonts import fonts_are_there, letters_are_shaped

BODY_LIMIT = 1024 * 1024  # the largest task that Cloud Tasks takes

endpoint = Endpoint("render", body_limit=BODY_LIMIT)
endpoint.checks["ffmpeg"] = lambda services: _ffmpeg_is_there()
endpoint.checks["fonts"] = lambda services: fonts_are_there()
endpoint.checks["lettering"] = lambda services: letters_are_shaped()


@endpoint.route("POST", "/", "/render")
def run(services: Services, request: flask.Request) -> flask.Response:
    """200: the queue is done with this task. Anything else: it delivers again."""
    job_id, verdict = deliver(services, request.headers.get(HEADER, ""), request.get_data())
    return json_answer({"job_id": job_id, "verdict": verdict.value})


@functions_framework.http
def render(request: flask.Request) -> flask.Response:
    return endpoint.answer(request)


def _ffmpeg_is_there() -> None:
    program = imageio_ffmpeg.get_ffmpeg_exe()  # found once, and then remembered
    if shutil.which(program) is None:
        raise RuntimeError("there is no ffmpeg any more")


if flask.has_app_context():  # loaded by functions-framework
    wire(flask.current_app._get_current_object(), endpoint)  # type: ignore[attr-defined]
