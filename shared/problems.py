"""A Problem as its callers read it: RFC 9457, with our code beside it."""

from typing import Any

from shared.errors import Problem


def problem_document(problem: Problem, request_id: str | None) -> dict[str, Any]:
    """The body of an `application/problem+json` answer."""
    document: dict[str, Any] = {
        "type": "about:blank",
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
        "code": problem.code,
        "request_id": request_id,
    }
    if problem.errors:
        document["errors"] = [{"field": e.field, "code": e.code, "message": e.message} for e in problem.errors]
    if problem.hint:
        document["hint"] = problem.hint
    if problem.retry_after_seconds is not None:
        document["retry_after_seconds"] = problem.retry_after_seconds
    return document
