"""Completes the description: names, texts, examples, headers, problems, and who may ask."""

import json
import tomllib
from collections.abc import Iterable
from copy import deepcopy
from functools import cache
from importlib.resources import files
from typing import Any

from fastapi.routing import APIRoute

from app.auth.authority import COOKIE, needs_token, watches
from app.openapi import headers, problems
from app.openapi.events import EVENTS, STREAM
from app.openapi.generators import name_choices, name_inlined, say_defaults
from app.openapi.signature import is_kept, versioned_paths, who_may
from app.version import VERSION

SUMMARY = "How far every province is with a reform, at any moment and beyond doubt."
DESCRIPTION = """\
Tiến Độ ("progress") stores what provinces, communes and agencies report about their tasks, and counts it for the
ministry, for any moment by two clocks: when something became true (`as_of`), and what had been recorded by then
(`known_at`).

Times are RFC 3339 with an offset, answered in UTC. What people read is in Vietnamese, English or Japanese:
`?lang=`, else `Accept-Language`, else Vietnamese. Every answer carries `X-Request-ID`. Problems are RFC 9457 with
stable codes.
"""
NAME = "Tien Do"
"""In letters that generators make names of packages from."""


def describe(document: dict[str, Any], routes: Iterable[APIRoute]) -> None:
    """Complete what FastAPI derived from the routes, in place."""
    document["info"] |= {"title": NAME, "summary": SUMMARY, "description": DESCRIPTION, "version": VERSION}
    document["info"]["contact"] = {"name": "Tiến Độ"}
    document["info"]["license"] = {"name": "Apache 2.0", "identifier": "Apache-2.0"}
    document.setdefault("servers", [{"url": "/"}])
    document["tags"] = [{"name": name, "description": text} for name, text in _texts()["tags"].items()]
    shared = document["components"]
    _add_language(document["paths"])
    name_inlined(document)
    name_choices(document)
    shared["securitySchemes"] = SCHEMES
    shared["responses"] = {}
    for unused in ("HTTPValidationError", "ValidationError"):
        shared["schemas"].pop(unused, None)
    shared["schemas"] |= problems.schemas()
    for name, schema in shared["schemas"].items():
        _describe_schema(name, schema)
        say_defaults(schema)
    routes = list(routes)
    versioned = versioned_paths(routes)
    for route in routes:
        for method in route.methods or ():
            operation = document["paths"].get(route.path_format, {}).get(method.lower())
            if operation is not None:
                kept = is_kept(route, method, versioned)
                _describe_operation(operation, route, method, shared["responses"], is_kept=kept)
    _describe_stream(document["paths"]["/v1/events"]["get"], shared["schemas"])
    shared["headers"] = headers.used_in(document)


def _add_language(paths: dict[str, Any]) -> None:
    """Every route under /v1 takes `lang`, for the words of a refusal, also those that do not read it themselves."""
    [language] = [one for one in paths["/v1/provinces"]["get"]["parameters"] if one["name"] == "lang"]
    for path, methods in paths.items():
        for operation in methods.values() if path.startswith("/v1/") else ():
            parameters = operation.setdefault("parameters", [])
            if not any(one["name"] == "lang" for one in parameters):
                parameters.append(deepcopy(language))


_SUCCESS = {"200": "What was asked for.", "201": "What was made.", "204": "It is done; there is no body."}


def _describe_stream(stream: dict[str, Any], schemas: dict[str, Any]) -> None:
    schemas |= {_event_name(kind): schema for kind, schema in EVENTS.items()}
    stream["x-events"] = {kind: {"$ref": f"#/components/schemas/{_event_name(kind)}"} for kind in EVENTS}
    of_each = {"oneOf": list(stream["x-events"].values()), "description": "The data of each event, in JSON."}
    stream["responses"]["200"]["content"]["text/event-stream"] |= {
        "schema": {"type": "string", "contentMediaType": "text/event-stream", "contentSchema": of_each},
        "example": STREAM,
    }


def _event_name(kind: str) -> str:
    return f"{kind.capitalize()}Event"


SCHEMES = {
    "token": {"type": "http", "scheme": "bearer", "description": "A token: `Authorization: Bearer tdo_…`"},
    "cookie": {"type": "apiKey", "in": "cookie", "name": COOKIE, "description": "The cookie of the page's sign-in."},
}


def _describe_operation(
    operation: dict[str, Any], route: APIRoute, method: str, shared: dict[str, Any], *, is_kept: bool
) -> None:
    known = _operations()[f"{method} {route.path_format}"]
    operation["operationId"] = known["id"]
    summary, _, more = (operation.get("description") or "").partition("\n\n")
    operation["summary"] = _sentence(summary)
    operation["description"] = f"{more or summary}\n\n{who_may(route)}"
    operation["security"] = _security(route)
    for parameter in operation.setdefault("parameters", []):
        _describe_parameter(parameter, known, route.path_format)
    _add_examples(operation, known)
    example = _answers().get(known["id"], {})
    described = {code: answer for code, answer in operation["responses"].items() if code != "422"}
    success = next(answer for code, answer in described.items() if code.startswith("2"))
    if success["description"] == "Successful Response":
        success["description"] = _SUCCESS[next(code for code in described if code.startswith("2"))]
    success["headers"] = headers.of_success(method, example, is_kept=is_kept)
    if is_kept:
        described["304"] = {
            "description": "What you have is still right.",
            "headers": headers.references("X-Request-ID", "ETag"),
        }
    operation["parameters"] += headers.sent(method, is_kept=is_kept)
    operation["responses"] = problems.responses(problems.problems_of(route, method), shared) | described


def _sentence(text: str) -> str:
    """The first sentence of a docstring, on one line."""
    line = " ".join(text.split())
    first, found, _ = line.partition(". ")
    return f"{first}." if found else line


def _security(route: APIRoute) -> list[dict[str, list[str]]]:
    if watches(route.dependant):
        return [{"token": []}, {"cookie": []}, {}]
    return [{"token": []}] if needs_token(route.dependant) else []


def _describe_parameter(parameter: dict[str, Any], known: dict[str, Any], path: str) -> None:
    """A parameter that is not sent is absent: null is no value of it. In a path it is told by what stands before it."""
    if parameter["in"] == "header":
        parameter["name"] = "-".join(word.capitalize() for word in parameter["name"].split("-")).replace("-Id", "-ID")
    texts, name, schema = _texts()["parameters"], parameter["name"], parameter["schema"]
    kinds = [kind for kind in schema.pop("anyOf", []) if kind != {"type": "null"}]
    if len(kinds) == 1:
        schema |= kinds[0]
    elif kinds:
        schema["anyOf"] = kinds
    thing = path.partition(f"/{{{name}}}")[0].rpartition("/")[2]
    said = (texts.get(key) for key in (f"{thing}.{name}", f"{parameter['in']}.{name}", name))
    text = parameter.get("description") or next(filter(None, said), None)
    if text:
        parameter["description"] = text
    schema.pop("description", None)
    example = known.get(parameter["in"], {}).get(name)
    if example is not None:
        parameter["example"] = _typed(example, schema.get("type"))


def _typed(text: str, kind: str | None) -> Any:
    """What a text in an address means to a parameter of some type."""
    match kind:
        case "integer" | "boolean":
            return json.loads(text)
        case "array":
            return [text]
        case _:
            return text


def _describe_schema(name: str, schema: dict[str, Any]) -> None:
    texts = _texts()
    if "description" not in schema:
        found = texts["schemas"].get(name) or (texts["schemas"]["Page"] if name.startswith("Page_") else None)
        if found:
            schema["description"] = found
    for key, item in schema.get("properties", {}).items():
        if "description" not in item and "$ref" not in item:
            text = texts["properties"].get(f"{name}.{key}") or texts["properties"].get(key)
            if text:
                item["description"] = text


def _add_examples(operation: dict[str, Any], known: dict[str, Any]) -> None:
    for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
        if media_type == "application/json" and "body" in known:
            content["example"] = known["body"]
        elif media_type == "text/csv" and "file" in known:
            content["example"] = known["file"]
    body = _answers().get(known["id"], {}).get("body")
    for code, answer in operation["responses"].items():
        content = answer.get("content", {}).get("application/json")
        if code.startswith("2") and content is not None and body is not None:
            content["example"] = body


@cache
def _operations() -> dict[str, Any]:
    return tomllib.loads(_read("operations.toml"))


@cache
def _texts() -> dict[str, Any]:
    return tomllib.loads(_read("texts.toml"))


@cache
def _answers() -> dict[str, Any]:
    """What the demo answered to each example, every list cut to its first items."""
    found: dict[str, Any] = json.loads(_read("answers.json"))
    return found


def _read(name: str) -> str:
    return (files("app.openapi") / name).read_text()
