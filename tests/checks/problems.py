"""What every answer has to keep to, whatever was sent."""

import json
from typing import Any

from httpx import Response

from app import errors

CODES = {kind.code: kind.status for kind in errors.all_problems()}
MEMBERS = {"type", "title", "status", "detail", "instance", "request_id"}


def refused(answer: Response, *statuses: int) -> dict[str, Any]:
    """The problem document of a refusal, which has to be one of the catalogue."""
    told = f"{answer.request.method} {answer.request.url!s:.300} -> {answer.status_code} {answer.text:.300}"
    assert 400 <= answer.status_code < 600, told
    assert answer.headers["content-type"] == "application/problem+json", told
    problem: dict[str, Any] = json.loads(answer.content)
    assert problem.keys() >= MEMBERS, told
    assert CODES[problem["type"].removeprefix("/problems#")] == problem["status"] == answer.status_code, told
    assert not problem["detail"].lower().startswith(problem["title"].lower()), told
    assert answer.headers["x-content-type-options"] == "nosniff", told
    assert problem["request_id"] == answer.headers["x-request-id"], told
    for error in problem.get("errors", []):
        assert error.keys() == {"pointer", "code", "detail"}, told
        assert error["pointer"] == "" or error["pointer"].startswith("/"), told
    assert not statuses or answer.status_code in statuses, told
    return problem


def never_our_fault(answer: Response) -> None:
    """An answer, or a refusal that blames the client: never a 500."""
    told = f"{answer.request.method} {answer.request.url!s:.300} -> {answer.status_code} {answer.text:.300}"
    assert answer.status_code < 500, told
    assert "x-request-id" in answer.headers, told
    if answer.status_code >= 400:
        refused(answer)


def codes(answer: Response) -> dict[str, str]:
    """What was complained about: the code of each pointer."""
    return {error["pointer"]: error["code"] for error in answer.json().get("errors", [])}
