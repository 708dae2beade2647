"""Work that goes on in a second thread while the first one does something else: the voice beside the pictures."""

import contextvars
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import ParamSpec, Self, TypeVar

from shared.errors import StoppedEarly

P = ParamSpec("P")
R = TypeVar("R")


class Beside:
    """One thread, for the length of a block. When the block fails, `check` tells the work beside it to stop."""

    def __init__(self, check: Callable[[], None]) -> None:
        self._check = check
        self._failed = threading.Event()
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="beside")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *error: object) -> None:
        if kind:
            self._failed.set()
        self._pool.shutdown(cancel_futures=True)

    def begin(self, function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Call it in the other thread, with this one's log context."""
        context = contextvars.copy_context()
        return self._pool.submit(lambda: context.run(function, *args, **kwargs))

    def check(self) -> None:
        """Raises when the work must stop: StoppedEarly, or what the attempt's own check raises."""
        if self._failed.is_set():
            raise StoppedEarly("The work beside this has failed.")
        self._check()
