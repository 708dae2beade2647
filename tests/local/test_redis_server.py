"""The embedded Redis does what the service asks of a Redis, for clients in other processes too."""

import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from local.redis_server import RedisServer, start

COUNT_WITH_EXPIRY = """
local count = redis.call('INCR', KEYS[1])
redis.call('EXPIRE', KEYS[1], ARGV[1])
return {count, redis.call('TIME')[1]}
"""
SET_HACKED = b"*3\r\n$3\r\nSET\r\n$6\r\nhacked\r\n$1\r\n1\r\n"
COUNT_IN_ANOTHER_PROCESS = """
import sys, redis
client = redis.Redis.from_url(sys.argv[1])
for _ in range(100):
    client.incr("counted")
"""


@pytest.fixture
def server() -> Iterator[RedisServer]:
    server = start()
    yield server
    server.stop()


@pytest.fixture
def client(server: RedisServer) -> Iterator[redis.Redis]:
    with redis.Redis.from_url(server.url, decode_responses=True, socket_timeout=5) as client:
        yield client


def test_scripts_run_by_their_digest(client: redis.Redis) -> None:
    script = client.register_script(COUNT_WITH_EXPIRY)
    assert script(keys=["hits"], args=[30])[0] == 1
    assert script(keys=["hits"], args=[30])[0] == 2
    assert client.script_exists(script.sha) == [True]
    assert 0 < client.ttl("hits") <= 30


def test_an_error_reply_leaves_the_connection_open(server: RedisServer) -> None:
    with redis.Redis.from_url(server.url, single_connection_client=True, retry=Retry(NoBackoff(), 0)) as client:
        client.set("word", "one")
        for _ in range(20):
            with pytest.raises(redis.exceptions.NoScriptError):
                client.evalsha("0" * 40, 0)
            with pytest.raises(redis.ResponseError):
                client.lpush("word", "two")
            assert client.get("word") == b"one"


def test_keys_are_read_together_and_expire(client: redis.Redis) -> None:
    client.mset({"a": "1", "b": "ł\r\n2"})
    client.set("c", "3", px=1)
    client.pexpire("a", 60_000)
    assert client.mget("a", "b", "missing") == ["1", "ł\r\n2", None]
    assert 0 < client.pttl("a") <= 60_000
    for _ in range(100):
        if client.get("c") is None:
            return
    pytest.fail("the key never expired")


def test_a_large_value_comes_back_whole(client: redis.Redis) -> None:
    value = "x" * 1_000_000
    client.set("large", value)
    assert client.get("large") == value


def test_clients_of_other_processes_share_it(server: RedisServer, client: redis.Redis) -> None:
    others = [subprocess.Popen([sys.executable, "-c", COUNT_IN_ANOTHER_PROCESS, server.url]) for _ in range(3)]
    assert [other.wait(timeout=30) for other in others] == [0, 0, 0]
    assert client.get("counted") == "300"


def test_it_is_quiet_about_clients_that_vanish(server: RedisServer, capfd: pytest.CaptureFixture[str]) -> None:
    with socket.create_connection(("127.0.0.1", server.port)) as rude:
        rude.sendall(b"*1\r\n$4\r\nPI")
    with redis.Redis.from_url(server.url) as client:
        assert client.ping()
    assert capfd.readouterr() == ("", "")


def test_a_given_port_is_used_and_free_again_after_the_stop() -> None:
    server = start()
    port = server.port
    with pytest.raises(OSError, match="in use"):
        start(port)
    server.stop()
    again = start(port)
    again.stop()
    assert again.url == f"redis://127.0.0.1:{port}/0"


def test_a_web_page_cannot_talk_to_it(server: RedisServer, client: redis.Redis) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as browser:
        browser.sendall(
            b"POST / HTTP/1.1\r\nHost: x\r\n\r\nSET hacked 1\r\n*3\r\n$3\r\nSET\r\n$6\r\nhacked\r\n$1\r\n1\r\n"
        )
        browser.shutdown(socket.SHUT_WR)
        while browser.recv(4096):
            pass
    assert client.get("hacked") is None
