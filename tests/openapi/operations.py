"""The interface as `openapi.json` tells it: every operation, and a body that each would take."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import quote

from app.main import create_app
from app.settings import Settings

EXAMPLES = {
    "code": "38",
    "task": "hotlines",
    "unit": "38",
    "number": "1",
    "name": "tiendo-push.pyz",
    "id": "0197a9a5-1c00-7000-8000-000000000000",
}
"""A value for each parameter of a path."""
ENDLESS = ("/v1/events",)
"""Paths whose answers never end."""
METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Operation:
    method: str
    path: str
    described: Any

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def url(self, **values: str) -> str:
        """The path with its parameters filled in."""
        chosen = {name: quote(value, safe="") for name, value in (EXAMPLES | values).items()}
        return self.path.format_map(chosen)

    def parameters(self, place: str) -> list[str]:
        return [one["name"] for one in self.described.get("parameters", []) if one["in"] == place]

    @property
    def body(self) -> Any:
        """A body that fits the schema of the operation; None when it takes none in JSON."""
        content = self.described.get("requestBody", {}).get("content", {})
        return fitting(content["application/json"]["schema"]) if "application/json" in content else None


@cache
def description() -> Any:
    return create_app(Settings(database_url="postgresql://nobody@/nothing")).openapi()


def operations() -> list[Operation]:
    return list(_operations())


def _operations() -> Iterator[Operation]:
    for path, item in description()["paths"].items():
        for method in METHODS:
            if method in item:
                yield Operation(method.upper(), path, item[method])


def fitting(schema: Any) -> Any:
    """A value for a schema, with every field that it names."""
    if "$ref" in schema:
        return fitting(description()["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    for choice in ("anyOf", "oneOf", "allOf"):
        if choice in schema:
            return fitting(schema[choice][0])
    if "enum" in schema or "const" in schema:
        return schema["const"] if "const" in schema else schema["enum"][0]
    return _plain(schema)


def _plain(schema: Any) -> Any:
    kind = schema.get("type")
    if kind == "object":
        return {name: fitting(field) for name, field in schema.get("properties", {}).items()}
    if kind == "array":
        return [fitting(schema.get("items", {}))]
    if kind == "string":
        by_format = {"date-time": "2025-06-27T10:00:00Z", "date": "2025-06-27", "uuid": EXAMPLES["id"]}
        return by_format.get(schema.get("format", ""), "38")
    return {"integer": 1, "number": 1.5, "boolean": False}.get(kind)
