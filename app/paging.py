"""Pages of a list: the limit, the opaque cursor, the shape of the answer."""

import base64
import binascii
from contextlib import suppress
from typing import Annotated, Any, Generic, TypeVar

import msgspec
from fastapi import Query
from pydantic import BaseModel, ConfigDict

from app.errors import Complaint, InvalidInput

Item = TypeVar("Item")
Limit = Annotated[int, Query(ge=1, le=1000, description="How many items at the most.")]
Cursor = Annotated[str | None, Query(max_length=4000, description="The `next_cursor` of the page before.")]


class Page(BaseModel, Generic[Item]):
    """A page of a list. `next_cursor` is null on the last one."""

    model_config = ConfigDict(frozen=True)

    items: list[Item]
    next_cursor: str | None


def to_cursor(of: str, *key: object) -> str:
    """The opaque form of a key in the list `of`."""
    return base64.urlsafe_b64encode(msgspec.json.encode((of, *key))).decode().rstrip("=")


def from_cursor(of: str, cursor: str, kind: Any) -> Any:
    """The key inside a cursor, checked to be of the given type. A broken one, or one of another list, is refused."""
    with suppress(ValueError, binascii.Error, msgspec.MsgspecError):
        sent = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        found, *key = msgspec.json.decode(sent, type=list[str | int])  # nothing nested, however deep
        if found == of:
            return _storable(msgspec.convert(key, kind))
    raise InvalidInput(errors=[Complaint("/query/cursor", "broken-cursor")])


def _storable(key: Any) -> Any:
    """The key, refused when PostgreSQL cannot store a part of it."""
    for part in key:
        if (isinstance(part, str) and "\0" in part) or (isinstance(part, int) and abs(part) >= 2**63):
            raise ValueError(part)
    return key
