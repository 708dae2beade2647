"""Who is calling: a verified user, a server that may speak for its own users, or an address nobody vouches for."""

import hashlib
import hmac
import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from shared.errors import Forbidden, Unauthenticated

Platform = Literal["google", "fly", "direct"]
END_USER: Final = "X-End-User"
_BEARER = re.compile(r"Bearer +([\x21-\x7e]{1,8192})", re.IGNORECASE)
_END_USER = re.compile(r"[\x21-\x7e]{1,200}")
NETWORK_BITS: Final = 64  # of an IPv6 address: who has one has the whole network


@dataclass(frozen=True, kw_only=True, slots=True)
class Caller:
    """`owner`: whose jobs and pictures these are; None where they belong to whoever knows their id.

    `counted_as` is what limits count. Both are fingerprints: neither a name nor an address is stored or logged.
    """

    owner: str | None
    counted_as: str


class Headers(Protocol):
    def get(self, name: str, /) -> str | None: ...


def is_visible(owner: str | None, caller: str | None) -> bool:
    """What belongs to nobody is for whoever knows its id; what belongs to somebody, for nobody else."""
    return owner is None or owner == caller


class TokenVerifier(Protocol):
    def subject(self, token: str) -> str:
        """Who the token was issued to; raises Unauthenticated, or Unavailable where its keys cannot be had."""
        ...


class Callers:
    """`api_keys`: the SHA-256 of each server's key, by its name. `verifier` is built when the first token comes."""

    def __init__(
        self, *, api_keys: Mapping[str, str], verifier: Callable[[], TokenVerifier] | None, platform: Platform
    ) -> None:
        self._api_keys = dict(api_keys)
        self._verifier = verifier
        self._platform = platform

    @property
    def are_open(self) -> bool:
        """Whether everybody may call, because nothing was set up by which to know anybody."""
        return not self._api_keys and self._verifier is None

    def identify(self, headers: Headers, remote_address: str) -> Caller:
        """Raises Unauthenticated, Forbidden, Unavailable."""
        if self.are_open:
            network = client_network(headers, remote_address, self._platform)
            return Caller(owner=None, counted_as=_fingerprint("network", network))
        token = _token(headers.get("Authorization"))
        server = self._server(token)
        end_user = headers.get(END_USER)
        if server is not None:
            if end_user is None:
                return _known("server", server)
            if not _END_USER.fullmatch(end_user):
                raise Forbidden(f"{END_USER} must be 1 to 200 visible ASCII characters without spaces.")
            return _known("end user", server, end_user)
        if end_user is not None:
            raise Forbidden(f"{END_USER} is for servers with an API key.")
        if self._verifier is None:
            raise Unauthenticated("This key is not known here.")
        return _known("user", self._verifier().subject(token))

    def owner(self, headers: Headers) -> str | None:
        """Whose jobs and pictures this caller may see, beside those of nobody. Raises as `identify` does."""
        return None if self.are_open else self.identify(headers, "").owner

    def _server(self, key: str) -> str | None:
        """The name of the key; every one is compared, so that the time tells nothing."""
        fingerprint = hashlib.sha256(key.encode()).hexdigest()
        found = [name for name, known in self._api_keys.items() if hmac.compare_digest(known, fingerprint)]
        return found[0] if found else None


def client_network(headers: Headers, remote_address: str, platform: Platform) -> str:
    """Where a call comes from, as the platform itself says it: an IPv4 address, or the /64 of an IPv6 one.

    Google appends the caller to X-Forwarded-For, whatever stood there; Fly sets Fly-Client-IP. Anywhere else nobody
    vouches for a header, and it is the connection that counts.
    """
    address = remote_address
    if platform == "google":
        address = (headers.get("X-Forwarded-For") or "").rpartition(",")[2].strip() or remote_address
    elif platform == "fly":
        address = (headers.get("Fly-Client-IP") or "").strip() or remote_address
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((int(parsed), NETWORK_BITS), strict=False))
    return str(parsed)


def _token(authorization: str | None) -> str:
    if authorization is None:
        raise Unauthenticated("Send a token: Authorization: Bearer …")
    found = _BEARER.fullmatch(authorization.strip())
    if not found:
        raise Unauthenticated("Authorization must be: Bearer and a token.")
    return found[1]


def _known(*who: str) -> Caller:
    owner = _fingerprint(*who)
    return Caller(owner=owner, counted_as=owner)


def _fingerprint(*who: str) -> str:
    """The same for the same, and of one length, whatever a name is made of."""
    return hashlib.sha256("\0".join(who).encode()).hexdigest()[:32]
