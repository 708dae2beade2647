"""What of the web may be asked: a URL → where it leads; an IP address → whether it is a public one (pure)."""

import ipaddress
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urljoin, urlsplit

LONGEST: Final = 4096  # characters of a URL; a picture's is a few hundred long, a signed one up to two thousand
CHARACTERS: Final = re.compile(r"[!-\[\]-~]+")  # visible ASCII without the backslash, which browsers read as a slash
# The last label begins with a letter: so 127.1, 0x7f.1 and 2130706433 are no names, and neither are a trailing dot,
# an IPv6 address and anything beyond ASCII.
NAME: Final = re.compile(r"(?=.{4,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])")
INSIDE: Final = (".internal", ".flycast", ".local", ".localhost", ".localdomain", ".home.arpa", ".lan")

# Written out: what `is_global` answers differs between releases of Python, and 192.0.0.192 was public to 3.11.
NOT_PUBLIC: Final = tuple(
    ipaddress.ip_network(network)
    for network in (
        "0.0.0.0/8",  # this machine
        "10.0.0.0/8",
        "100.64.0.0/10",  # behind a provider's NAT
        "127.0.0.0/8",
        "168.63.129.16/32",  # Azure's metadata, under a number that looks public
        "169.254.0.0/16",  # link-local: metadata servers
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # relays of 6to4
        "192.168.0.0/16",
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
        "2001::/23",  # protocols: Teredo and others
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: holds an IPv4 address
        "3fff::/20",  # documentation
    )
)
# All that is given out to anybody so far. Outside lie loopback, ::ffff:0:0/96 and 64:ff9b::/96 (IPv4 in disguise),
# link-local, multicast, and fc00::/7 with Google's metadata (fd20:ce::254) and Fly's own network (fdaa::/16).
PUBLIC_IPV6: Final = ipaddress.IPv6Network("2000::/3")


class FetchFailed(Exception):
    """Nothing was fetched: the message is for the log, `public` is a reason that a person may read.

    `passing`: another try may help; `retry_after`: not before so many seconds, where the service said so.
    No text holds more of a URL than its host, nor a header, nor what the service wrote: keys may stand there.
    """

    def __init__(self, message: str, *, public: str, passing: bool, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.public = public
        self.passing = passing
        self.retry_after = retry_after


def refused(why: str) -> FetchFailed:
    return FetchFailed(why, public="The service named an address that is not allowed.", passing=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Destination:
    """Where a URL leads. `trusted`: it may lie anywhere, also on this machine."""

    scheme: str
    host: str
    port: int
    target: str = field(repr=False)  # path and query; a key may stand in it
    trusted: bool

    @property
    def origin(self) -> str:
        return f"{self.scheme}://{self.host}:{self.port}"

    @property
    def authority(self) -> str:
        """What the Host header says."""
        return self.host if self.port == {"https": 443, "http": 80}[self.scheme] else f"{self.host}:{self.port}"


def destination_of(url: str, *, allowed_hosts: Collection[str], trusted_origins: Collection[str]) -> Destination:
    """Raises FetchFailed for every URL that is not https://NAME/… with one of the names, on port 443.

    `trusted_origins`, each "scheme://host:port", are excepted from this.
    """
    if len(url) > LONGEST or not CHARACTERS.fullmatch(url):
        raise refused("the URL is too long, or holds characters that no URL has")
    try:
        parts = urlsplit(url)
        scheme, host, port = parts.scheme, parts.hostname or "", parts.port
    except ValueError:  # its text holds the address
        raise refused("the URL cannot be taken apart") from None
    if scheme not in ("http", "https"):
        raise refused("the URL is not https")
    if "@" in parts.netloc:
        raise refused("the URL holds a user's name")
    if port is None:
        port = 443 if scheme == "https" else 80
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    trusted = f"{scheme}://{host}:{port}" in trusted_origins
    if not trusted:
        _check_outside(scheme, host, port, allowed_hosts)
    return Destination(scheme=scheme, host=host, port=port, target=target, trusted=trusted)


def _check_outside(scheme: str, host: str, port: int, allowed_hosts: Collection[str]) -> None:
    if not NAME.fullmatch(host):
        raise refused("the URL's host is not a name")
    if scheme != "https":
        raise refused(f"{host}: the URL is not https")
    if port != 443:
        raise refused(f"{host}: the URL names port {port}")
    if f".{host}".endswith(INSIDE):
        raise refused(f"{host}: a name of an inner network")
    if host not in allowed_hosts:
        raise refused(f"{host}: not one of the hosts to be asked")


def redirected(url: str, location: str) -> str:
    """The URL that an answer from `url` points to. Raises FetchFailed."""
    if len(location) > LONGEST or not CHARACTERS.fullmatch(location):  # urljoin would drop some of them in silence
        raise refused("the redirect is too long, or holds characters that no URL has")
    try:
        return urljoin(url, location)
    except ValueError:  # its text holds the address
        raise refused("the redirect cannot be taken apart") from None


def is_public(address: str) -> bool:
    """Whether an IP address, as a resolver or a socket tells it, belongs to the open internet."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if ip.version == 6 and ip not in PUBLIC_IPV6:
        return False
    return not any(ip in network for network in NOT_PUBLIC)
