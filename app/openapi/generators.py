"""What generators of clients take differently than it is meant: schemas written in place, and defaults."""

import json
from inspect import cleandoc
from typing import Any

from app.updates.reports import StatusUpdateIn

_MODELS = (StatusUpdateIn,)
"""Those that FastAPI writes in place, because their checks are the service's own."""
_BY_TEXT = {cleandoc(model.__doc__ or ""): model.__name__ for model in _MODELS}


def name_inlined(document: dict[str, Any]) -> None:
    """Move the schemas written in place to the shared ones, and refer to them where they stood."""
    schemas = document["components"]["schemas"]
    for part in (document["paths"], dict(schemas)):
        _refer(part, schemas)


def _refer(part: Any, schemas: dict[str, Any]) -> None:
    items = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    for key, item in list(items):
        name = _BY_TEXT.get(item.get("description", "")) if isinstance(item, dict) and "properties" in item else None
        if name is None:
            _refer(item, schemas)
        else:
            schemas[name] = {**item, "title": name}
            part[key] = {"$ref": f"#/components/schemas/{name}"}


def say_defaults(schema: dict[str, Any]) -> None:
    """Say in words what a property is when it is left out: with `default` openapi-typescript takes it as required."""
    for name, item in schema.get("properties", {}).items():
        if name not in schema.get("required", ()) and "default" in item:
            default = json.dumps(item.pop("default"))
            item["description"] = " ".join([item.get("description", ""), f"Default: `{default}`."]).strip()
