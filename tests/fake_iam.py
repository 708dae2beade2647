"""The doors of Google that give out tokens and signatures: OAuth for key files, the metadata server, IAM's signBlob."""

import base64
import json
from collections.abc import Mapping
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import requests
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from google.auth import jwt
from google.auth.transport.requests import Request
from requests.adapters import HTTPAdapter

EMAIL = "videos@test.iam.gserviceaccount.com"
TOKEN_AUDIENCE = "https://oauth2.googleapis.com/token"  # the library's, wherever it then sends the token
SIGN_BLOB = f"/v1/projects/-/serviceAccounts/{EMAIL}:signBlob"
ACCOUNTS = "/computeMetadata/v1/instance/service-accounts/"


class Refused(Exception):
    """An answer of one of Google's APIs that is no success."""

    def __init__(self, status: int, message: str, rpc_status: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.rpc_status = rpc_status


class FakeIam:
    """Tokens of one service account. `may_sign`: whether it has the role to sign as itself."""

    def __init__(self) -> None:
        self.may_sign = True
        self._number = count(1)
        self._tokens: set[str] = set()

    def revoke_tokens(self) -> None:
        """As if the hour of every token given out so far were over."""
        self._tokens.clear()

    def check(self, headers: Mapping[str, str]) -> None:
        if headers.get("authorization", "").removeprefix("Bearer ") not in self._tokens:
            raise Refused(401, "Anonymous caller.")

    def answer(self, path: str, headers: Mapping[str, str], body: bytes) -> dict[str, Any] | None:
        """The JSON that one of these doors answers; None for a path that is none of them."""
        if path == "/token":
            return self._token_for_a_key(dict(parse_qsl(body.decode())))
        if path.startswith("/computeMetadata/"):
            return self._metadata(path, headers)
        if path == SIGN_BLOB:
            self.check(headers)
            if not self.may_sign:
                message = f"Permission 'iam.serviceAccounts.signBlob' denied on {EMAIL}."
                raise Refused(403, message, "PERMISSION_DENIED")
            signature = sign(base64.b64decode(json.loads(body)["payload"]))
            return {"keyId": "1", "signedBlob": base64.b64encode(signature).decode()}
        return None

    def _token_for_a_key(self, form: Mapping[str, str]) -> dict[str, Any]:
        pem = (
            private_key()
            .public_key()
            .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        )
        claims = jwt.decode(form["assertion"], certs=pem, audience=TOKEN_AUDIENCE)  # type: ignore[no-untyped-call]
        if claims["iss"] != EMAIL:
            raise Refused(400, "invalid_grant")
        return self._token()

    def _metadata(self, path: str, headers: Mapping[str, str]) -> dict[str, Any]:
        """Google's metadata server, as a function sees it."""
        if headers.get("metadata-flavor") != "Google":
            raise Refused(403, "Missing Metadata-Flavor:Google header.")
        account = path.removeprefix(ACCOUNTS)
        if account in ("default/", f"{EMAIL}/"):
            return {"aliases": ["default"], "email": EMAIL, "scopes": []}
        if account in (f"{EMAIL}/token", "default/token"):
            return self._token()
        raise Refused(404, "not found")

    def _token(self) -> dict[str, Any]:
        token = f"token-{next(self._number)}"
        self._tokens.add(token)
        return {"access_token": token, "expires_in": 3600, "token_type": "Bearer"}


@cache
def private_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def sign(message: bytes) -> bytes:
    return private_key().sign(message, padding.PKCS1v15(), hashes.SHA256())


def is_signed(message: bytes, signature: str) -> bool:
    """Whether the signature, in hexadecimal digits, is the account's own."""
    try:
        private_key().public_key().verify(bytes.fromhex(signature), message, padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, ValueError):
        return False
    return True


def write_key_file(path: Path, url: str) -> Path:
    """A service account's key file, as one downloads it; its tokens are given out at `url`."""
    pem = private_key().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    key = {"type": "service_account", "project_id": "test", "private_key_id": "1", "private_key": pem.decode()}
    path.write_text(json.dumps({**key, "client_email": EMAIL, "token_uri": f"{url}/token"}))
    return path


def transport(url: str) -> Request:
    """What google-auth sends with, where IAM and the metadata server are at `url`."""
    session = requests.Session()
    for elsewhere in ("https://iamcredentials.googleapis.com", "http://metadata.google.internal"):
        session.mount(elsewhere, _Detour(url))
    return Request(session)


class _Detour(HTTPAdapter):
    """Sends to `url` what was meant for another host."""

    def __init__(self, url: str) -> None:
        self._url = url
        super().__init__()

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        request.url = self._url + str(request.path_url)
        return super().send(request, *args, **options)
