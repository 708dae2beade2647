"""Functions, and the Cloud Run services that they are."""

import copy
import io
import re
import zipfile
from typing import Any

from tests.deploy.fake_project import (
    NUMBER,
    PROJECT,
    REGION,
    Call,
    Project,
    Refused,
    exists,
    get_policy,
    not_found,
    operation,
    route,
    set_policy,
    wrong,
)
from tests.deploy.fake_stores import version_of

BUILDER_ROLES = {"roles/logging.logWriter", "roles/artifactregistry.writer", "roles/storage.objectViewer"}
RESERVED = re.compile(r"X_GOOGLE_.*|K_.*|PORT|FUNCTION_.*|GCP_.*|GCLOUD_PROJECT|CLOUD_RUN_.*|ENTRY_POINT")


RUNTIMES = ("python310", "python311", "python312", "python313")
MEMORY = {"M": 1e6, "Mi": 2**20, "G": 1e9, "Gi": 2**30}


@route("GET", "cloudfunctions", "v2/projects/{p}/locations/{l}/runtimes")
def list_runtimes(project: Project, call: Call) -> Any:
    return {"runtimes": [{"name": name, "environment": "GEN_2", "stage": "GA"} for name in RUNTIMES]}


@route("GET", "cloudfunctions", "v2/projects/{p}/locations/(?:{l}|-)/functions")
def list_functions(project: Project, call: Call) -> Any:
    return {"functions": [_told(project, name) for name in project.functions]}


@route("GET", "cloudfunctions", "v1/projects/{p}/locations/-/functions")
def list_old_functions(project: Project, call: Call) -> Any:
    return {}


@route("GET", "cloudfunctions", "v2/projects/{p}/locations/{l}/operations/done")
def get_operation(project: Project, call: Call) -> Any:
    return operation()


@route("GET", "cloudfunctions", "v2/projects/{p}/locations/{l}/functions/{}")
def get_function(project: Project, call: Call, name: str) -> Any:
    return _told(project, name)


@route("POST", "cloudfunctions", "v2/projects/{p}/locations/{l}/functions:generateUploadUrl")
def upload_url(project: Project, call: Call) -> Any:
    name = f"{len(project.uploads) + 1}.zip"
    return {"uploadUrl": f"http://storage.test/upload/{name}",
            "storageSource": {"bucket": f"gcf-v2-uploads-{NUMBER}-{REGION}", "object": name}}  # fmt: skip


@route("PUT", "storage", "upload/{}")
def upload(project: Project, call: Call, name: str) -> Any:
    project.uploads[name] = call.body
    return {}


@route("POST", "cloudfunctions", "v2/projects/{p}/locations/{l}/functions")
def create_function(project: Project, call: Call) -> Any:
    name = call.query["functionId"]
    if name in project.functions:
        raise exists(f"Function {name}")
    project.functions[name] = {"environment": "GEN_2"}
    try:
        _release(project, name, call.body)
    except Refused:
        del project.functions[name]
        raise
    return operation()


@route("PATCH", "cloudfunctions", "v2/projects/{p}/locations/{l}/functions/{}")
def patch_function(project: Project, call: Call, name: str) -> Any:
    changed = _told(project, name)
    for path in call.query["updateMask"].split(","):
        parts = [re.sub(r"_(.)", lambda m: m.group(1).upper(), part) for part in path.split(".")]
        target, given = changed, call.body
        for part in parts[:-1]:
            target, given = target.setdefault(part, {}), given.get(part, {})
        if parts[-1] in given:
            target[parts[-1]] = given[parts[-1]]
        else:
            target.pop(parts[-1], None)
    if "allTrafficOnLatestRevision" not in call.query["updateMask"].replace(
        "all_traffic_on_latest_revision", "allTrafficOnLatestRevision"
    ):
        changed["serviceConfig"].pop("allTrafficOnLatestRevision", None)
    _release(project, name, changed)
    return operation()


@route("DELETE", "cloudfunctions", "v2/projects/{p}/locations/{l}/functions/{}")
def delete_function(project: Project, call: Call, name: str) -> Any:
    _told(project, name)
    for part in (project.functions, project.services, project.revisions):
        del part[name]
    project.policies.pop(("service", name), None)
    return operation()


def _told(project: Project, name: str) -> Any:
    if name not in project.functions:
        raise not_found(f"Resource 'projects/{PROJECT}/locations/{REGION}/functions/{name}'")
    function = copy.deepcopy(project.functions[name])
    latest = project.revisions[name][-1]
    function["serviceConfig"]["allTrafficOnLatestRevision"] = serving(project, name) == latest
    return function


def serving(project: Project, name: str) -> str:
    """The revision that has the traffic."""
    target = project.services[name]["spec"]["traffic"][0]
    return str(target.get("revisionName") or project.revisions[name][-1])


def _release(project: Project, name: str, function: Any) -> None:
    """Build and serve a function's next revision, if Google would."""
    build, service = function["buildConfig"], function["serviceConfig"]
    if build["runtime"] not in RUNTIMES:
        raise wrong(f"Runtime {build['runtime']} is not supported.")
    if build["source"]["storageSource"]["object"] not in project.uploads:
        raise wrong("The source was not uploaded.")
    with zipfile.ZipFile(io.BytesIO(project.uploads[build["source"]["storageSource"]["object"]])) as source:
        if "main.py" not in source.namelist():
            raise wrong("Build failed: missing main.py and GOOGLE_FUNCTION_SOURCE not specified.")
    for api in ("run", "cloudbuild", "artifactregistry"):
        if f"{api}.googleapis.com" not in project.apis:
            raise Refused(400, "FAILED_PRECONDITION", f"{api} API is disabled.")
    builder = build.get("serviceAccount", f"x/{NUMBER}-compute@developer.gserviceaccount.com").rpartition("/")[2]
    held = {role for role, member in project.held("project", PROJECT) if member == f"serviceAccount:{builder}"}
    if missing := BUILDER_ROLES - held:
        raise wrong(f"Could not build the function due to a missing permission on the build service account: {missing}")
    _check_service(project, service)
    revisions = project.revisions.setdefault(name, [])
    revisions.append(f"{name}-{len(revisions) + 1:05}-abc")
    latest = {"latestRevision": True, "percent": 100}
    if name not in project.services:
        project.services[name] = {"spec": {"traffic": [latest]}}
        project.policies["service", name] = {"bindings": []}
    elif service.get("allTrafficOnLatestRevision"):
        project.services[name]["spec"]["traffic"] = [latest]
    host = f"{NUMBER}.{REGION}" if project.tells_new_addresses else "x7k2abcdef-uc.a"
    service |= {"uri": f"https://{name}-{host}.run.app", "revision": revisions[-1],
                "service": f"projects/{PROJECT}/locations/{REGION}/services/{name}"}  # fmt: skip
    service.pop("allTrafficOnLatestRevision", None)
    project.functions[name] = function | {
        "name": f"projects/{PROJECT}/locations/{REGION}/functions/{name}", "environment": "GEN_2", "state": "ACTIVE",
        "url": f"https://{REGION}-{PROJECT}.cloudfunctions.net/{name}", "updateTime": "2026-11-01T00:00:00Z",
    }  # fmt: skip


def _check_service(project: Project, service: Any) -> None:
    account = service.get("serviceAccountEmail", "")
    if account not in project.accounts:
        raise wrong(f"Service account {account or 'default'} does not exist.")
    for secret in service.get("secretEnvironmentVariables", []):
        version_of(project, secret["secret"], secret["version"])
        if ("roles/secretmanager.secretAccessor", f"serviceAccount:{account}") not in project.held(
            "secret", secret["secret"]
        ):
            raise Refused(403, "PERMISSION_DENIED", f"Permission denied on secret {secret['secret']} for {account}.")
    for name in service.get("environmentVariables", {}):
        if RESERVED.fullmatch(name) or not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
            raise wrong(f"Environment variable {name} is reserved or no name.")
    number, unit = re.fullmatch(r"([\d.]+)([A-Z]i?)", service.get("availableMemory", "256M")).groups()  # type: ignore[union-attr]
    memory, cpu = float(number) * MEMORY[unit] / 2**30, float(service.get("availableCpu", "0.1666"))
    if cpu < 1 and service.get("maxInstanceRequestConcurrency", 1) > 1:
        raise wrong("Concurrency above 1 needs at least 1 CPU.")
    if (
        (cpu >= 4 and memory < 2)
        or (memory > 4 and cpu < 2)
        or (memory > 8 and cpu < 4)
        or cpu not in (0.1666, 1, 2, 4, 6, 8)
    ):
        raise wrong(f"{cpu} CPU and {memory} GiB do not go together.")
    if (
        not 1 <= service.get("timeoutSeconds", 60) <= 3600
        or not 1 <= service.get("maxInstanceRequestConcurrency", 1) <= 1000
    ):
        raise wrong("Timeout or concurrency out of range.")


@route("GET", "run", "v1/projects/{p}/locations/{l}/services/([^/:]+):getIamPolicy")
def get_service_policy(project: Project, call: Call, name: str) -> Any:
    _service(project, name)
    return get_policy(project, "service", name)


@route("POST", "run", "v1/projects/{p}/locations/{l}/services/([^/:]+):setIamPolicy")
def set_service_policy(project: Project, call: Call, name: str) -> Any:
    _service(project, name)
    return set_policy(project, "service", name, call.body["policy"])


@route("GET", "run", "apis/serving.knative.dev/v1/namespaces/{p}/services/{}")
def get_service(project: Project, call: Call, name: str) -> Any:
    return _service(project, name)


@route("PUT", "run", "apis/serving.knative.dev/v1/namespaces/{p}/services/{}")
def put_service(project: Project, call: Call, name: str) -> Any:
    _service(project, name)
    for target in call.body["spec"]["traffic"]:
        revision = target.get("revisionName")
        if revision and revision not in project.revisions[name]:
            raise wrong(f"Revision {revision} is not found.")
    project.services[name]["spec"]["traffic"] = call.body["spec"]["traffic"]
    return _service(project, name)


@route("GET", "run", "apis/serving.knative.dev/v1/namespaces/{p}/revisions")
def list_revisions(project: Project, call: Call) -> Any:
    name = call.query["labelSelector"].rpartition("=")[2].strip()
    _service(project, name)
    items = [
        {
            "apiVersion": "serving.knative.dev/v1",
            "kind": "Revision",
            "metadata": {"name": revision, "namespace": NUMBER, "creationTimestamp": f"2026-11-01T00:00:{number:02}Z",
                         "labels": {"serving.knative.dev/service": name}, "annotations": {}},
            "spec": {"containers": [{"image": "an-image"}]},
            "status": {"conditions": [{"type": "Active", "status": "True"},
                                      {"type": "Ready", "status": "False" if revision in project.broken else "True"}]},
        }
        for number, revision in enumerate(project.revisions[name])
    ]  # fmt: skip
    return {
        "apiVersion": "serving.knative.dev/v1",
        "kind": "RevisionList",
        "metadata": {"resourceVersion": "1"},
        "items": items,
    }


def _service(project: Project, name: str) -> Any:
    if name not in project.services:
        raise not_found(f"Service {name}")
    traffic = project.services[name]["spec"]["traffic"]
    latest = project.revisions[name][-1]
    return {
        "apiVersion": "serving.knative.dev/v1",
        "kind": "Service",
        "metadata": {"name": name, "namespace": NUMBER, "generation": 1, "labels": {}, "annotations": {},
                     "creationTimestamp": "2026-11-01T00:00:00Z"},
        "spec": {"template": {"metadata": {}, "spec": {"containers": [{"image": "an-image"}]}}, "traffic": traffic},
        "status": {
            "observedGeneration": 1,
            "conditions": [
                {"type": kind, "status": "True"} for kind in ("Ready", "ConfigurationsReady", "RoutesReady")
            ],
            "latestReadyRevisionName": latest,
            "latestCreatedRevisionName": latest,
            "traffic": [{"revisionName": latest} | target for target in traffic],
            "url": f"https://{name}-x7k2abcdef-uc.a.run.app",
        },
    }  # fmt: skip
