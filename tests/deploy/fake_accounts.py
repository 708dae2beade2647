"""The project itself, its billing, its APIs and its service accounts."""

import re
from typing import Any

from tests.deploy.fake_project import (
    NUMBER,
    PROJECT,
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

# --- project, billing, APIs ---


@route("GET", "cloudresourcemanager", "v1/projects/{}")
def describe_project(project: Project, call: Call, name: str) -> Any:
    if name != PROJECT:
        raise Refused(
            403, "PERMISSION_DENIED", f"The caller does not have permission, or project {name} does not exist."
        )
    return {"projectId": PROJECT, "projectNumber": NUMBER, "lifecycleState": "ACTIVE"}


@route("POST", "cloudresourcemanager", "v1/projects/{p}:getIamPolicy")
def get_project_policy(project: Project, call: Call) -> Any:
    return get_policy(project, "project", PROJECT)


@route("POST", "cloudresourcemanager", "v1/projects/{p}:setIamPolicy")
def set_project_policy(project: Project, call: Call) -> Any:
    return set_policy(project, "project", PROJECT, call.body["policy"])


@route("GET", "cloudbilling", "v1/projects/{p}/billingInfo")
def billing(project: Project, call: Call) -> Any:
    return {"name": f"projects/{PROJECT}/billingInfo", "projectId": PROJECT} | (
        {"billingEnabled": True} if project.billing else {}
    )


@route("GET", "serviceusage", "v1/projects/{p}/services")
def list_apis(project: Project, call: Call) -> Any:
    return {"services": [_api(project, name) for name in sorted(project.apis)]}


@route("GET", "serviceusage", "v1/projects/{p}/services/{}")
def describe_api(project: Project, call: Call, name: str) -> Any:
    return _api(project, name)


@route("POST", "serviceusage", "v1/projects/{p}/services:batchEnable")
def enable_apis(project: Project, call: Call) -> Any:
    return _enable(project, call.body["serviceIds"])


@route("POST", "serviceusage", "v1/projects/{p}/services/([^/:]+):enable")
def enable_api(project: Project, call: Call, name: str) -> Any:
    return _enable(project, [name])


def _enable(project: Project, names: list[str]) -> Any:
    if not project.billing:
        raise Refused(400, "FAILED_PRECONDITION", "Billing account for project is not found.")
    project.apis |= set(names)
    return operation()


def _api(project: Project, name: str) -> Any:
    state = "ENABLED" if name in project.apis else "DISABLED"
    return {"name": f"projects/{NUMBER}/services/{name}", "config": {"name": name, "title": name}, "state": state}


# --- service accounts ---


@route("GET", "iam", "v1/projects/{p}/serviceAccounts")
def list_accounts(project: Project, call: Call) -> Any:
    return {"accounts": list(project.accounts.values())}


@route("POST", "iam", "v1/projects/{p}/serviceAccounts")
def create_account(project: Project, call: Call) -> Any:
    name = call.body["accountId"]
    email = f"{name}@{PROJECT}.iam.gserviceaccount.com"
    if not re.fullmatch(r"[a-z][a-z0-9-]{4,28}[a-z0-9]", name):
        raise wrong("The account ID does not have a valid length or form.")
    if email in project.accounts:
        raise exists(f"Service account {name}")
    project.accounts[email] = {
        "name": f"projects/{PROJECT}/serviceAccounts/{email}",
        "email": email,
        "projectId": PROJECT,
    }
    if not project.fresh_accounts:
        project.fresh_accounts.add(email)
    return project.accounts[email]


@route("DELETE", "iam", "v1/projects/{p}/serviceAccounts/{}")
def delete_account(project: Project, call: Call, email: str) -> Any:
    if project.accounts.pop(email, None) is None:
        raise not_found(f"Service account {email}")
    project.policies.pop(("account", email), None)
    for policy in project.policies.values():
        for binding in policy["bindings"]:  # who comes later under the same name is somebody else
            gone = f"deleted:serviceAccount:{email}?uid=1"
            binding["members"] = [
                gone if member == f"serviceAccount:{email}" else member for member in binding["members"]
            ]
    return {}


@route("POST", "iam", "v1/projects/{p}/serviceAccounts/([^/:]+):getIamPolicy")
def get_account_policy(project: Project, call: Call, email: str) -> Any:
    return get_policy(project, "account", _account(project, email))


@route("POST", "iam", "v1/projects/{p}/serviceAccounts/([^/:]+):setIamPolicy")
def set_account_policy(project: Project, call: Call, email: str) -> Any:
    return set_policy(project, "account", _account(project, email), call.body["policy"])


def _account(project: Project, email: str) -> str:
    if email not in project.accounts:
        raise not_found(f"Service account {email}")
    return email
