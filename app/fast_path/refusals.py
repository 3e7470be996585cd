"""The answer to a request that is refused before it is read whole, as the bytes of a connection that ends."""

import re
from collections.abc import Iterable
from http import HTTPStatus

from starlette.requests import Request

from app import errors
from app.messages import say
from app.prefix import KEY
from app.web import respond

_PROBLEMS = {
    HTTPStatus.BAD_REQUEST: errors.BadRequest(say("not-http")),
    HTTPStatus.REQUEST_TIMEOUT: errors.TooSlow(),
    HTTPStatus.REQUEST_URI_TOO_LONG: errors.AddressTooLong(),
    HTTPStatus.TOO_MANY_REQUESTS: errors.TooManyRequests(say("too-many-connections"), headers={"Retry-After": "5"}),
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: errors.HeadersTooLarge(),
    HTTPStatus.SERVICE_UNAVAILABLE: errors.Unavailable(),
}
_REQUEST_LINE = re.compile(rb"[^ \r\n]+ ([^ \r\n]+) HTTP/1\.[01]\r\n")
_ADDRESS = re.compile(rb"/[!-~]*")
_LANGUAGE = re.compile(rb"^accept-language:[ \t]*([^\r\n]*)", re.IGNORECASE | re.MULTILINE)


def target_in(data: bytes) -> bytes:
    """The address in a request line whose method the parser does not know."""
    found = _REQUEST_LINE.match(data)
    return found[1] if found else b""


def languages_in(headers: Iterable[tuple[bytes, bytes]], data: bytes) -> bytes:
    """The languages that a client asks for, by the headers as far as they were parsed, else by what was not."""
    parsed = [value for name, value in headers if name == b"accept-language"]
    unparsed = _LANGUAGE.search(data)
    return b", ".join(parsed) or (unparsed[1] if unparsed else b"")


def refusal(status: HTTPStatus, target: bytes, languages: bytes, request_id: str, prefix: str) -> bytes:
    """The whole answer, in the language of the reader."""
    path, _, query = (target if _ADDRESS.fullmatch(target) else b"").partition(b"?")
    scope = {
        "type": "http",
        "server": ("tiendo", 80),  # without one a path that begins with two slashes names another
        "path": path.decode(),
        "query_string": query,
        "headers": [(b"accept-language", languages)],
        "state": {"request_id": request_id},
        KEY: prefix.rstrip("/"),
    }
    answer = respond(Request(scope), _PROBLEMS[status])
    fields = [
        *answer.raw_headers,
        (b"x-request-id", request_id.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"cache-control", b"no-store"),
        (b"connection", b"close"),
    ]
    lines = b"".join(b"%b: %b\r\n" % field for field in fields)
    return b"HTTP/1.1 %d %b\r\n%b\r\n%b" % (status, status.phrase.encode(), lines, bytes(answer.body))
