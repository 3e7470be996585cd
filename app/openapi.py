"""The problems in `openapi.json`, the same for every route."""

from typing import Any

from pydantic import BaseModel


class WrongOut(BaseModel):
    """One error: where (a JSON pointer), a stable code, a sentence."""

    pointer: str
    code: str
    detail: str


class ProblemOut(BaseModel):
    """RFC 9457; `errors` names everything that is wrong with the input, all at once."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    request_id: str
    errors: list[WrongOut] = []


def describe_refusals(description: dict[str, Any]) -> None:
    """Add to `openapi.json` what every route may also answer: a problem, or 503."""
    schema = ProblemOut.model_json_schema(ref_template="#/components/schemas/{model}")
    description["components"]["schemas"] |= {**schema.pop("$defs"), "Problem": schema}
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for operations in description["paths"].values():
        for operation in operations.values():
            operation["responses"].pop("422", None)
            operation["responses"]["4XX"] = {"description": "Refused, see the code", "content": problem}
            operation["responses"].setdefault("503", {"description": "Try again", "content": problem})
    for unused in ("HTTPValidationError", "ValidationError"):
        description["components"]["schemas"].pop(unused, None)
