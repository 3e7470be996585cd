"""What the fast paths read of the headers of a request."""

from collections.abc import Mapping
from typing import Any

from app.web import request_id_of

Headers = Mapping[bytes, bytes]


def plain_headers(scope: Mapping[str, Any]) -> Headers | None:
    """The headers, where no layer has a say in them: none stands twice or is empty, and no other origin asks."""
    headers = dict(scope["headers"])
    is_plain = len(headers) == len(scope["headers"]) and b"" not in headers.values() and b"origin" not in headers
    return headers if is_plain else None


def request_id_in(headers: Headers) -> str:
    return request_id_of(headers.get(b"x-request-id", b"").decode("latin-1"))
