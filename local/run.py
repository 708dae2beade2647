"""The one-command start: an embedded Redis, the queue's delivery, and the service itself, together until Ctrl-C."""

import contextlib
import http.client
import importlib.util
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from local.processes import ProcessGroup
from local.scratch import Scratch
from local.task_queue import RetrySettings, TaskQueueServer

ROOT = Path(__file__).parent.parent
FUNCTIONS = ("generate", "status", "upload", "render")
CORS_ORIGINS = "http://localhost:3000,http://localhost:8080"  # the default of the service itself
NO_LIMITS = dict.fromkeys(["UPLOAD_LIMIT_HOUR", "UPLOAD_LIMIT_DAY", "GENERATE_LIMIT_HOUR", "GENERATE_LIMIT_DAY"], "0")
RETRY = RetrySettings(min_backoff=2, max_backoff=30, max_doublings=3)  # somebody is watching
START_SECONDS = 60  # the first start on a slow disk
PYTHON = sys.executable


class CannotStart(Exception):
    """Why not, in words for the person at the keyboard."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What is started, with which variables, and where it then answers."""

    commands: Mapping[str, Sequence[str]]
    ports: Sequence[int]  # each answers /health
    queue_port: int  # 0: any free one
    variables: Mapping[str, str]
    greeting: str


def main(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    """Runs until it is told to stop. The exit code: 0 after Ctrl-C or SIGTERM, 1 if something was wrong."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.set())
    try:
        if importlib.util.find_spec("gunicorn") is None:
            raise CannotStart("The packages are not installed here. Start with `make run`, which sees to them.")
        host = environment.get("HOST") or "127.0.0.1"
        port = _port(environment.get("PORT") or "8080")
        plan = _functions(host, port) if arguments == ["functions"] else _one_process(host, port)
        _run(plan, environment, host, stop)
    except CannotStart as reason:
        print(reason, file=sys.stderr, flush=True)
        return 1
    return 0


def _one_process(host: str, port: int) -> Plan:
    here = f"http://{_told_as(host)}:{port}"
    render = f"http://{_seen_as(host, '127.0.0.1')}:{port}/render"
    web = [PYTHON, "-m", "gunicorn", "wsgi:app", "--config", "local/gunicorn_config.py", "--bind", f"{host}:{port}"]
    return Plan(
        commands={"web server": web},
        ports=[port],
        queue_port=0,
        variables={"PORT": str(port), "PUBLIC_BASE_URL": here, "RENDER_URL": render},
        greeting=f"""
  In a browser   {here}/test
  In a shell     curl -X POST {here}/api/video/generate -d '{{"content": "The post, as you wrote it."}}'
""",
    )


def _functions(host: str, port: int) -> Plan:
    ports = {name: port + number for number, name in enumerate(FUNCTIONS, start=1)}
    urls = {name: f"http://{_told_as(host)}:{ports[name]}" for name in FUNCTIONS}
    command = [PYTHON, "-m", "functions_framework", "--host", host]
    return Plan(
        commands={
            name: [*command, "--port", str(ports[name]), "--source", f"functions/{name}/main.py", "--target", name]
            for name in FUNCTIONS
        },
        ports=list(ports.values()),
        queue_port=port + len(FUNCTIONS) + 1,  # 8085 is where a function that is started by hand looks for it
        variables={f"{name.upper()}_URL": url for name, url in urls.items()},
        greeting="".join(f"\n  {name:<14} {url}" for name, url in urls.items())
        + f"\n  In a browser   {urls['generate']}/test\n",
    )


def _seen_as(host: str, local: str) -> str:
    """The name by which this machine reaches what listens on `host`."""
    return local if host in ("127.0.0.1", "0.0.0.0", "localhost") else host


def _told_as(host: str) -> str:
    """The name that links and greetings use. Who listens on every address wants to be seen from other machines."""
    if host != "0.0.0.0":
        return _seen_as(host, "localhost")
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect(("192.0.2.1", 9))  # sends nothing: the system only chooses the address it would send from
            return str(probe.getsockname()[0])
    except OSError:
        return "localhost"  # there is no network


def _run(plan: Plan, environment: Mapping[str, str], host: str, stop: threading.Event) -> None:
    started = time.monotonic()
    for port in [*plan.ports, *([plan.queue_port] if plan.queue_port else [])]:
        _refuse_if_taken(host, port)
    data = Path(environment.get("DATA_DIR") or ROOT / "var").resolve()
    with contextlib.ExitStack() as running:
        try:
            scratch = running.enter_context(Scratch(data / "tmp"))
        except OSError as error:
            raise CannotStart(f"DATA_DIR: cannot write to {data}: {error.strerror}.") from error
        # In this order, so that at the end nothing is delivered any more, then the processes go, and Redis last.
        redis = None if environment.get("REDIS_URL") else socket.create_server(("127.0.0.1", 0))
        redis_url = f"redis://127.0.0.1:{redis.getsockname()[1]}/0" if redis else environment["REDIS_URL"]
        after_the_processes = running.enter_context(contextlib.ExitStack())
        processes = running.enter_context(ProcessGroup())
        queue = running.enter_context(TaskQueueServer(("127.0.0.1", plan.queue_port), RETRY))
        variables = _variables(plan, environment, data, scratch) | {
            "REDIS_URL": redis_url,
            "TASK_QUEUE_URL": f"local:{queue.port}",
        }
        for name, command in plan.commands.items():
            processes.start(name, command, cwd=ROOT, env=variables)
        if redis:
            from local.redis_server import RedisServer  # takes 0.4 s: the processes are starting meanwhile

            after_the_processes.callback(RedisServer(redis).stop)
        _wait_until_healthy(plan.ports, host, processes, stop)
        if not stop.is_set():
            print(f"\nReady after {time.monotonic() - started:.1f} s.\n{plan.greeting}  Files          {data}")
            if redis:
                print(f"  Redis          {redis_url} (in memory: jobs go when this ends, files stay)")
            print(f"  Queue          local:{queue.port}")
            print("  To stop        Ctrl-C\n", flush=True)
        while not stop.wait(0.25):
            _refuse_if_ended(processes)


def _variables(plan: Plan, environment: Mapping[str, str], data: Path, scratch: Path) -> dict[str, str]:
    """The environment of every process: what the caller set stays, but for the addresses, which follow the ports."""
    names = ("localhost", "127.0.0.1", _told_as(environment.get("HOST") or "localhost"))
    origins = [f"http://{name}:{port}" for port in plan.ports for name in dict.fromkeys(names)]
    kept = {
        name: value
        for name, value in environment.items()
        # The first three of these would point the service elsewhere, the others make it slower or leak its secrets.
        if name not in {"PUBLIC_BASE_URL", "FUNCTION_SOURCE", "FUNCTION_TARGET"}
        and name not in {"PYTHONDONTWRITEBYTECODE", "DEBUG", "FLASK_DEBUG", "GUNICORN_CMD_ARGS"}
    }
    return {
        "CORS_ORIGINS": ",".join([CORS_ORIGINS, *origins]),
        "NO_GCE_CHECK": "true",  # Google's libraries would look for a metadata server, and wait
        "MALLOC_MMAP_THRESHOLD_": "1048576",  # glibc gives pictures back at once: 60 MB less for a film
        **NO_LIMITS,
        **{name: value for name, value in kept.items() if value},
        **plan.variables,
        "DATA_DIR": str(data),
        "TMPDIR": str(scratch),
        "XDG_RUNTIME_DIR": str(scratch),  # where functions-framework's gunicorn puts its control socket
    }


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65_530):
        raise CannotStart(f"PORT must be a number from 1 to 65530, not {text[:20]!r}.")
    return int(text)


def _refuse_if_taken(host: str, port: int) -> None:
    advice = f"Stop the other program, or choose another port: PORT={port + 10} make run"
    for address in ("127.0.0.1", "::1"):  # a browser may try either for `localhost`
        with contextlib.suppress(OSError), socket.create_connection((address, port), timeout=0.5):
            raise CannotStart(f"Port {port} is already in use. {advice}")
    try:
        socket.create_server((host, port)).close()
    except OSError as error:
        raise CannotStart(f"Port {port} on {host} cannot be used: {os.strerror(error.errno or 0)}. {advice}") from error


def _refuse_if_ended(processes: ProcessGroup) -> None:
    if ended := processes.ended():
        raise CannotStart(f"The {ended[0]} process has ended by itself (exit code {ended[1]}); its reason is above.")


def _wait_until_healthy(ports: Sequence[int], host: str, processes: ProcessGroup, stop: threading.Event) -> None:
    """Returns when every port answers /health with 200, or as soon as `stop` is set. Raises CannotStart."""
    deadline = time.monotonic() + START_SECONDS
    address = _seen_as(host, "127.0.0.1")
    for port in ports:
        while not _is_healthy(address, port):
            _refuse_if_ended(processes)
            if time.monotonic() > deadline:
                raise CannotStart(f"Nothing answers /health on port {port} after {START_SECONDS} s.")
            if stop.wait(0.02):
                return


def _is_healthy(address: str, port: int) -> bool:
    connection = http.client.HTTPConnection(address, port, timeout=5)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
