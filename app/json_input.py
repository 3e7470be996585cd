"""Parsing JSON bodies: strictly, with every complaint at its JSON pointer. Pure."""

import re
from collections.abc import Iterator
from typing import Any

from pydantic_core import from_json

from app import errors
from app.errors import Complaint
from app.messages import Sentence, say


def strict_json(body: bytes) -> Any:
    """JSON without NaN, lone surrogates or NUL characters.

    Raises:
        MalformedJson: it is not JSON, or nothing that PostgreSQL can store.

    """
    try:
        value = from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise errors.MalformedJson(say("help.malformed-json", seen=error)) from None
    if b"\\u0000" in body:
        found = [Complaint(pointer, "nul-character", say("nul-character.json")) for pointer in nul_pointers(value)]
        if found:
            raise errors.InvalidInput(errors=found)
    return value


def nul_pointers(value: Any, at: str = "") -> Iterator[str]:
    if isinstance(value, str):
        if "\0" in value:
            yield at
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from nul_pointers(key, at)
            yield from nul_pointers(item, f"{at}/{escape(key)}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from nul_pointers(item, f"{at}/{index}")


def escape(part: object) -> str:
    """One step of a JSON pointer (RFC 6901)."""
    return str(part).replace("~", "~0").replace("/", "~1").replace("\0", "\\u0000")


_CODES = {
    "extra_forbidden": "unknown-field",
    "missing": "missing",
    "enum": "unknown-value",
    "literal_error": "unknown-value",
    "string_too_long": "too-long",
    "too_long": "too-long",
    "string_too_short": "too-short",
    "too_short": "too-short",
    "string_pattern_mismatch": "malformed",
    "model_attributes_type": "wrong-type",
}


def complaint_from(error: Any, prefix: str = "") -> Complaint:
    """A pydantic error as a complaint with a code of ours."""
    kind = str(error["type"])
    code = _CODES.get(kind) or (kind if "-" in kind else _by_shape(kind))
    pointer = prefix + "".join(f"/{escape(part)}" for part in error["loc"])
    return Complaint(pointer, code, _said(code, kind, error))


def _by_shape(kind: str) -> str:
    if kind.endswith(("_type", "_parsing")):
        return "wrong-type"
    return "out-of-range" if kind.startswith(("greater", "less", "int_", "finite")) else "malformed"


_TYPES = {
    "bool": "boolean",
    "date": "date",
    "dict": "object",
    "float": "number",
    "int": "integer",
    "list": "list",
    "model": "object",
    "string": "text",
    "uuid": "uuid",
}


def _said(code: str, kind: str, error: Any) -> Sentence:
    """The sentence for a pydantic error: what was sent, and what would be right."""
    context, sent = error.get("ctx") or {}, error.get("input")
    seen = {"seen": sent} if isinstance(sent, str | int | float) else {}
    match code:
        case "unknown-value":
            return say("unknown-value.possible", **seen, expected=_QUOTED.findall(str(context.get("expected"))))
        case "too-long":
            return say("too-long.json", most=context.get("max_length"))
        case "too-short":
            return say("too-short.json", least=context.get("min_length"))
        case "out-of-range":
            limits = " ".join(f"{sign} {context[name]}" for name, sign in _SIGNS.items() if name in context)
            return say("out-of-range", **seen, limits=limits or "…")
        case "wrong-type":
            expected = _TYPES.get(kind.partition("_")[0], "other")
            return say("wrong-type.json", **seen, expected=say(f"type.{expected}"))
        case _:
            return say(f"{code}.json", **seen)


_QUOTED = re.compile(r"'([^']*)'")
_SIGNS = {"gt": ">", "ge": "≥", "lt": "<", "le": "≤"}
