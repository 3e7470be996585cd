"""What generators of clients take differently than it is meant: schemas and choices written in place, and defaults."""

import json
from inspect import cleandoc
from typing import Any, get_args

from app.language import Language
from app.level import Level
from app.progress.figures.figures import Light, Reporting
from app.updates.reports import StatusUpdateIn

_MODELS = (StatusUpdateIn,)
"""Those that FastAPI writes in place, because their checks are the service's own."""
_BY_TEXT = {cleandoc(model.__doc__ or ""): model.__name__ for model in _MODELS}

_CHOICES: dict[str, Any] = {"Language": Language, "Level": Level, "Light": Light, "Reporting": Reporting}
"""Those that stand in many places: one type of a client each, not one for every place."""


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


def name_choices(document: dict[str, Any]) -> None:
    """Make each choice a shared schema, and refer to it wherever it was written out."""
    schemas = document["components"]["schemas"]
    _refer_to_choices([document["paths"], schemas], {get_args(kind): name for name, kind in _CHOICES.items()})
    schemas |= {name: {"title": name, "type": "string", "enum": [*get_args(kind)]} for name, kind in _CHOICES.items()}


def _refer_to_choices(part: Any, names: dict[tuple[str, ...], str]) -> None:
    name = names.get(tuple(part.get("enum", ()))) if isinstance(part, dict) else None
    if name is not None:
        for key in ("enum", "type", "title"):
            part.pop(key, None)
        part["$ref"] = f"#/components/schemas/{name}"
    for item in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        _refer_to_choices(item, names)


def say_defaults(schema: dict[str, Any]) -> None:
    """Say in words what a property is when it is left out: with `default` openapi-typescript takes it as required."""
    for name, item in schema.get("properties", {}).items():
        if name not in schema.get("required", ()) and "default" in item:
            default = json.dumps(item.pop("default"))
            item["description"] = " ".join([item.get("description", ""), f"Default: `{default}`."]).strip()
