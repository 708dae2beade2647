"""fly.toml against the keys that flyctl knows, and against what this service needs; and proof that mistakes are seen.

flyctl itself ignores a key that it does not know.
"""

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shared.config import Settings

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "fly.toml").read_text()
# Source: flyctl, internal/appconfig: config.go, service.go, toplevelcheck.go (2026), and fly-go, machine_types.go.
# `*` stands for any name; a list in fly.toml is looked at element by element.
CHECK = {"interval": str, "timeout": str, "grace_period": str, "method": str, "path": str, "protocol": str,
         "tls_skip_verify": bool, "tls_server_name": str, "headers": {"*": str}}  # fmt: skip
MACHINE_CHECK = {"command": str, "image": str, "entrypoint": str, "kill_signal": str, "kill_timeout": (int, str)}
CONCURRENCY = {"type": str, "hard_limit": int, "soft_limit": int}
PORT_OPTIONS = {
    "tls_options": {"alpn": str, "versions": str, "default_self_signed": bool},
    "http_options": {"compress": bool, "response": {"headers": {"*": object}}, "h2_backend": bool},
}
SERVICE = {"internal_port": int, "auto_stop_machines": (str, bool), "auto_start_machines": bool, "processes": str,
           "min_machines_running": int, "concurrency": CONCURRENCY, "machine_checks": MACHINE_CHECK}  # fmt: skip
VM = {"size": str, "memory": str, "cpu_kind": str, "cpus": int, "memory_mb": int, "gpus": int, "gpu_kind": str,
      "host_dedication_id": str, "kernel_args": str, "processes": str}  # fmt: skip
KNOWN: dict[str, Any] = {
    "app": str, "primary_region": str, "kill_signal": str, "kill_timeout": (int, str), "swap_size_mb": int,
    "console_command": str, "host_dedication_id": str, "machine_config": str, "container": str,
    "experimental": {"cmd": str, "entrypoint": str, "exec": str, "auto_rollback": bool, "enable_consul": bool,
                     "enable_etcd": bool, "lazy_load_images": bool, "machine_config": str, "use_zstd": bool,
                     "attached": {"secrets": {"export": {"*": str}}}},
    "build": {"builder": str, "args": {"*": str}, "buildpacks": str, "image": str, "settings": {"*": object},
              "builtin": str, "dockerfile": str, "ignorefile": str, "build-target": str},
    "deploy": {"strategy": str, "max_unavailable": float, "wait_timeout": str, "release_command": str,
               "release_command_timeout": str, "release_command_vm": VM, "seed_command": str},
    "env": {"*": str},
    "processes": {"*": str},
    "mounts": {"source": str, "destination": str, "initial_size": str, "snapshot_retention": int,
               "auto_extend_size_threshold": int, "auto_extend_size_increment": str, "auto_extend_size_limit": str,
               "processes": str},
    "http_service": {**SERVICE, **PORT_OPTIONS, "force_https": bool, "checks": CHECK},
    "services": {**SERVICE, "protocol": str, "tcp_checks": {"interval": str, "timeout": str, "grace_period": str},
                 "http_checks": CHECK,
                 "ports": {**PORT_OPTIONS, "port": int, "start_port": int, "end_port": int, "handlers": str,
                           "force_https": bool, "proxy_proto_options": {"version": str}}},
    "checks": {"*": {**CHECK, "port": int, "type": str, "processes": str}},
    "files": {"guest_path": str, "local_path": str, "secret_name": str, "raw_value": str, "processes": str},
    "machine_checks": MACHINE_CHECK,
    "restart": {"policy": str, "retries": int, "processes": str},
    "vm": VM,
    "statics": {"guest_path": str, "url_prefix": str, "tigris_bucket": str, "index_document": str},
    "metrics": {"port": int, "path": str, "https": bool, "processes": str},
}  # fmt: skip


def mistakes(text: str) -> list[str]:
    """What is wrong with a fly.toml, a sentence each; none for a good one."""
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return [f"not TOML: {error}"]
    unknown = [*_unknown(told, KNOWN, "")]
    return unknown or [*_broken_rules(told)]


def _unknown(value: Any, known: Any, where: str) -> Iterator[str]:
    if isinstance(value, list):
        for element in value:
            yield from _unknown(element, known, where)
    elif isinstance(known, dict):
        if not isinstance(value, dict):
            yield f"{where} must be a section"
            return
        for name, inner in value.items():
            if name in known or "*" in known:
                yield from _unknown(inner, known.get(name, known.get("*")), f"{where}.{name}".lstrip("."))
            else:
                yield f"{where}.{name} is unknown to flyctl".lstrip(".")
    elif not isinstance(value, known) or (isinstance(value, bool) and bool not in _kinds(known)):
        yield f"{where} has the wrong type: {value!r}"


def _kinds(known: Any) -> tuple[Any, ...]:
    return known if isinstance(known, tuple) else (bool,) if known is object else (known,)


def _broken_rules(told: dict[str, Any]) -> Iterator[str]:
    groups = set(told.get("processes", {}))
    if groups != {"web", "worker"}:
        yield "the process groups must be web and worker"
    service = told.get("http_service", {})
    if service.get("processes") != ["web"]:
        yield "http_service must be web's alone: the worker serves nothing"
    for section in ("files", "restart", "vm"):
        for entry in told.get(section, []):
            if set(entry.get("processes", groups)) - groups:
                yield f"{section} names a process group that is not there"
    for section in ("restart", "vm"):
        named = [group for entry in told.get(section, []) for group in entry.get("processes", groups)]
        if sorted(named) != sorted(groups):
            yield f"{section} must speak of each process group once"
    if any(entry.get("memory") != "512mb" for entry in told.get("vm", [])):
        yield "512 MB is what was measured"
    if any(entry.get("policy") != "always" for entry in told.get("restart", [])):
        yield "a worker that ends must be started again"
    if told.get("kill_signal") != "SIGTERM":
        yield "kill_signal must be SIGTERM: that is what gives a film back"
    if not isinstance(seconds := told.get("kill_timeout"), int) or not 45 <= seconds <= 300:
        yield "kill_timeout must be 45 to 300 seconds: Fly's longest, and what the worker may take"
    if service.get("auto_stop_machines") != "off" or not service.get("min_machines_running"):
        yield "a machine without visitors must not be stopped"
    if not service.get("force_https"):
        yield "force_https must be true"
    if [check.get("path") for check in service.get("checks", [])] != ["/health"]:
        yield "the check must ask /health"
    if any(not re.fullmatch(r"[1-9]\d*s", check.get(name, "")) for check in service.get("checks", [])
           for name in ("interval", "timeout", "grace_period")):  # fmt: skip
        yield "a check's times must be seconds, such as 15s"
    environment = told.get("env", {})
    if str(service.get("internal_port")) != environment.get("PORT"):
        yield "internal_port and PORT must be the same"
    threads = re.search(r"--threads (\d+)", told.get("processes", {}).get("web", ""))
    if not threads or int(threads[1]) <= service.get("concurrency", {}).get("hard_limit", int(threads[1])):
        yield "web needs more threads than Fly lets requests in"
    if any(name.startswith("FLY_") for name in environment):
        yield "FLY_ names are Fly's own"
    if {"DEBUG", "FLASK_DEBUG", "FLASK_ENV", "FLASK_APP", "ENTRY_POINT"} & set(environment):
        yield "Flask's variables are not used, and DEBUG opens a console to everyone"
    if any(re.search("KEYS?$|SECRET|TOKEN|PASSWORD|REDIS_URL", name) for name in environment):
        yield "secrets are set by `fly secrets set`"
    if environment.get("PYTHONUNBUFFERED") != "1" or environment.get("NO_GCE_CHECK") != "true":
        yield "PYTHONUNBUFFERED and NO_GCE_CHECK must be set"
    if environment.get("TASK_QUEUE_URL") != "redis:":
        yield "the worker takes tasks from redis:"
    keys = {entry["guest_path"] for entry in told.get("files", [])}
    if environment.get("GOOGLE_APPLICATION_CREDENTIALS") not in keys:
        yield "GOOGLE_APPLICATION_CREDENTIALS must name the file that is made of the secret"


def test_fly_toml_has_no_mistake() -> None:
    assert mistakes(TEXT) == []


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("kill_timeout = 60", "kill_timout = 60"),
        ("kill_timeout = 60", "kill_timeout = 301"),
        ("kill_timeout = 60", "kill_timeout = 5"),
        ('kill_signal = "SIGTERM"', 'kill_signal = "SIGINT"'),
        ("[http_service.concurrency]", "[http_service.concurency]"),
        ("[[http_service.checks]]", "[[http_service.http_checks]]"),
        ('grace_period = "20s"', 'grace_period = "20"'),
        ('path = "/health"', 'path = "/healthz"'),
        ('PORT = "8080"', "PORT = 8080"),
        ('PORT = "8080"', 'PORT = "8081"'),
        ('PYTHONUNBUFFERED = "1"', 'PYTHONUNBUFFERED = "1"\nFLASK_ENV = "production"'),
        ('PYTHONUNBUFFERED = "1"', 'PYTHONUNBUFFERED = "1"\nDEBUG = "true"'),
        ('PYTHONUNBUFFERED = "1"', 'PYTHONUNBUFFERED = "1"\nFLY_APP = "films"'),
        ('PYTHONUNBUFFERED = "1"', 'PYTHONUNBUFFERED = "1"\nTASK_HMAC_KEYS = "hush"'),
        ('TASK_QUEUE_URL = "redis:"', 'TASK_QUEUE_URL = "local:"'),
        ('processes = ["web"]', 'processes = ["web", "worker"]'),
        ('processes = ["web"]', 'processes = ["app"]'),
        ('processes = ["web", "worker"]\n\n[[vm]]', 'processes = ["web", "wroker"]\n\n[[vm]]'),
        ('policy = "always"', 'policy = "never"'),
        ('auto_stop_machines = "off"', 'auto_stop_machines = "stop"'),
        ("min_machines_running = 1", "min_machines_running = 0"),
        ('memory = "512mb"', 'memory = "256mb"'),
        ("force_https = true", 'force_https = "true"'),
        ("hard_limit = 40", "hard_limit = 64"),
        ("--threads 64", "--threads 32"),
        ('worker = "python', 'renderer = "python'),
        ("[env]", "[environment]"),
        ('guest_path = "/app/google-key.json"', 'guest_path = "/google-key.json"'),
    ],
)
def test_a_mistake_in_fly_toml_is_seen(right: str, wrong: str) -> None:
    assert TEXT.count(right) == 1
    assert mistakes(TEXT.replace(right, wrong))


def test_the_fly_toml_of_the_description_would_not_pass() -> None:
    described = """
[env]
  PORT = "8080"
  PYTHONUNBUFFERED = "1"
  FLASK_APP = "wsgi.py"
  FLASK_ENV = "production"

[http_service]
  internal_port = 8080
  force_https = true
"""
    assert len(mistakes(described)) > 5


def test_the_image_starts_web_as_fly_does() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    command = json.loads(re.findall(r"^CMD (\[.*\])", dockerfile, re.MULTILINE)[-1])
    assert command == tomllib.loads(TEXT)["processes"]["web"].split()


def test_the_settings_of_fly_toml_are_right_with_the_secrets_that_the_page_names() -> None:
    """docs/deploy.md tells which secrets to set; with those and nothing else a process must start."""
    page = (ROOT / "docs" / "deploy.md").read_text().partition("## Fly")[2]
    secrets = dict.fromkeys(re.findall(r"\b([A-Z][A-Z_]{4,})=", page.partition("fly secrets set")[2]), "")
    values = {"REDIS_URL": "rediss://default:hush@db.example.com:6379", "TASK_HMAC_KEYS": "hush",
              "CORS_ORIGINS": "https://app.example.com",
              "GOOGLE_CLOUD_PROJECT": "p", "GOOGLE_CLOUD_STORAGE_BUCKET": "films",
              "GOOGLE_CLOUD_STORAGE_TEMP_BUCKET": "uploads"}  # fmt: skip
    assert set(values) | {"GOOGLE_KEY"} == set(secrets)
    settings = Settings.from_env({**tomllib.loads(TEXT)["env"], **values})
    assert settings.queue_in_redis and not settings.files_on_disk
