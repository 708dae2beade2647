"""What the fake picture services share: a site of an API and a host of pictures, which notes each broken rule."""

import io
import json
import re
import socket
import ssl
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

from PIL import Image

from shared.adapters.fetching import Fetcher
from tests.pretend_web import Authority, Internet, Server, moved, page

ADDRESSES = ("93.184.216.34", "1.1.1.1", "8.8.8.8", "9.9.9.9")  # public ones, of which each host gets one


@dataclass(frozen=True)
class Asked:
    """One request, taken apart."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]

    @classmethod
    def of(cls, request: bytes) -> "Asked":
        first, *lines = request.decode().split("\r\n\r\n")[0].split("\r\n")
        target = urlsplit(first.split(" ")[1])
        query = {name: values[0] for name, values in parse_qs(target.query).items()}
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        return cls(path=target.path, query=query, headers=headers)


class Site(Protocol):
    api_host: str
    image_host: str

    def api(self, connection: socket.socket, request: bytes) -> None: ...

    def images(self, connection: socket.socket, request: bytes) -> None: ...


@dataclass
class Pictures:
    """A host of pictures. `fault` is what is wrong with those whose path it is asked for, by a part of the path."""

    wanted: dict[str, str]
    keys: set[str]
    faults: dict[str, str] = field(default_factory=dict)
    broken_rules: list[str] = field(default_factory=list)
    sent: Counter[str] = field(default_factory=Counter)

    def answer(self, connection: socket.socket, asked: Asked) -> None:
        name = asked.path.strip("/")
        self.sent[name] += 1
        if any(key in str(asked) for key in self.keys):
            self.broken_rules.append("the key went to the host of pictures")
        for parameter, value in self.wanted.items():
            if not re.fullmatch(value, asked.query.get(parameter, "")):
                self.broken_rules.append(f"a picture with {parameter}={asked.query.get(parameter)}")
        fault = next((fault for part, fault in self.faults.items() if part in name), "")
        box = int(asked.query.get("w", "0")), int(asked.query.get("h", "0"))
        data = photograph(name, box)
        answers = {
            "": page(data),
            "404": page(b"", status="404 Not Found"),
            "500": page(b"", status="500 Oops"),
            "html": page(b"<html>Sign in</html>", Content_Type="text/html"),
            "lying": page(b"<html>Sign in</html>"),
            "cut": page(data[: len(data) // 2]),
            "empty": page(b""),
            "png": page(b"\x89PNG\r\n\x1a\n" + data, Content_Type="image/jpeg"),
            "huge": page(b"", Content_Length="900000000"),
            "inside": moved("http://169.254.169.254/computeMetadata/v1/"),
            "elsewhere": moved("https://evil.example/picture.jpg"),
        }
        if fault == "slow":
            connection.settimeout(10)
            connection.recv(1)  # until the other side has had enough
            return
        connection.sendall(answers[fault])


@lru_cache(maxsize=64)
def photograph(name: str, box: tuple[int, int]) -> bytes:
    """A JPEG of one colour with a mark, as large as `box` allows; each name has a colour of its own."""
    colour = zlib.crc32(name.encode())
    side = (min(box[0], 2000) or 400, min(box[1], 2700) or 400)
    image = Image.new("RGB", side, (colour & 255, colour >> 8 & 255, colour >> 16 & 255))
    image.paste((255, 255, 255), (side[0] // 3, side[1] // 3, side[0] // 2, side[1] // 2))
    file = io.BytesIO()
    image.save(file, "JPEG", quality=80)
    return file.getvalue()


def answered(value: Any, status: str = "200 OK", **headers: str) -> bytes:
    return page(json.dumps(value).encode(), status=status, Content_Type="application/json", **headers)


class Web:
    """The hosts of sites on the pretended internet, with certificates of their own."""

    def __init__(self, internet: Internet, folder: Path) -> None:
        self._internet = internet
        self._authority = Authority(folder)
        self._addresses = iter(ADDRESSES)

    @contextmanager
    def with_sites(self, *sites: Site) -> Iterator["Web"]:
        with ExitStack() as stack:
            for site in sites:
                for host, behave in ((site.api_host, site.api), (site.image_host, site.images)):
                    context: ssl.SSLContext = self._authority.vouches_for(host)
                    server = stack.enter_context(Server(behave, context))
                    address = next(self._addresses)
                    self._internet.answers[host] = [[address]]
                    self._internet.servers[address] = server.port
            yield self

    def fetcher(self, *hosts: str) -> Fetcher:
        """As in earnest, but for the internet around it."""
        return Fetcher(allowed_hosts=hosts, ca_file=self._authority.file, resolve=self._internet.resolve)
