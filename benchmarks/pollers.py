"""Callers who poll over kept connections, light enough that the server is what is measured: raw sockets, one thread.

`python -m benchmarks.pollers PORT POLLERS SECONDS PACE < request` prints, as JSON, how many answers came and the
99th and 50th percentile of their times in ms. PACE is the seconds between two polls of one caller; 0: without a pause.
"""

import heapq
import json
import selectors
import socket
import sys
import time
from typing import Any


class Poller:
    """One caller: a connection, and when its last request left."""

    def __init__(self, port: int, request: bytes) -> None:
        self._address = ("127.0.0.1", port)
        self._request = request
        self._answer = b""
        self.connect()

    def connect(self) -> None:
        self.socket = socket.create_connection(self._address, timeout=10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self) -> None:
        self.left = time.perf_counter()
        self.socket.sendall(self._request)

    def answered(self) -> bool:
        """Whether the answer is whole now, and has a length of its own or no body."""
        piece = self.socket.recv(65536)
        if not piece:
            raise ConnectionError("the server closed the connection")
        self._answer += piece
        head, end, body = self._answer.partition(b"\r\n\r\n")
        if not end:
            return False
        length = head.lower().partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0]
        if len(body) < int(length or 0):
            return False
        self.size = len(self._answer)
        self.status = int(head[9:12])
        self._answer = b""
        return True


def poll(port: int, pollers: int, seconds: float, pace: float, request: bytes) -> dict[str, Any]:
    callers = [Poller(port, request) for _ in range(pollers)]
    ready = selectors.DefaultSelector()
    for caller in callers:
        ready.register(caller.socket, selectors.EVENT_READ, caller)
    begun = time.perf_counter()
    due = [(begun + pace * number / pollers, number) for number in range(pollers)]  # spread over the pace
    times: list[float] = []
    statuses: set[int] = set()
    size = 0
    numbers = {caller: number for number, caller in enumerate(callers)}
    while (moment := time.perf_counter()) < begun + seconds:
        while due and due[0][0] <= moment:
            callers[heapq.heappop(due)[1]].ask()
        wait = min(due[0][0], begun + seconds) - moment if due else begun + seconds - moment
        for key, _ in ready.select(max(wait, 0)):
            caller = key.data
            if not caller.answered():
                continue
            times.append(time.perf_counter() - caller.left)
            statuses.add(caller.status)
            size = caller.size
            if pace:
                heapq.heappush(due, (caller.left + pace, numbers[caller]))
            else:
                caller.ask()
    for caller in callers:
        caller.socket.close()
    times.sort()
    return {
        "answers": len(times),
        "seconds": time.perf_counter() - begun,
        "p50_ms": 1000 * times[len(times) // 2],
        "p99_ms": 1000 * times[len(times) * 99 // 100],
        "statuses": sorted(statuses),
        "bytes": size,
    }


if __name__ == "__main__":
    told = poll(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4]), sys.stdin.buffer.read())
    print(json.dumps(told))
