"""What is imported before functions-framework forks: all that each request of a function needs, and no more."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
STORES = {"GOOGLE_CLOUD_STORAGE_BUCKET": "films", "GOOGLE_CLOUD_STORAGE_TEMP_BUCKET": "uploads"}
ON_GOOGLE = STORES | {
    "REDIS_URL": "redis://127.0.0.1:9",  # nobody listens there, and nobody is asked
    "GCE_METADATA_HOST": "127.0.0.1:9",
    "TASK_QUEUE_URL": "projects/p/locations/us-central1/queues/render",
    "TASK_SERVICE_ACCOUNT": "tasks@p.iam.gserviceaccount.com",
    "TASK_HMAC_KEYS": "a-key",
    "RENDER_URL": "https://render.example",
    "STATUS_URL": "https://status.example",
    "UPLOAD_URL": "https://upload.example",
    "GENERATE_URL": "https://generate.example",
}


@pytest.mark.parametrize(
    ("function", "environment", "loaded"),
    [
        ("status", ON_GOOGLE, {"redis"}),
        ("upload", ON_GOOGLE, {"redis", "google.cloud.storage"}),
        ("generate", ON_GOOGLE, {"redis", "google.cloud.tasks_v2"}),
        ("render", ON_GOOGLE, {"redis", "google.cloud.storage"}),
        ("upload", {}, {"redis"}),
        ("generate", {}, {"redis"}),
    ],
)
def test_what_every_request_needs_is_imported_and_nothing_is_connected(
    function: str, environment: dict[str, str], loaded: set[str], tmp_path: Path
) -> None:
    program = f"""
import gc, sys
from shared.services import from_environment
from_environment().load({function!r})
names = ["redis", "google.cloud.storage", "google.cloud.tasks_v2", "cryptography.x509.name", "opentelemetry"]
print(gc.isenabled(), gc.get_freeze_count() > 10_000, *(name for name in names if name in sys.modules))
"""
    environment = environment | {"DATA_DIR": str(tmp_path / "var")}
    ran = subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True)
    collects, is_frozen, *found = ran.stdout.split()
    assert (collects, is_frozen) == ("True", "True"), ran.stderr
    assert set(found) == loaded
    assert not (tmp_path / "var").exists()
