"""The queue on Google: one task of Cloud Tasks for one job, delivered to render until it answers 2xx."""

import hashlib
from typing import Final
from urllib.parse import urlsplit

import requests
from google.api_core.exceptions import Conflict, GoogleAPIError, ServerError
from google.auth.exceptions import GoogleAuthError
from google.cloud import tasks_v2
from google.protobuf import duration_pb2
from google.protobuf.json_format import ParseError

from shared import tracing
from shared.errors import Unavailable
from shared.signature import TaskSigner
from shared.video_request import VideoRequest

TIMEOUT_SECONDS: Final = 4.0  # the library's own is 20; somebody waits for the answer
ATTEMPTS: Final = 2
DEADLINE_SECONDS: Final = 1800  # the longest that Cloud Tasks waits; render ends itself a minute earlier
# Where it is not known whether the task was created. The REST transport lets the exceptions of `requests` through, and
# those of the parser where a 200 is no JSON.
PASSING: Final = (ServerError, requests.RequestException, ParseError)


class CloudTasksQueue:
    """`queue` is `projects/P/locations/L/queues/Q`; tasks go to `render_url`, in the name of `service_account`."""

    def __init__(
        self,
        client: tasks_v2.CloudTasksClient,
        queue: str,
        render_url: str,
        signer: TaskSigner,
        *,
        service_account: str,
        timeout: float = TIMEOUT_SECONDS,
    ) -> None:
        self._client = client
        self._queue = queue
        self._render_url = render_url
        self._signer = signer
        self._service_account = service_account
        self._timeout = timeout

    @classmethod
    def connect(cls, queue: str, render_url: str, signer: TaskSigner, *, service_account: str) -> "CloudTasksQueue":
        """With the credentials of the environment; raises Unavailable where there are none."""
        try:
            client = tasks_v2.CloudTasksClient(transport="rest")  # no threads of its own, and what the tests speak
        except GoogleAuthError as error:
            raise Unavailable("The queue cannot be reached; try again later.") from error
        return cls(client, queue, render_url, signer, service_account=service_account)

    def enqueue(self, request: VideoRequest, *, again: str = "") -> None:
        """A lost answer is asked for again under the same name: the task is made once, whichever of the two made it."""
        call = tasks_v2.CreateTaskRequest(parent=self._queue, task=self._task(request, again))
        for attempt in range(1, ATTEMPTS + 1):
            try:
                self._client.create_task(call, timeout=self._timeout, retry=None)
                return
            except Conflict as error:
                if _is_there_already(error):
                    return
                raise _refused() from error
            except PASSING as error:
                if attempt == ATTEMPTS:
                    raise _refused() from error
            except (GoogleAPIError, GoogleAuthError) as error:
                raise _refused() from error

    def _task(self, request: VideoRequest, again: str) -> tasks_v2.Task:
        body = request.to_json()
        headers = {"Content-Type": "application/json", **self._signer.headers(request.job_id, body)}
        headers |= tracing.carrier()
        # The id begins with the time, and names in sequence slow a queue down: so its hash.
        task_id = hashlib.sha256(f"{request.job_id}{again}".encode()).hexdigest()
        return tasks_v2.Task(
            name=f"{self._queue}/tasks/{task_id}",
            dispatch_deadline=duration_pb2.Duration(seconds=DEADLINE_SECONDS),
            http_request=tasks_v2.HttpRequest(
                url=self._render_url,
                http_method=tasks_v2.HttpMethod.POST,
                headers=headers,
                body=body,
                oidc_token=tasks_v2.OidcToken(
                    service_account_email=self._service_account,
                    audience=_root(self._render_url),  # the platform checks it against the service's own address
                ),
            ),
        )


def _root(url: str) -> str:
    """`https://host`, without a slash at the end: with one, the platform refuses the token."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _is_there_already(error: Conflict) -> bool:
    """Over REST, ABORTED comes as a 409 too, and the library makes the same class of both."""
    try:
        status = error.response.json()["error"]["status"]
    except (AttributeError, KeyError, TypeError, ValueError):  # gRPC has no response, but a class for each
        status = error.grpc_status_code.name if error.grpc_status_code else ""
    return bool(status == "ALREADY_EXISTS")


def _refused() -> Unavailable:
    return Unavailable("The queue does not take the job; try again in a few seconds.")
