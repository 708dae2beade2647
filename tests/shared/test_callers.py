"""Who is calling, and where from: nobody gets in who should not, and no header that anybody can write counts."""

import hashlib
import time
from typing import Any

import jwt
import pytest

from shared.callers import Caller, Callers, client_network
from shared.errors import Forbidden, Unauthenticated

SECRET = "a secret of the front end's server, long enough"
KEY = "lvk_5c1f0e9a7b"
API_KEYS = {"shop": hashlib.sha256(KEY.encode()).hexdigest(), "old": hashlib.sha256(b"another").hexdigest()}


def tokens() -> Any:
    from shared.adapters.jwt_tokens import JwtTokens

    return JwtTokens(secret=SECRET, jwks_url=None, issuer="https://app.example.com", audience="linkedin-video")


def token(secret: str = SECRET, algorithm: str = "HS256", **changes: Any) -> str:
    claims = {
        "sub": "ada",
        "iss": "https://app.example.com",
        "aud": "linkedin-video",
        "iat": int(time.time()),
        "exp": int(time.time()) + 300,
    } | changes
    return jwt.encode({name: value for name, value in claims.items() if value is not None}, secret, algorithm)


@pytest.fixture
def callers() -> Callers:
    return Callers(api_keys=API_KEYS, verifier=tokens, platform="direct")


def bearer(credential: str, **headers: str) -> dict[str, str]:
    return {
        "Authorization": f"Bearer {credential}",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }


def test_a_user_with_a_good_token_is_known_and_always_the_same(callers: Callers) -> None:
    first, second = callers.identify(bearer(token()), "1.2.3.4"), callers.identify(bearer(token()), "5.6.7.8")
    assert first == second and first.owner == first.counted_as
    assert callers.identify(bearer(token(sub="bob")), "1.2.3.4") != first


def test_neither_a_name_nor_an_address_is_kept_in_the_clear(callers: Callers) -> None:
    known = callers.identify(bearer(token(sub="ada@example.com")), "1.2.3.4")
    open_ = Callers(api_keys={}, verifier=None, platform="direct").identify({}, "203.0.113.9")
    assert "ada" not in repr(known) and "203" not in repr(open_)


@pytest.mark.parametrize(
    "bad",
    [
        token(exp=int(time.time()) - 60),
        token(exp=None),
        token(sub=None),
        token(sub=""),
        token(iss="https://evil.example"),
        token(iss=None),
        token(aud="another-service"),
        token(aud=None),
        token(secret="another secret, which is long enough as well"),
        token(nbf=int(time.time()) + 600),
        jwt.encode({"sub": "ada"}, None, "none"),
        token() + "x",
        token().rsplit(".", 1)[0] + ".",
        "not.a.token",
        "eyJhbGciOiJub25lIn0..",
        "x",
    ],
)
def test_a_bad_token_is_nobody(callers: Callers, bad: str) -> None:
    with pytest.raises(Unauthenticated):
        callers.identify(bearer(bad), "1.2.3.4")


@pytest.mark.parametrize("header", ["", "Basic YTpi", "Bearer", "Bearer ", "Bearer a b", "Bearer \u00e9", "bearer"])
def test_what_is_no_bearer_token_is_refused(callers: Callers, header: str) -> None:
    with pytest.raises(Unauthenticated):
        callers.identify({"Authorization": header}, "1.2.3.4")


def test_without_a_token_nobody_gets_in_where_somebody_can_be_known(callers: Callers) -> None:
    with pytest.raises(Unauthenticated):
        callers.identify({}, "1.2.3.4")


def test_a_server_speaks_for_itself_or_for_each_of_its_users(callers: Callers) -> None:
    itself = callers.identify(bearer(KEY), "1.2.3.4")
    ada = callers.identify(bearer(KEY, X_End_User="ada"), "1.2.3.4")
    bob = callers.identify(bearer(KEY, X_End_User="bob"), "1.2.3.4")
    assert len({itself.owner, ada.owner, bob.owner}) == 3
    assert callers.identify(bearer("another", X_End_User="ada"), "1.2.3.4") != ada
    assert callers.identify(bearer(token()), "1.2.3.4") != ada


def test_only_a_server_may_speak_for_others(callers: Callers) -> None:
    with pytest.raises(Forbidden):
        callers.identify(bearer(token(), X_End_User="bob"), "1.2.3.4")
    with pytest.raises(Forbidden):
        callers.identify(bearer(KEY, X_End_User="two words"), "1.2.3.4")


def test_an_unknown_key_is_nobody() -> None:
    with pytest.raises(Unauthenticated):
        Callers(api_keys=API_KEYS, verifier=None, platform="direct").identify(bearer("lvk_guess"), "1.2.3.4")


def test_where_nothing_is_set_up_everybody_may_call_and_is_counted_by_address() -> None:
    open_ = Callers(api_keys={}, verifier=None, platform="direct")
    here, there = open_.identify({}, "203.0.113.9"), open_.identify({}, "203.0.113.10")
    assert here.owner is None and here.counted_as != there.counted_as
    assert open_.identify(bearer("whatever"), "203.0.113.9") == here
    assert isinstance(here, Caller)


@pytest.mark.parametrize(
    ("platform", "headers", "network"),
    [
        ("direct", {"X-Forwarded-For": "1.1.1.1", "Fly-Client-IP": "2.2.2.2"}, "203.0.113.9"),
        ("google", {"X-Forwarded-For": "6.6.6.6, 198.51.100.7", "Fly-Client-IP": "2.2.2.2"}, "198.51.100.7"),
        ("google", {"X-Forwarded-For": "198.51.100.7"}, "198.51.100.7"),
        ("google", {}, "203.0.113.9"),
        ("fly", {"Fly-Client-IP": "198.51.100.7", "X-Forwarded-For": "1.1.1.1, 2.2.2.2"}, "198.51.100.7"),
        ("google", {"X-Forwarded-For": "2001:db8:1:2:3:4:5:6"}, "2001:db8:1:2::/64"),
        ("google", {"X-Forwarded-For": "2001:db8:1:2:ffff::1"}, "2001:db8:1:2::/64"),
        ("google", {"X-Forwarded-For": "::ffff:198.51.100.7"}, "198.51.100.7"),
        ("google", {"X-Forwarded-For": "not an address"}, "unknown"),
    ],
)
def test_the_address_is_the_one_that_the_platform_vouches_for(
    platform: Any, headers: dict[str, str], network: str
) -> None:
    assert client_network(headers, "203.0.113.9", platform) == network
