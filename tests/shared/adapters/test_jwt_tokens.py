"""Tokens that an identity provider signed, checked with the keys that it publishes on 127.0.0.1."""

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from shared.adapters.jwt_tokens import JwtTokens
from shared.errors import Unauthenticated, Unavailable

SECRET = "a secret of the front end's server, long enough"
CLAIMS = {"sub": "ada", "iss": "https://issuer.example", "aud": "linkedin-video"}
RSA = rsa.generate_private_key(65_537, 2048)
EC = ec.generate_private_key(ec.SECP256R1())
ED = ed25519.Ed25519PrivateKey.generate()


class Provider:
    """Publishes keys, and counts who asks."""

    def __init__(self) -> None:
        self.keys: dict[str, tuple[Any, str]] = {"r": (RSA, "RS256"), "e": (EC, "ES256"), "d": (ED, "EdDSA")}
        self.asked = 0
        self.is_down = False
        provider = self

        class Door(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider.asked += 1
                self.send_response(503 if provider.is_down else 200)
                self.end_headers()
                self.wfile.write(json.dumps({"keys": provider.published()}).encode())

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/keys"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def published(self) -> list[dict[str, Any]]:
        return [
            jwt.get_algorithm_by_name(algorithm).to_jwk(key.public_key(), as_dict=True) | {"kid": kid, "alg": algorithm}
            for kid, (key, algorithm) in self.keys.items()
        ]


@pytest.fixture
def provider() -> Iterator[Provider]:
    provider = Provider()
    yield provider
    provider.server.shutdown()
    provider.server.server_close()


def tokens(provider: Provider, secret: str | None = None) -> JwtTokens:
    return JwtTokens(secret=secret, jwks_url=provider.url, issuer=CLAIMS["iss"], audience=CLAIMS["aud"])


def token(key: Any, algorithm: str, kid: str | None, **changes: Any) -> str:
    claims = CLAIMS | {"exp": int(time.time()) + 300} | changes
    return jwt.encode(claims, key, algorithm, headers={"kid": kid} if kid else None)


@pytest.mark.parametrize(("kid", "key", "algorithm"), [("r", RSA, "RS256"), ("e", EC, "ES256"), ("d", ED, "EdDSA")])
def test_a_token_of_the_provider_is_known_by_issuer_and_subject(
    provider: Provider, kid: str, key: Any, algorithm: str
) -> None:
    known = tokens(provider)
    assert known.subject(token(key, algorithm, kid)) == "https://issuer.example\0ada"
    assert known.subject(token(key, algorithm, kid)) == "https://issuer.example\0ada"
    assert provider.asked == 1


def test_a_published_key_does_not_serve_as_a_secret(provider: Provider) -> None:
    pem = RSA.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    head = jwt.utils.base64url_encode(b'{"alg":"HS256","typ":"JWT","kid":"r"}')
    body = jwt.utils.base64url_encode(json.dumps(CLAIMS | {"exp": int(time.time()) + 300}).encode())
    signature = jwt.utils.base64url_encode(hmac.new(pem, head + b"." + body, hashlib.sha256).digest())
    forged = b".".join([head, body, signature]).decode()
    for known in (tokens(provider), tokens(provider, SECRET)):
        with pytest.raises(Unauthenticated):
            known.subject(forged)


@pytest.mark.parametrize(
    "bad",
    [
        lambda: token(rsa.generate_private_key(65_537, 2048), "RS256", "r"),
        lambda: token(RSA, "RS256", "another"),
        lambda: token(RSA, "RS256", None),
        lambda: token(RSA, "RS256", "e"),
        lambda: token(RSA, "RS256", "r", aud="another"),
        lambda: token(RSA, "RS256", "r", exp=int(time.time()) - 60),
    ],
)
def test_what_the_provider_did_not_sign_for_us_is_nobodys(provider: Provider, bad: Any) -> None:
    with pytest.raises(Unauthenticated):
        tokens(provider).subject(bad())


def test_a_front_ends_secret_and_a_provider_serve_side_by_side(provider: Provider) -> None:
    known = tokens(provider, SECRET)
    assert known.subject(token(SECRET, "HS256", None)) == known.subject(token(EC, "ES256", "e"))


def test_unknown_keys_do_not_make_us_ask_again_and_again(provider: Provider) -> None:
    known = tokens(provider)
    for number in range(20):
        with pytest.raises(Unauthenticated):
            known.subject(token(RSA, "RS256", f"guess-{number}"))
    assert provider.asked == 1


def test_a_provider_that_is_away_is_no_fault_of_the_caller(provider: Provider) -> None:
    provider.is_down = True
    known = tokens(provider)
    for _ in range(5):
        with pytest.raises(Unavailable):
            known.subject(token(RSA, "RS256", "r"))
    assert provider.asked == 1  # nobody waits for another try meanwhile


def test_a_new_key_of_the_provider_is_found(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    known = tokens(provider)
    known.subject(token(RSA, "RS256", "r"))
    fresh = rsa.generate_private_key(65_537, 2048)
    provider.keys = {"new": (fresh, "RS256")}
    moment = time.monotonic() + 11
    monkeypatch.setattr("shared.adapters.jwt_tokens.time.monotonic", lambda: moment)
    assert known.subject(token(fresh, "RS256", "new"))
