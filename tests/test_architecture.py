"""Who may import whom, read from the code itself; and what a light function never loads."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
WORDS = {
    "errors",
    "ids",
    "jobs",
    "video_request",
    "blobs",
    "images",
    "signature",
    "config",
    "log",
    "styles",
    "storyboard",
    "problems",
    "body_guard",
    "cors",
    "late",
    "speech",
    "linkedin_post",
    "tracing",
    "health",
    "callers",
    "limits",
    "breakers",
    "screenplay",
    "glyphs",
    "voices",
    "stock",
}
VENDORS = {
    "redis",
    "google",
    "requests",
    "PIL",
    "numpy",
    "cv2",
    "edge_tts",
    "aiohttp",
    "imageio_ffmpeg",
    "espeakng_loader",
    "dramatiq",
    "opentelemetry",
    "jwt",
}
FLASK = {"flask", "werkzeug", "functions_framework"}
HEAVY = {"PIL", "numpy", "cv2", "edge_tts", "aiohttp", "imageio_ffmpeg", "espeakng_loader"}
FUNCTIONS = {"generate", "status", "upload", "render"}
ADAPTERS = {"redis_line": {"redis"}, "redis_jobs": set(), "redis_limits": set(), "redis_breakers": set(),
            "jwt_tokens": {"jwt"}, "cloud_tasks": {"google", "requests"}, "gcs_blobs": {"google", "requests"},
            "iam_signing": {"google"}, "redis_scripts": set(), "redis_queue": {"redis", "dramatiq"},
            "local_queue": {"requests"}, "disk_blobs": set(), "otlp": {"opentelemetry"}, "fetching": set(),
            "public_web": set(), "wire": set(), "stock_photos": set(), "unsplash": set(),
            "pexels": set(), "redis_photos": set()}  # fmt: skip


def sources(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def imports(path: Path, *, top_level_only: bool = False) -> Iterator[str]:
    """Absolute names of what a file imports; relative ones resolved. TYPE_CHECKING blocks do not count."""
    tree = ast.parse(path.read_text())
    skipped = {
        id(node)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING"
        for node in ast.walk(block)
    }
    package = path.parent.relative_to(ROOT).parts
    for node in tree.body if top_level_only else ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*base, *([node.module] if node.module else [])])
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def roots(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imports(path)}


def prefixes(name: str) -> set[str]:
    parts = name.split(".")
    return {".".join(parts[: length + 1]) for length in range(len(parts))}


def beyond_the_framework(modules: str) -> set[str]:
    """What was loaded, without the three modules of functions-framework that live under google.cloud."""
    return {n for n in modules.split() if n not in ("google", "google.cloud") and "google.cloud.functions" not in n}


def word_of(path: Path) -> str:
    return path.relative_to(ROOT / "shared").parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", [p for p in sources("shared") if word_of(p) in WORDS], ids=lambda p: p.name)
def test_the_words_know_no_vendor_and_no_flask(path: Path) -> None:
    allowed = set(sys.stdlib_module_names) | {"msgspec", "shared"}
    if word_of(path) in ("storyboard", "glyphs"):
        allowed |= {"regex", "budoux"} if word_of(path) == "storyboard" else {"regex"}
    assert roots(path) <= allowed
    known = {name.split(".")[1] for name in imports(path) if name.startswith("shared.")}
    assert known <= WORDS


def test_every_adapter_knows_the_words_and_one_vendor() -> None:
    files = {path.stem: path for path in sources("shared/adapters") if path.stem != "__init__"}
    assert set(files) == set(ADAPTERS)
    for name, path in files.items():
        assert roots(path) & (VENDORS | FLASK) <= ADAPTERS[name], name
        assert {n.split(".")[1] for n in imports(path) if n.startswith("shared.")} <= WORDS | {"adapters"}, name


def test_adapters_are_imported_late_and_only_by_the_services() -> None:
    importers = {
        str(path.relative_to(ROOT))
        for path in sources("shared", "functions")
        if path.parent.name != "adapters" and any(name.startswith("shared.adapters") for name in imports(path))
    }
    assert importers == {"shared/services.py"}
    early = imports(ROOT / "shared/services.py", top_level_only=True)
    assert not [module for module in early if module.startswith("shared.adapters")]


@pytest.mark.parametrize("path", sources("functions"), ids=lambda p: str(p.relative_to(ROOT)))
def test_a_function_knows_what_is_shared_and_its_own_siblings(path: Path) -> None:
    own = path.relative_to(ROOT / "functions").parts[0]
    for name in imports(path):
        if name.startswith("functions."):
            assert name.split(".")[1] == own, name
    if own != "render":
        assert not roots(path) & (HEAVY - ({"PIL"} if own == "upload" else set()))


def test_nothing_shared_knows_a_function_or_the_laptop() -> None:
    for path in sources("shared", "functions"):
        assert not {"local", "tests", "wsgi", "benchmarks", "gallery", "operations"} & roots(path), path
    for path in sources("shared"):
        assert "functions" not in roots(path), path


def test_the_environment_is_read_in_one_place() -> None:
    readers = {
        str(path.relative_to(ROOT))
        for path in sources("shared", "functions")
        if "os.environ" in path.read_text() or "getenv" in path.read_text()
    }
    assert readers == {"shared/services.py"}


@pytest.mark.parametrize(
    ("function", "never"),
    [
        ("status", ["google", "aiohttp", "PIL", "numpy", "cv2", "grpc", "edge_tts", "requests"]),
        ("generate", ["aiohttp", "PIL", "numpy", "cv2", "edge_tts", "google.cloud.storage"]),
        ("upload", ["aiohttp", "numpy", "cv2", "edge_tts", "grpc"]),
    ],
)
def test_a_light_function_stays_light(function: str, never: list[str]) -> None:
    program = f"import sys, functions.{function}.main; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not set(never) & {part for name in beyond_the_framework(loaded.stdout) for part in prefixes(name)}


def test_a_poll_of_a_job_in_work_loads_no_google(redis_url: str, tmp_path: Path) -> None:
    program = """
import sys
from shared.http import one_process
from shared.ids import new_id
from shared.jobs import Job, Stage, now
from shared.video_request import VideoRequest
from shared.services import from_environment
import functions.status.main as status
services = from_environment()
job = Job(job_id=new_id(), created_at=now(), updated_at=now())
request = VideoRequest(content="A post.", job_id=job.job_id, created_at=now().isoformat())
services.jobs.put(job, request)
services.jobs.save(services.jobs.claim(request, "t").job.advanced(Stage.COMBINING_MEDIA, 47), request, "t")
answer = one_process(status.endpoint).test_client().get(f"/api/video/status/{job.job_id}")
assert answer.json["progress"] == 47
print(*sys.modules)
"""
    environment = {
        "REDIS_URL": redis_url,
        "GOOGLE_CLOUD_STORAGE_BUCKET": "films",
        "GOOGLE_CLOUD_STORAGE_TEMP_BUCKET": "uploads",
        "DATA_DIR": str(tmp_path),
    }
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert not {"google", "grpc", "PIL", "numpy", "requests"} & {
        n.split(".")[0] for n in beyond_the_framework(ran.stdout)
    }


def test_each_function_installs_only_what_it_imports() -> None:
    names = {"functions_framework": "functions-framework", "edge_tts": "edge-tts",
             "espeakng_loader": "espeakng-loader", "imageio_ffmpeg": "imageio-ffmpeg", "cv2": "opencv-python-headless",
             "PIL": "pillow", "magic": "python-magic", "google": "google-auth"}  # fmt: skip
    for function in FUNCTIONS:
        text = (ROOT / "functions" / function / "requirements.txt").read_text()
        installed = {line.split(">")[0].split("=")[0].strip() for line in text.splitlines() if line and line[0] != "#"}
        used = {names.get(root, root) for path in sources(f"functions/{function}") for root in roots(path)}
        third_party = {name for name in used if name not in sys.stdlib_module_names} - {
            "shared", "functions", "flask", "werkzeug", "fontTools", "aiohttp",
            "dramatiq",  # the worker of Fly, which is no function: the image has the root's requirements
        }  # fmt: skip
        assert third_party <= installed, (function, third_party - installed)


def test_the_words_have_no_circles() -> None:
    known = {
        word_of(path): {n.split(".")[1] for n in imports(path) if n.startswith("shared.")} - {word_of(path)}
        for path in sources("shared")
        if path.parent.name == "shared" and word_of(path) in WORDS
    }
    while known:
        free = {word for word, others in known.items() if not others & set(known)}
        assert free, f"these import each other: {sorted(known)}"
        known = {word: others for word, others in known.items() if word not in free}
