"""If-Match: a change is refused when someone else has changed the resource in the meantime."""

from typing import Annotated

from fastapi import Header

from app.errors import Stale

IfMatch = Annotated[
    str | None, Header(max_length=1000, description="The ETag that was read; 412 when it was changed since.")
]


def etag(version: int) -> str:
    return f'"{version}"'


def refuse_stale(if_match: str | None, version: int) -> None:
    """Compare by version. A weak tag never matches (RFC 9110)."""
    if if_match is None or if_match.strip() == "*":
        return
    if etag(version) not in (tag.strip() for tag in if_match.split(",")):
        raise Stale
