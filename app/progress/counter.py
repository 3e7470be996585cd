"""The counter in front of the house: hands out kept answers while they are the truth, and sends everyone else in.

One tiny question to the database per request (shared by all who wait for it) is what makes the kept bytes exact; all
else that a route does for the same answer was done when it was made.
"""

from datetime import datetime
from typing import Any
from urllib.parse import parse_qs

from starlette.types import Scope, Send

from app import clock
from app.auth.authority import COOKIE
from app.language import LANGUAGES, accepted
from app.progress.serving import head_of, tags
from app.progress.shelf import Answer, Shelf, choose_encoding
from app.snapshot import Version
from app.web import request_id_of

PREFIX = "/v1/progress"
_COOKIE = f"{COOKIE}=".encode()


async def handed_out(state: Any, scope: Scope, send: Send) -> bool:
    """Answer from the shelf if that is possible. The routes under `/v1/progress` fill it, and answer all the rest."""
    if scope["type"] != "http" or scope["method"] != "GET" or not scope["path"].startswith(PREFIX):
        return False
    headers = dict(scope["headers"])
    if b"origin" in headers:  # another site's page: CORS is decided further in
        return False
    answer = await _kept(state, scope, headers)
    if answer is None:
        return False
    await _hand_out(answer, headers, send)
    return True


async def _kept(state: Any, scope: Scope, headers: dict[bytes, bytes]) -> Answer | None:
    """The answer that has a place on the shelf, if the client is known to be allowed to have it."""
    shelf: Shelf = state.shelf
    query = scope["query_string"].decode("latin-1")
    place = shelf.find((scope["path"], query, _language(query, headers)))
    if place is None:
        return None
    try:
        version = await state.watch.version()
        return await place.answer_at(version) if _admitted(state, headers, version, clock.now()) else None
    except Exception:  # noqa: BLE001 - the database is away: the routes know how to say so
        return None


def _admitted(state: Any, headers: dict[bytes, bytes], version: Version, now: datetime) -> bool:
    """A token recognised before, or nobody where progress is public. All others are for the routes to judge."""
    authorization = headers.get(b"authorization")
    if authorization is None:
        return bool(state.settings.public_progress) and _COOKIE not in headers.get(b"cookie", b"")
    return state.identities.recalled(authorization, version, now) is not None


def _language(query: str, headers: dict[bytes, bytes]) -> str:
    named = parse_qs(query).get("lang", []) if "lang" in query else []
    if named and named[-1] in LANGUAGES:
        return named[-1]
    return accepted(headers.get(b"accept-language", b"").decode("latin-1"))


async def _hand_out(answer: Answer, headers: dict[bytes, bytes], send: Send) -> None:
    encoding = choose_encoding(headers.get(b"accept-encoding", b""), len(answer.body))
    body, tag = answer.encoded(encoding)
    head = head_of(tag, encoding, private=b"authorization" in headers)
    head.append((b"x-request-id", request_id_of(headers.get(b"x-request-id", b"").decode("latin-1")).encode()))
    same = b"if-none-match" in headers and tag in tags(headers[b"if-none-match"])
    if not same:
        head += [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 304 if same else 200, "headers": head})
    await send({"type": "http.response.body", "body": b"" if same else body})
