"""The embedded Redis: fakeredis behind a real port, for redis-py clients of any process on this machine.

Pure wheels on every platform, in memory only. Importing this file costs 0.4 s: import it where that time is free.
"""

import logging
import socket
import threading
from typing import Any

from fakeredis import TcpFakeServer
from redis import ResponseError

LOGGER = logging.getLogger(__name__)


class RedisServer(TcpFakeServer):
    """Serves `listener`, a listening socket, from a thread of its own until `stop()`.

    The socket may be older than this import: its clients wait in the backlog meanwhile.
    """

    def __init__(self, listener: socket.socket) -> None:
        super().__init__(listener.getsockname()[:2], bind_and_activate=False)
        self.socket.close()  # the one it made, and did not bind
        self.socket = listener
        self.daemon_threads = True
        self.RequestHandlerClass = _hanging_on(self.RequestHandlerClass)
        self.port: int = listener.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._thread = threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self.shutdown()
        self.server_close()
        self._thread.join()

    def handle_error(self, *_: Any) -> None:
        """A client that is gone is no news: the library would print a traceback for each."""
        LOGGER.debug("a Redis client was lost", exc_info=True)


def start(port: int = 0) -> RedisServer:
    """An empty Redis on 127.0.0.1; port 0 is any free one. Where it is, its `url` says."""
    return RedisServer(socket.create_server(("127.0.0.1", port)))


def _hanging_on(handler: Any) -> Any:
    """The library's handler, but for its habit to close the connection after any error reply.

    Redis answers NOSCRIPT and listens on; a client that is about to load the script would find the connection closed.
    """

    class HangingOn(handler):  # type: ignore[misc]  # the class has no public name
        def setup(self) -> None:
            super().setup()
            read = self.current_client.read_response

            def reply(*args: Any, **options: Any) -> Any:
                try:
                    return read(*args, **options)
                except ResponseError as error:
                    return error  # is encoded as any other reply

            self.current_client.read_response = reply

    return HangingOn
