"""`python -m operations.replay JOB_ID`: have a film that failed made once more, as it was ordered.

Needs the environment of generate: REDIS_URL, TASK_QUEUE_URL, TASK_HMAC_KEYS and, for Cloud Tasks, RENDER_URL and
TASK_SERVICE_ACCOUNT. docs/operations.md says how to have them. Exit code 0: it is queued; 1: it is not, and why; 2: the
call was wrong.
"""

import sys
import uuid
from collections.abc import Sequence

from shared.errors import Problem, Unavailable
from shared.ids import is_id
from shared.jobs import JobStatus, NotReplayable
from shared.services import Services, from_environment

WHY_NOT = {
    JobStatus.PROCESSING: "A worker has this job now. Look again when it has ended.",
    JobStatus.COMPLETED: "This film is finished. There is nothing to make again.",
    JobStatus.CANCELLED: "Its owner has cancelled this job. Only a new order makes the film.",
}


def main(arguments: Sequence[str], services: Services) -> int:
    """The exit code; says on the terminal what happened."""
    if len(arguments) != 1 or not is_id(arguments[0]):
        print("Usage: python -m operations.replay JOB_ID", file=sys.stderr)
        return 2
    try:
        replay(services, arguments[0])
    except NotReplayable as refused:
        print(f"Not replayed. {WHY_NOT[refused.status]}", file=sys.stderr)
        return 1
    except Problem as problem:
        print(f"Not replayed. {problem.detail}", file=sys.stderr)
        return 1
    queue = services.settings.task_queue_url
    print(f"Replayed. The job is queued again, in {queue}, its attempts are counted from nought.")
    return 0


def replay(services: Services, job_id: str) -> None:
    """Reset the job and enqueue its order under a name that no queue has seen; raises NotReplayable, Problem."""
    queue = services.queue  # before anything is changed: a queue without credentials fails here
    order = services.jobs.replay(job_id)
    try:
        queue.enqueue(order, again=uuid.uuid4().hex)
    except Unavailable:
        failed = services.jobs.get(job_id).failed(
            "The film could not be started again.",
            code="unavailable",
            retryable=True,
            hint="Send the post again.",
            request_id=order.request_id,
        )
        services.jobs.refuse(failed)
        raise


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], from_environment()))
