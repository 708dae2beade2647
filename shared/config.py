"""Every environment variable: its default, its check, and one message that lists every mistake."""

import importlib.util
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final, Literal, Self, get_args
from urllib.parse import urlsplit

from shared.callers import Platform
from shared.speech import EXAMPLE_VOICE, is_rate, is_voice

NarratorName = Literal["edge", "openai", "google", "espeak", "silent"]
NARRATORS: Final[tuple[NarratorName, ...]] = get_args(NarratorName)
_CLOUD_QUEUE = re.compile(r"projects/[^/]+/locations/[^/]+/queues/[^/]+")
_API_KEY = re.compile(r"[A-Za-z0-9_-]{1,40}:[0-9a-f]{64}")
SHORTEST_SECRET: Final = 32
_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:\d{1,5})?")


class WrongSettings(Exception):
    """The environment is wrong; the text lists every mistake, a line each."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """What the environment said, checked. Durations in seconds."""

    cors_origins: tuple[str, ...]
    redis_url: str
    google_cloud_project: str | None
    video_bucket: str | None
    upload_bucket: str | None
    port: int
    environment: str
    segment_seconds: float
    max_video_seconds: float
    audio_sample_rate: int
    edge_voice: str
    edge_rate: str
    edge_volume: str
    task_queue_url: str
    task_service_account: str | None
    task_hmac_keys: tuple[str, ...]
    generate_url: str | None
    status_url: str | None
    upload_url: str | None
    render_url: str | None
    public_base_url: str | None
    data_dir: Path
    narrators: tuple[NarratorName, ...]
    speech_base_url: str | None
    speech_api_key: str | None
    speech_model: str
    speech_voice: str
    google_tts_voice: str | None
    llm_base_url: str | None
    llm_api_key: str | None
    llm_model: str | None
    unsplash_access_key: str | None
    pexels_api_key: str | None
    max_attempts: int
    lease_seconds: int
    upload_limit_hour: int
    upload_limit_day: int
    generate_limit_hour: int
    generate_limit_day: int
    daily_film_seconds: int
    auth_secret: str | None
    auth_jwks_url: str | None
    auth_issuer: str | None
    auth_audience: str | None
    api_keys: Mapping[str, str]  # the SHA-256 of each, by its server's name
    cors_preview_pattern: re.Pattern[str] | None
    platform: Platform
    otlp_endpoint: str | None
    otel_service_name: str | None

    @classmethod
    def from_env(cls, environment: Mapping[str, str]) -> Self:
        """Read the mapping; raises WrongSettings."""
        read = _Reader(environment)
        settings = cls(
            cors_origins=read("CORS_ORIGINS", _origins, "http://localhost:3000,http://localhost:8080"),
            redis_url=read("REDIS_URL", _redis_url, "redis://localhost:6379"),
            google_cloud_project=read("GOOGLE_CLOUD_PROJECT", str, None),
            video_bucket=read("GOOGLE_CLOUD_STORAGE_BUCKET", str, None),
            upload_bucket=read("GOOGLE_CLOUD_STORAGE_TEMP_BUCKET", str, None),
            port=read("PORT", _between(1, 65535, int), "8080"),
            environment=read("ENVIRONMENT", str, "development"),
            segment_seconds=read("VIDEO_SEGMENT_DURATION", _between(2, 30, float), "5"),
            max_video_seconds=read("MAX_VIDEO_DURATION", _between(3, 600, float), "60"),
            audio_sample_rate=read("AUDIO_SAMPLE_RATE", _one_of(("44100", "48000"), int), "44100"),
            edge_voice=read("EDGE_TTS_VOICE", _checked(is_voice, "look like en-US-JennyNeural"), EXAMPLE_VOICE),
            edge_rate=read("EDGE_TTS_RATE", _checked(is_rate, "be from -50% to +100%, sign included"), "+0%"),
            edge_volume=read("EDGE_TTS_VOLUME", _checked(is_rate, "be from -50% to +100%, sign included"), "+0%"),
            task_queue_url=read("TASK_QUEUE_URL", _queue_url, "local:"),
            task_service_account=read("TASK_SERVICE_ACCOUNT", str, None),
            task_hmac_keys=read("TASK_HMAC_KEYS", _words, ""),
            generate_url=read("GENERATE_URL", _http_url, None),
            status_url=read("STATUS_URL", _http_url, None),
            upload_url=read("UPLOAD_URL", _http_url, None),
            render_url=read("RENDER_URL", _http_url, None),
            public_base_url=read("PUBLIC_BASE_URL", _http_url, _own_address(environment)),
            data_dir=read("DATA_DIR", Path, "./var"),
            narrators=read("NARRATORS", _narrators, "edge,espeak,silent"),
            speech_base_url=read("SPEECH_BASE_URL", _http_url, None),
            speech_api_key=read("SPEECH_API_KEY", str, None),
            speech_model=read("SPEECH_MODEL", str, "tts-1"),
            speech_voice=read("SPEECH_VOICE", str, "alloy"),
            google_tts_voice=read("GOOGLE_TTS_VOICE", str, None),
            llm_base_url=read("LLM_BASE_URL", _private_url, None),
            llm_api_key=read("LLM_API_KEY", _key, None),
            llm_model=read("LLM_MODEL", str, None),
            unsplash_access_key=read("UNSPLASH_ACCESS_KEY", _key, None),
            pexels_api_key=read("PEXELS_API_KEY", _key, None),
            max_attempts=read("MAX_ATTEMPTS", _between(1, 20, int), "3"),
            lease_seconds=read("LEASE_SECONDS", _between(1, 600, int), "60"),
            upload_limit_hour=read("UPLOAD_LIMIT_HOUR", _between(0, 10**6, int), "10"),
            upload_limit_day=read("UPLOAD_LIMIT_DAY", _between(0, 10**6, int), "50"),
            generate_limit_hour=read("GENERATE_LIMIT_HOUR", _between(0, 10**6, int), "30"),
            generate_limit_day=read("GENERATE_LIMIT_DAY", _between(0, 10**6, int), "200"),
            daily_film_seconds=read("DAILY_FILM_SECONDS", _between(0, 10**9, int), "0"),
            auth_secret=read("AUTH_SECRET", _secret, None),
            auth_jwks_url=read("AUTH_JWKS_URL", _http_url, None),
            auth_issuer=read("AUTH_ISSUER", str, None),
            auth_audience=read("AUTH_AUDIENCE", str, None),
            api_keys=read("API_KEYS", _api_keys, ""),
            cors_preview_pattern=read("CORS_PREVIEW_PATTERN", _preview_pattern, None),
            platform="google" if "K_SERVICE" in environment else "fly" if "FLY_APP_NAME" in environment else "direct",
            otlp_endpoint=read("OTEL_EXPORTER_OTLP_ENDPOINT", _http_url, None),
            otel_service_name=read("OTEL_SERVICE_NAME", str, None),
        )
        mistakes = read.mistakes + settings._mistakes_in_pairs(on_google="K_SERVICE" in environment)
        if mistakes:
            raise WrongSettings("\n".join(mistakes))
        return settings

    @property
    def secrets(self) -> tuple[str, ...]:
        """What the environment holds that must never be written anywhere."""
        password = urlsplit(self.redis_url).password
        keys = (self.speech_api_key, self.llm_api_key, self.unsplash_access_key, self.pexels_api_key)
        return tuple(secret for secret in (password, self.auth_secret, *keys, *self.task_hmac_keys) if secret)

    @property
    def files_on_disk(self) -> bool:
        return self.video_bucket is None

    @property
    def queue_in_redis(self) -> bool:
        """Whether a worker of its own takes the tasks out of Redis, so that nobody delivers them over HTTP."""
        return self.task_queue_url == "redis:"

    def address_of(self, function: str, public_path: str, own_path: str) -> str:
        """The absolute address of a function's route: below PUBLIC_BASE_URL, else below the function's own URL.

        Without either it is the path alone, which a page on the same host resolves.
        """
        if self.public_base_url:
            return self.public_base_url + public_path
        own = getattr(self, f"{function}_url")
        return own + own_path if own else public_path

    def _mistakes_in_pairs(self, *, on_google: bool) -> list[str]:
        mistakes = []
        on_cloud_tasks = (self.task_queue_url or "").startswith("projects/")  # None: its own mistake is on the list
        if (self.video_bucket is None) != (self.upload_bucket is None):
            mistakes.append("GOOGLE_CLOUD_STORAGE_BUCKET and GOOGLE_CLOUD_STORAGE_TEMP_BUCKET go together: set both.")
        if self.video_bucket and self.video_bucket == self.upload_bucket:
            mistakes.append("GOOGLE_CLOUD_STORAGE_TEMP_BUCKET must be another bucket: what is in it dies after a day.")
        if on_cloud_tasks and not (self.task_service_account and self.task_hmac_keys):
            mistakes.append("A Cloud Tasks queue needs TASK_SERVICE_ACCOUNT and TASK_HMAC_KEYS.")
        if self.queue_in_redis and not self.task_hmac_keys:
            mistakes.append("TASK_QUEUE_URL=redis: needs TASK_HMAC_KEYS, the same for web and worker.")
        if (self.auth_secret or self.auth_jwks_url) and not (self.auth_issuer and self.auth_audience):
            mistakes.append(
                "AUTH_SECRET and AUTH_JWKS_URL need AUTH_ISSUER and AUTH_AUDIENCE: whose tokens, and for whom."
            )
        if (self.auth_issuer or self.auth_audience) and not (self.auth_secret or self.auth_jwks_url):
            mistakes.append("AUTH_ISSUER and AUTH_AUDIENCE check nothing without AUTH_SECRET or AUTH_JWKS_URL.")
        if "openai" in (self.narrators or ()) and not self.speech_base_url:
            mistakes.append("NARRATORS names openai: set SPEECH_BASE_URL, such as https://api.openai.com/v1.")
        if self.speech_api_key and not self.speech_base_url:
            mistakes.append("SPEECH_API_KEY has no use without SPEECH_BASE_URL.")
        if (self.llm_base_url is None) != (self.llm_model is None):
            mistakes.append("LLM_BASE_URL and LLM_MODEL go together: set both, or neither.")
        if self.llm_api_key and not self.llm_base_url:
            mistakes.append("LLM_API_KEY has no use without LLM_BASE_URL.")
        if on_cloud_tasks and not self.render_url:
            mistakes.append("A Cloud Tasks queue needs RENDER_URL, the address it delivers to.")
        if on_google and on_cloud_tasks and not (self.public_base_url or (self.status_url and self.upload_url)):
            mistakes.append("generate needs STATUS_URL and UPLOAD_URL: without them its answers name no host.")
        if self.otlp_endpoint and not _tracing_is_installed():
            mistakes.append(
                "OTEL_EXPORTER_OTLP_ENDPOINT needs the packages of requirements-tracing.txt, which are not here."
            )
        host = urlsplit(self.redis_url or "").hostname or ""
        if on_google and host.startswith("fly-"):
            mistakes.append(f"REDIS_URL: {host} is private to Fly; Google needs a database with a public TLS address.")
        return mistakes

    def __repr__(self) -> str:
        """Without the values that are secrets: a Settings may end up in a traceback."""
        secret = {
            "redis_url", "task_hmac_keys", "auth_secret", "speech_api_key", "llm_api_key", "unsplash_access_key",
            "pexels_api_key",
        }  # fmt: skip
        shown = (f"{f.name}={'…' if f.name in secret else repr(getattr(self, f.name))}" for f in fields(self))
        return f"Settings({', '.join(shown)})"


class _Reader:
    """Reads one variable after the other and remembers every mistake."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self.mistakes: list[str] = []

    def __call__(self, name: str, parse: Callable[[str], Any], default: str | None) -> Any:
        text = self._environment.get(name, "").strip()
        if not text:
            return None if default is None else parse(default)
        try:
            return parse(text)
        except ValueError as error:
            self.mistakes.append(f"{name}: {error}")
            return None


def _own_address(environment: Mapping[str, str]) -> str | None:
    """Where one host that knows its name serves all: Fly tells it. Four functions know only what they are told."""
    app = environment.get("FLY_APP_NAME")
    return f"https://{app}.fly.dev" if app and not environment.get("STATUS_URL") else None


def _tracing_is_installed() -> bool:
    try:
        return importlib.util.find_spec("opentelemetry.exporter.otlp.proto.http") is not None
    except ModuleNotFoundError:  # of a package above it
        return False


def _between(low: float, high: float, kind: type[int] | type[float]) -> Callable[[str], float]:
    def parse(text: str) -> float:
        try:
            value = kind(text)
        except ValueError:
            value = kind(low) - 1
        if not low <= value <= high:
            raise ValueError(f"must be a number from {low} to {high}, not {text[:40]!r}")
        return value

    return parse


def _one_of(choices: tuple[str, ...], kind: type[int]) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if text not in choices:
            raise ValueError(f"must be {' or '.join(choices)}, not {text[:40]!r}")
        return kind(text)

    return parse


def _checked(is_right: Callable[[str], bool], expectation: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if not is_right(text):
            raise ValueError(f"must {expectation}, not {text[:40]!r}")
        return text

    return parse


def _words(text: str) -> tuple[str, ...]:
    return tuple(part for part in re.split(r"[,\s]+", text) if part)


def _origins(text: str) -> tuple[str, ...]:
    origins = tuple(origin.rstrip("/").lower() for origin in _words(text))
    wrong = [origin for origin in origins if not _ORIGIN.fullmatch(origin)]
    if wrong:  # a pattern would be taken for a regular expression, and match more than was meant
        raise ValueError(f"must be exact origins such as https://app.example.com, not {wrong[0][:80]!r}")
    return origins


def _secret(text: str) -> str:
    if len(text) < SHORTEST_SECRET:  # the text is not repeated
        raise ValueError(f"must have at least {SHORTEST_SECRET} characters, such as `openssl rand -hex 32` writes")
    return text


def _api_keys(text: str) -> dict[str, str]:
    """`name:sha256` a key: what is known here lets nobody in who reads it."""
    keys: dict[str, str] = {}
    for entry in _words(text):
        name, _, digest = entry.partition(":")
        if not _API_KEY.fullmatch(entry) or name in keys:
            raise ValueError("must be name:sha256 of each server's key, each name once, in hexadecimal small letters")
        keys[name] = digest
    return keys


def _preview_pattern(text: str) -> re.Pattern[str]:
    try:
        pattern = re.compile(text)
    except re.error:
        raise ValueError(f"must be a regular expression, not {text[:80]!r}") from None
    if not text.lstrip("^").startswith("https://") or pattern.fullmatch("https://anybody.example"):
        raise ValueError("must begin with https:// and match previews of yours only, not every address")
    return pattern


def _narrators(text: str) -> tuple[NarratorName, ...]:
    names = _words(text.lower())
    known = tuple(narrator for name in names for narrator in NARRATORS if name == narrator)
    if len(known) != len(names) or not names:
        raise ValueError(f"must name voices out of {', '.join(NARRATORS)}, in the order to try them")
    return known


def _redis_url(text: str) -> str:
    if urlsplit(text).scheme not in ("redis", "rediss", "unix"):
        raise ValueError("must begin with redis:// or rediss://")  # the text is not repeated: it holds a password
    return text


def _http_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ValueError(f"must be an address that begins with http:// or https://, not {text[:80]!r}")
    return text.rstrip("/")


def _private_url(text: str) -> str:
    """https, or a service on this machine: a key and somebody's notes go there."""
    parts = urlsplit(text)
    host = parts.hostname or ""
    local = host in ("localhost", "::1") or re.fullmatch(r"127(?:\.\d{1,3}){3}", host)
    if not host or not (parts.scheme == "https" or (parts.scheme == "http" and local)):
        raise ValueError("must begin with https://, or with http:// and a host on this machine such as localhost")
    if parts.username is not None or parts.password is not None or parts.query or parts.fragment:
        raise ValueError("must hold neither a name and password nor a question mark")  # the text is not repeated
    return text.rstrip("/")


def _key(text: str) -> str:
    if not re.fullmatch(r"[!-~]+", text):  # the text is not repeated
        raise ValueError("must be one word of visible ASCII characters, as it goes into a header")
    return text


def _queue_url(text: str) -> str:
    if not (re.fullmatch(r"local:(\d{1,5})?|redis:", text) or _CLOUD_QUEUE.fullmatch(text)):
        raise ValueError("must be local:, local:PORT, redis: or projects/P/locations/L/queues/Q")
    return text
