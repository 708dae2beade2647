"""Tokens of users (JWT), checked by PyJWT: signature, issuer, audience, expiry, and only the allowed algorithms."""

import time
from typing import Any, Final

import jwt

from shared.errors import Unauthenticated, Unavailable

LEEWAY_SECONDS: Final = 15  # between two clocks
REQUIRED: Final = ["exp", "sub"]
SHARED_SECRET: Final = ["HS256", "HS384", "HS512"]
PUBLIC_KEY: Final = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"]
JWKS_LIFE_SECONDS: Final = 3600
JWKS_TIMEOUT_SECONDS: Final = 3
REFRESH_SECONDS: Final = 10  # at least between two looks at the published keys because of a token with an unknown one
RETRY_SECONDS: Final = 2  # after a look that failed


class _Published(jwt.PyJWKClient):
    """The keys that a provider publishes. While it is away nobody waits for one more try: what is known stays."""

    _away: tuple[float, jwt.PyJWKClientConnectionError] | None = None

    def fetch_data(self) -> Any:
        if self._away and time.monotonic() < self._away[0]:
            raise self._away[1]
        try:
            return super().fetch_data()
        except jwt.PyJWKClientConnectionError as error:
            self._away = (time.monotonic() + RETRY_SECONDS, error)
            raise


class JwtTokens:
    """With the secret that the front end's server signs with, or with the keys that an identity provider publishes."""

    def __init__(self, *, secret: str | None, jwks_url: str | None, issuer: str | None, audience: str | None) -> None:
        self._secret = secret
        self._issuer = issuer
        self._audience = audience
        self._published = (
            _Published(
                jwks_url, lifespan=JWKS_LIFE_SECONDS, timeout=JWKS_TIMEOUT_SECONDS, cooldown_duration=REFRESH_SECONDS
            )
            if jwks_url
            else None
        )

    def subject(self, token: str) -> str:
        try:
            key, algorithms = self._key(token)
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=algorithms,
                issuer=self._issuer,
                audience=self._audience,
                leeway=LEEWAY_SECONDS,
                options={
                    "require": REQUIRED,
                    "verify_iss": self._issuer is not None,
                    "verify_aud": self._audience is not None,
                },
            )
        except jwt.ExpiredSignatureError as error:
            raise Unauthenticated("The token has expired. Sign in again.") from error
        except jwt.PyJWKClientConnectionError as error:
            raise Unavailable("The keys that tokens are checked with cannot be had. Try again in a moment.") from error
        except (jwt.PyJWTError, ValueError) as error:
            raise Unauthenticated("The token is not valid here.") from error
        subject = str(claims["sub"])
        if not subject:
            raise Unauthenticated("The token names nobody.")
        return f"{claims.get('iss', '')}\0{subject}"

    def _key(self, token: str) -> tuple[Any, list[str]]:
        """The algorithm in the token only chooses between what is set up: a public key never serves as a secret."""
        algorithm = jwt.get_unverified_header(token).get("alg")
        if self._secret and algorithm in SHARED_SECRET:
            return self._secret, SHARED_SECRET
        if self._published:
            return self._published.get_signing_key_from_jwt(token), PUBLIC_KEY
        raise jwt.InvalidAlgorithmError("no key of this kind is set up")
