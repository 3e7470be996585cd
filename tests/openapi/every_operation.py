"""A TypeScript client that sends the example of every operation: what it says is checked by the compiler alone."""

import json
from collections.abc import Iterator
from typing import Any

HEAD = """\
import createClient from "openapi-fetch";
import type { paths } from "./schema.js";

const tiendo = createClient<paths>({ baseUrl: "" });
"""
READ_AS = {"text/event-stream": "stream", "text/markdown": "text", "text/csv": "text", "text/plain": "text"}


def client_of_every_operation(document: dict[str, Any]) -> str:
    return HEAD + "".join(_calls(document))


def _calls(document: dict[str, Any]) -> Iterator[str]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            options = json.dumps(_options(operation, document["components"]["schemas"]), ensure_ascii=False)
            yield f"export const {operation['operationId']} = async () =>\n"
            yield f"  await tiendo.{method.upper()}({json.dumps(path)}, {options});\n"


def _options(operation: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    options: dict[str, Any] = {}
    if params := _params(operation, schemas):
        options["params"] = params
    sent = operation.get("requestBody", {}).get("content", {})
    if sent:
        options["body"] = next(content["example"] for content in sent.values() if "example" in content)
    success = next(answer for code, answer in operation["responses"].items() if code.startswith("2"))
    media_type = next(iter(success.get("content", {"application/json": {}}))).partition(";")[0]
    if media_type != "application/json":
        options["parseAs"] = READ_AS.get(media_type, "blob")
    return options


def _params(operation: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    """Every parameter by its place: its example, else a value of its type."""
    found: dict[str, Any] = {}
    for parameter in operation.get("parameters", []):
        value = parameter.get("example", _value(parameter["schema"], schemas))
        found.setdefault(parameter["in"], {})[parameter["name"]] = value
    return found


def _value(schema: dict[str, Any], schemas: dict[str, Any]) -> Any:
    if "$ref" in schema:
        return _value(schemas[schema["$ref"].rpartition("/")[2]], schemas)
    if "anyOf" in schema:
        return _value(schema["anyOf"][0], schemas)
    values = {"integer": 1, "number": 1.5, "boolean": True, "array": []}
    if choices := schema.get("enum", [schema["const"]] if "const" in schema else []):
        return choices[0]
    return values.get(schema.get("type", ""), "38")
