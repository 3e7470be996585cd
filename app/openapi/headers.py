"""The headers in `openapi.json`: what may be sent, and what comes with an answer."""

import json
from typing import Any

_TEXT = {"type": "string"}
_TEXTS = {
    "Content-Disposition": "The name under which the file is to be saved.",
    "Content-Language": "The language of what people read in the answer.",
    "ETag": "What to send as `If-None-Match` to be told that nothing has changed, or as `If-Match` with a change.",
    "Idempotency-Replayed": "`true` where this is the answer that the same key was given before.",
    "Location": "The address of what was made.",
    "RateLimit": "How many requests remain, and in how many seconds there are more.",
    "RateLimit-Policy": "How many requests are allowed in how many seconds.",
    "Retry-After": "In how many seconds to try again.",
    "WWW-Authenticate": "How to say who you are.",
    "X-Request-ID": "What to name when asking for help: your own, where you sent one.",
}
NAMES = tuple(_TEXTS)


def used_in(document: dict[str, Any]) -> dict[str, Any]:
    """The description of each header that an answer refers to."""
    written = json.dumps(document)
    return {
        name: {"description": text, "schema": _TEXT}
        for name, text in _TEXTS.items()
        if f'"{_address(name)}"' in written
    }


def of_success(method: str, answer: dict[str, Any], *, is_kept: bool) -> dict[str, Any]:
    """Those that the demo sent with its answer to the example; of one that is not recorded, those of every request."""
    replayed = ("Idempotency-Replayed",) if method == "POST" else ()
    kept = ("ETag",) if is_kept else ()
    return references("X-Request-ID", *replayed, *kept, *answer.get("headers", ("RateLimit", "RateLimit-Policy")))


def references(*names: str) -> dict[str, Any]:
    return {name: {"$ref": _address(name)} for name in names}


def _address(name: str) -> str:
    return f"#/components/headers/{name}"


def sent(method: str, *, is_kept: bool) -> list[dict[str, Any]]:
    """The headers that mean something to an operation though no route reads them itself."""
    if method == "POST":
        return [_header("Idempotency-Key", "A key of your own, such as a UUID: a retry with it is stored once.")]
    if is_kept:
        return [_header("If-None-Match", "The `ETag` of what you have: 304 where it is still right.")]
    return []


def _header(name: str, text: str) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": False, "description": text, "schema": _TEXT}
