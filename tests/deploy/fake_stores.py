"""Buckets, secrets and queues."""

import base64
import re
from typing import Any

import google_crc32c

from tests.deploy.fake_project import (
    NUMBER,
    PROJECT,
    Call,
    Project,
    Refused,
    exists,
    get_policy,
    not_found,
    route,
    set_policy,
    wrong,
)

DURATION = re.compile(r"\d+(\.\d{1,9})?s")


# --- buckets ---

FOREIGN_BUCKETS = {"taken-by-somebody"}


@route("GET", "storage", "storage/v1/b")
def list_buckets(project: Project, call: Call) -> Any:
    return {"kind": "storage#buckets", "items": list(project.buckets.values())}


@route("POST", "storage", "storage/v1/b")
def create_bucket(project: Project, call: Call) -> Any:
    name = call.body["name"]
    if name in FOREIGN_BUCKETS:
        raise Refused(409, "CONFLICT", "The requested bucket name is not available.")
    if name in project.buckets:
        raise Refused(
            409, "CONFLICT", "Your previous request to create the named bucket succeeded and you already own it."
        )
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]", name):
        raise wrong(f"Invalid bucket name: '{name}'")
    project.buckets[name] = {
        "kind": "storage#bucket",
        "id": name,
        "metageneration": "1",
        "storageClass": "STANDARD",
        "softDeletePolicy": {"retentionDurationSeconds": "604800"},
        "timeCreated": "2026-11-01T00:00:00Z",
        "updated": "2026-11-01T00:00:00Z",
        **_checked_bucket(call.body),
    }
    project.buckets[name]["location"] = call.body["location"].upper()
    project.objects[name] = []
    project.policies["bucket", name] = {
        "bindings": [{"role": "roles/storage.legacyBucketOwner", "members": [f"projectOwner:{PROJECT}"]}]
    }
    return project.buckets[name]


@route("GET", "storage", "storage/v1/b/{}")
def get_bucket(project: Project, call: Call, name: str) -> Any:
    return _bucket(project, name)


@route("PATCH", "storage", "storage/v1/b/{}")
def patch_bucket(project: Project, call: Call, name: str) -> Any:
    _bucket(project, name).update(_checked_bucket(call.body))
    return _bucket(project, name)


@route("DELETE", "storage", "storage/v1/b/{}")
def delete_bucket(project: Project, call: Call, name: str) -> Any:
    _bucket(project, name)
    if project.objects.pop(name):
        raise Refused(409, "CONFLICT", "The bucket you tried to delete is not empty.")
    project.policies.pop(("bucket", name))
    return project.buckets.pop(name)


@route("GET", "storage", "storage/v1/b/{}/storageLayout")
def bucket_layout(project: Project, call: Call, name: str) -> Any:
    _bucket(project, name)
    return {"kind": "storage#storageLayout", "bucket": name, "hierarchicalNamespace": {"enabled": False}}


@route("GET", "storage", "storage/v1/b/{}/managedFolders")
def list_folders(project: Project, call: Call, name: str) -> Any:
    _bucket(project, name)
    return {"kind": "storage#managedFolders"}


@route("GET", "storage", "storage/v1/b/{}/o")
def list_objects(project: Project, call: Call, name: str) -> Any:
    _bucket(project, name)
    items = [{"name": key, "bucket": name, "generation": "1", "size": "3"} for key in project.objects[name]]
    return {"kind": "storage#objects"} | ({"items": items} if items else {})


@route("DELETE", "storage", "storage/v1/b/{}/o/{}")
def delete_object(project: Project, call: Call, bucket: str, name: str) -> Any:
    project.objects[bucket].remove(name)
    return {}


@route("GET", "storage", "storage/v1/b/{}/iam")
def get_bucket_policy(project: Project, call: Call, name: str) -> Any:
    _bucket(project, name)
    return get_policy(project, "bucket", name)


@route("PUT", "storage", "storage/v1/b/{}/iam")
def set_bucket_policy(project: Project, call: Call, name: str) -> Any:
    _bucket(project, name)
    return set_policy(project, "bucket", name, call.body)


def _bucket(project: Project, name: str) -> Any:
    if name in FOREIGN_BUCKETS:
        raise Refused(403, "FORBIDDEN", "The caller does not have storage.buckets.get access to the bucket.")
    if name not in project.buckets:
        raise not_found(f"The bucket {name}")
    return project.buckets[name]


def _checked_bucket(body: Any) -> Any:
    kept = int(body.get("softDeletePolicy", {}).get("retentionDurationSeconds", 0))
    if kept and not 604_800 <= kept <= 7_776_000:
        raise wrong("Soft delete retention must be 0 or from 7 to 90 days.")
    for rule in (body.get("lifecycle") or {}).get("rule", []):
        if rule["action"]["type"] not in ("Delete", "SetStorageClass") or not isinstance(
            rule["condition"].get("age"), int
        ):
            raise wrong("Invalid lifecycle rule.")
    for entry in body.get("cors") or []:
        if not set(entry) <= {"origin", "method", "responseHeader", "maxAgeSeconds"} or not isinstance(
            entry["origin"], list
        ):
            raise wrong("Invalid CORS entry.")
    return body


# --- secrets ---


@route("GET", "secretmanager", "v1/projects/{p}/secrets")
def list_secrets(project: Project, call: Call) -> Any:
    return {"secrets": [_secret_answer(name) for name in project.secrets]}


@route("POST", "secretmanager", "v1/projects/{p}/secrets")
def create_secret(project: Project, call: Call) -> Any:
    name = call.query["secretId"]
    if name in project.secrets:
        raise exists(f"Secret [{name}]")
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,255}", name) or "automatic" not in call.body.get("replication", {}):
        raise wrong("A secret needs a name and a replication.")
    project.secrets[name] = []
    return _secret_answer(name)


@route("POST", "secretmanager", "v1/projects/{p}/secrets/([^/:]+):addVersion")
def add_version(project: Project, call: Call, name: str) -> Any:
    versions = _secret(project, name)
    data = base64.urlsafe_b64decode(call.body["payload"].get("data", ""))
    if not data:
        raise wrong("The secret payload is empty.")
    if int(call.body["payload"]["dataCrc32c"]) != google_crc32c.value(data):
        raise wrong("The checksum does not fit the payload.")
    versions.append(data.decode())
    return _version_answer(name, len(versions)) | {"clientSpecifiedPayloadChecksum": True}


@route("GET", "secretmanager", "v1/projects/{p}/secrets/{}/versions")
def list_versions(project: Project, call: Call, name: str) -> Any:
    count = len(_secret(project, name))
    return {"versions": [_version_answer(name, number) for number in range(count, 0, -1)], "totalSize": count}


@route("GET", "secretmanager", "v1/projects/{p}/secrets/{}/versions/([^/:]+):access")
def access_version(project: Project, call: Call, name: str, version: str) -> Any:
    value = version_of(project, name, version)
    return {
        "name": f"projects/{NUMBER}/secrets/{name}/versions/{version}",
        "payload": {"data": base64.b64encode(value.encode()).decode()},
    }


@route("POST", "secretmanager", "v1/projects/{p}/secrets/([^/:]+):setIamPolicy")
def set_secret_policy(project: Project, call: Call, name: str) -> Any:
    _secret(project, name)
    return set_policy(project, "secret", name, call.body["policy"])


@route("GET", "secretmanager", "v1/projects/{p}/secrets/([^/:]+):getIamPolicy")
def get_secret_policy(project: Project, call: Call, name: str) -> Any:
    _secret(project, name)
    return get_policy(project, "secret", name)


@route("DELETE", "secretmanager", "v1/projects/{p}/secrets/{}")
def delete_secret(project: Project, call: Call, name: str) -> Any:
    _secret(project, name)
    project.policies.pop(("secret", name), None)
    del project.secrets[name]
    return {}


def _secret(project: Project, name: str) -> list[str]:
    if name not in project.secrets:
        raise not_found(f"Secret [projects/{NUMBER}/secrets/{name}]")
    return project.secrets[name]


def version_of(project: Project, name: str, version: str) -> str:
    versions = _secret(project, name)
    number = len(versions) if version == "latest" else int(version)
    if not 1 <= number <= len(versions):
        raise not_found(f"Secret version [projects/{NUMBER}/secrets/{name}/versions/{version}]")
    return versions[number - 1]


def _secret_answer(name: str) -> Any:
    return {
        "name": f"projects/{NUMBER}/secrets/{name}",
        "replication": {"automatic": {}},
        "createTime": "2026-11-01T00:00:00Z",
    }


def _version_answer(name: str, number: int) -> Any:
    return {"name": f"projects/{NUMBER}/secrets/{name}/versions/{number}", "state": "ENABLED",
            "createTime": f"2026-11-01T00:00:{number:02}Z"}  # fmt: skip


# --- queues ---


@route("GET", "cloudtasks", "v2/projects/{p}/locations/{l}/queues")
def list_queues(project: Project, call: Call) -> Any:
    return {"queues": list(project.queues.values())}


@route("POST", "cloudtasks", "v2/projects/{p}/locations/{l}/queues")
def create_queue(project: Project, call: Call) -> Any:
    name = call.body["name"].rpartition("/")[2]
    if name in project.queues:
        raise exists("Queue")
    if name in project.deleted_queues:
        raise Refused(
            400,
            "FAILED_PRECONDITION",
            "The queue cannot be created because a queue with this name existed too recently.",
        )
    project.queues[name] = {"name": call.body["name"], "state": "RUNNING"}
    return _set_queue(project, name, call.body)


@route("GET", "cloudtasks", "v2/projects/{p}/locations/{l}/queues/{}")
def get_queue(project: Project, call: Call, name: str) -> Any:
    return _queue(project, name)


@route("PATCH", "cloudtasks", "v2/projects/{p}/locations/{l}/queues/{}")
def patch_queue(project: Project, call: Call, name: str) -> Any:
    _queue(project, name)
    return _set_queue(project, name, call.body)


@route("DELETE", "cloudtasks", "v2/projects/{p}/locations/{l}/queues/{}")
def delete_queue(project: Project, call: Call, name: str) -> Any:
    _queue(project, name)
    project.policies.pop(("queue", name), None)
    del project.queues[name]
    project.deleted_queues.add(name)
    return {}


@route("POST", "cloudtasks", "v2/projects/{p}/locations/{l}/queues/([^/:]+):getIamPolicy")
def get_queue_policy(project: Project, call: Call, name: str) -> Any:
    _queue(project, name)
    return get_policy(project, "queue", name)


@route("POST", "cloudtasks", "v2/projects/{p}/locations/{l}/queues/([^/:]+):setIamPolicy")
def set_queue_policy(project: Project, call: Call, name: str) -> Any:
    _queue(project, name)
    return set_policy(project, "queue", name, call.body["policy"])


def _queue(project: Project, name: str) -> Any:
    if name not in project.queues:
        raise not_found("Requested entity")
    return project.queues[name]


def _set_queue(project: Project, name: str, body: Any) -> Any:
    retry = project.queues[name].get("retryConfig", {}) | body.get("retryConfig", {})
    rates = {"maxDispatchesPerSecond": 500, "maxBurstSize": 100, "maxConcurrentDispatches": 1000}
    rates |= project.queues[name].get("rateLimits", {}) | body.get("rateLimits", {})
    for key in ("minBackoff", "maxBackoff", "maxRetryDuration"):
        if key in retry and not DURATION.fullmatch(retry[key]):
            raise wrong(f"Illegal duration format; duration must end with 's': {retry[key]}")
    if not 0 <= rates["maxConcurrentDispatches"] <= 5000 or not (
        retry.get("maxAttempts", 100) == -1 or retry.get("maxAttempts", 100) >= 1
    ):
        raise wrong("Queue settings out of range.")
    if float(retry.get("minBackoff", "0.1s")[:-1]) > float(retry.get("maxBackoff", "3600s")[:-1]):
        raise wrong("min_backoff must not be greater than max_backoff.")
    if retry.get("maxRetryDuration") in ("0s", "0.000s"):
        del retry["maxRetryDuration"]  # no limit, and not told either
    project.queues[name] |= {"retryConfig": retry, "rateLimits": rates}
    return project.queues[name]
