"""What may be fetched is; and inner servers, endless answers and slow ones get nothing out of us but a clear end."""

import gc
import gzip
import socket
import ssl
import threading
import time
import traceback
import tracemalloc
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from shared.adapters.fetching import Fetched, Fetcher, FetchFailed
from tests.pretend_web import Authority, Internet, Server, moved, page, says

API, IMAGES = "api.pictures.example", "images.pictures.example"
HERE, THERE = "93.184.216.34", "1.1.1.1"  # public addresses
PATIENCE = 0.3  # seconds that a fetch may take where it must give up
SECRET = "canary-5f1c"

Behaviour = Callable[[socket.socket, bytes], None]


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def certificates(authority: Authority) -> dict[str, ssl.SSLContext]:
    return {name: authority.vouches_for(name) for name in (API, IMAGES)}


@pytest.fixture
def internet(monkeypatch: pytest.MonkeyPatch) -> Internet:
    internet = Internet(monkeypatch)
    internet.answers = {API: [[HERE]], IMAGES: [[THERE]]}
    return internet


@pytest.fixture
def fetcher(internet: Internet, authority: Authority) -> Fetcher:
    """As it is used in earnest, but for the internet around it."""
    return Fetcher(allowed_hosts={API, IMAGES}, ca_file=authority.file, resolve=internet.resolve)


@pytest.fixture
def serve(internet: Internet, certificates: Mapping[str, ssl.SSLContext]) -> Iterator[Callable[..., Server]]:
    """`serve(behave)` stands at https://api.pictures.example/, `serve(behave, IMAGES)` at the other name."""
    with ExitStack() as stack:

        def begin(behave: Behaviour, name: str = API, tls: ssl.SSLContext | None = None) -> Server:
            server = stack.enter_context(Server(behave, tls or certificates[name]))
            internet.servers[{API: HERE, IMAGES: THERE}[name]] = server.port
            return server

        yield begin


@pytest.fixture
def plain() -> Iterator[Callable[[Behaviour], Server]]:
    """A server on this machine, without TLS."""
    with ExitStack() as stack:
        yield lambda behave: stack.enter_context(Server(behave))


def failure(
    fetcher: Fetcher, url: str = f"https://{API}/", *, max_bytes: int = 100_000, seconds: float = 10.0
) -> FetchFailed:
    with pytest.raises(FetchFailed) as caught:
        fetcher.get(url, max_bytes=max_bytes, seconds=seconds)
    return caught.value


def get(fetcher: Fetcher, url: str = f"https://{API}/", **headers: str) -> Fetched:
    return fetcher.get(url, headers=headers, max_bytes=100_000, seconds=10)


def test_an_answer_comes_back_with_its_type_and_the_headers_that_matter(
    fetcher: Fetcher, serve: Callable[..., Server]
) -> None:
    behave = says(
        page(
            b"\xff\xd8picture", Content_Type="Image/JPEG; charset=binary", X_Ratelimit_Remaining="49",
            Retry_After="30", ETag='"a"', Set_Cookie="id=1", Server="rude", X_Ratelimit_Limit="caf\xe9",
        )
    )  # fmt: skip
    server = serve(behave)
    fetched = get(fetcher, f"https://{API}/search?query=light%20house", Authorization=f"Client-ID {SECRET}")
    assert (fetched.status, fetched.content_type, fetched.body) == (200, "image/jpeg", b"\xff\xd8picture")
    assert fetched.headers == {
        "content-type": "Image/JPEG; charset=binary", "x-ratelimit-remaining": "49", "retry-after": "30", "etag": '"a"',
    }  # fmt: skip
    assert fetched.successful() is fetched
    head = server.requests[0].decode().split("\r\n")
    assert head[0] == "GET /search?query=light%20house HTTP/1.1"
    assert {f"Host: {API}", f"Authorization: Client-ID {SECRET}", "Accept-Encoding: identity"} <= set(head)
    assert (server.connections, len(server.requests)) == (1, 1)


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nhel\r\n2\r\nlo\r\n0\r\nTrailer: x\r\n\r\n",
        b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello and what was not announced",
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    ],
)
def test_each_way_to_send_a_body_is_understood(fetcher: Fetcher, serve: Callable[..., Server], answer: bytes) -> None:
    serve(says(answer))
    assert get(fetcher).body == b"hello"


def test_a_large_body_arrives_whole(fetcher: Fetcher, serve: Callable[..., Server]) -> None:
    body = bytes(range(256)) * 40_000
    serve(says(page(body)))
    assert fetcher.get(f"https://{API}/", max_bytes=len(body), seconds=30).body == body
    assert failure(fetcher, max_bytes=len(body) - 1).public == "The service sent too much."


@pytest.mark.parametrize(
    ("status", "passing"), [(400, False), (403, False), (404, False), (429, True), (500, True), (503, True)]
)
def test_an_error_is_an_answer_until_success_is_asked_for(
    fetcher: Fetcher, serve: Callable[..., Server], status: int, passing: bool
) -> None:
    serve(says(page(b"{}", status=f"{status} No", Retry_After="17", X_Ratelimit_Remaining="0")))
    fetched = get(fetcher)
    assert fetched.headers["x-ratelimit-remaining"] == "0"
    with pytest.raises(FetchFailed) as caught:
        fetched.successful()
    assert (caught.value.passing, caught.value.retry_after) == (passing, 17.0)


def test_the_time_to_come_back_is_read_as_seconds_or_as_a_date() -> None:
    def told(text: str) -> float | None:
        return Fetched(status=429, content_type="", headers={"retry-after": text}, body=b"").retry_after

    later = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    assert told("120") == 120
    assert told(later) == pytest.approx(3600, abs=60)
    assert told("Wed, 21 Oct 2015 07:28:00 GMT") == 0
    for nonsense in (
        "",
        "-5",
        "soon",
        "9" * 40,
        "Mon, 99 Foo 99999 99:99:99",
        "Mon, 01 Jan 2024 00:00:00 +9999999999999",
    ):
        assert told(nonsense) is None, nonsense


# --- who is asked ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "addresses",
    [["127.0.0.1"], ["169.254.169.254"], ["fd20:ce::254"], ["fdaa:0:1::3"], ["10.0.0.1"], ["100.64.0.1"], ["::1"],
     ["0.0.0.0"], ["192.0.0.192"], ["224.0.0.1"], ["::ffff:127.0.0.1"], ["64:ff9b::a9fe:a9fe"], ["2002:7f00:1::"],
     ["fe80::1%lo"], ["127.1"], ["2130706433"], [HERE, "127.0.0.1"], ["10.0.0.1", HERE], [HERE, THERE, "::1"]],
)  # fmt: skip
def test_a_name_with_one_inner_address_is_not_connected_to_at_all(
    internet: Internet, fetcher: Fetcher, serve: Callable[..., Server], addresses: list[str]
) -> None:
    serve(says(page()))
    internet.answers[API] = [addresses]
    error = failure(fetcher)
    assert str(error) == f"{API}: leads to an address that is not public"
    assert not error.passing
    assert internet.dialled == []


def test_a_name_that_resolves_to_something_else_the_second_time_is_asked_once(
    internet: Internet, fetcher: Fetcher, plain: Callable[[Behaviour], Server]
) -> None:
    inner = plain(says(page()))
    internet.answers[API] = [[HERE], ["127.0.0.1"]]
    internet.servers["127.0.0.1"] = inner.port
    failure(fetcher)
    assert internet.lookups == [API]
    assert internet.dialled == [(HERE, 443)]
    failure(fetcher)  # and now it is the inner address that the name resolves to
    assert internet.dialled == [(HERE, 443)]
    assert inner.connections == 0


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "TLS"])
def test_not_a_byte_is_sent_over_a_connection_that_ends_inside(
    internet: Internet, fetcher: Fetcher, serve: Callable[..., Server], plain: Callable[[Behaviour], Server], tls: bool
) -> None:
    inner = serve(says(page())) if tls else plain(says(page()))
    internet.servers[HERE] = inner.port
    internet.rebound.add(HERE)  # whatever the resolver said: the socket says that it is connected to 127.0.0.1
    error = failure(fetcher)
    assert str(error) == f"{API}: connected to an address that is not public"
    assert internet.dialled == [(HERE, 443)]
    assert inner.left.wait(5)  # hung up at once, and not when the error is forgotten
    assert (inner.received, inner.requests) == (0, [])


def test_a_host_that_is_not_listed_is_not_even_looked_up(internet: Internet, fetcher: Fetcher) -> None:
    internet.answers["evil.example"] = [[HERE]]
    assert str(failure(fetcher, "https://evil.example/")) == "evil.example: not one of the hosts to be asked"
    assert internet.lookups == [] and internet.dialled == []


def test_the_next_address_is_tried_where_one_does_not_answer(
    internet: Internet, fetcher: Fetcher, serve: Callable[..., Server]
) -> None:
    serve(says(page()), IMAGES)
    internet.answers[IMAGES] = [["2a04:4e42::1", "8.8.8.8", THERE]]
    assert get(fetcher, f"https://{IMAGES}/").status == 200
    assert [address for address, _ in internet.dialled] == ["2a04:4e42::1", "8.8.8.8", THERE]


def test_a_name_with_a_thousand_addresses_is_given_up_after_a_few(internet: Internet, fetcher: Fetcher) -> None:
    internet.answers[API] = [[f"8.8.{number // 250}.{number % 250}" for number in range(1000)]]
    assert failure(fetcher).passing
    assert len(internet.dialled) == 4


def test_a_name_that_nobody_knows_may_be_known_later(internet: Internet, fetcher: Fetcher) -> None:
    del internet.answers[API]
    error = failure(fetcher)
    assert (error.passing, error.public) == (True, "The service cannot be reached.")
    internet.answers[API] = [[]]
    assert failure(fetcher).passing


def test_no_proxy_cookie_or_password_file_of_the_machine_is_used(
    internet: Internet, authority: Authority, serve: Callable[..., Server], plain: Callable[[Behaviour], Server],
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
) -> None:  # fmt: skip
    proxy = plain(says(page(b"from the proxy")))
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, proxy.origin)
    (tmp_path / ".netrc").write_text(f"machine {API} login me password {SECRET}\n")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "nothing.pem"))

    def behave(connection: socket.socket, request: bytes) -> None:
        again = page(status="302 Found", Location="/again", Set_Cookie="id=1; Path=/")
        connection.sendall(page(b"itself") if b"/again" in request else again)

    server = serve(behave)
    ca_file = tmp_path / "authority.pem"  # of its own, so that nothing of an earlier test is used
    ca_file.write_bytes(authority.file.read_bytes())
    fetcher = Fetcher(allowed_hosts={API}, ca_file=ca_file, resolve=internet.resolve)
    assert get(fetcher).body == b"itself"
    assert proxy.connections == 0
    assert not (tmp_path / "keys").exists()
    assert not any(word in request.lower() for request in server.requests for word in (b"cookie", b"authorization"))


# --- who answers ----------------------------------------------------------------------------------------------------


def test_a_server_must_prove_its_name(
    fetcher: Fetcher, serve: Callable[..., Server], certificates: Mapping[str, ssl.SSLContext], authority: Authority
) -> None:
    for tls in (certificates[IMAGES], authority.vouches_for(API, expired=True)):
        server = serve(says(page()), tls=tls)
        error = failure(fetcher)
        assert (error.public, error.passing) == ("The service cannot prove who it is.", False)
        assert server.requests == []


def test_the_public_authorities_are_trusted_and_no_other_is(internet: Internet, serve: Callable[..., Server]) -> None:
    server = serve(says(page()))
    fetcher = Fetcher(allowed_hosts={API}, resolve=internet.resolve)
    assert failure(fetcher).public == "The service cannot prove who it is."
    assert server.requests == []


def test_a_server_without_tls_gets_no_request(
    internet: Internet, fetcher: Fetcher, plain: Callable[[Behaviour], Server]
) -> None:
    server = plain(says(page()))
    internet.servers[HERE] = server.port
    error = failure(fetcher, f"https://{API}/{SECRET}", seconds=PATIENCE)
    assert error.passing
    assert not any(SECRET.encode() in request for request in server.requests)


# --- redirects ------------------------------------------------------------------------------------------------------


def test_three_redirects_are_followed_and_no_more(fetcher: Fetcher, serve: Callable[..., Server]) -> None:
    def behave(connection: socket.socket, request: bytes) -> None:
        number = int(request.split()[1][1:] or b"0")
        connection.sendall(moved(f"/{number - 1}", "307 Moved") if number else page())

    server = serve(behave)
    assert get(fetcher, f"https://{API}/3").body == b"hello"
    assert len(server.requests) == 4
    assert str(failure(fetcher, f"https://{API}/4")) == f"{API}: more than 3 redirects"
    assert len(server.requests) == 8


def test_a_key_does_not_follow_to_another_host_nor_back(fetcher: Fetcher, serve: Callable[..., Server]) -> None:
    def behave(connection: socket.socket, request: bytes) -> None:
        steps = {b"/": moved("/own"), b"/own": moved(f"https://{IMAGES}/"), b"/back": page(b"at last")}
        connection.sendall(steps[request.split()[1]])

    api = serve(behave)
    images = serve(says(moved(f"https://{API}/back")), IMAGES)
    headers = {"Authorization": SECRET, "X-Api-Key": SECRET, "accept": "image/*", "host": "evil.example"}
    fetched = fetcher.get(f"https://{API}/", headers=headers, max_bytes=100, seconds=10)
    assert fetched.body == b"at last"
    assert [request.count(SECRET.encode()) for request in api.requests] == [2, 2, 0]
    assert SECRET.encode() not in images.requests[0]
    assert images.requests[0].lower().count(b"accept: ") == 1 and b"Accept: image/*" in images.requests[0]
    assert [request.count(f"Host: {API}\r\n".encode()) for request in api.requests] == [1, 1, 1]
    assert not any(b"evil.example" in request for request in api.requests)
    assert b"Referer" not in images.requests[0]


@pytest.mark.parametrize(
    "location",
    ["http://127.0.0.1:{port}/", "https://127.0.0.1:{port}/", "https://127.0.0.1/", "//127.0.0.1:{port}/", "http://127.1:{port}/",
     "http://2130706433:{port}/", "http://0x7f.1:{port}/", "http://[::1]:{port}/", "http://[::ffff:127.0.0.1]:{port}/",
     "http://localhost:{port}/", f"http://{API}:{{port}}/", f"http://{API}/", f"https://{API}:{{port}}/",
     f"https://{API}@127.0.0.1:{{port}}/", f"https://{API}\\@127.0.0.1:{{port}}/", "http://169.254.169.254/computeMetadata/v1/",
     "https://metadata.google.internal/", "file:///etc/passwd", "gopher://127.0.0.1:{port}/", "https://evil.example/",
     "https://inner.pictures.example/", "\thttps://127.0.0.1:{port}/", ""],
)  # fmt: skip
def test_a_redirect_is_checked_like_the_first_address(
    internet: Internet,
    authority: Authority,
    serve: Callable[..., Server],
    plain: Callable[[Behaviour], Server],
    location: str,
) -> None:
    inner = plain(says(page(b"inner")))
    internet.answers["inner.pictures.example"] = [["127.0.0.1"]]
    internet.servers["127.0.0.1"] = inner.port
    fetcher = Fetcher(
        allowed_hosts={API, "inner.pictures.example"}, ca_file=authority.file, resolve=internet.resolve,
        trusted_origins={f"http://127.0.0.1:{inner.port}"},  # trusted when we ask for it ourselves
    )  # fmt: skip
    outer = serve(says(moved(location.format(port=inner.port))))
    assert not failure(fetcher).passing
    assert (len(outer.requests), inner.connections) == (1, 0)
    assert internet.dialled == [(HERE, 443)]
    assert get(fetcher, f"{inner.origin}/").body == b"inner"


def test_nobody_outside_sends_us_to_a_trusted_origin(
    internet: Internet,
    authority: Authority,
    serve: Callable[..., Server],
    certificates: Mapping[str, ssl.SSLContext],
) -> None:
    internet.answers[IMAGES] = [["127.0.0.1"]]
    with Server(says(page()), certificates[IMAGES]) as inner:
        origin = f"https://{IMAGES}:{inner.port}"
        fetcher = Fetcher(
            allowed_hosts={API}, trusted_origins={origin}, ca_file=authority.file, resolve=internet.resolve
        )
        serve(says(moved(f"{origin}/")))
        failure(fetcher)
        assert inner.connections == 0
        assert get(fetcher, f"{origin}/").status == 200


def test_a_redirect_does_not_leave_https_even_for_a_trusted_origin(
    internet: Internet,
    authority: Authority,
    certificates: Mapping[str, ssl.SSLContext],
    plain: Callable[[Behaviour], Server],
) -> None:
    inner = plain(says(page()))
    internet.answers[API] = [["127.0.0.1"]]
    with Server(says(moved(f"{inner.origin}/")), certificates[API]) as outer:
        origin = f"https://{API}:{outer.port}"
        fetcher = Fetcher(
            allowed_hosts=(), trusted_origins={origin, inner.origin}, ca_file=authority.file, resolve=internet.resolve
        )
        assert str(failure(fetcher, f"{origin}/")) == "127.0.0.1: a redirect from https to http"
        assert (len(outer.requests), inner.connections) == (1, 0)
        assert f"Host: {API}:{outer.port}".encode() in outer.requests[0]


# --- how much -------------------------------------------------------------------------------------------------------


def endlessly(head: bytes, part: bytes) -> Behaviour:
    def behave(connection: socket.socket, request: bytes) -> None:
        connection.sendall(head)
        while True:
            connection.sendall(part)

    return behave


OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
ENDLESS = {
    "without a length": endlessly(OK + b"\r\n", b"x" * 8192),
    "a length that cannot be": endlessly(OK + b"Content-Length: -5\r\n\r\n", b"x" * 8192),
    "a length that nobody can write": endlessly(OK + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n", b"x" * 8192),
    "chunks": endlessly(CHUNKED, b"2000\r\n" + b"x" * 8192 + b"\r\n"),
    "one giant chunk": endlessly(CHUNKED + b"FFFFFFFFFFFFFFFFFFFFFFFF\r\n", b"x" * 8192),
    "a chunk of less than nothing": endlessly(CHUNKED + b"-1\r\n", b"x" * 8192),
    "tiny chunks with long marks": endlessly(CHUNKED, b"1;" + b"x" * 4096 + b"\r\nx\r\n"),
    "trailers": endlessly(CHUNKED + b"0\r\n", b"X: y\r\n" * 1000),
    "a status line": endlessly(b"HTTP/1.1 200 ", b"x" * 8192),
    "one header": endlessly(OK + b"X: ", b"x" * 8192),
    "headers": endlessly(OK, b"X: y\r\n" * 1000),
    "a few long headers": endlessly(OK, b"X: " + b"y" * 60_000 + b"\r\n"),
    "promises to continue": endlessly(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100),
}


@pytest.mark.parametrize("behave", ENDLESS.values(), ids=ENDLESS)
def test_an_endless_answer_ends_and_takes_no_memory(plain: Callable[[Behaviour], Server], behave: Behaviour) -> None:
    server = plain(behave)
    fetcher = Fetcher(allowed_hosts=(), trusted_origins={server.origin})
    gc.collect()
    tracemalloc.start()
    try:
        error = failure(fetcher, f"{server.origin}/", max_bytes=1_000_000, seconds=60)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert error.public != "The service did not answer in time."
    assert peak < 5_000_000


@pytest.mark.parametrize("length", ["10000000000", "100001", "9" * 4000])
def test_a_body_that_is_announced_as_too_long_is_not_read(
    fetcher: Fetcher, serve: Callable[..., Server], length: str
) -> None:
    server = serve(lambda connection, _: (connection.sendall(page(b"", Content_Length=length)), server.over.wait(30)))
    error = failure(fetcher, seconds=60)
    assert (error.public, error.passing) == ("The service sent too much.", False)


@pytest.mark.parametrize(
    "answer",
    [page(b"half", Content_Length="8"), CHUNKED + b"8\r\nhalf", CHUNKED + b"4\r\nhalf\r\n", OK + b"\r\nhalf", OK, b""],
)
def test_half_an_answer_is_none(fetcher: Fetcher, serve: Callable[..., Server], answer: bytes) -> None:
    serve(says(answer))  # the server closes the connection, without the goodbye of TLS
    assert failure(fetcher).passing


def test_a_body_shorter_than_announced_is_none_without_tls_too(plain: Callable[[Behaviour], Server]) -> None:
    for answer in (page(b"half", Content_Length="8"), CHUNKED + b"8\r\nhalf", CHUNKED + b"4\r\nhalf\r\n"):
        server = plain(says(answer))
        assert failure(Fetcher(allowed_hosts=(), trusted_origins={server.origin}), f"{server.origin}/").passing


def test_what_is_compressed_is_not_unpacked(fetcher: Fetcher, serve: Callable[..., Server]) -> None:
    bomb = gzip.compress(bytes(50_000_000))
    server = serve(says(page(bomb, Content_Encoding="gzip")))
    assert str(failure(fetcher)) == "compressed, which was not asked for"
    assert b"Accept-Encoding: identity\r\n" in server.requests[0]


@pytest.mark.parametrize(
    "answer",
    [b"SSH-2.0-OpenSSH_9.6\r\n", b"220 smtp\r\n", b"HTTP/1.1 2x0 OK\r\n\r\n", b"\x00" * 500, b"+PONG\r\n",
     b"HTTP/9.9 200 OK\r\n\r\n", CHUNKED + b"zz\r\n", CHUNKED + b"-5\r\nhello",
     OK + b"Transfer-Encoding: gzip\r\n\r\n" + b"x" * 10],
)  # fmt: skip
def test_another_protocol_is_not_an_answer(fetcher: Fetcher, serve: Callable[..., Server], answer: bytes) -> None:
    serve(says(answer))
    assert failure(fetcher).passing


# --- how long -------------------------------------------------------------------------------------------------------


def drip(head: bytes, drop: bytes) -> Behaviour:
    def behave(connection: socket.socket, request: bytes) -> None:
        connection.sendall(head)
        while True:
            connection.sendall(drop)
            time.sleep(0.02)

    return behave


def silent(connection: socket.socket, request: bytes) -> None:
    connection.recv(1)


SLOW = {
    "to answer": silent,
    "to say its status": drip(b"", b"H"),
    "to send headers": drip(OK, b"X: y\r\n"),
    "to send a body": drip(OK + b"Content-Length: 90000\r\n\r\n", b"x"),
    "to send chunks": drip(CHUNKED, b"1\r\nx\r\n"),
    "to send a chunk's mark": drip(CHUNKED, b"0"),
}


class Cancelled(Exception):
    pass


def ends_in_time(fetcher: Fetcher, url: str = f"https://{API}/") -> None:
    """Both ways to end it: the time that it has, and somebody who does not want it any more."""
    began = time.monotonic()
    error = failure(fetcher, url, seconds=PATIENCE)
    assert (str(error), error.passing) == (f"not done within {PATIENCE} s", True)
    assert time.monotonic() - began < 5

    cancelled = threading.Event()

    def check() -> None:
        if cancelled.is_set():
            raise Cancelled

    threading.Timer(0.1, cancelled.set).start()
    began = time.monotonic()
    with pytest.raises(Cancelled):
        fetcher.get(url, max_bytes=100_000, seconds=60, check=check)
    assert time.monotonic() - began < 5  # a tenth of a second, on a machine that has time


@pytest.mark.parametrize("behave", SLOW.values(), ids=SLOW)
def test_nobody_keeps_us_waiting_who_is_slow(fetcher: Fetcher, serve: Callable[..., Server], behave: Behaviour) -> None:
    serve(behave)
    ends_in_time(fetcher)


def test_nobody_keeps_us_waiting_who_redirects_slowly(fetcher: Fetcher, serve: Callable[..., Server]) -> None:
    def behave(connection: socket.socket, request: bytes) -> None:
        time.sleep(PATIENCE / 2)  # each hop alone would be in time
        connection.sendall(moved("/again"))

    serve(behave)
    ends_in_time(fetcher)


def test_nobody_keeps_us_waiting_who_does_not_resolve(internet: Internet, authority: Authority) -> None:
    over = threading.Event()

    def resolve(host: str, port: int) -> list[str]:
        over.wait(30)
        return [HERE]

    ends_in_time(Fetcher(allowed_hosts={API}, ca_file=authority.file, resolve=resolve))
    over.set()
    assert internet.dialled == []


def test_nobody_keeps_us_waiting_who_does_not_connect(internet: Internet, fetcher: Fetcher) -> None:
    with socket.socket() as full, ExitStack() as waiting:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        internet.servers[HERE] = full.getsockname()[1]
        for _ in range(4):  # nobody takes them in, and then there is no more room to wait in
            early = waiting.enter_context(socket.socket())
            early.setblocking(False)
            early.connect_ex((HERE, 443))
        ends_in_time(fetcher)


def test_nobody_keeps_us_waiting_who_does_not_shake_hands(internet: Internet, fetcher: Fetcher) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:  # connected by the system, and then nothing
        internet.servers[HERE] = mute.getsockname()[1]
        ends_in_time(fetcher)


def test_an_endless_answer_can_be_cancelled(fetcher: Fetcher, serve: Callable[..., Server]) -> None:
    serve(ENDLESS["chunks"])
    looks = iter(range(3))

    def check() -> None:
        if next(looks, None) is None:
            raise Cancelled

    with pytest.raises(Cancelled):
        fetcher.get(f"https://{API}/", max_bytes=10**15, seconds=60, check=check)


def test_sockets_are_closed_however_it_ends(fetcher: Fetcher, serve: Callable[..., Server]) -> None:
    ends: list[Behaviour] = [
        says(page()),
        says(page(b"half", Content_Length="9")),
        silent,
        ENDLESS["headers"],
        says(b""),
    ]
    gone: list[threading.Event] = []

    def watched(behave: Behaviour) -> Behaviour:
        left = threading.Event()
        gone.append(left)

        def watch(connection: socket.socket, request: bytes) -> None:
            try:
                behave(connection, request)
                connection.recv(1)  # nothing comes: it returns when the other side has closed
            finally:
                left.set()

        return watch

    for behave in ends:
        serve(watched(behave))
        try:
            fetcher.get(f"https://{API}/", max_bytes=100, seconds=PATIENCE)
        except FetchFailed:
            continue
    assert all(left.wait(5) for left in gone)


# --- what is told ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "behave",
    [
        says(b"HTTP/1.1 " + SECRET.encode() + b"\r\n\r\n"),
        says(SECRET.encode() * 10),
        says(CHUNKED + SECRET.encode() + b"\r\n"),
        says(moved(f"https://[{SECRET}]/")),
        says(moved(f"https://{SECRET}@{API}/")),
        says(moved(f"https://evil.example/?key={SECRET}")),
        says(moved(f"https://{API}:{SECRET}/")),
        says(moved(f"https://{API}/ {SECRET}")),
        says(moved(f"/?key={SECRET}")),
        says(page(status="500 " + SECRET)),
        says(page(b"x", Content_Encoding=SECRET)),
        says(page(b"", Content_Length="7")),
        silent,
    ],
)
def test_no_failure_tells_a_key(fetcher: Fetcher, serve: Callable[..., Server], behave: Behaviour) -> None:
    serve(behave)
    url = f"https://{API}/search?client_id={SECRET}"
    with pytest.raises(FetchFailed) as caught:
        fetcher.get(url, headers={"Authorization": SECRET}, max_bytes=1000, seconds=PATIENCE).successful()
    told = [str(caught.value), repr(caught.value), caught.value.public, *traceback.format_exception(caught.value)]
    assert not any(SECRET in line for line in told)


@pytest.mark.parametrize(
    "value", [f"Client-ID {SECRET}\n", f"{SECRET}\r\nX-More: 1", f"{SECRET}\x00", f"{SECRET}é", f"{SECRET}\x85"]
)
def test_a_key_with_a_line_end_is_not_sent_and_not_told(
    fetcher: Fetcher, serve: Callable[..., Server], value: str
) -> None:
    server = serve(says(page()))
    for headers in ({"Authorization": value}, {value: "x"}):
        with pytest.raises(FetchFailed) as caught:
            fetcher.get(f"https://{API}/", headers=headers, max_bytes=1000, seconds=10)
        assert SECRET not in "".join(traceback.format_exception(caught.value))
    assert server.connections == 0
