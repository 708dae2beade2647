"""The queue on a laptop: tasks for the deliverer of `python -m local`, in the words of Cloud Tasks' REST API."""

import base64
import hashlib

import requests

from shared import tracing
from shared.errors import Unavailable
from shared.signature import TaskSigner
from shared.video_request import VideoRequest

QUEUE = "projects/local/locations/local/queues/render"
TIMEOUT_SECONDS = 3
DEADLINE = "1800s"  # the longest that Cloud Tasks waits for an answer


class LocalQueue:
    """`url` is where the deliverer listens, `render_url` what it delivers to."""

    def __init__(self, url: str, render_url: str, signer: TaskSigner) -> None:
        self._tasks_url = f"{url}/v2/{QUEUE}/tasks"
        self._render_url = render_url
        self._signer = signer

    def enqueue(self, request: VideoRequest, *, again: str = "") -> None:
        name = hashlib.sha256(f"{request.job_id}{again}".encode()).hexdigest()  # one job, one task
        body = request.to_json()
        headers = {"Content-Type": "application/json", **self._signer.headers(request.job_id, body)}
        headers |= tracing.carrier()
        task = {
            "name": f"{QUEUE}/tasks/{name}",
            "dispatchDeadline": DEADLINE,
            "httpRequest": {
                "url": self._render_url,
                "httpMethod": "POST",
                "headers": headers,
                "body": base64.b64encode(body).decode(),
            },
        }
        try:
            with requests.Session() as session:
                session.trust_env = False  # a proxy cannot reach this machine's own address
                answer = session.post(self._tasks_url, json={"task": task}, timeout=TIMEOUT_SECONDS)
            if answer.status_code != requests.codes.conflict:  # the name is taken: it is enqueued already
                answer.raise_for_status()
        except requests.RequestException as error:
            raise Unavailable("The queue does not take the job; try again in a few seconds.") from error
