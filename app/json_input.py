"""Parsing JSON bodies: strictly, within bounds, with every complaint at its JSON pointer. Pure."""

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate, islice
from typing import Any

from pydantic_core import from_json

from app import errors
from app.errors import Complaint
from app.messages import Sentence, say

MAX_DEPTH = 32
"""Levels of arrays and objects: the deepest real body has four."""
MAX_VALUES = 20_000
"""Values of a body, where its route does not say otherwise: 5,000 units to hand out tokens to have fewer."""
MAX_MEMBERS = 1_000
"""Members of one object: none has more than twenty fields, and each unknown one costs a complaint."""
MAX_NAMED = 100
"""Unknown fields, and NUL characters, that an answer names; the rest are counted."""
MAX_STEP = 200
"""Characters of one step of a pointer: a name that a client made up may be as long as its body."""
_POSITION = re.compile(r"at line (\d+) column (\d+)$")
"""What is taken from the parser's message, which is in English."""
_PIECE = 64 * 1024
"""Bytes of a body that are taken apart at once."""


def strict_json(body: bytes, most: int = MAX_VALUES) -> Any:
    """JSON within bounds, without NaN, lone surrogates or NUL characters.

    Raises:
        MalformedJson: it is not JSON, or nothing that PostgreSQL can store.
        InvalidInput: it is deeper or larger than any request needs to be.

    """
    refuse_excess(body, most)
    try:
        value = from_json(body, allow_inf_nan=False)
    except ValueError as error:
        place = _POSITION.search(str(error))
        line, column = place.groups() if place else ("…", "…")
        raise errors.MalformedJson(say("help.malformed-json", line=line, column=column)) from None
    if body.count(b":") > MAX_MEMBERS and (wide := next(wide_objects(value), None)):
        said = say("too-many-members", seen=wide[1], most=MAX_MEMBERS)
        raise errors.InvalidInput(errors=[Complaint(wide[0], "too-many-members", said)])
    if b"\\u0000" in body:
        pointers = islice(nul_pointers(value), MAX_NAMED)
        found = [Complaint(pointer, "nul-character", say("nul-character.json")) for pointer in pointers]
        if found:
            raise errors.InvalidInput(errors=found)
    return value


def refuse_excess(body: bytes, most: int = MAX_VALUES) -> None:
    """Refuse what is too deep or has too many values, counted on the bytes, before anything is built from them."""
    opened, values = _counted(body)
    if opened <= MAX_DEPTH and values <= most:
        return  # what stands inside strings was counted too, so without them there is less
    outside = _outside_strings(body, most)
    if outside is None or _counted(outside)[1] > most:
        said = say("too-many-values", most=most)
        raise errors.InvalidInput(errors=[Complaint("", "too-many-values", said)])
    if _depth(outside) > MAX_DEPTH:
        said = say("too-deep", most=MAX_DEPTH)
        raise errors.InvalidInput(errors=[Complaint("", "too-deep", said)])


def _counted(text: bytes) -> tuple[int, int]:
    """How many arrays and objects are opened, and an upper bound of the values."""
    opened = text.count(b"[") + text.count(b"{")
    return opened, opened + text.count(b",")


def _outside_strings(body: bytes, most: int) -> bytes | None:
    """The body without its strings; None when it has more of them than values and their names can have."""
    plain = body.replace(b"\\\\", b"").replace(b'\\"', b"") if b"\\" in body else body
    if plain.count(b'"') > 4 * most:
        return None
    return b"".join(_even_parts(plain))


def _even_parts(plain: bytes) -> Iterator[bytes]:
    """What stands outside quotation marks, a piece at a time: the parts of all would take thirty times the body."""
    inside = 0
    for start in range(0, len(plain), _PIECE):
        parts = plain[start : start + _PIECE].split(b'"')
        yield b"".join(parts[inside::2])
        inside ^= (len(parts) - 1) % 2


def _depth(outside: bytes) -> int:
    brackets = outside.translate(None, delete=bytes(set(range(256)) - set(b"[]{}")))
    return max(accumulate(1 if bracket in b"[{" else -1 for bracket in brackets), default=0)


def wide_objects(value: Any) -> Iterator[tuple[str, int]]:
    """The objects with more members than any request has: the pointer, and how many there are."""
    waiting = [("", value)]
    while waiting:
        at, one = waiting.pop()
        if isinstance(one, dict):
            if len(one) > MAX_MEMBERS:
                yield at, len(one)
            waiting += [(f"{at}/{escape(key)}", item) for key, item in one.items() if isinstance(item, dict | list)]
        elif isinstance(one, list):
            waiting += [(f"{at}/{index}", item) for index, item in enumerate(one) if isinstance(item, dict | list)]


def named(complaints: Sequence[Complaint], most: int = MAX_NAMED) -> list[Complaint]:
    """The complaints; of those about unknown fields a hundred, and how many more there are."""
    unknown = [one for one in complaints if one.code == "unknown-field"]
    if len(unknown) <= most:
        return list(complaints)
    others = [one for one in complaints if one.code != "unknown-field"]
    left = Complaint("", "more-complaints", say("more-complaints.fields", more=len(unknown) - most))
    return [*others, *unknown[:most], left]


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
    text = str(part)
    text = text if len(text) <= MAX_STEP else f"{text[:MAX_STEP]}…"
    return text.replace("~", "~0").replace("/", "~1").replace("\0", "\\u0000")


CODES = {
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
    code = CODES.get(kind) or (kind if "-" in kind else _by_shape(kind))
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
    context = error.get("ctx") or {}
    seen = {"seen": error["input"]} if "input" in error and code not in _OF_A_NAME else {}
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


_OF_A_NAME = ("missing", "unknown-field")
"""Codes of complaints about the name of a field; what was sent for it says nothing."""
_QUOTED = re.compile(r"'([^']*)'")
_SIGNS = {"gt": ">", "ge": "≥", "lt": "<", "le": "≤"}
