"""The OpenAPI 3.1 document of a deployment: its schemas come from the types that validate, the rest from a table."""

import copy
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Literal, Self, get_args, get_origin

import msgspec

from shared.config import Settings
from shared.errors import Forbidden, InvalidRequest, Problem, Unauthenticated
from shared.http import VERSION
from shared.video_request import CaptionOptions, PostedVideo

from . import answers, examples
from .api_words import FIELDS, HEADERS, NOTES_FIELDS, PARAMETERS, WHEN, WITH_PROBLEM
from .operations import FORM, MAY_ALWAYS_FAIL, OPERATIONS, Answer, Operation
from .writing.post_order import PostedNotes

_SCHEMAS: Final = "#/components/schemas/"
_BODIES: Final[dict[Any, dict[str, Any]]] = {PostedVideo: examples.ORDER, PostedNotes: examples.NOTES}
INTERNAL: Final = "internal"  # the code of a 500 that nobody foresaw


@dataclass(frozen=True, kw_only=True, slots=True)
class Deployment:
    """What the document depends on. `addresses` of the functions, "/" where nobody said which host it is."""

    addresses: tuple[tuple[str, str], ...]
    max_seconds: float
    is_open: bool
    with_api_keys: bool

    @classmethod
    def of(cls, settings: Settings) -> Self:
        with_tokens = bool(settings.auth_secret or settings.auth_jwks_url)
        return cls(
            addresses=tuple((name, settings.address_of(name, "", "") or "/") for name in FUNCTIONS),
            max_seconds=settings.max_video_seconds,
            is_open=not (with_tokens or settings.api_keys),
            with_api_keys=bool(settings.api_keys),
        )


FUNCTIONS: Final = ("generate", "status", "upload")


@cache
def document_json(deployment: Deployment) -> bytes:
    """The document as it is sent."""
    return msgspec.json.encode(document(deployment))


def document(deployment: Deployment) -> dict[str, Any]:
    """The whole document, as JSON would have it."""
    addresses = dict(deployment.addresses)
    paths: dict[str, Any] = defaultdict(dict)
    for operation in OPERATIONS:
        path = paths[operation.path]
        path[operation.method] = _operation(operation, deployment)
        hosts = list(dict.fromkeys(addresses[function] for function in operation.functions))
        if len(set(addresses.values())) > 1:
            path["servers"] = [{"url": host} for host in hosts]
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Post to film",
            "version": VERSION,
            "summary": "The text of a LinkedIn post becomes a narrated MP4.",
            "description": "Promise a film with the text of a post, ask how far it is, fetch it. Names are snake_case, "
            "times RFC 3339 in UTC, durations seconds, sizes bytes. Errors are problem documents (RFC 9457): decide by "
            "their `code`.",
        },
        "servers": [{"url": host} for host in dict.fromkeys(addresses.values())][:1],
        "security": _security(deployment),
        "paths": dict(paths),
        "components": {"schemas": _schemas(deployment), "headers": HEADERS, "securitySchemes": _SCHEMES},
        "x-error-codes": [
            {"code": code, "status": status, "when": WHEN[code]} for code, status in sorted(codes().items())
        ],
    }


def codes() -> dict[str, int]:
    """Every code with its HTTP status: the whole tree of problems, and what nobody foresaw."""
    return {kind.code: kind.status for kind in _tree(Problem)} | {INTERNAL: 500}


def _tree(kind: type[Problem]) -> Iterator[type[Problem]]:
    for child in kind.__subclasses__():
        if child.__module__ == Problem.__module__:
            yield child
            yield from _tree(child)


_SCHEMES: Final = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "A user's token, issued to this service, unexpired.",
    },
    "api_key": {
        "type": "http",
        "scheme": "bearer",
        "description": "A server's key. With `X-End-User` it speaks for one of its users.",
    },
}


def _security(deployment: Deployment) -> list[dict[str, list[str]]]:
    either: list[dict[str, list[str]]] = [{"token": []}, {"api_key": []}]
    return [{}, *either] if deployment.is_open else either


def _operation(operation: Operation, deployment: Deployment) -> dict[str, Any]:
    guarded = not (operation.is_open or deployment.is_open)
    takes = (*operation.takes, "X-End-User") if guarded and deployment.with_api_keys else operation.takes
    told: dict[str, Any] = {
        "operationId": operation.name,
        "tags": [operation.functions[0] if len(operation.functions) == 1 else "health"],
        "summary": operation.summary,
        "description": operation.text,
        "parameters": [{"name": name, **PARAMETERS[name]} for name in takes],
        "responses": {str(answer.status): _answered(answer) for answer in operation.answers}
        | _refused(operation, guarded),
    }
    if operation.is_open:
        told["security"] = []
    if operation.body == FORM:
        told["requestBody"] = {"required": True, "content": {FORM: _PICTURES}}
    elif operation.body in _BODIES:
        schema = {"$ref": f"{_SCHEMAS}{getattr(operation.body, '__name__', '')}"}
        sent = {"schema": schema, "example": _BODIES[operation.body]}
        told["requestBody"] = {"required": True, "content": {"application/json": sent}}
    return told


_PICTURES: Final[dict[str, Any]] = {
    "schema": {
        "type": "object",
        "properties": {
            "images": {
                "type": "array",
                "items": {"type": "string", "format": "binary", "contentMediaType": "application/octet-stream"},
                "minItems": 1,
                "maxItems": 3,
                "description": "One to three files.",
            }
        },
        "required": ["images"],
    },
    "encoding": {"images": {"contentType": "image/jpeg, image/png, image/gif"}},
}


def _answered(answer: Answer) -> dict[str, Any]:
    told: dict[str, Any] = {"description": answer.says, "headers": _with_headers(answer.headers)}
    if answer.shape:
        shown = {name: {"value": example} for name, example in answer.examples.items()}
        schema = {"$ref": f"{_SCHEMAS}{answer.shape.__name__}"}
        told["content"] = {"application/json": {"schema": schema, "examples": shown}}
    return told


def _refused(operation: Operation, guarded: bool) -> dict[str, Any]:
    """The problems of an operation by their HTTP status, each with its codes."""
    kinds = operation.problems + (MAY_ALWAYS_FAIL if not operation.is_open else ())
    kinds += (Unauthenticated, Forbidden) if guarded else ()
    found: dict[int, list[type[Problem]]] = defaultdict(list)
    for kind in kinds:
        found[kind.status].append(kind)
    told = {}
    for status in sorted({*found, 500}):
        names = list(dict.fromkeys(kind.code for kind in found[status])) or [INTERNAL]
        headers = [set(WITH_PROBLEM.get(kind, ())) for kind in found[status]]
        always = sorted(set.intersection(*headers)) if headers else []
        sometimes = sorted(set.union(*headers) - set(always)) if headers else []
        told[str(status)] = {
            "description": "\n".join(f"`{name}`: {WHEN[name]}." for name in names),
            "headers": _with_headers(always) | {name: _optional(name) for name in sometimes},
            "content": {"application/problem+json": _problem_shown(status, names)},
        }
    return told


def _problem_shown(status: int, names: list[str]) -> dict[str, Any]:
    narrowed = {"status": {"const": status}, "code": {"enum": names}}
    shown: dict[str, Any] = {
        "schema": {"$ref": f"{_SCHEMAS}{answers.ProblemDocument.__name__}", "properties": narrowed}
    }
    if InvalidRequest.code in names:
        shown["example"] = examples.PROBLEM
    return shown


def _with_headers(names: Any) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in ("X-Request-Id", *names)}


def _optional(name: str) -> dict[str, Any]:
    return {key: value for key, value in HEADERS[name].items() if key != "required"}


def _schemas(deployment: Deployment) -> dict[str, Any]:
    _, schemas = msgspec.json.schema_components([*_BODIES, *answers.ANSWERS], ref_template=_SCHEMAS + "{name}")
    for struct in (PostedVideo, CaptionOptions, PostedNotes):
        for field in msgspec.structs.fields(struct):
            kind = get_args(field.type)[0] if get_origin(field.type) is not Literal else field.type
            if get_origin(kind) is Literal:  # in the order in which it is written there
                schemas[struct.__name__]["properties"][field.name]["enum"] = list(get_args(kind))
    order = schemas[PostedVideo.__name__]
    order["description"] = "What can be asked for. Only `content` is required."
    for name, more in copy.deepcopy(FIELDS).items():
        order["properties"][name] |= more
    schemas[PostedNotes.__name__]["description"] = "What a post is written from: `theme` or `notes` is needed."
    for name, more in copy.deepcopy(NOTES_FIELDS).items():
        schemas[PostedNotes.__name__]["properties"][name] |= more
    order["properties"]["max_duration_seconds"]["maximum"] = deployment.max_seconds
    schemas[CaptionOptions.__name__]["description"] = "How the words stand in the picture."
    for name in schemas[CaptionOptions.__name__]["properties"].values():
        name.pop("description")
    return dict(schemas)
