"""Whether this process has been told to end: then a render gives its job back, and another worker has it at once.

Under gunicorn, and so under functions-framework, SIGTERM belongs to the worker: its handler notes that the worker is
not alive any more, takes no new request, and waits for those in work. Which handler that is, any thread may ask.
"""

import signal
import threading

_told = threading.Event()


def tell() -> None:
    """What a process without gunicorn calls when it is told to end."""
    _told.set()


def told_to_stop() -> bool:
    gunicorn_worker = getattr(signal.getsignal(signal.SIGTERM), "__self__", None)
    return _told.is_set() or getattr(gunicorn_worker, "alive", True) is False
