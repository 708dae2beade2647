"""What the fake Google keeps: one project, the routes that change it, the policies of all that is in it."""

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

PROJECT, NUMBER, REGION = "my-project", "123456789012", "us-central1"
ROLES = {  # what may be granted on what
    "project": {
        "roles/owner", "roles/editor", "roles/viewer", "roles/logging.logWriter", "roles/artifactregistry.writer",
        "roles/storage.objectViewer", "roles/storage.admin", "roles/cloudtasks.enqueuer",
        "roles/secretmanager.secretAccessor", "roles/run.invoker", "roles/iam.serviceAccountUser",
    },
    "account": {"roles/iam.serviceAccountTokenCreator", "roles/iam.serviceAccountUser", "roles/owner", "roles/editor"},
    "bucket": {
        "roles/storage.objectUser", "roles/storage.objectAdmin", "roles/storage.objectViewer", "roles/storage.admin",
        "roles/storage.legacyBucketOwner", "roles/storage.legacyBucketReader",
    },
    "secret": {"roles/secretmanager.secretAccessor", "roles/secretmanager.admin"},
    "queue": {"roles/cloudtasks.enqueuer", "roles/cloudtasks.admin"},
    "service": {"roles/run.invoker", "roles/run.admin"},
}  # fmt: skip
READS = re.compile(r":(getIamPolicy|generateUploadUrl)$|^upload/")  # POST, and yet nothing changes


class Refused(Exception):
    """An answer that is an error: HTTP status, Google's name for it, message."""

    def __init__(self, status: int, name: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.name = name


def not_found(what: str) -> Refused:
    return Refused(404, "NOT_FOUND", f"{what} was not found.")


def exists(what: str) -> Refused:
    return Refused(409, "ALREADY_EXISTS", f"{what} already exists.")


def wrong(message: str) -> Refused:
    return Refused(400, "INVALID_ARGUMENT", message)


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """One request: the host's short name, the path without its first slash, query and body (JSON, or a zip)."""

    method: str
    host: str
    path: str
    query: Mapping[str, str]
    body: Any

    @property
    def mutates(self) -> bool:
        return self.method != "GET" and not READS.search(self.path)


@dataclass(kw_only=True, slots=True)
class Project:
    """All that one project holds. A copy of it is another project in the same state."""

    billing: bool = True
    tells_new_addresses: bool = False  # https://NAME-NUMBER.REGION.run.app, as Google does for some services
    apis: set[str] = field(default_factory=set)
    accounts: dict[str, Any] = field(default_factory=dict)
    fresh_accounts: set[str] = field(default_factory=set)
    policies: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    buckets: dict[str, Any] = field(default_factory=dict)
    objects: dict[str, list[str]] = field(default_factory=dict)
    secrets: dict[str, list[str]] = field(default_factory=dict)
    queues: dict[str, Any] = field(default_factory=dict)
    deleted_queues: set[str] = field(default_factory=set)
    functions: dict[str, Any] = field(default_factory=dict)
    services: dict[str, Any] = field(default_factory=dict)
    revisions: dict[str, list[str]] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)  # revisions that never started
    uploads: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.policies.setdefault(
            ("project", PROJECT),
            {
                "bindings": [
                    {"role": "roles/owner", "members": ["user:me@example.com"]},
                    {
                        "role": "roles/viewer",
                        "members": ["user:guest@example.com"],
                        "condition": {
                            "title": "for a while",
                            "expression": "request.time < timestamp('2030-01-01T00:00:00Z')",
                        },
                    },
                ],
                "version": 3,
            },
        )

    def held(self, kind: str, name: str) -> set[tuple[str, str]]:
        """(role, member) of all bindings of a resource, but for those of the project's own people."""
        bindings = self.policies.get((kind, name), {}).get("bindings", [])
        pairs = {(binding["role"], member) for binding in bindings for member in binding["members"]}
        return {pair for pair in pairs if not pair[1].startswith(("user:", "project"))}

    def source_of(self, function: str) -> bytes:
        return self.uploads[self.functions[function]["buildConfig"]["source"]["storageSource"]["object"]]


Handler = Callable[..., Any]
ROUTES: list[tuple[str, str, re.Pattern[str], Handler]] = []


def route(method: str, host: str, path: str) -> Callable[[Handler], Handler]:
    def add(handler: Handler) -> Handler:
        pattern = path.replace("{p}", f"(?:{PROJECT}|{NUMBER}|-|_)").replace("{l}", REGION).replace("{}", "([^/:]+)")
        ROUTES.append((method, host, re.compile(pattern), handler))
        return handler

    return add


def operation(response: Any = None) -> dict[str, Any]:
    stages = [{"name": name, "state": "COMPLETE"} for name in ("BUILD",)]  # gcloud itself adds others
    kind = "type.googleapis.com/google.cloud.functions.v2.OperationMetadata"
    return {
        "name": f"projects/{PROJECT}/locations/{REGION}/operations/done",
        "done": True,
        "metadata": {"@type": kind, "stages": stages},
        "response": response or {},
    }


# --- policies, of whatever kind of resource ---


def get_policy(project: Project, kind: str, name: str) -> dict[str, Any]:
    policy = project.policies.setdefault((kind, name), {"bindings": []})
    etag = base64.b64encode(b"change %03d" % policy.get("changes", 0)).decode()
    return {"etag": etag, "version": 1, **{k: v for k, v in policy.items() if k != "changes"}}


def set_policy(project: Project, kind: str, name: str, policy: Any) -> dict[str, Any]:
    if policy.get("etag") != get_policy(project, kind, name)["etag"]:
        raise Refused(409, "ABORTED", "There were concurrent policy changes.")
    for binding in policy.get("bindings", []):
        if binding["role"] not in ROLES[kind]:
            raise wrong(f"Role {binding['role']} is not supported for this resource.")
        for member in binding["members"]:
            _check_member(project, kind, member)
    changes = project.policies[kind, name].get("changes", 0) + 1
    project.policies[kind, name] = {k: v for k, v in policy.items() if k != "etag"} | {"changes": changes}
    return get_policy(project, kind, name)


def _check_member(project: Project, kind: str, member: str) -> None:
    if (member == "allUsers" and kind == "service") or member.startswith("deleted:"):
        return
    who, _, name = member.partition(":")
    if who == "serviceAccount":
        if name in project.fresh_accounts:
            project.fresh_accounts.discard(name)
            raise wrong(f"Service account {name} does not exist.")
        if name not in project.accounts:
            raise wrong(f"Service account {name} does not exist.")
    elif who not in ("user", "projectOwner", "projectEditor", "projectViewer") or not name:
        raise wrong(f"Invalid member {member}.")
